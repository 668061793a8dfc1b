package io.mesocosm.bench.cluster;

import com.google.protobuf.ByteString;
import io.mesocosm.bench.wire.CallPool;
import io.mesocosm.bench.wire.EventStream;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * One agent as the master sees it: speaks the agent link, runs nothing. A task runs as soon as it
 * arrives and ends when the fleet says so. Of the loop's thread.
 */
final class SimulatedAgent implements EventStream.Listener, CallPool.Caller {
  private static final String PATH = "/api/v1/agent-link";
  private static final String VERSION = "0.1.0";
  private static final int BATCH_MAX = 1000;

  /** What the master gave it to run, and how far that has come. */
  private static final class SimulatedTask {
    final FrameworkID framework;
    final TaskInfo info;
    TaskState state = TaskState.TASK_RUNNING;
    ByteString uuidInFlight = ByteString.EMPTY;

    SimulatedTask(FrameworkID framework, TaskInfo info) {
      this.framework = framework;
      this.info = info;
    }
  }

  private final int index;
  private final AgentFleet fleet;
  private final Map<String, SimulatedTask> tasks = new LinkedHashMap<>();
  private final Deque<LinkCall> calls = new ArrayDeque<>();
  private List<LinkCall> underWay = List.of();
  private AgentID id = AgentID.getDefaultInstance();
  private Optional<EventStream> stream = Optional.empty();
  private String headers = "";
  private final Backoff backoff = new Backoff();
  private InetSocketAddress connectedTo = InetSocketAddress.createUnresolved("none", 0);
  private boolean subscribed;
  private boolean busy;

  /** When it last told of a task's end whose resources have not been seen in an offer; 0 never. */
  private long freedAtNanos;

  SimulatedAgent(int index, AgentFleet fleet) {
    this.index = index;
    this.fleet = fleet;
  }

  String id() {
    return id.getValue();
  }

  Backoff backoff() {
    return backoff;
  }

  /** The master of the link, open or being opened, or of the last one. */
  InetSocketAddress connectedTo() {
    return connectedTo;
  }

  int taskCount() {
    return tasks.size();
  }

  /** Opens the link, with all that runs if the agent has an id from before. */
  void connect() {
    subscribed = false;
    busy = false;
    underWay = List.of();
    connectedTo = fleet.master();
    LinkCall.Subscribe.Builder subscribe =
        LinkCall.Subscribe.newBuilder()
            .setProtocolVersion(1)
            .setVersion(VERSION)
            .addCapabilities("MULTI_ROLE")
            .setAgentInfo(info());
    LinkCall.Builder call = LinkCall.newBuilder().setType(LinkCall.Type.SUBSCRIBE);
    if (!id.getValue().isEmpty()) {
      call.setAgentId(id);
      for (SimulatedTask task : tasks.values()) {
        subscribe.addTasks(
            RunningTask.newBuilder()
                .setFrameworkId(task.framework)
                .setTask(task.info)
                .setLatestState(task.state));
      }
      tasks.values().stream()
          .map(task -> task.framework)
          .distinct()
          .flatMap(framework -> fleet.framework(framework.getValue()).stream())
          .forEach(subscribe::addFrameworks);
    }
    try {
      stream =
          Optional.of(
              EventStream.open(
                  fleet.loop(),
                  connectedTo,
                  PATH,
                  call.setSubscribe(subscribe).build().toByteArray(),
                  this));
    } catch (IOException e) {
      ended(String.valueOf(e.getMessage()));
    }
  }

  private AgentInfo info() {
    AgentInfo.Builder info =
        AgentInfo.newBuilder()
            .setHostname("agent-" + index + ".bench")
            .setPort(5051)
            .addAllResources(fleet.resources());
    if (!id.getValue().isEmpty()) {
      info.setId(id);
    }
    return info.build();
  }

  void close() {
    stream.ifPresent(EventStream::close);
  }

  /** Ends the link, or the try to open one, as if the master had. */
  void leave(String reason) {
    close();
    ended(reason);
  }

  @Override
  public void opened(EventStream opened) {
    headers =
        "Host: master\r\nContent-Type: application/x-protobuf\r\nMesos-Stream-Id: "
            + opened.header("mesos-stream-id").orElse("")
            + "\r\n";
  }

  @Override
  public void record(ByteBuffer bytes) throws IOException {
    LinkEvent event = LinkEvent.parseFrom(bytes);
    switch (event.getType()) {
      case SUBSCRIBED -> {
        id = event.getSubscribed().getAgentId();
        subscribed = true;
        fleet.subscribed(this);
        wake();
      }
      case RUN_TASKS -> {
        fleet.witness().tasksTouched(event.getRunTasks().getTasksCount());
        fleet.learn(event.getRunTasks().getFrameworkInfo());
        for (TaskInfo info : event.getRunTasks().getTasksList()) {
          SimulatedTask task =
              new SimulatedTask(event.getRunTasks().getFrameworkInfo().getId(), info);
          tasks.put(info.getTaskId().getValue(), task);
          update(task, TaskState.TASK_RUNNING);
        }
      }
      case KILL_TASK -> {
        fleet.witness().tasksTouched(1);
        SimulatedTask task = tasks.get(event.getKillTask().getTaskId().getValue());
        if (task != null && !TaskStates.isTerminal(task.state)) {
          update(task, TaskState.TASK_KILLED);
        }
      }
      case UPDATE_ACKNOWLEDGED -> acknowledged(event.getUpdateAcknowledged());
      case PING -> call(LinkCall.newBuilder().setType(LinkCall.Type.PONG));
      case SHUTDOWN -> {
        fleet.witness().tasksTouched(tasks.size());
        fleet.trouble("shut down: " + event.getShutdown().getMessage());
      }
      case SHUTDOWN_FRAMEWORK -> {
        fleet.witness().tasksTouched(tasks.size());
        tasks.clear();
      }
      default -> {}
    }
  }

  private void acknowledged(LinkEvent.UpdateAcknowledged acknowledged) {
    SimulatedTask task = tasks.get(acknowledged.getTaskId().getValue());
    if (task == null || !task.uuidInFlight.equals(acknowledged.getUuid())) {
      return;
    }
    task.uuidInFlight = ByteString.EMPTY;
    if (TaskStates.isTerminal(task.state)) {
      tasks.remove(acknowledged.getTaskId().getValue());
      fleet.endAcknowledged().add();
    } else {
      fleet.runningAcknowledged().add();
      if (fleet.endsTasksAtOnce()) {
        update(task, TaskState.TASK_FINISHED);
      }
    }
  }

  /** Ends all tasks that run. */
  void finishAll() {
    for (SimulatedTask task : tasks.values()) {
      if (!TaskStates.isTerminal(task.state)) {
        update(task, TaskState.TASK_FINISHED);
      }
    }
  }

  /** Ends the oldest task that runs, unless one that ended before has not been offered again. */
  boolean finishOne() {
    if (freedAtNanos != 0 || tasks.isEmpty()) {
      return false;
    }
    SimulatedTask oldest = tasks.values().iterator().next();
    if (TaskStates.isTerminal(oldest.state) || !oldest.uuidInFlight.isEmpty()) {
      return false;
    }
    update(oldest, TaskState.TASK_FINISHED);
    return true;
  }

  /** Resources with room for a task were offered: when they had become free, if that is awaited. */
  long takeFreedAtNanos() {
    long at = freedAtNanos;
    freedAtNanos = 0;
    return at;
  }

  private void update(SimulatedTask task, TaskState state) {
    task.state = state;
    task.uuidInFlight = fleet.nextUuid();
    if (TaskStates.isTerminal(state) && freedAtNanos == 0) {
      freedAtNanos = System.nanoTime();
    }
    call(
        LinkCall.newBuilder()
            .setType(LinkCall.Type.UPDATE)
            .setUpdate(
                LinkCall.Update.newBuilder()
                    .setFrameworkId(task.framework)
                    .setLatestState(state)
                    .setStatus(
                        TaskStatus.newBuilder()
                            .setTaskId(task.info.getTaskId())
                            .setAgentId(id)
                            .setState(state)
                            .setSource(TaskStatus.Source.SOURCE_EXECUTOR)
                            .setTimestamp(fleet.nowSeconds())
                            .setUuid(task.uuidInFlight))));
  }

  private void call(LinkCall.Builder call) {
    calls.add(call.setAgentId(id).build());
    wake();
  }

  private void wake() {
    if (subscribed && !busy && !calls.isEmpty()) {
      busy = true;
      fleet.pool().ready(this);
    }
  }

  @Override
  public Optional<CallPool.Call> next() {
    if (calls.isEmpty() || !subscribed) {
      busy = false;
      return Optional.empty();
    }
    LinkCall call;
    if (fleet.batches() && calls.size() > 1) {
      underWay = new ArrayList<>();
      while (!calls.isEmpty() && underWay.size() < BATCH_MAX) {
        underWay.add(calls.remove());
      }
      call =
          LinkCall.newBuilder()
              .setType(LinkCall.Type.BATCH)
              .setAgentId(id)
              .addAllBatch(underWay)
              .build();
    } else {
      call = calls.remove();
      underWay = List.of(call);
    }
    return Optional.of(new CallPool.Call(PATH, headers, call.toByteArray()));
  }

  @Override
  public void answered(int status, String body) {
    underWay = List.of();
    if (status != 202) {
      fleet.trouble("a call was answered " + status + " " + body);
    }
  }

  @Override
  public void failed(String reason) {
    underWay.reversed().forEach(calls::addFirst);
    underWay = List.of();
    busy = false;
    if (stream.isPresent()) {
      wake();
    }
  }

  @Override
  public void ended(String reason) {
    boolean was = subscribed;
    subscribed = false;
    stream = Optional.empty();
    fleet.lost(this, was, reason);
  }
}
