package io.mesocosm.agent.shell;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a JSON object whose values are strings, as {@code --executor_environment_variables}. */
final class StringMapText {
  private static final String STRING = "\"((?:[^\"\\\\\\p{Cntrl}]|\\\\.)*+)\"";
  private static final Pattern ENTRY =
      Pattern.compile("\\s*" + STRING + "\\s*:\\s*" + STRING + "\\s*(,|\\})");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9a-fA-F]{4}|.)");

  private StringMapText() {}

  /**
   * @throws IllegalArgumentException naming the flag
   */
  static SortedMap<String, String> parse(String flag, String text) {
    SortedMap<String, String> entries = new TreeMap<>();
    String stripped = text.strip();
    if (stripped.isEmpty() || stripped.matches("\\{\\s*\\}")) {
      return entries;
    }
    Matcher matcher = ENTRY.matcher(stripped);
    int at = 1;
    boolean more = stripped.startsWith("{");
    while (more && matcher.region(at, stripped.length()).lookingAt()) {
      entries.put(unescape(flag, matcher.group(1)), unescape(flag, matcher.group(2)));
      at = matcher.end();
      more = matcher.group(3).equals(",");
    }
    if (more || at != stripped.length()) {
      throw problem(flag, text);
    }
    return entries;
  }

  private static String unescape(String flag, String escaped) {
    return ESCAPE
        .matcher(escaped)
        .replaceAll(found -> Matcher.quoteReplacement(meaning(flag, found.group(1))));
  }

  private static String meaning(String flag, String escape) {
    if (escape.length() == 5) {
      return Character.toString((char) Integer.parseInt(escape.substring(1), 16));
    }
    return switch (escape.charAt(0)) {
      case '"', '\\', '/' -> escape;
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'b' -> "\b";
      case 'f' -> "\f";
      default -> throw problem(flag, "\\" + escape);
    };
  }

  private static IllegalArgumentException problem(String flag, String text) {
    return new IllegalArgumentException(
        "--"
            + flag
            + "="
            + text
            + " is not valid: expected a JSON object of strings, e.g. {\"LANG\": \"C\"}");
  }
}
