package io.mesocosm.model.resource;

import java.math.BigDecimal;

/**
 * A number with three decimals, kept as thousandths so that a million additions and subtractions
 * end where they began (contracts/mesos-allocation.md M1). Never negative.
 *
 * <p>One amount is at most 9e15, which every way in checks ({@link #of}). Sums over the agents of a
 * cluster may be more than that, and no sum may stop a master: one that no longer fits (two agents
 * that claim the largest amount are enough, a million that have 9e9 each are not) becomes {@link
 * #BEYOND_COUNT}, which contains every amount and of which nothing can be missed, so that it stays
 * what it is whatever is added or taken away. It takes a false claim to get there, and then only
 * the sums of that one resource are lost. Up to 9e12, an amount is also exact as a double, and so
 * on the wire.
 *
 * @param thousandths the amount times 1000
 */
public record Scalar(long thousandths) implements Value, Comparable<Scalar> {
  public static final Scalar ZERO = new Scalar(0);

  /** More than can be counted: adding and subtracting leave it as it is. */
  public static final Scalar BEYOND_COUNT = new Scalar(Long.MAX_VALUE);

  /** The largest single amount that is let in. */
  public static final double AMOUNT_MAX = 9e15;

  public Scalar {
    if (thousandths < 0) {
      throw new IllegalArgumentException("amount " + thousandths / 1000.0 + " is negative");
    }
  }

  /**
   * Rounds to the nearest thousandth. Refuses negative, infinite and NaN amounts, and those over
   * {@link #AMOUNT_MAX}.
   */
  public static Scalar of(double amount) {
    if (!Double.isFinite(amount) || amount < 0 || amount > AMOUNT_MAX) {
      throw new IllegalArgumentException(
          "amount " + amount + " must be finite and between 0 and 9e15");
    }
    return new Scalar(Math.round(amount * 1000));
  }

  /** Never throws: what does not fit is {@link #BEYOND_COUNT}. */
  public Scalar plus(Scalar other) {
    if (other.thousandths == 0) {
      return this;
    }
    long sum = thousandths + other.thousandths;
    return sum < 0 ? BEYOND_COUNT : new Scalar(sum);
  }

  /** Subtracts; the other must not be larger. */
  public Scalar minus(Scalar other) {
    return other.thousandths == 0 || isBeyondCount()
        ? this
        : new Scalar(thousandths - other.thousandths);
  }

  /** Subtracts what there is of the other. */
  public Scalar minusAtMost(Scalar other) {
    return compareTo(other) > 0 ? minus(other) : isBeyondCount() ? this : ZERO;
  }

  public Scalar min(Scalar other) {
    return compareTo(other) <= 0 ? this : other;
  }

  /** Whether a sum lost count; see the class. */
  public boolean isBeyondCount() {
    return thousandths == Long.MAX_VALUE;
  }

  public double toDouble() {
    return thousandths / 1000.0;
  }

  @Override
  public boolean isEmpty() {
    return thousandths == 0;
  }

  @Override
  public int compareTo(Scalar other) {
    return Long.compare(thousandths, other.thousandths);
  }

  /** As users write it: {@code 4}, {@code 0.25}. */
  @Override
  public String toString() {
    return thousandths % 1000 == 0
        ? Long.toString(thousandths / 1000)
        : BigDecimal.valueOf(thousandths, 3).stripTrailingZeros().toPlainString();
  }
}
