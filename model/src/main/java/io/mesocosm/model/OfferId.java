package io.mesocosm.model;

/**
 * Names an offer, in the shape {@code <master id>-O0}. Ordered by its text, so that collections of
 * it iterate in one order everywhere.
 */
public record OfferId(String value) implements Comparable<OfferId> {
  public OfferId {
    Identifiers.requireValid("offer id", value);
  }

  @Override
  public int compareTo(OfferId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
