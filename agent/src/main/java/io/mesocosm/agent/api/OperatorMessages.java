package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.TaskMessages;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Operation;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Task;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TimeInfo;
import org.apache.mesos.v1.Protos.UUID;
import org.apache.mesos.v1.agent.Protos.Response;

/**
 * What one principal may see of a snapshot, as messages of the v1 operator API
 * (contracts/mesos-operator-api.md §3).
 */
final class OperatorMessages {
  private final AgentSnapshot snapshot;
  private final Visible visible;

  OperatorMessages(AgentSnapshot snapshot, Visible visible) {
    this.snapshot = snapshot;
    this.visible = visible;
  }

  Response.GetState state() {
    return Response.GetState.newBuilder()
        .setGetTasks(tasks())
        .setGetExecutors(executors())
        .setGetFrameworks(frameworks())
        .build();
  }

  Response.GetFrameworks frameworks() {
    Response.GetFrameworks.Builder reply = Response.GetFrameworks.newBuilder();
    seen(snapshot.frameworks())
        .forEach(framework -> reply.addFrameworksBuilder().setFrameworkInfo(framework.info()));
    seen(snapshot.completedFrameworks())
        .forEach(
            framework -> reply.addCompletedFrameworksBuilder().setFrameworkInfo(framework.info()));
    return reply.build();
  }

  Response.GetExecutors executors() {
    Response.GetExecutors.Builder reply = Response.GetExecutors.newBuilder();
    everyFramework()
        .forEach(framework -> {
          FrameworkInfo info = framework.info();
          framework.executors().stream()
              .filter(executor -> visible.executor(executor, info))
              .forEach(
                  executor -> reply.addExecutorsBuilder().setExecutorInfo(info(executor, info)));
          framework.completedExecutors().stream()
              .filter(executor -> visible.executor(executor, info))
              .forEach(executor ->
                  reply.addCompletedExecutorsBuilder().setExecutorInfo(info(executor, info)));
        });
    return reply.build();
  }

  Response.GetTasks tasks() {
    Response.GetTasks.Builder reply = Response.GetTasks.newBuilder();
    everyFramework()
        .forEach(framework -> {
          FrameworkInfo info = framework.info();
          for (AgentSnapshot.Executor executor : framework.executors()) {
            seen(executor.tasks(), executor, info)
                .forEach(task -> add(task, executor, info, reply));
            seen(executor.completedTasks(), executor, info)
                .forEach(task -> reply.addCompletedTasks(task(task, executor, info)));
          }
          for (AgentSnapshot.Executor executor : framework.completedExecutors()) {
            seen(executor.completedTasks(), executor, info)
                .forEach(task -> reply.addCompletedTasks(task(task, executor, info)));
          }
        });
    return reply.build();
  }

  Response.GetOperations operations() {
    Response.GetOperations.Builder reply = Response.GetOperations.newBuilder();
    snapshot.operations().stream()
        .filter(operation -> visible.operation(operation, snapshot))
        .forEach(operation -> reply.addOperations(operation(operation)));
    return reply.build();
  }

  Response.GetAgent agent(AgentInfo info) {
    AgentInfo.Builder shown =
        info.toBuilder()
            .clearResources()
            .addAllResources(ResourceMapping.toProtoEndpoint(visible.of(snapshot.total())));
    snapshot.agentId().ifPresent(id -> shown.setId(AgentID.newBuilder().setValue(id.value())));
    Response.GetAgent.Builder reply = Response.GetAgent.newBuilder().setAgentInfo(shown);
    snapshot
        .drain()
        .ifPresent(drain ->
            reply
                .setDrainConfig(drain.config())
                .setEstimatedDrainStartTime(
                    TimeInfo.newBuilder().setNanoseconds(nanoseconds(drain.since()))));
    return reply.build();
  }

  private static long nanoseconds(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  private Stream<AgentSnapshot.Framework> everyFramework() {
    return Stream.concat(seen(snapshot.frameworks()), seen(snapshot.completedFrameworks()));
  }

  private Stream<AgentSnapshot.Framework> seen(List<AgentSnapshot.Framework> frameworks) {
    return frameworks.stream().filter(framework -> visible.framework(framework.info()));
  }

  private Stream<AgentSnapshot.Task> seen(
      List<AgentSnapshot.Task> tasks, AgentSnapshot.Executor executor, FrameworkInfo framework) {
    return tasks.stream().filter(task -> visible.task(task, executor, framework));
  }

  private void add(
      AgentSnapshot.Task task,
      AgentSnapshot.Executor executor,
      FrameworkInfo framework,
      Response.GetTasks.Builder reply) {
    Task message = task(task, executor, framework);
    switch (task.stage()) {
      case QUEUED -> reply.addQueuedTasks(message);
      case LAUNCHED -> reply.addLaunchedTasks(message);
      case TERMINATED -> reply.addTerminatedTasks(message);
    }
  }

  private Task task(
      AgentSnapshot.Task view, AgentSnapshot.Executor executor, FrameworkInfo framework) {
    TaskInfo info = view.info();
    Task.Builder task =
        TaskMessages.of(info)
            .setFrameworkId(framework.getId())
            .setAgentId(info.getAgentId())
            .setState(view.state())
            .addAllResources(endpoint(info.getResourcesList()))
            .addAllStatuses(view.statuses());
    if (!task.hasUser()) {
      task.setUser(Visible.user(executor, framework));
    }
    snapshot.agentId().map(AgentId::value).ifPresent(id -> task.getAgentIdBuilder().setValue(id));
    if (executor.info().isPresent()) {
      // Of command tasks the executor is the agent's own affair.
      task.setExecutorId(ExecutorID.newBuilder().setValue(executor.id().value()));
    }
    if (!view.statuses().isEmpty()) {
      TaskStatus latest = view.statuses().getLast();
      task.setStatusUpdateState(latest.getState()).setStatusUpdateUuid(latest.getUuid());
    }
    return task.build();
  }

  /** As the framework gave it, or as Mesos would have made it up for a command task. */
  @SuppressWarnings("deprecation") // the source is out of use, but tools still look at it
  private static ExecutorInfo info(AgentSnapshot.Executor executor, FrameworkInfo framework) {
    if (executor.info().isPresent()) {
      ExecutorInfo given = executor.info().get();
      return given.toBuilder()
          .setFrameworkId(framework.getId())
          .clearResources()
          .addAllResources(endpoint(given.getResourcesList()))
          .build();
    }
    ExecutorInfo.Builder made =
        ExecutorInfo.newBuilder()
            .setExecutorId(ExecutorID.newBuilder().setValue(executor.id().value()))
            .setFrameworkId(framework.getId())
            .setName(executor.name())
            .setSource(executor.source());
    Optional<TaskInfo> task = Visible.commandTask(executor).map(AgentSnapshot.Task::info);
    task.filter(TaskInfo::hasCommand).ifPresent(it -> made.setCommand(it.getCommand()));
    task.filter(TaskInfo::hasContainer).ifPresent(it -> made.setContainer(it.getContainer()));
    return made.build();
  }

  private Operation operation(LinkCall.UpdateOperation known) {
    Operation.Builder operation =
        Operation.newBuilder()
            .setInfo(known.getOperation())
            .setLatestStatus(known.getStatus())
            .addStatuses(known.getStatus())
            .setUuid(UUID.newBuilder().setValue(known.getOperationUuid()));
    if (known.hasFrameworkId()) {
      operation.setFrameworkId(known.getFrameworkId());
    }
    snapshot.agentId().ifPresent(id -> operation.getAgentIdBuilder().setValue(id.value()));
    return operation.build();
  }

  private static List<Resource> endpoint(List<Resource> resources) {
    return ResourceMapping.toProtoEndpoint(UsedResources.model(resources));
  }
}
