package io.mesocosm.model.resource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Keys and values that somebody attached. They keep the order in which they came, but two that
 * differ in nothing but order are equal; a key may repeat (contracts/mesos-allocation.md V4).
 */
public record Labels(List<Label> labels) implements Comparable<Labels> {
  public static final Labels NONE = new Labels(List.of());

  private static final Comparator<Label> ORDER =
      Comparator.comparing(Label::key).thenComparing(label -> label.value().orElse(""));

  public Labels {
    labels = List.copyOf(labels);
  }

  /** One key; the value may be absent, which is not the same as an empty one on the wire. */
  public record Label(String key, Optional<String> value) {}

  public static Labels of(Label... labels) {
    return new Labels(List.of(labels));
  }

  public boolean isEmpty() {
    return labels.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels that
        && labels.size() == that.labels.size()
        && (labels.equals(that.labels) || compareTo(that) == 0);
  }

  @Override
  public int hashCode() {
    int sum = 0; // a sum does not depend on the order
    for (Label label : labels) {
      sum += 31 * label.key().hashCode() + label.value().orElse("").hashCode();
    }
    return sum;
  }

  @Override
  public int compareTo(Labels other) {
    int compared = Integer.compare(labels.size(), other.labels.size());
    if (compared != 0 || labels.isEmpty()) {
      return compared;
    }
    List<Label> left = sorted();
    List<Label> right = other.sorted();
    for (int i = 0; i < left.size() && compared == 0; i++) {
      compared = ORDER.compare(left.get(i), right.get(i));
    }
    return compared;
  }

  private List<Label> sorted() {
    List<Label> sorted = new ArrayList<>(labels);
    sorted.sort(ORDER);
    return sorted;
  }
}
