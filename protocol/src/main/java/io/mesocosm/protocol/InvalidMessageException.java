package io.mesocosm.protocol;

/**
 * What came over the wire is not the message that it should be. The text says where and why, for
 * its sender.
 */
public final class InvalidMessageException extends Exception {
  public InvalidMessageException(String message) {
    super(message);
  }

  public InvalidMessageException(String message, Throwable cause) {
    super(message, cause);
  }
}
