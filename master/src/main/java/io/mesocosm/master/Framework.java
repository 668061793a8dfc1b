package io.mesocosm.master;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.KillPolicy;

/** One framework and its tasks. Owned by the master's thread. */
final class Framework {
  private static final int KILLS_HELD_MAX = 10_000;

  private final FrameworkId id;
  private final FrameworkID wireId;
  private final Instant registeredAt;
  private final int unreachableTasksMax;
  private final Changes changes;
  private final FrameworkTally tally = new FrameworkTally(this::changed);
  private FrameworkInfo info;
  private SortedSet<String> roles;
  private SortedSet<String> suppressedRoles = new TreeSet<>();
  private Set<Capability.Type> capabilities;
  private ConstraintFilters constraints = ConstraintFilters.NONE;
  private Optional<StreamId> stream = Optional.empty();
  private boolean recovered;
  private boolean wasConnected;
  private Optional<Instant> failoverAt = Optional.empty();
  private Optional<Instant> reregisteredAt = Optional.empty();
  private Optional<Instant> unregisteredAt = Optional.empty();
  private final Map<TaskId, Task> tasks = new LinkedHashMap<>();

  /** Oldest loss first. */
  private final SequencedMap<TaskId, Task> unreachableTasks = new LinkedHashMap<>();

  /** Kills of tasks that may come back with an agent that is out of touch (A10). */
  private final SequencedMap<TaskId, Optional<KillPolicy>> killsHeld = new LinkedHashMap<>();

  /**
   * @param unreachableTasksMax of more than these, the ones lost first are given up
   * @param recovered whether it is known from agents only
   */
  Framework(
      FrameworkId id,
      FrameworkInfo info,
      Instant registeredAt,
      int unreachableTasksMax,
      boolean recovered,
      Changes changes) {
    this.id = id;
    this.wireId = FrameworkID.newBuilder().setValue(id.value()).build();
    this.registeredAt = registeredAt;
    this.unreachableTasksMax = unreachableTasksMax;
    this.recovered = recovered;
    this.changes = changes;
    this.info = info;
    this.roles = Roles.of(info);
    this.capabilities = capabilities(info);
  }

  FrameworkId id() {
    return id;
  }

  FrameworkID wireId() {
    return wireId;
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

  /** Which agents it wants. */
  ConstraintFilters constraints() {
    return constraints;
  }

  Instant registeredAt() {
    return registeredAt;
  }

  boolean isRemoved() {
    return unregisteredAt.isPresent();
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
    return capabilities.contains(capability);
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
  void update(FrameworkInfo newer, SortedSet<String> suppressed, ConstraintFilters wanted) {
    FrameworkInfo.Builder merged = newer.toBuilder().setUser(info.getUser()).setId(info.getId());
    if (info.hasCheckpoint()) {
      merged.setCheckpoint(info.getCheckpoint());
    } else {
      merged.clearCheckpoint();
    }
    info = merged.build();
    roles = Roles.of(info);
    suppressedRoles = new TreeSet<>(suppressed);
    capabilities = capabilities(info);
    constraints = wanted;
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

  /** To be told to the agent that comes back with the task; of too many, the first are dropped. */
  void killLater(TaskId task, Optional<KillPolicy> policy) {
    killsHeld.putLast(task, policy);
    if (killsHeld.size() > KILLS_HELD_MAX) {
      killsHeld.pollFirstEntry();
    }
  }

  boolean isToBeKilled(TaskId task) {
    return killsHeld.containsKey(task);
  }

  Optional<KillPolicy> takeKill(TaskId task) {
    return Optional.ofNullable(killsHeld.remove(task)).flatMap(policy -> policy);
  }

  void add(Task task) {
    killsHeld.remove(task.id()); // of another one that was called the same
    tasks.put(task.id(), task);
    changes.taskAdded(task);
  }

  /** The task's agent is lost; the task may yet come back with it. */
  void toUnreachable(Task task) {
    tasks.remove(task.id());
    unreachableTasks.putLast(task.id(), task);
    changes.taskUnreachable(task);
    while (unreachableTasks.size() > unreachableTasksMax) {
      complete(unreachableTasks.firstEntry().getValue());
    }
  }

  Optional<Task> takeUnreachable(TaskId task) {
    return Optional.ofNullable(unreachableTasks.remove(task));
  }

  Collection<Task> unreachableTasks() {
    return Collections.unmodifiableCollection(unreachableTasks.values());
  }

  Optional<Task> unreachable(TaskId task) {
    return Optional.ofNullable(unreachableTasks.get(task));
  }

  /** Nothing more is to be heard of the task: it is history. */
  void complete(Task task) {
    tasks.remove(task.id(), task);
    unreachableTasks.remove(task.id(), task);
    changes.taskCompleted(task, task.view());
  }

  /** What has happened to it so far. */
  FrameworkTally tally() {
    return tally;
  }

  /** Something that the view shows is different now. */
  void changed() {
    changes.framework(this);
  }

  /**
   * What readers see of the framework itself; its tasks, executors and offers come by themselves.
   */
  MasterSnapshot.FrameworkView view() {
    return new MasterSnapshot.FrameworkView(
        id,
        info,
        Collections.unmodifiableSortedSet(new TreeSet<>(roles)),
        Collections.unmodifiableSortedSet(new TreeSet<>(suppressedRoles)),
        constraints.message(),
        isConnected(),
        isConnected(),
        recovered,
        registeredAt,
        reregisteredAt,
        unregisteredAt,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Resources.NONE,
        Resources.NONE,
        Collections.unmodifiableSortedMap(tally.counts()));
  }

  private static Set<Capability.Type> capabilities(FrameworkInfo info) {
    Set<Capability.Type> known = EnumSet.noneOf(Capability.Type.class);
    info.getCapabilitiesList().forEach(capability -> known.add(capability.getType()));
    return known;
  }
}
