package io.mesocosm.master;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;

/** One framework and its tasks. Owned by the master's thread. */
final class Framework {
  /** Of more than these, the ones lost first are given up. */
  private static final int UNREACHABLE_TASKS_MAX = 1000;

  private final FrameworkId id;
  private final Instant registeredAt;
  private final int completedTasksMax;
  private FrameworkInfo info;
  private SortedSet<String> roles;
  private SortedSet<String> suppressedRoles;
  private Optional<StreamId> stream = Optional.empty();
  private boolean recovered;
  private boolean wasConnected;
  private Optional<Instant> failoverAt = Optional.empty();
  private Optional<Instant> reregisteredAt = Optional.empty();
  private Optional<Instant> unregisteredAt = Optional.empty();
  private final SortedMap<TaskId, Task> tasks = new TreeMap<>();

  /** Oldest loss first. */
  private final SequencedMap<TaskId, Task> unreachableTasks = new LinkedHashMap<>();

  private final Deque<MasterSnapshot.TaskView> completedTasks = new ArrayDeque<>();
  private Optional<MasterSnapshot.FrameworkView> cachedView = Optional.empty();

  Framework(
      FrameworkId id,
      FrameworkInfo info,
      Instant registeredAt,
      int completedTasksMax,
      boolean recovered) {
    this.id = id;
    this.registeredAt = registeredAt;
    this.completedTasksMax = completedTasksMax;
    this.recovered = recovered;
    this.info = info;
    this.roles = Roles.of(info);
    this.suppressedRoles = new TreeSet<>();
  }

  FrameworkId id() {
    return id;
  }

  FrameworkInfo info() {
    return info;
  }

  SortedSet<String> roles() {
    return roles;
  }

  SortedSet<String> suppressedRoles() {
    return suppressedRoles;
  }

  Optional<StreamId> stream() {
    return stream;
  }

  boolean isConnected() {
    return stream.isPresent();
  }

  boolean isRecovered() {
    return recovered;
  }

  boolean has(Capability.Type capability) {
    return info.getCapabilitiesList().stream().anyMatch(own -> own.getType() == capability);
  }

  boolean isPartitionAware() {
    return has(Capability.Type.PARTITION_AWARE);
  }

  /** A scheduler speaks for the framework from now on, over this stream. */
  void connect(StreamId newStream, Instant now) {
    if (wasConnected || recovered) {
      reregisteredAt = Optional.of(now);
    }
    wasConnected = true;
    recovered = false;
    failoverAt = Optional.empty();
    stream = Optional.of(newStream);
    changed();
  }

  void disconnect() {
    stream = Optional.empty();
    changed();
  }

  /** Until when its scheduler may stay away. */
  void awaitFailover(Instant until) {
    failoverAt = Optional.of(until);
  }

  Optional<Instant> failoverAt() {
    return failoverAt;
  }

  /** Takes what may change with a subscription; user, checkpoint and principal stay (S18). */
  void update(FrameworkInfo newer, SortedSet<String> suppressed) {
    FrameworkInfo.Builder merged = newer.toBuilder().setUser(info.getUser()).setId(info.getId());
    if (info.hasCheckpoint()) {
      merged.setCheckpoint(info.getCheckpoint());
    } else {
      merged.clearCheckpoint();
    }
    info = merged.build();
    roles = Roles.of(info);
    suppressedRoles = new TreeSet<>(suppressed);
    changed();
  }

  void suppress(SortedSet<String> which) {
    suppressedRoles.addAll(which);
    changed();
  }

  void revive(SortedSet<String> which) {
    suppressedRoles.removeAll(which);
    changed();
  }

  void unregister(Instant now) {
    unregisteredAt = Optional.of(now);
    stream = Optional.empty();
    changed();
  }

  Collection<Task> tasks() {
    return Collections.unmodifiableCollection(tasks.values());
  }

  Optional<Task> task(TaskId task) {
    return Optional.ofNullable(tasks.get(task));
  }

  boolean knows(TaskId task) {
    return tasks.containsKey(task) || unreachableTasks.containsKey(task);
  }

  void add(Task task) {
    tasks.put(task.id(), task);
    changed();
  }

  /** The task's agent is lost; the task may yet come back with it. */
  void toUnreachable(Task task) {
    tasks.remove(task.id());
    unreachableTasks.putLast(task.id(), task);
    while (unreachableTasks.size() > UNREACHABLE_TASKS_MAX) {
      complete(unreachableTasks.firstEntry().getValue());
    }
    changed();
  }

  Optional<Task> takeUnreachable(TaskId task) {
    changed();
    return Optional.ofNullable(unreachableTasks.remove(task));
  }

  Optional<Task> unreachable(TaskId task) {
    return Optional.ofNullable(unreachableTasks.get(task));
  }

  /** Nothing more is to be heard of the task: it is history. */
  void complete(Task task) {
    tasks.remove(task.id());
    unreachableTasks.remove(task.id());
    completedTasks.addLast(task.view());
    while (completedTasks.size() > completedTasksMax) {
      completedTasks.removeFirst();
    }
    changed();
  }

  /** Something that the view shows is different now. */
  void changed() {
    cachedView = Optional.empty();
  }

  /** What readers see; built anew only after a change. */
  MasterSnapshot.FrameworkView view(List<Offer> offers) {
    if (cachedView.isPresent()) {
      return cachedView.get();
    }
    Resources used =
        shownSum(tasks.values().stream().filter(Task::holdsResources).map(Task::resources));
    Resources offered = shownSum(offers.stream().map(Offer::resources));
    MasterSnapshot.FrameworkView view =
        new MasterSnapshot.FrameworkView(
            id,
            info,
            Collections.unmodifiableSortedSet(new TreeSet<>(roles)),
            isConnected(),
            isConnected(),
            recovered,
            registeredAt,
            reregisteredAt,
            unregisteredAt,
            tasks.values().stream().map(Task::view).toList(),
            unreachableTasks.values().stream().map(Task::view).toList(),
            List.copyOf(completedTasks),
            List.copyOf(offers),
            used,
            offered);
    cachedView = Optional.of(view);
    return view;
  }

  /**
   * A sum across agents, to be shown and never to be subtracted from: equal ports of two agents
   * count once in it, and what two agents call by one name need not be of one type.
   */
  private static Resources shownSum(Stream<Resources> parts) {
    Map<String, Class<?>> types = new TreeMap<>();
    return Resources.of(
        parts
            .flatMap(part -> part.entries().stream())
            .filter(entry -> {
              Class<?> type = entry.value().getClass();
              return types.computeIfAbsent(entry.name(), _ -> type) == type;
            })
            .toList());
  }
}
