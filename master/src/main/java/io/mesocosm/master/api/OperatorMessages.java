package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.ExecutorView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.master.Offer;
import io.mesocosm.master.OfferMessages;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.TaskMessages;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.Resource.AllocationInfo;
import org.apache.mesos.v1.Protos.Task;
import org.apache.mesos.v1.Protos.TaskStatus;
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
    snapshot.decisions().recoveredAgents().values().forEach(reply::addRecoveredAgents);
    return reply.build();
  }

  static Response.GetAgents.Agent agent(AgentView view) {
    Response.GetAgents.Agent.Builder agent =
        Response.GetAgents.Agent.newBuilder()
            .setAgentInfo(view.info())
            .setActive(view.active())
            .setDeactivated(view.deactivated())
            .setVersion(view.version())
            .setPid(AgentJson.pid(view))
            .setRegisteredTime(time(view.registeredAt()))
            .addAllTotalResources(ResourceMapping.toProtoEndpoint(view.total()))
            .addAllAllocatedResources(ResourceMapping.toProtoEndpoint(view.used()))
            .addAllOfferedResources(ResourceMapping.toProtoEndpoint(view.offered()));
    view.reregisteredAt().ifPresent(instant -> agent.setReregisteredTime(time(instant)));
    view.drain().ifPresent(agent::setDrainInfo);
    view.drainStarted().ifPresent(instant -> agent.setEstimatedDrainStartTime(time(instant)));
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
    snapshot
        .frameworks()
        .values()
        .forEach(view -> {
          Response.GetFrameworks.Framework.Builder framework = framework(view).toBuilder();
          view.offers().forEach(offer -> framework.addOffers(offer(offer, snapshot)));
          reply.addFrameworks(framework);
        });
    snapshot
        .completedFrameworks()
        .forEach(framework -> reply.addCompletedFrameworks(framework(framework)));
    return reply.build();
  }

  /** Without its offers, which speak of agents too. */
  static Response.GetFrameworks.Framework framework(FrameworkView view) {
    Response.GetFrameworks.Framework.Builder framework =
        Response.GetFrameworks.Framework.newBuilder()
            .setFrameworkInfo(view.info())
            .setActive(view.active())
            .setConnected(view.connected())
            .setRecovered(view.recovered())
            .setRegisteredTime(time(view.registeredAt()))
            .addAllAllocatedResources(ResourceMapping.toProtoEndpoint(view.used()))
            .addAllOfferedResources(ResourceMapping.toProtoEndpoint(view.offered()));
    view.reregisteredAt().ifPresent(instant -> framework.setReregisteredTime(time(instant)));
    view.unregisteredAt().ifPresent(instant -> framework.setUnregisteredTime(time(instant)));
    if (view.constraints().getRoleConstraintsCount() > 0) {
      framework.setOfferConstraints(view.constraints());
    }
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

  static Task task(TaskView view) {
    Task.Builder task =
        TaskMessages.of(view.info())
            .setFrameworkId(FrameworkID.newBuilder().setValue(view.framework().value()))
            .setAgentId(AgentID.newBuilder().setValue(view.agent().value()))
            .setState(view.state())
            .addAllResources(ResourceMapping.toProtoEndpoint(view.resources()))
            .addAllStatuses(view.statuses());
    view.executor()
        .ifPresent(id -> task.setExecutorId(ExecutorID.newBuilder().setValue(id.value())));
    view.unacknowledged()
        .or(() -> view.statuses().reversed().stream().filter(TaskStatus::hasUuid).findFirst())
        .ifPresent(status ->
            task.setStatusUpdateState(status.getState()).setStatusUpdateUuid(status.getUuid()));
    return task.build();
  }

  static Response.GetExecutors executors(MasterSnapshot snapshot) {
    Response.GetExecutors.Builder reply = Response.GetExecutors.newBuilder();
    for (FrameworkView framework : snapshot.frameworks().values()) {
      for (ExecutorView executor : framework.executors()) {
        reply
            .addExecutorsBuilder()
            .setExecutorInfo(executor.info())
            .setAgentId(AgentID.newBuilder().setValue(executor.agent().value()));
      }
    }
    return reply.build();
  }

  static Response.GetOperations operations(MasterSnapshot snapshot) {
    Response.GetOperations.Builder reply = Response.GetOperations.newBuilder();
    snapshot.agents().values().forEach(agent -> reply.addAllOperations(agent.operations()));
    return reply.build();
  }

  private static org.apache.mesos.v1.Protos.Offer offer(Offer offer, MasterSnapshot snapshot) {
    org.apache.mesos.v1.Protos.Offer.Builder message =
        org.apache.mesos.v1.Protos.Offer.newBuilder()
            .setId(OfferID.newBuilder().setValue(offer.id().value()))
            .setFrameworkId(FrameworkID.newBuilder().setValue(offer.framework().value()))
            .setAgentId(AgentID.newBuilder().setValue(offer.agent().value()))
            .setHostname("")
            .setAllocationInfo(AllocationInfo.newBuilder().setRole(offer.role()))
            .addAllResources(ResourceMapping.toProtoEndpoint(offer.resources()));
    Optional.ofNullable(snapshot.agents().get(offer.agent()))
        .ifPresent(agent -> {
          AgentInfo info = agent.info();
          message.setHostname(info.getHostname()).addAllAttributes(info.getAttributesList());
          message.setUrl(OfferMessages.url(info, agent.ip()));
          if (info.hasDomain()) {
            message.setDomain(info.getDomain());
          }
        });
    return message.build();
  }

  private static TimeInfo time(Instant instant) {
    return TimeInfo.newBuilder()
        .setNanoseconds(instant.getEpochSecond() * 1_000_000_000L + instant.getNano())
        .build();
  }
}
