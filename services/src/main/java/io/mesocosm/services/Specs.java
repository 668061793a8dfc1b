package io.mesocosm.services;

import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The definitions of all apps, present and past. */
final class Apps {
  private final SortedMap<AppId, AppDefinition> presentById = new TreeMap<>();
  private final SortedMap<AppId, SortedMap<Instant, AppDefinition>> versionsById = new TreeMap<>();
  private final SortedMap<AppId, TaskFailure> lastFailureById = new TreeMap<>();

  Optional<AppDefinition> get(AppId id) {
    return Optional.ofNullable(presentById.get(id));
  }

  Collection<AppDefinition> all() {
    return presentById.values();
  }

  SortedMap<AppId, AppDefinition> byId() {
    return presentById;
  }

  void put(AppDefinition app) {
    presentById.put(app.id(), app);
    putVersion(app);
  }

  void putVersion(AppDefinition app) {
    versionsById.computeIfAbsent(app.id(), _ -> new TreeMap<>()).put(app.version(), app);
  }

  /** Takes the app away; its versions stay until {@link #forget}, for the instances that end. */
  void remove(AppId id) {
    presentById.remove(id);
  }

  void forget(AppId id) {
    if (!presentById.containsKey(id)) {
      versionsById.remove(id);
      lastFailureById.remove(id);
    }
  }

  /** Oldest first. */
  SortedMap<Instant, AppDefinition> versions(AppId id) {
    return versionsById.getOrDefault(id, new TreeMap<>());
  }

  /** What the instance was launched with; the present definition if that is lost. */
  Optional<AppDefinition> definition(Instance instance) {
    SortedMap<Instant, AppDefinition> versions = versions(instance.id().app());
    AppDefinition exact = versions.get(instance.version());
    if (exact != null) {
      return Optional.of(exact);
    }
    return get(instance.id().app()).or(() -> versions.values().stream().reduce((_, last) -> last));
  }

  /** Drops the oldest versions beyond {@code max} and tells which; those in use stay. */
  List<Instant> prune(AppId id, int max, Set<Instant> inUse) {
    SortedMap<Instant, AppDefinition> versions = versions(id);
    List<Instant> dropped = new ArrayList<>();
    for (Instant version : List.copyOf(versions.keySet())) {
      boolean present = get(id).filter(app -> app.version().equals(version)).isPresent();
      if (versions.size() > max && !inUse.contains(version) && !present) {
        versions.remove(version);
        dropped.add(version);
      }
    }
    return dropped;
  }

  void failed(TaskFailure failure) {
    lastFailureById.put(failure.app(), failure);
  }

  Optional<TaskFailure> lastFailure(AppId id) {
    return Optional.ofNullable(lastFailureById.get(id));
  }

  /** Of all definitions that are present. */
  SortedSet<Integer> servicePorts() {
    SortedSet<Integer> ports = new TreeSet<>();
    presentById.values().forEach(app -> ports.addAll(app.servicePorts()));
    return ports;
  }
}
