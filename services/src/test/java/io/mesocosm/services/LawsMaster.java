package io.mesocosm.services;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.jspecify.annotations.Nullable;

/** A master and its agents, whose every move is drawn by {@link LawsWorld}. */
final class LawsMaster {
  static final int AGENTS = 4;
  private static final double CPUS = 8;
  private static final double MEM = 8000;

  /** What runs on an agent, or is about to. */
  private static final class Task {
    final String id;
    final int agent;
    final Optional<String> group;
    final double cpus;
    TaskState state = TaskState.TASK_STAGING;
    boolean killed;

    Task(String id, int agent, Optional<String> group, double cpus) {
      this.id = id;
      this.agent = agent;
      this.group = group;
      this.cpus = cpus;
    }
  }

  private final RandomGenerator random;
  private final SortedMap<String, Task> tasks = new TreeMap<>();
  private final Set<String> launched = new TreeSet<>();
  private final SortedSet<Integer> lost = new TreeSet<>();
  private final Map<String, Integer> agentByOffer = new LinkedHashMap<>();
  private final Deque<Event> events = new ArrayDeque<>();
  private boolean subscribed;
  private boolean wanted = true;
  private int nextOffer = 1;

  LawsMaster(RandomGenerator random) {
    this.random = random;
  }

  // ----- the subscription

  boolean isSubscribed() {
    return subscribed;
  }

  void subscribe() {
    subscribed = true;
    wanted = true;
    Event.Builder event = Event.newBuilder().setType(Event.Type.SUBSCRIBED);
    event.getSubscribedBuilder().getFrameworkIdBuilder().setValue("framework-1");
    event.getSubscribedBuilder().setHeartbeatIntervalSeconds(15);
    events.add(event.build());
  }

  /** What was under way is lost; offers go back. */
  void disconnect() {
    subscribed = false;
    events.clear();
    agentByOffer.clear();
  }

  Optional<Event> nextEvent() {
    return Optional.ofNullable(events.poll());
  }

  boolean hasEvents() {
    return !events.isEmpty();
  }

  void take(Call call) {
    switch (call.getType()) {
      case ACCEPT -> accept(call.getAccept());
      case DECLINE ->
          call.getDecline().getOfferIdsList().forEach(id -> agentByOffer.remove(id.getValue()));
      case KILL -> kill(call.getKill().getTaskId().getValue());
      case RECONCILE -> reconcile(call.getReconcile());
      case REVIVE -> wanted = true;
      case SUPPRESS -> wanted = false;
      case UNKNOWN,
          SUBSCRIBE,
          TEARDOWN,
          ACCEPT_INVERSE_OFFERS,
          DECLINE_INVERSE_OFFERS,
          SHUTDOWN,
          ACKNOWLEDGE,
          ACKNOWLEDGE_OPERATION_STATUS,
          RECONCILE_OPERATIONS,
          MESSAGE,
          REQUEST,
          UPDATE_FRAMEWORK -> {
        // of no account here
      }
    }
  }

  private void accept(Call.Accept accept) {
    String offer = accept.getOfferIds(0).getValue();
    @Nullable Integer agent = agentByOffer.remove(offer);
    for (Offer.Operation operation : accept.getOperationsList()) {
      operation
          .getLaunch()
          .getTaskInfosList()
          .forEach(task -> launch(task, agent, Optional.empty()));
      operation
          .getLaunchGroup()
          .getTaskGroup()
          .getTasksList()
          .forEach(task ->
              launch(
                  task,
                  agent,
                  Optional.of(
                      operation.getLaunchGroup().getExecutor().getExecutorId().getValue())));
    }
  }

  private void launch(TaskInfo task, @Nullable Integer agent, Optional<String> group) {
    String id = task.getTaskId().getValue();
    if (!launched.add(id)) {
      throw new AssertionError("task " + id + " is launched twice");
    }
    if (agent == null || lost.contains(agent)) {
      tell(id, task.getAgentId().getValue(), TaskState.TASK_DROPPED);
      return;
    }
    double cpus =
        task.getResourcesList().stream()
            .filter(resource -> resource.getName().equals("cpus"))
            .mapToDouble(resource -> resource.getScalar().getValue())
            .sum();
    tasks.put(id, new Task(id, agent, group, cpus));
  }

  private void kill(String id) {
    Task task = tasks.get(id);
    if (task == null) {
      tell(id, "", TaskState.TASK_GONE);
    } else if (!lost.contains(task.agent)) {
      task.killed = true;
    }
  }

  private void reconcile(Call.Reconcile call) {
    if (call.getTasksCount() == 0) {
      tasks.values().forEach(this::tell);
      return;
    }
    for (Call.Reconcile.Task asked : call.getTasksList()) {
      Task task = tasks.get(asked.getTaskId().getValue());
      if (task == null) {
        tell(asked.getTaskId().getValue(), asked.getAgentId().getValue(), TaskState.TASK_GONE);
      } else {
        tell(task);
      }
    }
  }

  private void tell(Task task) {
    tell(
        task.id,
        "agent-" + task.agent,
        lost.contains(task.agent) ? TaskState.TASK_UNREACHABLE : task.state);
  }

  private void tell(String task, String agent, TaskState state) {
    if (!subscribed) {
      return;
    }
    TaskStatus.Builder status = TaskStatus.newBuilder().setState(state).setMessage("so it is");
    status.setUuid(ByteString.copyFromUtf8("uuid"));
    status.getTaskIdBuilder().setValue(task);
    status.getAgentIdBuilder().setValue(agent);
    Event.Builder event = Event.newBuilder().setType(Event.Type.UPDATE);
    event.getUpdateBuilder().setStatus(status);
    events.add(event.build());
  }

  // ----- what happens by itself

  /** A task of somebody else, or one of our shape that nobody has launched. */
  void tellOfStranger(String task) {
    tell(task, "agent-0", TaskState.TASK_RUNNING);
  }

  /** One of the tasks comes up, or ends if that was asked for. */
  void progress() {
    List<Task> moving =
        tasks.values().stream()
            .filter(task -> !lost.contains(task.agent))
            .filter(task -> task.killed || task.state != TaskState.TASK_RUNNING)
            .toList();
    if (!moving.isEmpty()) {
      Task task = moving.get(random.nextInt(moving.size()));
      if (task.killed) {
        end(task, TaskState.TASK_KILLED);
      } else {
        task.state = TaskState.TASK_RUNNING;
        tell(task);
      }
    }
  }

  /** As above, of all. */
  void progressAll() {
    int count = tasks.size();
    for (int i = 0; i < 2 * count; i++) {
      progress();
    }
  }

  /** One of the tasks ends by itself. */
  void fail() {
    List<Task> running =
        tasks.values().stream().filter(task -> !lost.contains(task.agent)).toList();
    if (!running.isEmpty()) {
      end(
          running.get(random.nextInt(running.size())),
          random.nextInt(4) == 0 ? TaskState.TASK_FINISHED : TaskState.TASK_FAILED);
    }
  }

  private void end(Task task, TaskState state) {
    tasks.remove(task.id);
    tell(task.id, "agent-" + task.agent, state);
    if (task.group.isPresent()) {
      // the default executor ends the others with it
      tasks.values().stream()
          .filter(other -> other.group.equals(task.group))
          .forEach(other -> other.killed = true);
    }
  }

  /** An agent gets out of touch, or is heard of again. */
  void loseOrFind() {
    int agent = random.nextInt(AGENTS);
    if (lost.contains(agent)) {
      find(agent);
    } else {
      lost.add(agent);
      agentByOffer.values().removeIf(it -> it == agent);
      tasks.values().stream().filter(task -> task.agent == agent).forEach(this::tell);
    }
  }

  /** Nobody is out of touch, and offers that nobody answered are given up. */
  void calm() {
    List.copyOf(lost).forEach(this::find);
    agentByOffer.clear();
  }

  private void find(int agent) {
    lost.remove(agent);
    for (Task task : List.copyOf(tasks.values())) {
      if (task.agent == agent && random.nextInt(4) == 0) {
        tasks.remove(task.id);
        tell(task.id, "agent-" + agent, TaskState.TASK_FAILED);
      } else if (task.agent == agent) {
        tell(task);
      }
    }
  }

  /**
   * Offers what an agent has left, unless nothing is wanted.
   *
   * @param scarce whether hardly anything is left
   */
  void offer(int agent, boolean scarce) {
    if (!subscribed || !wanted || lost.contains(agent) || agentByOffer.containsValue(agent)) {
      return;
    }
    String id = "offer-" + nextOffer++;
    agentByOffer.put(id, agent);
    double used =
        tasks.values().stream()
            .filter(task -> task.agent == agent)
            .mapToDouble(task -> task.cpus)
            .sum();
    Offer.Builder offer = Offer.newBuilder().setHostname("host-" + agent);
    offer.getIdBuilder().setValue(id);
    offer.getFrameworkIdBuilder().setValue("framework-1");
    offer.getAgentIdBuilder().setValue("agent-" + agent);
    offer.getAllocationInfoBuilder().setRole("*");
    offer.addResources(scalar("cpus", Math.max(0, scarce ? 0.6 : CPUS - used)));
    offer.addResources(scalar("mem", MEM));
    offer.addResources(scalar("disk", 10000));
    Event.Builder event = Event.newBuilder().setType(Event.Type.OFFERS);
    event.getOffersBuilder().addOffers(offer);
    events.add(event.build());
  }

  private static Resource scalar(String name, double amount) {
    Resource.Builder resource = Resource.newBuilder().setName(name).setType(Value.Type.SCALAR);
    resource.getAllocationInfoBuilder().setRole("*");
    resource.getScalarBuilder().setValue(amount);
    return resource.build();
  }

  void rescind() {
    List<String> offers = new ArrayList<>(agentByOffer.keySet());
    if (!offers.isEmpty()) {
      String id = offers.get(random.nextInt(offers.size()));
      agentByOffer.remove(id);
      Event.Builder event = Event.newBuilder().setType(Event.Type.RESCIND);
      event.getRescindBuilder().getOfferIdBuilder().setValue(id);
      events.add(event.build());
    }
  }

  /** Ids of all tasks that run or will. */
  Set<String> tasks() {
    return tasks.keySet();
  }
}
