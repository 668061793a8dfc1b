package io.mesocosm.allocator;

import io.mesocosm.model.FrameworkId;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A framework: one that is registered, or one that is gone but still holds something. */
final class Member {
  private static final FrameworkTerms NO_TERMS = FrameworkTerms.of(new TreeSet<>());

  private final FrameworkId id;
  private final SortedMap<String, Taker> takersByRole = new TreeMap<>();
  private FrameworkTerms terms = NO_TERMS;
  private boolean registered;
  private boolean active;

  Member(FrameworkId id) {
    this.id = id;
  }

  FrameworkId id() {
    return id;
  }

  /** One for each role that it subscribes to or holds anything in. */
  SortedMap<String, Taker> takersByRole() {
    return takersByRole;
  }

  FrameworkTerms terms() {
    return terms;
  }

  void setTerms(FrameworkTerms newTerms) {
    terms = newTerms;
  }

  boolean isRegistered() {
    return registered;
  }

  boolean isActive() {
    return active;
  }

  void setActive(boolean nowActive) {
    active = nowActive;
  }

  void register(FrameworkTerms newTerms) {
    terms = newTerms;
    registered = true;
    active = true;
  }

  void unregister() {
    terms = NO_TERMS;
    registered = false;
    active = false;
  }
}
