package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;

/** Words for stories about an executor that a framework brings. Each returns the effects. */
final class ExecutorStory {
  static final String EXECUTOR = "e1";

  final AgentStory agent;
  private long requests;
  private int updates;

  ExecutorStory() {
    this(AgentStory.registered());
  }

  ExecutorStory(AgentStory agent) {
    this.agent = agent;
  }

  static ExecutorInfo executor() {
    return ExecutorInfo.newBuilder()
        .setType(ExecutorInfo.Type.CUSTOM)
        .setExecutorId(ExecutorID.newBuilder().setValue(EXECUTOR))
        .setCommand(CommandInfo.newBuilder().setValue("./executor"))
        .addResources(AgentStory.scalar("cpus", 0.1))
        .addResources(AgentStory.scalar("mem", 32))
        .build();
  }

  static TaskInfo task(String id) {
    return AgentStory.task(id).toBuilder().clearCommand().setExecutor(executor()).build();
  }

  List<AgentEffect> run(String id) {
    return run(AgentStory.framework(), task(id));
  }

  List<AgentEffect> run(FrameworkInfo framework, TaskInfo task) {
    return agent.run(framework, task);
  }

  List<AgentEffect> runGroup(String... ids) {
    return agent.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.RUN_TASKS)
            .setRunTasks(
                LinkEvent.RunTasks.newBuilder()
                    .setFrameworkInfo(AgentStory.framework())
                    .setExecutor(executor())
                    .addAllTasks(
                        List.of(ids).stream()
                            .map(id -> AgentStory.task(id).toBuilder().clearCommand().build())
                            .toList()))
            .build());
  }

  /** Up to its container's start. */
  ContainerId started(List<AgentEffect> launched) {
    ContainerId id = AgentStory.launch(launched).id();
    agent.started(id);
    return id;
  }

  List<AgentEffect> call(Call.Builder call) {
    requests++;
    return agent.handle(new AgentCommand.ExecutorCall(requests, named(call), Optional.empty()));
  }

  long lastRequest() {
    return requests;
  }

  private static Call named(Call.Builder call) {
    return call.setExecutorId(ExecutorID.newBuilder().setValue(EXECUTOR))
        .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK))
        .build();
  }

  List<AgentEffect> subscribe() {
    return subscribe(Call.Subscribe.newBuilder());
  }

  List<AgentEffect> subscribe(Call.Subscribe.Builder news) {
    return call(Call.newBuilder().setType(Call.Type.SUBSCRIBE).setSubscribe(news));
  }

  TaskStatus status(String taskId, TaskState state) {
    updates++;
    return TaskStatus.newBuilder()
        .setTaskId(TaskID.newBuilder().setValue(taskId))
        .setState(state)
        .setSource(TaskStatus.Source.SOURCE_EXECUTOR)
        .setUuid(ByteString.copyFromUtf8(String.format(java.util.Locale.ROOT, "%016d", updates)))
        .build();
  }

  List<AgentEffect> update(String taskId, TaskState state) {
    return update(status(taskId, state));
  }

  List<AgentEffect> update(TaskStatus status) {
    return call(
        Call.newBuilder()
            .setType(Call.Type.UPDATE)
            .setUpdate(Call.Update.newBuilder().setStatus(status)));
  }

  /** A task on a subscribed executor, which has said that it runs; all acknowledged. */
  ContainerId running(String taskId) {
    ContainerId id = started(run(taskId));
    subscribe();
    agent.acknowledge(AgentStory.onlyStatus(update(taskId, TaskState.TASK_RUNNING)));
    return id;
  }

  List<AgentEffect> shutDownExecutor() {
    return agent.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SHUTDOWN_EXECUTOR)
            .setShutdownExecutor(
                LinkEvent.ShutdownExecutor.newBuilder()
                    .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK))
                    .setExecutorId(ExecutorID.newBuilder().setValue(EXECUTOR)))
            .build());
  }

  List<AgentEffect> timer(AgentTimer timer) {
    return agent.handle(new AgentCommand.TimerFired(timer));
  }

  void pass(Duration duration) {
    agent.pass(duration);
  }

  static List<Event> events(List<AgentEffect> effects) {
    return AgentStory.all(effects, AgentEffect.SendToExecutor.class).stream()
        .map(AgentEffect.SendToExecutor::event)
        .toList();
  }

  static List<Event.Type> types(List<AgentEffect> effects) {
    return events(effects).stream().map(Event::getType).toList();
  }

  static List<LinkCall> calls(List<AgentEffect> effects, LinkCall.Type type) {
    return AgentStory.all(effects, AgentEffect.SendToMaster.class).stream()
        .map(AgentEffect.SendToMaster::call)
        .filter(call -> call.getType() == type)
        .toList();
  }

  static ExecutorAnswer answer(List<AgentEffect> effects) {
    return AgentStory.only(effects, AgentEffect.AnswerExecutor.class).answer();
  }
}
