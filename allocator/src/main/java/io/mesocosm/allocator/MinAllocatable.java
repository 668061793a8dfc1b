package io.mesocosm.allocator;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * How much there must be for an offer: all amounts of at least one alternative (E8). Without
 * alternatives anything will do.
 */
public record MinAllocatable(List<SortedMap<String, Scalar>> alternatives) {
  public static final MinAllocatable NONE = new MinAllocatable(List.of());

  public MinAllocatable {
    List<SortedMap<String, Scalar>> copies = new ArrayList<>();
    alternatives.forEach(
        alternative -> copies.add(Collections.unmodifiableSortedMap(new TreeMap<>(alternative))));
    alternatives = Collections.unmodifiableList(copies);
  }

  /**
   * Reads alternatives separated by {@code |} with amounts separated by {@code ;}, e.g. {@code
   * cpus:0.01|mem:32;disk:10}. Empty text is no minimum.
   *
   * @throws IllegalArgumentException saying what cannot be read
   */
  public static MinAllocatable parse(String text) {
    if (text.isBlank()) {
      return NONE;
    }
    List<SortedMap<String, Scalar>> alternatives = new ArrayList<>();
    for (String part : text.split("\\|", -1)) {
      SortedMap<String, Scalar> amounts = new TreeMap<>();
      for (String amount : part.split(";", -1)) {
        int colon = amount.indexOf(':');
        String name = colon < 0 ? "" : amount.substring(0, colon).strip();
        if (name.isEmpty()) {
          throw unreadable(text, amount, "must be a name and a number, e.g. cpus:0.01");
        }
        Scalar value;
        try {
          value = Scalar.of(Double.parseDouble(amount.substring(colon + 1).strip()));
        } catch (IllegalArgumentException e) {
          throw unreadable(text, amount, "must have a number that is not negative after the colon");
        }
        amounts.merge(name, value, Scalar::plus);
      }
      alternatives.add(amounts);
    }
    return new MinAllocatable(alternatives);
  }

  private static IllegalArgumentException unreadable(String text, String amount, String rule) {
    return new IllegalArgumentException(
        "minimum allocatable resources '" + text + "': '" + amount.strip() + "' " + rule);
  }

  /** Whether {@code resources} are worth an offer; nothing never is. */
  public boolean isReachedBy(Resources resources) {
    if (resources.isEmpty() || alternatives.isEmpty()) {
      return !resources.isEmpty();
    }
    for (SortedMap<String, Scalar> alternative : alternatives) {
      boolean enough = true;
      for (var amount : alternative.entrySet()) {
        enough &= resources.scalar(amount.getKey()).compareTo(amount.getValue()) >= 0;
      }
      if (enough) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner("|");
    for (SortedMap<String, Scalar> alternative : alternatives) {
      StringJoiner amounts = new StringJoiner(";");
      alternative.forEach((name, amount) -> amounts.add(name + ":" + amount));
      text.add(amounts.toString());
    }
    return text.toString();
  }
}
