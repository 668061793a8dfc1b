package io.mesocosm.services;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All reservations that wait to be freed. */
final class Leftovers {
  private final SortedMap<String, Leftover> byReservation = new TreeMap<>();

  void put(Leftover leftover) {
    byReservation.put(leftover.reservation(), leftover);
  }

  Optional<Leftover> get(String reservation) {
    return Optional.ofNullable(byReservation.get(reservation));
  }

  boolean remove(String reservation) {
    return byReservation.remove(reservation) != null;
  }

  boolean isEmpty() {
    return byReservation.isEmpty();
  }

  Collection<Leftover> all() {
    return Collections.unmodifiableCollection(byReservation.values());
  }

  /** Whose offers are needed. */
  SortedSet<String> roles() {
    SortedSet<String> roles = new TreeSet<>();
    byReservation.values().forEach(leftover -> roles.add(leftover.role()));
    return roles;
  }
}
