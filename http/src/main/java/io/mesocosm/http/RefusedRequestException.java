package io.mesocosm.http;

/** A request that no handler gets to see. */
final class RefusedRequestException extends Exception {
  private final int status;
  private final String reason;

  RefusedRequestException(int status, String reason) {
    super(reason);
    this.status = status;
    this.reason = reason;
  }

  int status() {
    return status;
  }

  String reason() {
    return reason;
  }
}
