package io.mesocosm.model.access;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** One side of a rule: whom or what it speaks of. */
public sealed interface Names {
  /** Speaks of everyone, known or not, and says yes. */
  record Any() implements Names {}

  /** Speaks of everyone, known or not, and says no. */
  record Nobody() implements Names {}

  /** Speaks of these only, and says yes. */
  record Only(SortedSet<String> values) implements Names {
    public Only {
      values = Collections.unmodifiableSortedSet(new TreeSet<>(values));
    }
  }

  static Names only(Collection<String> values) {
    return new Only(new TreeSet<>(values));
  }
}
