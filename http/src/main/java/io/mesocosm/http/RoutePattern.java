package io.mesocosm.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path with holes: {@code /v2/apps/{id...}/tasks}. Empty segments (doubled, leading and trailing
 * slashes) do not count, neither here nor in the paths that it is held against.
 */
record RoutePattern(List<Segment> segments) {
  /** The most specific first: more literal segments, then fewer runs, then fewer holes. */
  static final Comparator<RoutePattern> BY_SPECIFICITY =
      Comparator.comparingInt((RoutePattern pattern) -> -pattern.count(Literal.class))
          .thenComparingInt(pattern -> pattern.count(Run.class))
          .thenComparingInt(pattern -> pattern.count(One.class));

  sealed interface Segment {}

  private record Literal(String text) implements Segment {}

  private record One(String name) implements Segment {}

  private record Run(String name) implements Segment {}

  /**
   * @throws IllegalArgumentException if a brace is left open, or a name is empty or there twice
   */
  static RoutePattern of(String pattern) {
    List<String> names = new ArrayList<>();
    List<Segment> segments = new ArrayList<>();
    for (String part : split(pattern)) {
      Segment segment = segment(pattern, part);
      segments.add(segment);
      switch (segment) {
        case Literal _ -> {}
        case One one -> names.add(one.name());
        case Run run -> names.add(run.name());
      }
    }
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("route " + pattern + " has two variables of one name");
    }
    return new RoutePattern(List.copyOf(segments));
  }

  private static Segment segment(String pattern, String part) {
    if (!part.startsWith("{")) {
      return new Literal(part);
    }
    boolean run = part.endsWith("...}");
    int end = part.length() - (run ? 4 : 1);
    if (!part.endsWith("}") || end <= 1) {
      throw new IllegalArgumentException(
          "route " + pattern + ": " + part + " is no {name} and no {name...}");
    }
    return run ? new Run(part.substring(1, end)) : new One(part.substring(1, end));
  }

  /** The segments of a path that are not empty. */
  static List<String> split(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (!segment.isEmpty()) {
        segments.add(segment);
      }
    }
    return segments;
  }

  /** What the holes hold, if the path fits. */
  Optional<Map<String, String>> match(List<String> path) {
    Map<String, String> variables = new LinkedHashMap<>();
    return matches(0, path, 0, variables) ? Optional.of(variables) : Optional.empty();
  }

  /** Tries the longest run first. A pattern has hardly more than one, which keeps this linear. */
  private boolean matches(int index, List<String> path, int at, Map<String, String> variables) {
    if (index == segments.size()) {
      return at == path.size();
    }
    if (at == path.size()) {
      return false;
    }
    return switch (segments.get(index)) {
      case Literal literal ->
          literal.text().equals(path.get(at)) && matches(index + 1, path, at + 1, variables);
      case One one -> {
        variables.put(one.name(), path.get(at));
        yield matches(index + 1, path, at + 1, variables);
      }
      case Run run -> {
        int end = path.size();
        while (end > at && !matches(index + 1, path, end, variables)) {
          end--;
        }
        variables.put(run.name(), String.join("/", path.subList(at, end)));
        yield end > at;
      }
    };
  }

  private int count(Class<? extends Segment> kind) {
    return (int) segments.stream().filter(kind::isInstance).count();
  }
}
