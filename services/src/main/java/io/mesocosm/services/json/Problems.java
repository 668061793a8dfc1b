package io.mesocosm.services.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with a request, so that all of it is reported at once. One thread. */
final class Problems {
  /** So many that are named are enough to begin with. */
  private static final int PATHS_MAX = 1_000;

  private static final int TEXT_LENGTH_MAX = 1_000;

  private final Map<String, List<String>> wrongTypes = new LinkedHashMap<>();
  private final Map<String, List<String>> brokenRules = new LinkedHashMap<>();

  /**
   * A value is not of the type that it must be.
   *
   * @param code as the original's JSON library names it, e.g. {@code error.expected.jsnumber}
   */
  void wrongType(String path, String code) {
    add(wrongTypes, path, code);
  }

  void brokenRule(String path, String text) {
    add(brokenRules, path, text);
  }

  /**
   * A field may be read more than once, and is complained about once. What a client sent comes back
   * in part only if it is long.
   */
  private static void add(Map<String, List<String>> textsByPath, String path, String text) {
    if (textsByPath.size() >= PATHS_MAX) {
      return;
    }
    List<String> texts = textsByPath.computeIfAbsent(shortened(path), _ -> new ArrayList<>());
    if (!texts.contains(shortened(text))) {
      texts.add(shortened(text));
    }
  }

  private static String shortened(String text) {
    return text.length() <= TEXT_LENGTH_MAX
        ? text
        : text.substring(0, TEXT_LENGTH_MAX / 2)
            + "…"
            + text.substring(text.length() - TEXT_LENGTH_MAX / 2);
  }

  void ruleUnless(boolean met, String path, String text) {
    if (!met) {
      brokenRule(path, text);
    }
  }

  /** Throws if a value could not be read: the rules are not worth looking at then. */
  void throwIfUnreadable() {
    if (!wrongTypes.isEmpty()) {
      throw InvalidRequestException.unreadable(wrongTypes);
    }
  }

  void throwIfAny() {
    throwIfUnreadable();
    if (!brokenRules.isEmpty()) {
      throw InvalidRequestException.broken(brokenRules);
    }
  }
}
