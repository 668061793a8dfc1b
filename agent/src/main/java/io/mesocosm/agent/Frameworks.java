package io.mesocosm.agent;

import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;

/** The frameworks that have executors here, and a memory of those that had. */
final class Frameworks {
  private static final int COMPLETED_FRAMEWORKS_MAX = 50;

  private final SortedMap<FrameworkId, Framework> frameworksById = new TreeMap<>();
  private final Deque<AgentSnapshot.Framework> completed = new ArrayDeque<>();

  private final int completedExecutorsMax;
  private final Changes changes;

  Frameworks(int completedExecutorsMax, Changes changes) {
    this.completedExecutorsMax = completedExecutorsMax;
    this.changes = changes;
  }

  private static final class Framework {
    FrameworkInfo info;
    final SortedMap<ExecutorId, Executor> executorsById = new TreeMap<>();
    final Deque<AgentSnapshot.Executor> completedExecutors = new ArrayDeque<>();

    Framework(FrameworkInfo info) {
      this.info = info;
    }

    AgentSnapshot.Framework snapshot() {
      List<AgentSnapshot.Executor> executors = new ArrayList<>();
      executorsById.values().forEach(executor -> executors.add(executor.snapshot()));
      return new AgentSnapshot.Framework(info, executors, List.copyOf(completedExecutors));
    }
  }

  /** Adds a framework, or takes its news. */
  void put(FrameworkId id, FrameworkInfo info) {
    frameworksById.computeIfAbsent(id, _ -> new Framework(info)).info = info;
    changes.framework(id);
  }

  Optional<FrameworkInfo> find(FrameworkId id) {
    return Optional.ofNullable(frameworksById.get(id)).map(framework -> framework.info);
  }

  Optional<Executor> findExecutor(FrameworkId id, ExecutorId executorId) {
    return Optional.ofNullable(frameworksById.get(id))
        .map(framework -> framework.executorsById.get(executorId));
  }

  void add(Executor executor) {
    require(executor.frameworkId()).executorsById.put(executor.id(), executor);
    changes.executor(executor.frameworkId(), executor.id());
  }

  /** Takes the news of a framework that is known here. */
  void update(FrameworkId id, FrameworkInfo info) {
    Framework framework = frameworksById.get(id);
    if (framework != null) {
      framework.info = info;
      changes.framework(id);
    }
  }

  /** Whether a framework is known and says that it can do something. */
  static boolean has(Optional<FrameworkInfo> framework, Capability.Type capability) {
    return framework.stream()
        .flatMap(info -> info.getCapabilitiesList().stream())
        .anyMatch(present -> present.getType() == capability);
  }

  /** In the order of their frameworks' ids and their own; not a view. */
  List<Executor> executors() {
    return frameworksById.values().stream()
        .flatMap(framework -> framework.executorsById.values().stream())
        .toList();
  }

  /**
   * Moves an executor that is over to the completed ones.
   *
   * @return whether it was here, and is over
   */
  boolean completeIfIdle(Executor executor) {
    Framework framework = frameworksById.get(executor.frameworkId());
    if (framework == null
        || !executor.isIdle()
        || !framework.executorsById.remove(executor.id(), executor)) {
      return false;
    }
    changes.executor(executor.frameworkId(), executor.id());
    framework.completedExecutors.addLast(executor.snapshot());
    if (framework.completedExecutors.size() > completedExecutorsMax) {
      framework.completedExecutors.removeFirst();
    }
    return true;
  }

  /** Moves a framework without executors to the completed ones. */
  void completeIfIdle(FrameworkId id) {
    Framework framework = frameworksById.get(id);
    if (framework == null || !framework.executorsById.isEmpty()) {
      return;
    }
    frameworksById.remove(id);
    changes.framework(id);
    completed.removeIf(earlier -> earlier.info().getId().getValue().equals(id.value()));
    completed.addLast(framework.snapshot());
    if (completed.size() > COMPLETED_FRAMEWORKS_MAX) {
      completed.removeFirst();
    }
  }

  /** Of all frameworks with executors here, in the order of their ids. */
  List<FrameworkInfo> infos() {
    return frameworksById.values().stream().map(framework -> framework.info).toList();
  }

  List<AgentSnapshot.Framework> snapshots() {
    return frameworksById.values().stream().map(Framework::snapshot).toList();
  }

  List<AgentSnapshot.Framework> completedSnapshots() {
    return List.copyOf(completed);
  }

  private Framework require(FrameworkId id) {
    Framework framework = frameworksById.get(id);
    if (framework == null) {
      throw new IllegalStateException("framework " + id + " is not known to this agent");
    }
    return framework;
  }
}
