package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.mesos.v1.Protos.ExecutorInfo;

/**
 * The frameworks' executors on one agent, with what each takes for itself, from its first task
 * until the agent says that it has ended. Owned by the master's thread.
 */
final class AgentExecutors {
  /** Names one. */
  record Key(FrameworkId framework, ExecutorId executor) {}

  private static final class Held {
    final ExecutorInfo info;
    final Resources resources;
    int busyTasks;

    Held(ExecutorInfo info, Resources resources) {
      this.info = info;
      this.resources = resources;
    }
  }

  private final Map<Key, Held> held = new LinkedHashMap<>();

  boolean has(FrameworkId framework, ExecutorId executor) {
    return held.containsKey(new Key(framework, executor));
  }

  Optional<ExecutorInfo> info(FrameworkId framework, ExecutorId executor) {
    return Optional.ofNullable(held.get(new Key(framework, executor))).map(own -> own.info);
  }

  List<ExecutorId> of(FrameworkId framework) {
    if (held.isEmpty()) {
      return List.of();
    }
    List<ExecutorId> found = new ArrayList<>();
    for (Key key : held.keySet()) {
      if (key.framework().equals(framework)) {
        found.add(key.executor());
      }
    }
    return found;
  }

  List<Key> all() {
    return List.copyOf(held.keySet());
  }

  void add(FrameworkId framework, ExecutorInfo info, Resources resources) {
    ExecutorId id = new ExecutorId(info.getExecutorId().getValue());
    held.put(new Key(framework, id), new Held(info, resources));
  }

  /** Returns what it held, if it was here. */
  Optional<Resources> remove(FrameworkId framework, ExecutorId executor) {
    return Optional.ofNullable(held.remove(new Key(framework, executor))).map(own -> own.resources);
  }

  /** A task of the executor begins or ends to hold resources. */
  void count(FrameworkId framework, ExecutorId executor, int change) {
    Optional.ofNullable(held.get(new Key(framework, executor)))
        .ifPresent(own -> own.busyTasks += change);
  }

  boolean isBusy(FrameworkId framework, ExecutorId executor) {
    return Optional.ofNullable(held.get(new Key(framework, executor)))
        .filter(own -> own.busyTasks > 0)
        .isPresent();
  }

  void forEach(BiConsumer<FrameworkId, Resources> action) {
    held.forEach((key, own) -> action.accept(key.framework(), own.resources));
  }

  List<MasterSnapshot.ExecutorView> views(AgentId agent) {
    if (held.isEmpty()) {
      return List.of();
    }
    List<MasterSnapshot.ExecutorView> views = new ArrayList<>();
    held.forEach((key, own) ->
        views.add(
            new MasterSnapshot.ExecutorView(key.framework(), agent, own.info, own.resources)));
    return List.copyOf(views);
  }
}
