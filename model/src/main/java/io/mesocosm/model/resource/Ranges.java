package io.mesocosm.model.resource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of non-negative integers as closed ranges, always sorted and coalesced (adjacent ranges are
 * one), so that equal sets are equal values (contracts/mesos-allocation.md M2).
 */
public record Ranges(List<Range> ranges) implements Value {
  public static final Ranges NONE = new Ranges(List.of());

  public Ranges {
    ranges = coalesce(ranges);
  }

  public static Ranges of(long begin, long end) {
    return new Ranges(List.of(new Range(begin, end)));
  }

  /** Both ends included. */
  public record Range(long begin, long end) {
    public Range {
      if (begin < 0 || end < begin) {
        throw new IllegalArgumentException(
            "range ["
                + begin
                + "-"
                + end
                + "] must begin at 0 or above and not end before it begins");
      }
    }

    public long size() {
      return end - begin + 1;
    }
  }

  public Ranges plus(Ranges other) {
    List<Range> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return new Ranges(all);
  }

  /** All integers of this that are not in the other. */
  public Ranges minus(Ranges other) {
    List<Range> left = new ArrayList<>();
    for (Range range : ranges) {
      long begin = range.begin();
      for (Range hole : other.ranges) {
        if (hole.end() < begin || hole.begin() > range.end()) {
          continue;
        }
        if (hole.begin() > begin) {
          left.add(new Range(begin, hole.begin() - 1));
        }
        begin = hole.end() + 1;
      }
      if (begin <= range.end()) {
        left.add(new Range(begin, range.end()));
      }
    }
    return new Ranges(left);
  }

  public boolean contains(Ranges other) {
    return other.minus(this).isEmpty();
  }

  public boolean contains(long number) {
    return ranges.stream().anyMatch(range -> range.begin() <= number && number <= range.end());
  }

  /** How many integers there are. */
  public long size() {
    return ranges.stream().mapToLong(Range::size).sum();
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

  private static List<Range> coalesce(List<Range> ranges) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(Range::begin));
    List<Range> merged = new ArrayList<>();
    for (Range range : sorted) {
      if (!merged.isEmpty() && range.begin() <= merged.getLast().end() + 1) {
        Range last = merged.removeLast();
        merged.add(new Range(last.begin(), Math.max(last.end(), range.end())));
      } else {
        merged.add(range);
      }
    }
    return List.copyOf(merged);
  }
}
