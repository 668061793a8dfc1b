package io.mesocosm.http;

/** An answer other than success, thrown by a handler from anywhere below it. */
public final class HttpException extends RuntimeException {
  private final transient Response response;

  public HttpException(Response response) {
    super("HTTP " + response.status());
    this.response = response;
  }

  /** A plain-text answer, as Mesos's endpoints give. */
  public static HttpException text(int status, String message) {
    return new HttpException(Response.text(status, message));
  }

  public Response response() {
    return response;
  }
}
