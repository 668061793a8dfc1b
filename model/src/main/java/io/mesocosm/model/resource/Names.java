package io.mesocosm.model.resource;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** A set of names, sorted. */
public record Names(SortedSet<String> names) implements Value {
  public Names {
    names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  public static Names of(Collection<String> names) {
    return new Names(new TreeSet<>(names));
  }

  public Names plus(Names other) {
    TreeSet<String> all = new TreeSet<>(names);
    return all.addAll(other.names) ? new Names(all) : this;
  }

  public Names minus(Names other) {
    TreeSet<String> left = new TreeSet<>(names);
    return left.removeAll(other.names) ? new Names(left) : this;
  }

  public boolean contains(Names other) {
    return names.containsAll(other.names);
  }

  @Override
  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** As in the legacy endpoints: {@code {a, b}}. */
  @Override
  public String toString() {
    return "{" + String.join(", ", names) + "}";
  }
}
