package io.mesocosm.conformance;

import java.net.URI;
import java.util.Optional;

/** Looks whether a run is worth its minutes: a wrong address would fail every row the same way. */
final class Preflight {
  private Preflight() {}

  /**
   * Why an option's value is no address of a program.
   *
   * @param option e.g. {@code --master}
   */
  static Optional<String> invalid(String option, URI given) {
    boolean good =
        ("http".equals(given.getScheme()) || "https".equals(given.getScheme()))
            && given.getHost() != null
            && given.getPath().length() <= 1;
    return good
        ? Optional.empty()
        : Optional.of(option + "=" + given + " is not valid: expected a URL like http://host:5050");
  }

  /** Why the programs under test are not a master and an agent. */
  static Optional<String> unfit(Target.Endpoints endpoints) {
    return unfit(endpoints.master().http(), "--master", "/slaves", "master")
        .or(() -> unfit(endpoints.agent().http(), "--agent", "/containers", "agent"));
  }

  /** What only such a program has may be forbidden to us, but it is there. */
  private static Optional<String> unfit(Http http, String option, String path, String role) {
    try {
      return http.get(path).status() == 404
          ? Optional.of(option + "=" + http.base() + " answers, but is no " + role + ": no " + path)
          : Optional.empty();
    } catch (Mismatch e) {
      return Optional.of(
          option + "=" + http.base() + " does not answer: is it running? (" + e.getMessage() + ")");
    }
  }
}
