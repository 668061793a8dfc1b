package io.mesocosm.http;

/**
 * Something done to every request of a router or to every answer: headers, checks, error bodies.
 */
@FunctionalInterface
public interface Filter {
  /**
   * Answers instead of {@code next}, or passes on what it answers. What {@code next} throws comes
   * through here.
   */
  Response apply(Request request, Handler next) throws Exception;
}
