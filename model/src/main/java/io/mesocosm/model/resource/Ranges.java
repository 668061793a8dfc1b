package io.mesocosm.model.resource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of non-negative integers as closed ranges, always sorted and coalesced (adjacent ranges are
 * one), so that equal sets are equal values (contracts/mesos-allocation.md M2). All operations pass
 * over both lists once.
 */
public record Ranges(List<Range> ranges) implements Value {
  public static final Ranges NONE = new Ranges(List.of());

  public Ranges {
    ranges = isCoalesced(ranges) ? List.copyOf(ranges) : coalesce(ranges);
  }

  public static Ranges of(long begin, long end) {
    return new Ranges(List.of(new Range(begin, end)));
  }

  /** Both ends included. The highest end is one less than the largest long. */
  public record Range(long begin, long end) {
    /** So that the count of all numbers from 0 is a long as well. */
    public static final long END_MAX = Long.MAX_VALUE - 1;

    public Range {
      if (begin < 0 || end < begin || end > END_MAX) {
        throw new IllegalArgumentException(
            "range ["
                + begin
                + "-"
                + end
                + "] must begin at 0 or above, not end before it begins, and not go beyond "
                + END_MAX);
      }
    }

    public long size() {
      return end - begin + 1;
    }
  }

  public Ranges plus(Ranges other) {
    if (other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    List<Range> sum = new ArrayList<>(ranges.size() + other.ranges.size());
    int left = 0;
    int right = 0;
    while (left < ranges.size() || right < other.ranges.size()) {
      boolean takeLeft =
          right == other.ranges.size()
              || (left < ranges.size()
                  && ranges.get(left).begin() <= other.ranges.get(right).begin());
      append(sum, takeLeft ? ranges.get(left++) : other.ranges.get(right++));
    }
    return new Ranges(sum);
  }

  /** All integers of this that are not in the other. */
  public Ranges minus(Ranges other) {
    if (isEmpty() || other.isEmpty()) {
      return this;
    }
    List<Range> rest = new ArrayList<>(ranges.size() + 1);
    int hole = 0;
    for (Range range : ranges) {
      long begin = range.begin();
      while (hole < other.ranges.size() && other.ranges.get(hole).end() < begin) {
        hole++;
      }
      int inside = hole;
      while (inside < other.ranges.size() && other.ranges.get(inside).begin() <= range.end()) {
        Range taken = other.ranges.get(inside++);
        if (taken.begin() > begin) {
          rest.add(new Range(begin, taken.begin() - 1));
        }
        begin = taken.end() + 1;
      }
      if (begin <= range.end()) {
        rest.add(begin == range.begin() ? range : new Range(begin, range.end()));
      }
    }
    return new Ranges(rest);
  }

  public boolean contains(Ranges other) {
    int index = 0;
    for (Range wanted : other.ranges) {
      while (index < ranges.size() && ranges.get(index).end() < wanted.begin()) {
        index++;
      }
      if (index == ranges.size()
          || ranges.get(index).begin() > wanted.begin()
          || ranges.get(index).end() < wanted.end()) {
        return false;
      }
    }
    return true;
  }

  public boolean contains(long number) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = ranges.get(middle);
      if (number < range.begin()) {
        high = middle - 1;
      } else if (number > range.end()) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** How many integers there are. */
  public long size() {
    long size = 0;
    for (Range range : ranges) {
      size += range.size();
    }
    return size;
  }

  /** The integer at {@code index} in ascending order, from 0 to {@link #size()} - 1. */
  public long get(long index) {
    long left = index;
    for (Range range : ranges) {
      if (left < range.size()) {
        return range.begin() + left;
      }
      left -= range.size();
    }
    throw new IndexOutOfBoundsException("index " + index + " of " + size());
  }

  @Override
  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** As in the legacy endpoints: {@code [31000-31005, 31010-31010]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (Range range : ranges) {
      text.append(text.length() > 1 ? ", " : "")
          .append(range.begin())
          .append('-')
          .append(range.end());
    }
    return text.append(']').toString();
  }

  private static boolean isCoalesced(List<Range> ranges) {
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).begin() <= ranges.get(i - 1).end() + 1) {
        return false;
      }
    }
    return true;
  }

  private static List<Range> coalesce(List<Range> ranges) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(Range::begin));
    List<Range> merged = new ArrayList<>(sorted.size());
    for (Range range : sorted) {
      append(merged, range);
    }
    return List.copyOf(merged);
  }

  /** Adds a range that begins no earlier than the last one, joined with it if they touch. */
  private static void append(List<Range> merged, Range range) {
    if (merged.isEmpty() || range.begin() > merged.getLast().end() + 1) {
      merged.add(range);
    } else if (range.end() > merged.getLast().end()) {
      merged.set(merged.size() - 1, new Range(merged.getLast().begin(), range.end()));
    }
  }
}
