package io.mesocosm.services;

import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The definitions of all apps, pods and groups, present and past. */
final class Specs {
  private final History<RunSpec> specs = new History<>(RunSpec::version);
  private final History<GroupDefinition> groups = new History<>(GroupDefinition::version);
  private final SortedMap<AppId, TaskFailure> lastFailureById = new TreeMap<>();
  // By how many definitions that are present.
  private final SortedMap<Integer, Integer> usesByServicePort = new TreeMap<>();

  Optional<RunSpec> get(AppId id) {
    return specs.get(id);
  }

  Collection<RunSpec> all() {
    return specs.all();
  }

  NavigableMap<AppId, RunSpec> byId() {
    return specs.present();
  }

  History<RunSpec> history() {
    return specs;
  }

  History<GroupDefinition> groups() {
    return groups;
  }

  /**
   * @param at when it came to be so: its version, unless it was put back
   */
  void put(RunSpec spec, Instant at) {
    countPorts(specs.get(spec.id()), -1);
    specs.put(spec.id(), at, spec);
    countPorts(Optional.of(spec), 1);
  }

  /** Takes it away; its versions stay, for the instances that end and for who wants it back. */
  void delete(AppId id, Instant at) {
    countPorts(specs.get(id), -1);
    specs.delete(id, at);
  }

  private void countPorts(Optional<RunSpec> spec, int change) {
    for (int port : spec.map(RunSpec::servicePorts).orElse(List.of())) {
      usesByServicePort.merge(port, change, Integer::sum);
      usesByServicePort.remove(port, 0);
    }
  }

  /** No instance of what was deleted is left. */
  void forget(AppId id) {
    if (!specs.has(id)) {
      lastFailureById.remove(id);
    }
  }

  /** Oldest first. */
  SortedMap<Instant, RunSpec> versions(AppId id) {
    return specs.versions(id);
  }

  /** What the instance was launched with; the present definition if that is lost. */
  Optional<RunSpec> definition(Instance instance) {
    AppId id = instance.id().app();
    return specs.version(id, instance.version()).or(() -> specs.get(id)).or(() -> specs.last(id));
  }

  void failed(TaskFailure failure) {
    lastFailureById.put(failure.app(), failure);
  }

  Optional<TaskFailure> lastFailure(AppId id) {
    return Optional.ofNullable(lastFailureById.get(id));
  }

  boolean isServicePortUsed(int port) {
    return usesByServicePort.containsKey(port);
  }

  /** Whether there is a group of that id: said to be one, or with something in it. */
  boolean isGroup(AppId id) {
    return id.isRoot() || groups.has(id) || !below(id).isEmpty();
  }

  /** All apps and pods in a group, at any depth; a view in order. */
  Collection<RunSpec> below(AppId group) {
    return AppId.below(specs.present(), group).values();
  }

  /** Whether the outermost group that the id lies in insists on its name as the role. */
  boolean isRoleEnforcedFor(AppId id) {
    return id.segments().size() > 1
        && groups
            .get(new AppId(id.segments().getFirst()))
            .filter(GroupDefinition::enforceRole)
            .isPresent();
  }

  /** What is said of all groups that the id lies in, and of itself if it is one. */
  List<GroupDefinition> groupsAround(AppId id) {
    List<GroupDefinition> around = new ArrayList<>();
    for (Optional<AppId> at = Optional.of(id); at.isPresent(); at = at.get().parent()) {
      groups.get(at.get()).ifPresent(around::add);
    }
    return around;
  }

  /** Of all definitions that are present. */
  SortedSet<Integer> servicePorts() {
    return new TreeSet<>(usesByServicePort.keySet());
  }
}
