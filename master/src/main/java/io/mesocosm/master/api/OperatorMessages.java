package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.protocol.ResourceMapping;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Task;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TimeInfo;
import org.apache.mesos.v1.master.Protos.Response;

/** A snapshot as messages of the v1 operator API (contracts/mesos-operator-api.md §2). */
final class OperatorMessages {
  private OperatorMessages() {}

  static Response.GetState state(MasterSnapshot snapshot) {
    return Response.GetState.newBuilder()
        .setGetTasks(tasks(snapshot))
        .setGetExecutors(executors(snapshot))
        .setGetFrameworks(frameworks(snapshot))
        .setGetAgents(agents(snapshot))
        .build();
  }

  static Response.GetAgents agents(MasterSnapshot snapshot) {
    Response.GetAgents.Builder reply = Response.GetAgents.newBuilder();
    snapshot.agents().values().forEach(agent -> reply.addAgents(agent(agent)));
    return reply.build();
  }

  private static Response.GetAgents.Agent agent(AgentView view) {
    Response.GetAgents.Agent.Builder agent =
        Response.GetAgents.Agent.newBuilder()
            .setAgentInfo(view.info())
            .setActive(view.active())
            .setDeactivated(false)
            .setVersion(view.version())
            .setPid(AgentJson.pid(view))
            .setRegisteredTime(time(view.registeredAt()))
            .addAllTotalResources(ResourceMapping.toProtoLegacy(view.total()))
            .addAllAllocatedResources(ResourceMapping.toProtoLegacy(view.used()))
            .addAllOfferedResources(ResourceMapping.toProtoLegacy(view.offered()));
    view.reregisteredAt().ifPresent(instant -> agent.setReregisteredTime(time(instant)));
    for (String name : view.capabilities()) {
      capability(name)
          .ifPresent(
              type -> agent.addCapabilities(AgentInfo.Capability.newBuilder().setType(type)));
    }
    return agent.build();
  }

  /** Agents say their capabilities by name; one that the wire has no number for is left out. */
  private static Optional<AgentInfo.Capability.Type> capability(String name) {
    return Stream.of(AgentInfo.Capability.Type.values())
        .filter(type -> type.name().equals(name))
        .findFirst();
  }

  static Response.GetFrameworks frameworks(MasterSnapshot snapshot) {
    Response.GetFrameworks.Builder reply = Response.GetFrameworks.newBuilder();
    snapshot.frameworks().values().forEach(framework -> reply.addFrameworks(framework(framework)));
    snapshot
        .completedFrameworks()
        .forEach(framework -> reply.addCompletedFrameworks(framework(framework)));
    return reply.build();
  }

  private static Response.GetFrameworks.Framework framework(FrameworkView view) {
    Response.GetFrameworks.Framework.Builder framework =
        Response.GetFrameworks.Framework.newBuilder()
            .setFrameworkInfo(view.info())
            .setActive(view.active())
            .setConnected(view.connected())
            .setRecovered(view.recovered())
            .setRegisteredTime(time(view.registeredAt()))
            .addAllAllocatedResources(ResourceMapping.toProtoLegacy(view.used()))
            .addAllOfferedResources(ResourceMapping.toProtoLegacy(view.offered()));
    view.reregisteredAt().ifPresent(instant -> framework.setReregisteredTime(time(instant)));
    view.unregisteredAt().ifPresent(instant -> framework.setUnregisteredTime(time(instant)));
    return framework.build();
  }

  static Response.GetTasks tasks(MasterSnapshot snapshot) {
    Response.GetTasks.Builder reply = Response.GetTasks.newBuilder();
    for (FrameworkView framework : snapshot.frameworks().values()) {
      framework.tasks().forEach(task -> reply.addTasks(task(task)));
      framework.unreachableTasks().forEach(task -> reply.addUnreachableTasks(task(task)));
      framework.completedTasks().forEach(task -> reply.addCompletedTasks(task(task)));
    }
    for (FrameworkView framework : snapshot.completedFrameworks()) {
      framework.completedTasks().forEach(task -> reply.addCompletedTasks(task(task)));
    }
    return reply.build();
  }

  private static Task task(TaskView view) {
    TaskInfo info = view.info();
    Task.Builder task =
        Task.newBuilder()
            .setName(info.getName())
            .setTaskId(info.getTaskId())
            .setFrameworkId(FrameworkID.newBuilder().setValue(view.framework().value()))
            .setAgentId(AgentID.newBuilder().setValue(view.agent().value()))
            .setState(view.state())
            .addAllResources(ResourceMapping.toProtoLegacy(view.resources()))
            .addAllStatuses(view.statuses())
            .putAllLimits(info.getLimitsMap());
    if (info.hasExecutor()) {
      task.setExecutorId(info.getExecutor().getExecutorId());
    }
    if (!view.statuses().isEmpty()) {
      task.setStatusUpdateState(view.statuses().getLast().getState());
      task.setStatusUpdateUuid(view.statuses().getLast().getUuid());
    }
    if (info.hasLabels()) {
      task.setLabels(info.getLabels());
    }
    if (info.hasDiscovery()) {
      task.setDiscovery(info.getDiscovery());
    }
    if (info.hasContainer()) {
      task.setContainer(info.getContainer());
    }
    if (info.hasHealthCheck()) {
      task.setHealthCheck(info.getHealthCheck());
    }
    if (info.hasKillPolicy()) {
      task.setKillPolicy(info.getKillPolicy());
    }
    if (info.getCommand().hasUser()) {
      task.setUser(info.getCommand().getUser());
    }
    return task.build();
  }

  static Response.GetExecutors executors(MasterSnapshot snapshot) {
    Response.GetExecutors.Builder reply = Response.GetExecutors.newBuilder();
    SortedSet<String> seen = new TreeSet<>();
    for (FrameworkView framework : snapshot.frameworks().values()) {
      for (TaskView task : framework.tasks()) {
        ExecutorInfo executor = task.info().getExecutor();
        String key =
            framework.id() + "/" + task.agent() + "/" + executor.getExecutorId().getValue();
        if (task.info().hasExecutor() && seen.add(key)) {
          reply
              .addExecutorsBuilder()
              .setExecutorInfo(executor)
              .setAgentId(AgentID.newBuilder().setValue(task.agent().value()));
        }
      }
    }
    return reply.build();
  }

  private static TimeInfo time(Instant instant) {
    return TimeInfo.newBuilder()
        .setNanoseconds(instant.getEpochSecond() * 1_000_000_000L + instant.getNano())
        .build();
  }
}
