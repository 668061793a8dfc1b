package io.mesocosm.http;

/** Answers one request, on a virtual thread of its own; may block. */
@FunctionalInterface
public interface Handler {
  /**
   * Whatever is thrown is logged and answered 500, except {@link HttpException}, which says its own
   * answer.
   */
  Response handle(Request request) throws Exception;
}
