package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * What there is of one kind under ids, and what there was: every version that is kept, and when an
 * id was deleted. Groups of any size go back to any moment by going back one by one.
 */
final class History<T> {
  private final Function<T, Instant> versionOf;

  /**
   * By when it came to be so, which is the content's version unless an old one was put back. A
   * deletion has no content.
   */
  private PSortedMap<AppId, PSortedMap<Instant, Optional<T>>> versionsById = TreePMap.empty();

  private PSortedMap<AppId, T> presentById = TreePMap.empty();

  /** Ids that are deleted, by when they were: the oldest are forgotten first. */
  private final SortedMap<Instant, Set<AppId>> deletedAt = new TreeMap<>();

  private int deleted;

  History(Function<T, Instant> versionOf) {
    this.versionOf = versionOf;
  }

  Optional<T> get(AppId id) {
    return Optional.ofNullable(presentById.get(id));
  }

  boolean has(AppId id) {
    return presentById.containsKey(id);
  }

  Collection<T> all() {
    return presentById.values();
  }

  /** Everything that is there now; immutable. */
  NavigableMap<AppId, T> present() {
    return presentById;
  }

  /**
   * @param at when it came to be so; not before the content's own version
   */
  void put(AppId id, Instant at, T content) {
    revive(id);
    presentById = presentById.plus(id, content);
    putVersion(id, at, content);
  }

  /** What is or was so; what is present is not touched. */
  void putVersion(AppId id, Instant at, T content) {
    versionsById = versionsById.plus(id, of(id).plus(at, Optional.of(content)));
  }

  void delete(AppId id, Instant at) {
    presentById = presentById.minus(id);
    versionsById = versionsById.plus(id, of(id).plus(at, Optional.empty()));
    if (deletedAt.computeIfAbsent(at, _ -> new TreeSet<>()).add(id)) {
      deleted++;
    }
  }

  private void revive(AppId id) {
    for (Set<AppId> ids : deletedAt.values()) {
      if (ids.remove(id)) {
        deleted--;
      }
    }
    deletedAt.values().removeIf(Set::isEmpty);
  }

  /** When the id changed, oldest first. */
  SortedSet<Instant> changes(AppId id) {
    return new TreeSet<>(of(id).keySet());
  }

  private PSortedMap<Instant, Optional<T>> of(AppId id) {
    return versionsById.getOrDefault(id, TreePMap.empty());
  }

  /** The definitions kept of an id by their versions, oldest first. */
  SortedMap<Instant, T> versions(AppId id) {
    SortedMap<Instant, T> versions = new TreeMap<>();
    of(id)
        .values()
        .forEach(content -> content.ifPresent(is -> versions.put(versionOf.apply(is), is)));
    return versions;
  }

  Optional<T> version(AppId id, Instant version) {
    return of(id).getOrDefault(version, Optional.empty());
  }

  /** Every change of every id that is kept; immutable. */
  NavigableMap<AppId, ? extends NavigableMap<Instant, Optional<T>>> kept() {
    return versionsById;
  }

  /** The id's last version of all. */
  Optional<T> last(AppId id) {
    SortedMap<Instant, T> versions = versions(id);
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.lastEntry().getValue());
  }

  /** Every change of every id; {@link Optional#empty} is a deletion. */
  void forEachVersion(VersionVisitor<T> visitor) {
    versionsById.forEach(
        (id, versions) -> versions.forEach((at, content) -> visitor.visit(id, at, content)));
  }

  /** Takes one change of one id. */
  @FunctionalInterface
  interface VersionVisitor<T> {
    void visit(AppId id, Instant at, Optional<T> content);
  }

  /** Drops the oldest changes of an id beyond {@code max} and tells which; those in use stay. */
  List<Instant> prune(AppId id, int max, Set<Instant> inUse) {
    PSortedMap<Instant, Optional<T>> versions = of(id);
    List<Instant> dropped = new ArrayList<>();
    if (versions.size() <= max) {
      return dropped;
    }
    // What was put back later is kept under its own version.
    Set<Instant> putBack = new TreeSet<>();
    versions.forEach((at, content) ->
        content.map(versionOf).filter(version -> !version.equals(at)).ifPresent(putBack::add));
    Instant last = versions.lastKey();
    for (Instant at : versions.keySet().stream().toList()) {
      if (versions.size() > max
          && !inUse.contains(at)
          && !putBack.contains(at)
          && !at.equals(last)) {
        versions = versions.minus(at);
        dropped.add(at);
      }
    }
    versionsById = versionsById.plus(id, versions);
    return dropped;
  }

  /**
   * Takes out what was to be and never came to be: versions later than what is present, and those
   * of ids that are neither there nor deleted.
   *
   * @return what is taken out of each
   */
  SortedMap<AppId, List<Instant>> takeStray() {
    SortedMap<AppId, List<Instant>> stray = new TreeMap<>();
    versionsById.forEach((id, versions) -> {
      Optional<Instant> present = get(id).flatMap(is -> cameToBe(versions, is));
      List<Instant> dropped = new ArrayList<>();
      if (presentById.containsKey(id)) {
        present.ifPresent(at -> dropped.addAll(versions.tailMap(at, false).keySet()));
      } else if (versions.lastEntry().getValue().isPresent()) {
        versions.descendingMap().entrySet().stream()
            .takeWhile(entry -> entry.getValue().isPresent())
            .forEach(entry -> dropped.add(entry.getKey()));
      }
      if (!dropped.isEmpty()) {
        stray.put(id, dropped);
      }
    });
    stray.forEach((id, dropped) -> {
      PSortedMap<Instant, Optional<T>> left = of(id).minusAll(dropped);
      versionsById = left.isEmpty() ? versionsById.minus(id) : versionsById.plus(id, left);
    });
    return stray;
  }

  /** The last time that the content came to be what is so. */
  private Optional<Instant> cameToBe(PSortedMap<Instant, Optional<T>> versions, T content) {
    Optional<Instant> version = Optional.of(versionOf.apply(content));
    return versions.descendingMap().entrySet().stream()
        .filter(entry -> entry.getValue().map(versionOf).equals(version))
        .map(java.util.Map.Entry::getKey)
        .findFirst();
  }

  int deletedCount() {
    return deleted;
  }

  /**
   * Forgets the ids that were deleted longest ago, beyond {@code max}.
   *
   * @return what was kept of each
   */
  SortedMap<AppId, SortedSet<Instant>> forgetDeleted(int max, Set<AppId> inUse) {
    SortedMap<AppId, SortedSet<Instant>> forgotten = new TreeMap<>();
    for (Set<AppId> ids : deletedAt.values()) {
      for (AppId id : List.copyOf(ids)) {
        if (deleted > max && !inUse.contains(id)) {
          ids.remove(id);
          deleted--;
          forgotten.put(id, changes(id));
          versionsById = versionsById.minus(id);
        }
      }
      if (deleted <= max) {
        break;
      }
    }
    deletedAt.values().removeIf(Set::isEmpty);
    return forgotten;
  }
}
