package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * What passes between schedulers and their executors, and how executors end. What an executor takes
 * for itself stays taken until its agent says that it has ended.
 */
final class Executors {
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Outbox outbox;

  Executors(Registry registry, Allocator allocator, Offers offers, Outbox outbox) {
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.outbox = outbox;
  }

  /** From an executor to its scheduler, at most once. */
  void message(Agent agent, LinkCall.ExecutorMessage message, Instant now) {
    outbox.count("master/messages_executor_to_framework");
    Optional<Framework> framework =
        WireIds.valid(message.getFrameworkId().getValue())
            .map(FrameworkId::new)
            .flatMap(registry::framework);
    if (framework.filter(Framework::isConnected).isEmpty()) {
      outbox.count("master/invalid_executor_to_framework_messages");
      return;
    }
    outbox.count("master/valid_executor_to_framework_messages");
    outbox.toScheduler(
        framework.get(),
        Event.newBuilder()
            .setType(Event.Type.MESSAGE)
            .setMessage(
                Event.Message.newBuilder()
                    .setAgentId(wire(agent))
                    .setExecutorId(message.getExecutorId())
                    .setData(message.getData()))
            .build());
  }

  /** From a scheduler to its executor, at most once (C10). */
  void send(Framework framework, Call.Message message) {
    outbox.count("master/messages_framework_to_executor");
    Optional<Agent> agent = connected(message.getAgentId());
    if (agent.isEmpty()) {
      outbox.count("master/invalid_framework_to_executor_messages");
      return;
    }
    outbox.count("master/valid_framework_to_executor_messages");
    outbox.toAgent(
        agent.get(),
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.EXECUTOR_MESSAGE)
            .setExecutorMessage(
                LinkEvent.ExecutorMessage.newBuilder()
                    .setFrameworkId(framework.wireId())
                    .setExecutorId(message.getExecutorId())
                    .setData(message.getData()))
            .build());
  }

  /** C7. */
  void shutdown(Framework framework, Call.Shutdown call) {
    connected(call.getAgentId())
        .ifPresentOrElse(
            agent ->
                outbox.toAgent(
                    agent,
                    LinkEvent.newBuilder()
                        .setType(LinkEvent.Type.SHUTDOWN_EXECUTOR)
                        .setShutdownExecutor(
                            LinkEvent.ShutdownExecutor.newBuilder()
                                .setFrameworkId(framework.wireId())
                                .setExecutorId(call.getExecutorId()))
                        .build()),
            () -> outbox.count("master/dropped_messages"));
  }

  /**
   * An executor has ended, and all tasks that it ever got have had their updates. If some are left,
   * they were under way to it: the agent starts it anew for them.
   */
  void exited(Agent agent, LinkCall.ExitedExecutor exited, Instant now) {
    outbox.count("master/messages_exited_executor");
    Optional<FrameworkId> framework =
        WireIds.valid(exited.getFrameworkId().getValue()).map(FrameworkId::new);
    Optional<ExecutorId> executor =
        WireIds.valid(exited.getExecutorId().getValue()).map(ExecutorId::new);
    if (framework.isEmpty() || executor.isEmpty()) {
      return;
    }
    if (!agent.isBusy(framework.get(), executor.get())) {
      agent
          .removeExecutor(framework.get(), executor.get())
          .filter(held -> !held.isEmpty())
          .ifPresent(held -> free(agent, framework.get(), held, now));
    }
    registry
        .framework(framework.get())
        .ifPresent(to -> outbox.toScheduler(to, failure(agent, exited)));
  }

  /** The agent is back: what it does not run any more has ended. */
  void keepOnly(Agent agent, LinkCall.Subscribe call, Instant now) {
    Set<Named> running = new HashSet<>();
    call.getExecutorsList()
        .forEach(each -> running.add(Named.of(each.getFrameworkId(), each.getExecutor())));
    call.getTasksList().stream()
        .filter(RunningTask::hasExecutor)
        .forEach(each -> running.add(Named.of(each.getFrameworkId(), each.getExecutor())));
    for (AgentExecutors.Key known : agent.executors()) {
      if (!running.contains(new Named(known.framework().value(), known.executor().value()))
          && !agent.isBusy(known.framework(), known.executor())) {
        agent
            .removeExecutor(known.framework(), known.executor())
            .filter(held -> !held.isEmpty())
            .ifPresent(held -> free(agent, known.framework(), held, now));
      }
    }
  }

  private record Named(String framework, String executor) {
    static Named of(FrameworkID framework, ExecutorInfo executor) {
      return new Named(framework.getValue(), executor.getExecutorId().getValue());
    }
  }

  /** All executors of the framework that the master knows are free to go. */
  void frameworkRemoved(Framework framework, Agent agent, Instant now) {
    for (ExecutorId executor : agent.executorsOf(framework.id())) {
      agent
          .removeExecutor(framework.id(), executor)
          .filter(held -> !held.isEmpty())
          .ifPresent(held -> free(agent, framework.id(), held, now));
    }
  }

  private void free(Agent agent, FrameworkId framework, Resources held, Instant now) {
    allocator.recover(framework, agent.id(), held, Optional.empty());
    offers.allocateSoon(now);
  }

  private Optional<Agent> connected(AgentID agent) {
    return WireIds.agent(agent).flatMap(registry::agent).filter(Agent::isConnected);
  }

  private static Event failure(Agent agent, LinkCall.ExitedExecutor exited) {
    return Event.newBuilder()
        .setType(Event.Type.FAILURE)
        .setFailure(
            Event.Failure.newBuilder()
                .setAgentId(wire(agent))
                .setExecutorId(ExecutorID.newBuilder().setValue(exited.getExecutorId().getValue()))
                .setStatus(exited.getStatus()))
        .build();
  }

  private static AgentID wire(Agent agent) {
    return AgentID.newBuilder().setValue(agent.id().value()).build();
  }
}
