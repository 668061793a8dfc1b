package io.mesocosm.allocator;

import java.util.Arrays;

/**
 * Sums of scalars in thousandths, by the index that {@link ResourceNames} gives a name: a sorter
 * adds and compares these hundreds of thousands of times in one cycle.
 */
final class Amounts {
  private long[] thousandths;

  Amounts() {
    this(new long[4]);
  }

  private Amounts(long[] thousandths) {
    this.thousandths = thousandths;
  }

  int size() {
    return thousandths.length;
  }

  long at(int index) {
    return index < thousandths.length ? thousandths[index] : 0;
  }

  void add(int index, long amount) {
    if (index >= thousandths.length) {
      thousandths = Arrays.copyOf(thousandths, Math.max(index + 1, 2 * thousandths.length));
    }
    thousandths[index] += amount;
  }

  void add(Amounts other) {
    for (int i = 0; i < other.thousandths.length; i++) {
      if (other.thousandths[i] != 0) {
        add(i, other.thousandths[i]);
      }
    }
  }

  void subtract(Amounts other) {
    for (int i = 0; i < other.thousandths.length; i++) {
      if (other.thousandths[i] != 0) {
        add(i, -other.thousandths[i]);
      }
    }
  }

  boolean isZero() {
    for (long amount : thousandths) {
      if (amount != 0) {
        return false;
      }
    }
    return true;
  }

  boolean isSameAs(Amounts other) {
    int length = Math.max(thousandths.length, other.thousandths.length);
    for (int i = 0; i < length; i++) {
      if (at(i) != other.at(i)) {
        return false;
      }
    }
    return true;
  }
}
