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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.MachineID;
import org.apache.mesos.v1.Protos.Operation;
import org.apache.mesos.v1.Protos.Unavailability;

/** One registered agent: its link, its resources, what runs on it. Owned by the master's thread. */
final class Agent {
  /** Names a task on the agent. */
  record TaskKey(FrameworkId framework, TaskId task) {}

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

  /** By identity: one task of the framework's of that name is enough. */
  private final SequencedSet<Task> tasks = new LinkedHashSet<>();

  private final AgentExecutors executors = new AgentExecutors();

  /** Kills that came while the link was down (K3). */
  private final Map<TaskKey, Optional<KillPolicy>> killsWaiting = new LinkedHashMap<>();

  /** When its machine is to be taken down, if that is scheduled. */
  private Optional<Unavailability> unavailability = Optional.empty();

  /** What operators have decided about it; {@link AgentMark#NONE} for nothing. */
  private AgentMark mark = AgentMark.NONE;

  /** What it estimates that it could give away besides, revocable. */
  private Resources oversubscribed = Resources.NONE;

  private final Changes changes;
  private final Supplier<Collection<Operation>> operations;

  /**
   * @param operations tells what is under way there
   */
  Agent(
      AgentId id,
      AgentInfo info,
      Resources total,
      String ip,
      String version,
      List<String> capabilities,
      Instant registeredAt,
      StreamId stream,
      Changes changes,
      Supplier<Collection<Operation>> operations) {
    this.id = id;
    this.info = info;
    this.total = total;
    this.ip = ip;
    this.version = version;
    this.capabilities = List.copyOf(capabilities);
    this.registeredAt = registeredAt;
    this.stream = Optional.of(stream);
    this.changes = changes;
    this.operations = operations;
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

  List<String> capabilities() {
    return capabilities;
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

  /** An operation has made something else of resources that the agent has. */
  void convertTotal(Resources consumed, Resources converted) {
    total = total.minus(consumed).plus(converted);
    changed();
  }

  Optional<Unavailability> unavailability() {
    return unavailability;
  }

  void schedule(Optional<Unavailability> when) {
    unavailability = when;
    changed();
  }

  AgentMark mark() {
    return mark;
  }

  void mark(AgentMark newMark) {
    mark = newMark;
    changed();
  }

  Resources oversubscribed() {
    return oversubscribed;
  }

  void estimate(Resources estimate) {
    oversubscribed = estimate;
    changed();
  }

  void resize(Resources newTotal) {
    total = newTotal;
    changed();
  }

  /** Whether its resources may be offered. */
  boolean isActive() {
    return isConnected() && !mark.keepsFromOffers();
  }

  /** Names the machine that it runs on, as maintenance schedules do. */
  boolean isOn(MachineID machine) {
    boolean named = !machine.getHostname().isEmpty() || !machine.getIp().isEmpty();
    return named
        && (machine.getHostname().isEmpty()
            || machine.getHostname().equalsIgnoreCase(info.getHostname()))
        && (machine.getIp().isEmpty() || machine.getIp().equals(ip));
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
    return Collections.unmodifiableCollection(tasks);
  }

  void add(Task task) {
    tasks.add(task);
    if (task.holdsResources() && task.executor().isPresent()) {
      executors.count(task.framework(), task.executor().get(), 1);
    }
  }

  void remove(Task task) {
    tasks.remove(task);
    if (!killsWaiting.isEmpty()) {
      killsWaiting.remove(new TaskKey(task.framework(), task.id()));
    }
  }

  /** The task does not hold its resources any more; it may still wait for acknowledgements. */
  void released(Task task) {
    task.releaseResources();
    if (task.executor().isPresent()) {
      executors.count(task.framework(), task.executor().get(), -1);
    }
  }

  boolean hasExecutor(FrameworkId framework, ExecutorId executor) {
    return executors.has(framework, executor);
  }

  Optional<ExecutorInfo> executor(FrameworkId framework, ExecutorId executor) {
    return executors.info(framework, executor);
  }

  /** Whether a task of the executor holds resources. */
  boolean isBusy(FrameworkId framework, ExecutorId executor) {
    return executors.isBusy(framework, executor);
  }

  /** Those of the framework that run here, with resources of their own or without. */
  List<ExecutorId> executorsOf(FrameworkId framework) {
    return executors.of(framework);
  }

  List<AgentExecutors.Key> executors() {
    return executors.all();
  }

  /** What each executor takes for itself. */
  List<Resources> executorResources() {
    List<Resources> held = new ArrayList<>();
    executors.forEach((_, resources) -> held.add(resources));
    return held;
  }

  /** Before its first task is added. */
  void addExecutor(FrameworkId framework, ExecutorInfo executor, Resources resources) {
    executors.add(framework, executor, resources);
    changed();
  }

  /** It has ended; returns what it held, if it was here. */
  Optional<Resources> removeExecutor(FrameworkId framework, ExecutorId executor) {
    Optional<Resources> held = executors.remove(framework, executor);
    if (held.isPresent()) {
      changed();
    }
    return held;
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
    for (Task task : tasks) {
      if (task.holdsResources()) {
        used.merge(task.framework(), task.resources(), Resources::plus);
      }
    }
    executors.forEach((framework, resources) -> used.merge(framework, resources, Resources::plus));
    return used;
  }

  void changed() {
    changes.agent(this);
  }

  /** What readers see; what is used and offered is summed up where it is read. */
  MasterSnapshot.AgentView view() {
    return new MasterSnapshot.AgentView(
        id,
        info,
        ip,
        version,
        capabilities,
        isConnected(),
        isActive(),
        mark.keepsFromOffers(),
        mark.drain(),
        mark.drainStarted(),
        registeredAt,
        reregisteredAt,
        total,
        Resources.NONE,
        Resources.NONE,
        executors.views(id),
        List.copyOf(operations.get()));
  }
}
