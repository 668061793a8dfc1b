package io.mesocosm.http;

/**
 * How a server words the answers that no handler gives: 400, 408, 413, 431, 500 and 503. Called on
 * any thread; must not block or throw.
 */
@FunctionalInterface
public interface ErrorBody {
  /** Plain text, as Mesos's endpoints answer. */
  ErrorBody TEXT = Response::text;

  Response.Whole of(int status, String message);
}
