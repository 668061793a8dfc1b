package io.mesocosm.model.resource;

/**
 * A number with three decimals, kept as thousandths so that a million additions and subtractions
 * end where they began (contracts/mesos-allocation.md M1). Never negative.
 *
 * @param thousandths the amount times 1000
 */
public record Scalar(long thousandths) implements Value, Comparable<Scalar> {
  public static final Scalar ZERO = new Scalar(0);

  public Scalar {
    if (thousandths < 0) {
      throw new IllegalArgumentException("amount " + thousandths / 1000.0 + " is negative");
    }
  }

  /**
   * Rounds to the nearest thousandth. Refuses negative, infinite and NaN amounts, and those over
   * 9e15.
   */
  public static Scalar of(double amount) {
    if (!Double.isFinite(amount) || amount < 0 || amount > 9e15) {
      throw new IllegalArgumentException(
          "amount " + amount + " must be finite and between 0 and 9e15");
    }
    return new Scalar(Math.round(amount * 1000));
  }

  public Scalar plus(Scalar other) {
    return new Scalar(Math.addExact(thousandths, other.thousandths));
  }

  /** Subtracts; the other must not be larger. */
  public Scalar minus(Scalar other) {
    return new Scalar(thousandths - other.thousandths);
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
        : java.math.BigDecimal.valueOf(thousandths, 3).stripTrailingZeros().toPlainString();
  }
}
