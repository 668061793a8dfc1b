package io.mesocosm.services.autoscale;

/** Something could not be measured; the message says what and why, for people. */
final class UnmeasurableException extends Exception {
  private static final long serialVersionUID = 1;

  UnmeasurableException(String message) {
    super(message);
  }
}
