package io.mesocosm.conformance;

/** What was seen is not what the contract says. */
public final class Mismatch extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LENGTH_MAX = 400;

  /** States both sides, each in a few words. */
  public Mismatch(String expected, String observed) {
    super("expected " + shortened(expected) + ", observed " + shortened(observed));
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= LENGTH_MAX ? line : line.substring(0, LENGTH_MAX) + "…";
  }
}
