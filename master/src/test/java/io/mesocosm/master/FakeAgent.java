package io.mesocosm.master;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/** An agent's end of its link. Reading takes events off the stream. */
final class FakeAgent {
  private final Cluster cluster;
  AgentInfo info;
  StreamId stream;

  /** What it tells when it subscribes again. */
  final List<RunningTask> running = new ArrayList<>();

  final List<FrameworkInfo> frameworks = new ArrayList<>();
  private int updates;

  FakeAgent(Cluster cluster, AgentInfo info) {
    this.cluster = cluster;
    this.info = info;
    this.stream = cluster.freshStream();
  }

  AgentID id() {
    return info.getId();
  }

  AgentId modelId() {
    return new AgentId(id().getValue());
  }

  /** Over a new stream; learns its id if it has none. */
  void subscribe() {
    stream = cluster.freshStream();
    LinkCall call =
        LinkCall.newBuilder()
            .setType(LinkCall.Type.SUBSCRIBE)
            .setSubscribe(
                LinkCall.Subscribe.newBuilder()
                    .setProtocolVersion(1)
                    .setAgentInfo(info)
                    .addAllTasks(running)
                    .addAllFrameworks(frameworks))
            .build();
    cluster.handle(new MasterCommand.AgentSubscribe(stream, call, "10.0.0.1"));
    cluster.toAgents.getOrDefault(stream, List.of()).stream()
        .filter(LinkEvent::hasSubscribed)
        .forEach(
            event -> info = info.toBuilder().setId(event.getSubscribed().getAgentId()).build());
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

  MasterSnapshot.AgentView view() {
    return Optional.ofNullable(cluster.snapshot().agents().get(modelId())).orElseThrow();
  }
}
