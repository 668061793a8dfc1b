package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.KillPolicy;

/** One registered agent: its link, its resources, what runs on it. Owned by the master's thread. */
final class Agent {
  /** Names a task on the agent. */
  record TaskKey(FrameworkId framework, TaskId task) implements Comparable<TaskKey> {
    @Override
    public int compareTo(TaskKey other) {
      int byFramework = framework.compareTo(other.framework);
      return byFramework != 0 ? byFramework : task.compareTo(other.task);
    }
  }

  /** Names an executor on the agent. */
  record ExecutorKey(FrameworkId framework, ExecutorId executor)
      implements Comparable<ExecutorKey> {
    @Override
    public int compareTo(ExecutorKey other) {
      int byFramework = framework.compareTo(other.framework);
      return byFramework != 0 ? byFramework : executor.compareTo(other.executor);
    }
  }

  private final AgentId id;
  private AgentInfo info;
  private Resources total;
  private String ip;
  private String version;
  private List<String> capabilities;
  private final Instant registeredAt;
  private Optional<Instant> reregisteredAt = Optional.empty();
  private Optional<StreamId> stream;
  private Optional<Instant> lostAt = Optional.empty();
  private int pingsUnanswered;
  private final SortedMap<TaskKey, Task> tasks = new TreeMap<>();

  /** What an executor takes for itself, from its first task to the end of its last. */
  private final SortedMap<ExecutorKey, Resources> executors = new TreeMap<>();

  /** Kills that came while the link was down (K3). */
  private final Map<TaskKey, Optional<KillPolicy>> killsWaiting = new LinkedHashMap<>();

  private Optional<MasterSnapshot.AgentView> cachedView = Optional.empty();

  Agent(
      AgentId id,
      AgentInfo info,
      Resources total,
      String ip,
      String version,
      List<String> capabilities,
      Instant registeredAt,
      StreamId stream) {
    this.id = id;
    this.info = info;
    this.total = total;
    this.ip = ip;
    this.version = version;
    this.capabilities = List.copyOf(capabilities);
    this.registeredAt = registeredAt;
    this.stream = Optional.of(stream);
  }

  AgentId id() {
    return id;
  }

  AgentInfo info() {
    return info;
  }

  /** Where its link came from; empty if that was no internet address. */
  String ip() {
    return ip;
  }

  Resources total() {
    return total;
  }

  Optional<StreamId> stream() {
    return stream;
  }

  boolean isConnected() {
    return stream.isPresent();
  }

  void reconnect(StreamId newStream, Instant now) {
    stream = Optional.of(newStream);
    reregisteredAt = Optional.of(now);
    pingsUnanswered = 0;
    lostAt = Optional.empty();
    changed();
  }

  /** Takes what the agent says of itself now: it may have been configured anew. */
  void describe(
      AgentInfo newInfo,
      Resources newTotal,
      String newIp,
      String newVersion,
      List<String> newCapabilities) {
    info = newInfo;
    total = newTotal;
    ip = newIp;
    version = newVersion;
    capabilities = List.copyOf(newCapabilities);
    changed();
  }

  /** Until when its link may be down. */
  void awaitReturn(Instant until) {
    lostAt = Optional.of(until);
  }

  Optional<Instant> lostAt() {
    return lostAt;
  }

  void disconnect() {
    stream = Optional.empty();
    changed();
  }

  /** Counts a ping that goes out; returns how many went unanswered before it. */
  int pinged() {
    return pingsUnanswered++;
  }

  void ponged() {
    pingsUnanswered = 0;
  }

  Collection<Task> tasks() {
    return Collections.unmodifiableCollection(tasks.values());
  }

  Optional<Task> task(FrameworkId framework, TaskId task) {
    return Optional.ofNullable(tasks.get(new TaskKey(framework, task)));
  }

  void add(Task task) {
    tasks.put(new TaskKey(task.framework(), task.id()), task);
    changed();
  }

  void remove(Task task) {
    tasks.remove(new TaskKey(task.framework(), task.id()));
    killsWaiting.remove(new TaskKey(task.framework(), task.id()));
    changed();
  }

  boolean hasExecutor(FrameworkId framework, ExecutorId executor) {
    return executors.containsKey(new ExecutorKey(framework, executor));
  }

  /** Those of the framework that run here, with resources of their own or without. */
  List<ExecutorId> executorsOf(FrameworkId framework) {
    return executors.keySet().stream()
        .filter(key -> key.framework().equals(framework))
        .map(ExecutorKey::executor)
        .toList();
  }

  void addExecutor(FrameworkId framework, ExecutorId executor, Resources resources) {
    executors.put(new ExecutorKey(framework, executor), resources);
    changed();
  }

  /** Ends an executor none of whose tasks holds resources any more; returns what it held. */
  Resources releaseIdleExecutor(FrameworkId framework, ExecutorId executor) {
    boolean busy =
        tasks.values().stream()
            .anyMatch(task ->
                task.framework().equals(framework)
                    && task.executor().filter(executor::equals).isPresent()
                    && task.holdsResources());
    if (busy) {
      return Resources.NONE;
    }
    Optional<Resources> held =
        Optional.ofNullable(executors.remove(new ExecutorKey(framework, executor)));
    changed();
    return held.orElse(Resources.NONE);
  }

  void killLater(Task task, Optional<KillPolicy> policy) {
    killsWaiting.put(new TaskKey(task.framework(), task.id()), policy);
  }

  Map<TaskKey, Optional<KillPolicy>> takeKillsWaiting() {
    Map<TaskKey, Optional<KillPolicy>> taken = new LinkedHashMap<>(killsWaiting);
    killsWaiting.clear();
    return taken;
  }

  /** What each framework's tasks and executors take here. */
  SortedMap<FrameworkId, Resources> usedByFramework() {
    SortedMap<FrameworkId, Resources> used = new TreeMap<>();
    for (Task task : tasks.values()) {
      if (task.holdsResources()) {
        used.merge(task.framework(), task.resources(), Resources::plus);
      }
    }
    executors.forEach((key, resources) -> used.merge(key.framework(), resources, Resources::plus));
    return used;
  }

  void changed() {
    cachedView = Optional.empty();
  }

  MasterSnapshot.AgentView view(List<Offer> offers) {
    if (cachedView.isPresent()) {
      return cachedView.get();
    }
    List<io.mesocosm.model.resource.Resource> used = new ArrayList<>();
    usedByFramework().values().forEach(resources -> used.addAll(resources.entries()));
    Resources offered = Resources.NONE;
    for (Offer offer : offers) {
      offered = offered.plus(offer.resources());
    }
    MasterSnapshot.AgentView view =
        new MasterSnapshot.AgentView(
            id,
            info,
            version,
            capabilities,
            isConnected(),
            isConnected(),
            registeredAt,
            reregisteredAt,
            total,
            Resources.of(used),
            offered);
    cachedView = Optional.of(view);
    return view;
  }
}
