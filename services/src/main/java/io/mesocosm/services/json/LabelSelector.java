package io.mesocosm.services.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Selects by labels (contracts/marathon-api.md §3): {@code key}, {@code key==value}, {@code
 * key!=value}, {@code key in (a, b)}, {@code key notin (a, b)}, all of those that commas separate.
 * A backslash takes the meaning from the letter after it.
 */
public final class LabelSelector {
  private final String text;
  private int position;

  private LabelSelector(String text) {
    this.text = text;
  }

  /**
   * @throws InvalidRequestException if the text is no selector
   */
  public static Predicate<Map<String, String>> parse(String text) {
    LabelSelector parser = new LabelSelector(text);
    List<Predicate<Map<String, String>>> all = new ArrayList<>();
    do {
      all.add(parser.one());
    } while (parser.skip(","));
    if (parser.position < text.length()) {
      throw parser.invalid();
    }
    return labels -> all.stream().allMatch(one -> one.test(labels));
  }

  private Predicate<Map<String, String>> one() {
    String key = word();
    if (skip("==")) {
      String value = word();
      return labels -> value.equals(labels.get(key));
    }
    if (skip("!=")) {
      String value = word();
      return labels -> labels.containsKey(key) && !value.equals(labels.get(key));
    }
    if (skip("notin")) {
      Set<String> values = set();
      return labels -> labels.containsKey(key) && !values.contains(labels.get(key));
    }
    if (skip("in")) {
      Set<String> values = set();
      return labels -> labels.containsKey(key) && values.contains(labels.get(key));
    }
    return labels -> labels.containsKey(key);
  }

  private Set<String> set() {
    Set<String> values = new TreeSet<>();
    require("(");
    do {
      values.add(word());
    } while (skip(","));
    require(")");
    return values;
  }

  private String word() {
    skipBlanks();
    StringBuilder word = new StringBuilder();
    while (position < text.length()) {
      char letter = text.charAt(position);
      if (letter == '\\' && position + 1 < text.length()) {
        position++;
        letter = text.charAt(position);
      } else if (Character.isWhitespace(letter) || "=!,()".indexOf(letter) >= 0) {
        break;
      }
      word.append(letter);
      position++;
    }
    if (word.isEmpty()) {
      throw invalid();
    }
    return word.toString();
  }

  private void require(String token) {
    if (!skip(token)) {
      throw invalid();
    }
  }

  private boolean skip(String token) {
    skipBlanks();
    if (text.startsWith(token, position)) {
      position += token.length();
      return true;
    }
    return false;
  }

  private void skipBlanks() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private InvalidRequestException invalid() {
    return InvalidRequestException.bad(
        "label selector '"
            + text
            + "' is not valid at letter "
            + (position + 1)
            + ": expected key, key==value, key!=value, key in (a, b) or key notin (a, b)");
  }
}
