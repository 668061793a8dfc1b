package io.mesocosm.services.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with a request, so that all of it is reported at once. One thread. */
final class Problems {
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

  /** A field may be read more than once, and is complained about once. */
  private static void add(Map<String, List<String>> textsByPath, String path, String text) {
    List<String> texts = textsByPath.computeIfAbsent(path, _ -> new ArrayList<>());
    if (!texts.contains(text)) {
      texts.add(text);
    }
  }

  void ruleUnless(boolean met, String path, String text) {
    if (!met) {
      brokenRule(path, text);
    }
  }

  /** Something that the original can do and we cannot: never passed over in silence. */
  void notSupported(String path, String what) {
    brokenRule(path, what + " is not supported yet");
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
