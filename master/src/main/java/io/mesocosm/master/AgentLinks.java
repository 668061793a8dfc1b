package io.mesocosm.master;

import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.TaskStates;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.link.LinkProtos.RunningExecutor;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/** How agents register, come back, fall silent and go. */
final class AgentLinks {
  private static final int PROTOCOL_VERSION = 1;
  private static final String CLUSTER_RECORD = "cluster";

  private final MasterConfig config;
  private final Ids ids;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Tasks tasks;
  private final Subscriptions subscriptions;
  private final Executors executors;
  private final Operations operations;
  private final Maintenance maintenance;
  private final InverseOffers inverseOffers;
  private final AgentMarks marks;
  private final AgentRemoval removal;
  private final Durable durable;
  private final Changes changes;
  private final Outbox outbox;
  private boolean agentsRemembered;

  AgentLinks(
      MasterConfig config,
      Ids ids,
      Registry registry,
      Allocator allocator,
      Offers offers,
      Tasks tasks,
      Subscriptions subscriptions,
      Executors executors,
      Operations operations,
      Maintenance maintenance,
      InverseOffers inverseOffers,
      AgentMarks marks,
      AgentRemoval removal,
      Durable durable,
      Changes changes,
      Outbox outbox) {
    this.config = config;
    this.ids = ids;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.tasks = tasks;
    this.subscriptions = subscriptions;
    this.executors = executors;
    this.operations = operations;
    this.maintenance = maintenance;
    this.inverseOffers = inverseOffers;
    this.marks = marks;
    this.removal = removal;
    this.durable = durable;
    this.changes = changes;
    this.outbox = outbox;
  }

  void subscribe(MasterCommand.AgentSubscribe command, Instant now) {
    StreamId stream = command.stream();
    LinkCall.Subscribe call = command.call().getSubscribe();
    String ip = address(command);
    String id = call.getAgentInfo().getId().getValue();
    Optional<String> problem =
        id.isEmpty()
            ? Optional.empty()
            : Identifiers.problem(id).map(reason -> "agent id " + reason);
    if (call.getProtocolVersion() > PROTOCOL_VERSION) {
      problem =
          Optional.of(
              "the agent speaks version "
                  + call.getProtocolVersion()
                  + " of the agent link and this master "
                  + PROTOCOL_VERSION
                  + ": upgrade the master first");
    }
    Resources total = Resources.NONE;
    try {
      // Of a total nothing is allocated, whatever the agent says.
      total =
          ResourceMapping.toModel(
                  call.getTotalResourcesCount() > 0
                      ? call.getTotalResourcesList()
                      : call.getAgentInfo().getResourcesList())
              .unallocated();
    } catch (InvalidMessageException e) {
      problem = Optional.of(e.getMessage() == null ? "invalid resources" : e.getMessage());
    }
    if (problem.isEmpty()) {
      problem = problem(call, total).or(() -> unwelcome(command));
    }
    if (problem.isPresent()) {
      shutDown(stream, problem.get());
    } else if (id.isEmpty()) {
      register(stream, call, ip, total, now);
    } else if (registry.isRemoved(new AgentId(id))) {
      shutDown(stream, "agent " + id + " was removed: it must register anew, without an id");
    } else {
      reregister(stream, call, ip, new AgentId(id), total, now);
    }
  }

  /** Where the agent says that it serves, or else where its link comes from. */
  private static String address(MasterCommand.AgentSubscribe command) {
    String said = command.call().getSubscribe().getIp();
    return said.isEmpty() ? command.ip() : said;
  }

  /** Why this agent may not be part of the cluster now, if it may not. */
  private Optional<String> unwelcome(MasterCommand.AgentSubscribe command) {
    AgentInfo info = command.call().getSubscribe().getAgentInfo();
    if (!config.authorizer().allows(command.principal(), Action.REGISTER_AGENT, Optional.empty())) {
      return Optional.of(
          "the agent is not authorized to register: the master's --acls do not allow it");
    }
    if (maintenance.isDown(info.getHostname(), address(command))) {
      return Optional.of(
          "machine "
              + info.getHostname()
              + " is down for maintenance: an operator must bring it up first");
    }
    if (info.hasDomain() && !config.masterInfo().hasDomain()) {
      return Optional.of(
          "the agent has a fault domain and the master has none: give the master --domain too");
    }
    return config.agentDomainRequired() && !info.hasDomain()
        ? Optional.of(
            "the agent has no fault domain, and the master's --require_agent_domain asks for one:"
                + " give the agent --domain")
        : Optional.empty();
  }

  /** What is wrong with the tasks that the agent brings along, if anything. */
  private static Optional<String> problem(LinkCall.Subscribe call, Resources total) {
    List<io.mesocosm.model.resource.Resource> all = new ArrayList<>(total.entries());
    for (RunningTask running : call.getTasksList()) {
      String task = "task " + running.getTask().getTaskId().getValue() + ": ";
      String executor = running.getExecutor().getExecutorId().getValue();
      if (running.hasExecutor() && Identifiers.problem(executor).isPresent()) {
        return Optional.of(task + "executor id " + Identifiers.problem(executor).get());
      }
      try {
        all.addAll(ResourceMapping.toModel(running.getTask().getResourcesList()).entries());
        all.addAll(ResourceMapping.toModel(running.getExecutor().getResourcesList()).entries());
        Resources.of(all);
      } catch (InvalidMessageException | IllegalArgumentException | ArithmeticException e) {
        return Optional.of(task + e.getMessage());
      }
    }
    return Optional.empty();
  }

  private void register(
      StreamId stream, LinkCall.Subscribe call, String ip, Resources total, Instant now) {
    // A port has one owner: whoever served there before does so no more (A3).
    registry
        .agentAt(call.getAgentInfo().getHostname(), call.getAgentInfo().getPort())
        .ifPresent(old -> removal.remove(old, "a new agent registered at the same address", now));
    outbox.count("master/slave_registrations");
    rememberAgents();
    admit(ids.nextAgent(), stream, call, ip, total, now);
  }

  /** The first agent ever makes a later master wait for those that may come back to it. */
  private void rememberAgents() {
    if (!agentsRemembered) {
      agentsRemembered = true;
      durable.store(
          CLUSTER_RECORD,
          Optional.of(
              RegistryRecord.newBuilder()
                  .setCluster(RegistryProtos.Cluster.newBuilder().setHadAgents(true))
                  .build()),
          _ -> {},
          _ -> agentsRemembered = false);
    }
  }

  private Agent admit(
      AgentId id,
      StreamId stream,
      LinkCall.Subscribe call,
      String ip,
      Resources total,
      Instant now) {
    Agent agent =
        new Agent(
            id,
            call.getAgentInfo().toBuilder().setId(wire(id)).build(),
            total,
            ip,
            call.getVersion(),
            call.getCapabilitiesList(),
            now,
            stream,
            changes,
            () -> operations.on(id));
    registry.add(agent);
    agent.schedule(maintenance.unavailability(agent.info().getHostname(), ip));
    agent.estimate(estimate(call.getOversubscribedResourcesList()));
    addExecutors(agent, call, now);
    addTasks(agent, call, now);
    allocator.addAgent(id, AgentTermsOf.agent(agent), agent.usedByFramework());
    welcome(agent, now);
    operations.agentReregistered(agent, call.getOperationsList(), now);
    marks.apply(agent);
    return agent;
  }

  private void reregister(
      StreamId stream,
      LinkCall.Subscribe call,
      String ip,
      AgentId id,
      Resources total,
      Instant now) {
    outbox.count("master/slave_reregistrations");
    Optional<Agent> known = registry.agent(id);
    boolean wasUnreachable = registry.unreachableSince(id).isPresent();
    if (known.isPresent()) {
      Agent agent = known.get();
      outbox.closeAgent(agent.stream());
      registry.connect(agent, stream, now);
      AgentTerms before = AgentTermsOf.agent(agent);
      registry.addressed(
          agent,
          () ->
              agent.describe(
                  call.getAgentInfo(), total, ip, call.getVersion(), call.getCapabilitiesList()));
      agent.schedule(maintenance.unavailability(agent.info().getHostname(), ip));
      agent.estimate(estimate(call.getOversubscribedResourcesList()));
      AgentTerms terms = AgentTermsOf.agent(agent);
      outbox.cancelTimer(new MasterTimer.AgentLost(id));
      dropUnknownToAgent(agent, call, now);
      executors.keepOnly(agent, call, now);
      boolean runsMore = addExecutors(agent, call, now) | addTasks(agent, call, now);
      if (!before.equals(terms) || runsMore) {
        // The allocator must learn of it, or it could not take back what those tasks use.
        offers.on(id).forEach(offer -> offers.rescind(offer, now));
        allocator.addAgent(id, terms, agent.usedByFramework());
      } else {
        allocator.activateAgent(id);
      }
      welcome(agent, now);
      operations.agentReregistered(agent, call.getOperationsList(), now);
      marks.apply(agent);
      tasks.sendWaitingKills(agent);
    } else {
      Agent agent = admit(id, stream, call, ip, total, now);
      if (wasUnreachable) {
        agent.tasks().forEach(task -> tellBack(task, now));
      }
    }
    endUnwanted(id, call);
  }

  /** The agent has another total than before, or another estimate of what it can lend (X2, X3). */
  void resourcesUpdated(Agent agent, LinkCall.UpdateResources update, Instant now) {
    outbox.count("master/messages_update_slave");
    try {
      Resources total = ResourceMapping.toModel(update.getTotalResourcesList()).unallocated();
      if (!total.isEmpty()) {
        agent.resize(total);
      }
    } catch (InvalidMessageException e) {
      outbox.count("master/dropped_messages");
      return;
    }
    agent.estimate(estimate(update.getOversubscribedResourcesList()));
    offers.on(agent.id()).forEach(offer -> offers.rescind(offer, now));
    allocator.updateAgent(agent.id(), AgentTermsOf.agent(agent));
    offers.allocateSoon(now);
  }

  /** Whatever else the agent lends, it may take back: only revocable resources count. */
  private static Resources estimate(List<org.apache.mesos.v1.Protos.Resource> resources) {
    try {
      return ResourceMapping.toModel(resources)
          .unallocated()
          .filter(io.mesocosm.model.resource.Resource::revocable);
    } catch (InvalidMessageException e) {
      return Resources.NONE;
    }
  }

  private void welcome(Agent agent, Instant now) {
    outbox.toAgent(
        agent,
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SUBSCRIBED)
            .setSubscribed(
                LinkEvent.Subscribed.newBuilder()
                    .setAgentId(wire(agent.id()))
                    .setProtocolVersion(PROTOCOL_VERSION)
                    .setPingIntervalSeconds(config.pingInterval().toMillis() / 1000.0)
                    .setPingsMissedMax(config.pingsMissedMax())
                    .setMasterInfo(config.masterInfo()))
            .build());
    outbox.setTimer(new MasterTimer.PingAgent(agent.id()), now.plus(config.pingInterval()));
    offers.allocateSoon(now);
  }

  /**
   * Tasks that the agent brings along and we do not know: of frameworks that may be new to us, too.
   * Returns whether there were any that still use resources.
   */
  private boolean addTasks(Agent agent, LinkCall.Subscribe call, Instant now) {
    boolean any = false;
    for (RunningTask running : call.getTasksList()) {
      if (WireIds.valid(running.getFrameworkId().getValue()).isEmpty()
          || WireIds.task(running.getTask().getTaskId()).isEmpty()) {
        continue; // nothing that a master ever launched
      }
      FrameworkId frameworkId = new FrameworkId(running.getFrameworkId().getValue());
      TaskId taskId = new TaskId(running.getTask().getTaskId().getValue());
      if (isKnown(agent, frameworkId, taskId) || registry.isCompleted(frameworkId)) {
        continue;
      }
      Optional<Framework> framework =
          registry
              .framework(frameworkId)
              .or(() -> info(call, frameworkId).map(info -> subscriptions.recover(info, now)));
      // One of that name may run elsewhere by now: then this one is ended, see endUnwanted.
      if (framework.isPresent() && framework.get().task(taskId).isEmpty()) {
        framework.get().takeUnreachable(taskId);
        Task task = taskOf(running, framework.get(), agent);
        framework.get().add(task);
        agent.add(task);
        any |= task.holdsResources();
      }
    }
    return any;
  }

  private boolean isKnown(Agent agent, FrameworkId framework, TaskId task) {
    return registry
        .framework(framework)
        .flatMap(own -> own.task(task))
        .filter(own -> own.agent().equals(agent.id()))
        .isPresent();
  }

  /** As {@link #addTasks}, for executors; those may be idle. */
  private boolean addExecutors(Agent agent, LinkCall.Subscribe call, Instant now) {
    boolean any = false;
    for (RunningExecutor running : call.getExecutorsList()) {
      Optional<FrameworkId> id =
          WireIds.valid(running.getFrameworkId().getValue())
              .map(FrameworkId::new)
              .filter(framework -> !registry.isCompleted(framework));
      if (id.isPresent()
          && WireIds.valid(running.getExecutor().getExecutorId().getValue()).isPresent()
          && MappedTask.map(running.getExecutor().getResourcesList()).problem().isEmpty()) {
        Optional<Framework> framework =
            registry
                .framework(id.get())
                .or(() -> info(call, id.get()).map(info -> subscriptions.recover(info, now)));
        any |= framework.isPresent() && addExecutor(agent, framework.get(), running.getExecutor());
      }
    }
    return any;
  }

  private static boolean addExecutor(Agent agent, Framework framework, ExecutorInfo executor) {
    ExecutorId id = new ExecutorId(executor.getExecutorId().getValue());
    boolean fresh = !agent.hasExecutor(framework.id(), id);
    if (fresh) {
      agent.addExecutor(
          framework.id(), executor, allocated(executor.getResourcesList(), framework));
    }
    return fresh;
  }

  private static Task taskOf(RunningTask running, Framework framework, Agent agent) {
    Optional<ExecutorId> executor =
        running.hasExecutor()
            ? Optional.of(new ExecutorId(running.getExecutor().getExecutorId().getValue()))
            : Optional.empty();
    Task task =
        new Task(
            running.getTask().toBuilder().setAgentId(wire(agent.id())).build(),
            framework.id(),
            allocated(running.getTask().getResourcesList(), framework),
            executor);
    TaskState latest =
        running.hasLatestState() ? running.getLatestState() : running.getStatus().getState();
    if (running.hasStatus()) {
      task.record(running.getStatus(), latest);
      if (running.getStatus().hasUuid()) {
        task.awaitAcknowledgement(running.getStatus());
      }
    }
    task.revive(latest);
    if (task.isTerminal()) {
      task.releaseResources();
    } else if (executor.isPresent()) {
      addExecutor(agent, framework, running.getExecutor());
    }
    return task;
  }

  /** What is validated already; a role is filled in where the agent does not say it. */
  private static Resources allocated(
      List<org.apache.mesos.v1.Protos.Resource> resources, Framework framework) {
    String role = framework.roles().isEmpty() ? "*" : framework.roles().first();
    try {
      return ResourceMapping.toModel(resources)
          .map(entry ->
              entry.allocationRole().isPresent() ? entry : entry.allocatedTo(Optional.of(role)));
    } catch (InvalidMessageException e) {
      throw new IllegalStateException("resources were validated before: " + e.getMessage(), e);
    }
  }

  /**
   * Tasks that we sent and the agent never got, or has ended and told of: they will not be heard of
   * again.
   */
  private void dropUnknownToAgent(Agent agent, LinkCall.Subscribe call, Instant now) {
    Set<String> reported = new LinkedHashSet<>();
    call.getTasksList()
        .forEach(running ->
            reported.add(
                running.getFrameworkId().getValue()
                    + "/"
                    + running.getTask().getTaskId().getValue()));
    for (Task task : List.copyOf(agent.tasks())) {
      if (reported.contains(task.framework().value() + "/" + task.id().value())) {
        continue;
      }
      registry
          .framework(task.framework())
          .ifPresent(framework -> {
            TaskStatus status =
                Statuses.of(
                    task.info().getTaskId(),
                    Optional.of(wire(agent.id())),
                    Statuses.aware(framework, TaskState.TASK_DROPPED),
                    TaskStatus.Reason.REASON_RECONCILIATION,
                    "Task is unknown to the agent",
                    now);
            boolean wasTerminal = task.isTerminal();
            tasks.end(task, framework, Optional.of(agent), status, now);
            if (!wasTerminal) {
              outbox.toScheduler(framework, Statuses.update(status));
            }
          });
    }
  }

  /** U10: what was called unreachable is there after all. */
  private void tellBack(Task task, Instant now) {
    registry
        .framework(task.framework())
        .ifPresent(framework ->
            outbox.toScheduler(
                framework,
                Statuses.update(
                    Statuses.of(
                        task.info().getTaskId(),
                        Optional.of(task.info().getAgentId()),
                        task.latestState(),
                        TaskStatus.Reason.REASON_AGENT_REREGISTERED,
                        "Agent has reregistered",
                        now))));
  }

  /** What the agent runs and should not: tasks of removed frameworks, and second ones of a name. */
  private void endUnwanted(AgentId id, LinkCall.Subscribe call) {
    Agent agent = registry.agent(id).orElseThrow();
    Set<FrameworkId> completed = new LinkedHashSet<>();
    for (RunningTask running : call.getTasksList()) {
      Optional<TaskId> task = WireIds.task(running.getTask().getTaskId());
      Optional<FrameworkId> framework =
          WireIds.valid(running.getFrameworkId().getValue()).map(FrameworkId::new);
      framework.filter(registry::isCompleted).ifPresent(completed::add);
      if (framework.isPresent()
          && task.isPresent()
          && !TaskStates.isTerminal(running.getLatestState())
          && !isKnown(agent, framework.get(), task.get())
          && registry.framework(framework.get()).isPresent()) {
        outbox.toAgent(agent, Tasks.killTask(framework.get(), task.get(), Optional.empty()));
      }
    }
    for (RunningExecutor running : call.getExecutorsList()) {
      WireIds.valid(running.getFrameworkId().getValue())
          .map(FrameworkId::new)
          .filter(registry::isCompleted)
          .ifPresent(completed::add);
    }
    completed.forEach(framework -> outbox.toAgent(agent, Tasks.shutdownFramework(framework)));
  }

  void pong(Agent agent) {
    agent.ponged();
  }

  void ping(AgentId id, Instant now) {
    Optional<Agent> agent = registry.agent(id).filter(Agent::isConnected);
    if (agent.isEmpty()) {
      return;
    }
    if (agent.get().pinged() >= config.pingsMissedMax()) {
      removal.lose(agent.get(), "health check timed out", now);
      return;
    }
    outbox.toAgent(agent.get(), LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build());
    outbox.setTimer(new MasterTimer.PingAgent(id), now.plus(config.pingInterval()));
  }

  /**
   * The link broke: nothing is offered there until the agent is back, which it has some time for.
   */
  void disconnected(StreamId stream, Instant now) {
    Optional<Agent> agent = registry.agent(stream);
    if (agent.isEmpty()) {
      return; // the stream of an earlier link
    }
    registry.disconnect(agent.get());
    allocator.deactivateAgent(agent.get().id());
    inverseOffers.rescind(agent.get().id());
    offers.on(agent.get().id()).forEach(offer -> offers.rescind(offer, now));
    outbox.cancelTimer(new MasterTimer.PingAgent(agent.get().id()));
    Instant until = now.plus(config.silenceMax());
    agent.get().awaitReturn(until);
    outbox.setTimer(new MasterTimer.AgentLost(agent.get().id()), until);
  }

  void silenceTimedOut(AgentId id, Instant now) {
    Optional<Agent> away = registry.agent(id).filter(agent -> agent.lostAt().isPresent());
    if (away.isEmpty()) {
      return; // it is back
    }
    Instant until = away.get().lostAt().orElseThrow();
    if (now.isBefore(until)) {
      // The timer of an earlier absence, fired before it could be cancelled.
      outbox.setTimer(new MasterTimer.AgentLost(id), until);
    } else {
      removal.lose(away.get(), "link was down for too long", now);
    }
  }

  /** The agent takes its leave: what it ran has ended. */
  void unregister(Agent agent, Instant now) {
    outbox.count("master/messages_unregister_slave");
    outbox.count("master/slave_removals/reason_unregistered");
    removal.remove(agent, "the agent unregistered", now);
  }

  private void shutDown(StreamId stream, String why) {
    LinkEvent event =
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SHUTDOWN)
            .setShutdown(LinkEvent.Shutdown.newBuilder().setMessage(why))
            .build();
    outbox.add(new MasterEffect.SendToAgent(stream, event));
    outbox.add(new MasterEffect.CloseAgentStream(stream));
  }

  private static Optional<FrameworkInfo> info(LinkCall.Subscribe call, FrameworkId id) {
    return call.getFrameworksList().stream()
        .filter(info -> info.getId().getValue().equals(id.value()))
        .findFirst();
  }

  private static AgentID wire(AgentId id) {
    return AgentID.newBuilder().setValue(id.value()).build();
  }
}
