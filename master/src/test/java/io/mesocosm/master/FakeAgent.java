package io.mesocosm.master;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.link.LinkProtos.RunningExecutor;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.UUID;

/** An agent's end of its link. Reading takes events off the stream. */
final class FakeAgent {
  private final Cluster cluster;
  AgentInfo info;
  StreamId stream;

  /** What it tells when it subscribes again. */
  final List<RunningTask> running = new ArrayList<>();

  final List<FrameworkInfo> frameworks = new ArrayList<>();
  final List<RunningExecutor> executors = new ArrayList<>();

  /** Those that it was sent and has not heard the end of; told when it subscribes again. */
  final List<LinkCall.UpdateOperation> operations = new ArrayList<>();

  final List<String> capabilities =
      new ArrayList<>(
          List.of(
              "MULTI_ROLE",
              "HIERARCHICAL_ROLE",
              "RESERVATION_REFINEMENT",
              "AGENT_OPERATION_FEEDBACK",
              "RESIZE_VOLUME",
              "AGENT_DRAINING"));

  private final Set<ByteString> told = new LinkedHashSet<>();
  Resources total;

  /** Of a life of its process; empty for an agent of an older version. */
  ByteString incarnation = ByteString.EMPTY;

  long number;
  private int updates;

  FakeAgent(Cluster cluster, AgentInfo info) {
    this.cluster = cluster;
    this.info = info;
    this.total = mapped(info.getResourcesList());
    this.stream = cluster.freshStream();
  }

  private static Resources mapped(List<Resource> resources) {
    try {
      return ResourceMapping.toModel(resources);
    } catch (InvalidMessageException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** It has been configured anew. */
  void has(Resource... resources) {
    info = info.toBuilder().clearResources().addAllResources(List.of(resources)).build();
    total = mapped(info.getResourcesList());
  }

  /** Empty until it is let in. */
  AgentID id() {
    return info.hasId() ? info.getId() : AgentID.newBuilder().setValue("").build();
  }

  AgentId modelId() {
    return new AgentId(id().getValue());
  }

  /** Over a new stream; learns its id if it has none. */
  void subscribe() {
    send(subscription());
  }

  /** What it would subscribe with now; numbered if the agent is. */
  LinkCall subscription() {
    LinkCall.Subscribe.Builder numbered = LinkCall.Subscribe.newBuilder();
    if (!incarnation.isEmpty()) {
      numbered.setIncarnation(incarnation).setNumber(++number);
    }
    return LinkCall.newBuilder()
        .setType(LinkCall.Type.SUBSCRIBE)
        .setSubscribe(
            numbered
                .setProtocolVersion(1)
                .setAgentInfo(info)
                .addAllTasks(running)
                .addAllFrameworks(frameworks)
                .addAllExecutors(executors)
                .addAllOperations(operations)
                .addAllCapabilities(capabilities)
                .addAllTotalResources(ResourceMapping.toProto(total)))
        .build();
  }

  /** Over a new stream, whenever it was written. */
  void send(LinkCall call) {
    stream = cluster.freshStream();
    operations.forEach(update -> told.add(update.getOperationUuid()));
    cluster.connected(stream, this);
    cluster.handle(new MasterCommand.AgentSubscribe(stream, call, "10.0.0.1", Optional.empty()));
  }

  /** The master has let it in. */
  void welcomed(AgentID id) {
    info = info.toBuilder().setId(id).build();
  }

  /** The same agent, with all that it runs, in the cluster of another master. */
  FakeAgent movedTo(Cluster next) {
    FakeAgent moved = new FakeAgent(next, info);
    moved.running.addAll(running);
    moved.frameworks.addAll(frameworks);
    moved.executors.addAll(executors);
    moved.total = total;
    return moved;
  }

  boolean isWelcome() {
    return events().stream().anyMatch(LinkEvent::hasSubscribed);
  }

  void disconnect() {
    cluster.handle(new MasterCommand.AgentStreamClosed(stream));
  }

  void unregister() {
    cluster.agentCall(stream, LinkCall.newBuilder().setType(LinkCall.Type.UNREGISTER).build());
  }

  List<LinkEvent> events() {
    List<LinkEvent> inbox = cluster.toAgents.computeIfAbsent(stream, _ -> new ArrayList<>());
    List<LinkEvent> events = List.copyOf(inbox);
    inbox.clear();
    return events;
  }

  List<LinkEvent> events(LinkEvent.Type type) {
    return events().stream().filter(event -> event.getType() == type).toList();
  }

  /** What it was told to run since the last reading. */
  List<TaskInfo> launched() {
    return events(LinkEvent.Type.RUN_TASKS).stream()
        .flatMap(event -> event.getRunTasks().getTasksList().stream())
        .toList();
  }

  /** Keeps a task in mind for the next subscription. */
  void runs(FakeScheduler framework, TaskInfo task, TaskState state) {
    running.add(
        RunningTask.newBuilder()
            .setFrameworkId(framework.id)
            .setTask(task)
            .setLatestState(state)
            .build());
    FrameworkInfo known = framework.view().info();
    if (!frameworks.contains(known)) {
      frameworks.add(known);
    }
  }

  /** Sends an update that wants an acknowledgement. */
  TaskStatus update(FakeScheduler framework, String task, TaskState state) {
    TaskStatus status =
        TaskStatus.newBuilder()
            .setTaskId(Launches.id(task))
            .setAgentId(id())
            .setState(state)
            .setSource(TaskStatus.Source.SOURCE_EXECUTOR)
            .setUuid(
                ByteString.copyFromUtf8(String.format(java.util.Locale.ROOT, "%016d", updates++)))
            .build();
    cluster.agentCall(
        stream,
        LinkCall.newBuilder()
            .setType(LinkCall.Type.UPDATE)
            .setUpdate(
                LinkCall.Update.newBuilder()
                    .setFrameworkId(framework.id)
                    .setStatus(status)
                    .setLatestState(state))
            .build());
    return status;
  }

  /** Carries out an operation; says so at once if nobody asked to be told. */
  Optional<LinkCall> apply(LinkEvent.ApplyOperation apply) {
    ResourceOperations.Outcome outcome = FakeConversions.of(apply.getOperation());
    if (outcome instanceof ResourceOperations.Conversion(Resources consumed, Resources converted)) {
      total = total.convert(consumed, converted);
    }
    LinkCall.UpdateOperation.Builder update =
        LinkCall.UpdateOperation.newBuilder()
            .setOperationUuid(apply.getOperationUuid())
            .setOperation(apply.getOperation());
    if (apply.hasFrameworkId()) {
      update.setFrameworkId(apply.getFrameworkId());
    }
    if (!apply.getOperation().hasId()) {
      return Optional.of(
          call(update, OperationStatus.newBuilder().setState(OperationState.OPERATION_FINISHED)));
    }
    operations.add(
        update
            .setStatus(
                OperationStatus.newBuilder()
                    .setState(OperationState.OPERATION_FINISHED)
                    .setUuid(
                        UUID.newBuilder()
                            .setValue(
                                ByteString.copyFromUtf8(
                                    String.format(
                                        java.util.Locale.ROOT, "%016d", operations.size())))))
            .build());
    return Optional.empty();
  }

  void acknowledged(LinkEvent.OperationAcknowledged acknowledged) {
    operations.removeIf(
        update -> update.getOperationUuid().equals(acknowledged.getOperationUuid()));
  }

  /** Tells how its operations fared, as it does until it hears an acknowledgement. */
  void tellOperations() {
    for (LinkCall.UpdateOperation update : List.copyOf(operations)) {
      told.add(update.getOperationUuid());
      cluster.agentCall(stream, call(update.toBuilder(), update.getStatus().toBuilder()));
    }
  }

  /**
   * Tells that its last operation went wrong, and of what it still has. Not if it said otherwise
   * before, or if something else was made of the result already.
   */
  void failOperation() {
    LinkCall.UpdateOperation update = operations.getLast();
    if (FakeConversions.of(update.getOperation())
            instanceof ResourceOperations.Conversion(Resources consumed, Resources converted)
        && !told.contains(update.getOperationUuid())
        && total.contains(converted)) {
      operations.removeLast();
      total = total.convert(converted, consumed);
      cluster.agentCall(
          stream,
          call(
              update.toBuilder(),
              update.getStatus().toBuilder().setState(OperationState.OPERATION_FAILED)));
    }
  }

  private static LinkCall call(
      LinkCall.UpdateOperation.Builder update, OperationStatus.Builder status) {
    return LinkCall.newBuilder()
        .setType(LinkCall.Type.UPDATE_OPERATION)
        .setUpdateOperation(update.setStatus(status))
        .build();
  }

  /** An executor has ended. */
  void exited(FakeScheduler framework, String executor, int status) {
    cluster.agentCall(
        stream,
        LinkCall.newBuilder()
            .setType(LinkCall.Type.EXITED_EXECUTOR)
            .setExitedExecutor(
                LinkCall.ExitedExecutor.newBuilder()
                    .setFrameworkId(framework.id)
                    .setExecutorId(ExecutorID.newBuilder().setValue(executor))
                    .setStatus(status))
            .build());
  }

  void message(FakeScheduler framework, String executor, String data) {
    cluster.agentCall(
        stream,
        LinkCall.newBuilder()
            .setType(LinkCall.Type.EXECUTOR_MESSAGE)
            .setExecutorMessage(
                LinkCall.ExecutorMessage.newBuilder()
                    .setFrameworkId(framework.id)
                    .setExecutorId(ExecutorID.newBuilder().setValue(executor))
                    .setData(ByteString.copyFromUtf8(data)))
            .build());
  }

  MasterSnapshot.AgentView view() {
    return Optional.ofNullable(cluster.snapshot().agents().get(modelId())).orElseThrow();
  }
}
