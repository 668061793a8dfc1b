package io.mesocosm.model;

import java.util.Optional;

/**
 * What a role may be called (contracts/mesos-scheduler-api.md §14): {@code *} for anybody, or a
 * path such as {@code eng/web}.
 */
public final class RoleNames {
  /** The role of everybody, for which nothing can be reserved. */
  public static final String ANYBODY = "*";

  private RoleNames() {}

  /** Says what is wrong with {@code role}, or nothing when it is valid. */
  public static Optional<String> problem(String role) {
    if (role.equals(ANYBODY)) {
      return Optional.empty();
    }
    if (role.isEmpty()) {
      return Optional.of("must not be empty");
    }
    for (String component : role.split("/", -1)) {
      Optional<String> problem = problemOfComponent(component);
      if (problem.isPresent()) {
        return Optional.of("'" + role.replaceAll("\\p{Cntrl}", "?") + "' " + problem.get());
      }
    }
    return Optional.empty();
  }

  /** As {@link #problem}, of a role that something is to be reserved for. */
  public static Optional<String> problemOfReserved(String role) {
    return role.equals(ANYBODY)
        ? Optional.of("'*' cannot be reserved for, since it is everybody")
        : problem(role);
  }

  /** Whether {@code role} lies below {@code ancestor}, at any depth. */
  public static boolean isBelow(String role, String ancestor) {
    return role.length() > ancestor.length()
        && role.charAt(ancestor.length()) == '/'
        && role.startsWith(ancestor);
  }

  private static Optional<String> problemOfComponent(String component) {
    return switch (component) {
      case "" -> Optional.of("must not begin or end with '/' or have two of them in a row");
      case ".", "..", "*" -> Optional.of("must not have the component '" + component + "'");
      default -> {
        if (component.startsWith("-")) {
          yield Optional.of("must not have a component that begins with '-'");
        }
        boolean blank =
            component.chars().anyMatch(c -> c == ' ' || (c >= 9 && c <= 13) || c == 127);
        yield blank
            ? Optional.of("must not have a blank or control character")
            : Optional.<String>empty();
      }
    };
  }
}
