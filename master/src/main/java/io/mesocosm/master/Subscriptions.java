package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.apache.mesos.v1.scheduler.Protos.OfferConstraints;

/** How frameworks come, stay away and go (contracts/mesos-scheduler-api.md §3). */
final class Subscriptions {
  private final MasterConfig config;
  private final Ids ids;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Tasks tasks;
  private final Executors executors;
  private final Operations operations;
  private final AbsentFrameworks absent;
  private final Changes changes;
  private final Outbox outbox;
  private final FrameworkRules rules;
  private final OperationAccess access;

  Subscriptions(
      MasterConfig config,
      Ids ids,
      Registry registry,
      Allocator allocator,
      Offers offers,
      Tasks tasks,
      Executors executors,
      Operations operations,
      AbsentFrameworks absent,
      Changes changes,
      Outbox outbox) {
    this.config = config;
    this.ids = ids;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.tasks = tasks;
    this.executors = executors;
    this.operations = operations;
    this.absent = absent;
    this.changes = changes;
    this.outbox = outbox;
    this.rules = new FrameworkRules(config);
    this.access = new OperationAccess(config.authorizer());
  }

  void subscribe(StreamId stream, Call call, Optional<Principal> principal, Instant now) {
    FrameworkInfo info = attributed(call.getSubscribe().getFrameworkInfo(), principal);
    SortedSet<String> suppressed = new TreeSet<>(call.getSubscribe().getSuppressedRolesList());
    Optional<String> problem =
        rules.problem(info, suppressed).or(() -> access.register(info, Roles.of(info)));
    if (problem.isPresent()) {
      refuse(stream, problem.get());
      return;
    }
    ConstraintFilters constraints;
    try {
      constraints = constraints(info, call.getSubscribe().getOfferConstraints());
    } catch (IllegalArgumentException e) {
      refuse(stream, String.valueOf(e.getMessage()));
      return;
    }
    Optional<FrameworkId> id =
        info.getId().getValue().isEmpty()
            ? Optional.empty()
            : Optional.of(new FrameworkId(info.getId().getValue()));
    Optional<Framework> known = id.flatMap(registry::framework);
    if (id.filter(registry::isCompleted).isPresent()) {
      refuse(stream, "Framework has been removed");
    } else if (known.isEmpty()) {
      admit(id.orElseGet(this::unusedId), stream, info, suppressed, constraints, now);
    } else if (known.get().info().getPrincipal().equals(info.getPrincipal())) {
      resubscribe(known.get(), stream, info, suppressed, constraints, now);
    } else {
      refuse(stream, "Changing framework's principal is not allowed");
    }
  }

  /** Whoever subscribes with an id of its own may have chosen one that we would give out. */
  private FrameworkId unusedId() {
    FrameworkId id = ids.nextFramework();
    while (registry.framework(id).isPresent() || registry.isCompleted(id)) {
      id = ids.nextFramework();
    }
    return id;
  }

  /** S17: frameworks need not repeat who they are. */
  private static FrameworkInfo attributed(FrameworkInfo info, Optional<Principal> principal) {
    Optional<String> name = principal.flatMap(Principal::value);
    return name.isPresent() && !info.hasPrincipal()
        ? info.toBuilder().setPrincipal(name.get()).build()
        : info;
  }

  private ConstraintFilters constraints(FrameworkInfo info, OfferConstraints wanted) {
    return ConstraintFilters.of(
        wanted, Roles.of(info), config.constraintsProgramSizeMax(), config.constraintsMemoryMax());
  }

  private void admit(
      FrameworkId id,
      StreamId stream,
      FrameworkInfo info,
      SortedSet<String> suppressed,
      ConstraintFilters constraints,
      Instant now) {
    outbox.count("master/messages_register_framework");
    Framework framework =
        new Framework(
            id, withId(info, id), now, config.unreachableTasksPerFrameworkMax(), false, changes);
    framework.update(withId(info, id), suppressed, constraints);
    registry.add(framework);
    registry.connect(framework, stream, now);
    allocator.addFramework(id, FrameworkTermsOf.framework(framework));
    welcome(framework, now);
  }

  private void resubscribe(
      Framework framework,
      StreamId stream,
      FrameworkInfo info,
      SortedSet<String> suppressed,
      ConstraintFilters constraints,
      Instant now) {
    outbox.count("master/messages_reregister_framework");
    if (framework.isConnected()) {
      outbox.toScheduler(framework, error("Framework failed over"));
      outbox.closeScheduler(framework.stream());
    }
    offers.of(framework.id()).forEach(offer -> offers.discard(offer, Optional.empty(), now));
    absent.ended(framework.id());
    FrameworkInfo before = framework.info();
    framework.update(withId(info, framework.id()), suppressed, constraints);
    registry.connect(framework, stream, now);
    allocator.updateFramework(framework.id(), FrameworkTermsOf.framework(framework));
    allocator.activateFramework(framework.id());
    if (!framework.info().equals(before)) {
      tellAgents(framework);
    }
    changes.frameworkUpdated(framework);
    welcome(framework, now);
  }

  private void welcome(Framework framework, Instant now) {
    framework.tally().called(Call.Type.SUBSCRIBE);
    outbox.toScheduler(
        framework,
        Event.newBuilder()
            .setType(Event.Type.SUBSCRIBED)
            .setSubscribed(
                Event.Subscribed.newBuilder()
                    .setFrameworkId(framework.wireId())
                    .setHeartbeatIntervalSeconds(config.heartbeatInterval().toMillis() / 1000.0)
                    .setMasterInfo(config.masterInfo()))
            .build());
    offers.allocateSoon(now);
  }

  /** A framework that is known from agents only, until its scheduler subscribes (S6). */
  Framework recover(FrameworkInfo info, Instant now) {
    Framework framework = add(info, now);
    absent.learnt(framework, now);
    return framework;
  }

  /** A framework that was away when an earlier master ended. */
  void read(RegistryProtos.AbsentFramework record, Instant now) {
    Optional<FrameworkId> id =
        WireIds.valid(record.getInfo().getId().getValue()).map(FrameworkId::new);
    if (id.filter(own -> registry.framework(own).isEmpty()).isPresent()) {
      absent.recovered(add(record.getInfo(), now), AgentMark.instant(record.getSince()), now);
    }
  }

  private Framework add(FrameworkInfo info, Instant now) {
    FrameworkId id = new FrameworkId(info.getId().getValue());
    Framework framework =
        new Framework(id, info, now, config.unreachableTasksPerFrameworkMax(), true, changes);
    registry.add(framework);
    allocator.addFramework(id, FrameworkTermsOf.framework(framework));
    allocator.deactivateFramework(id);
    return framework;
  }

  /**
   * The scheduler's connection has ended: its offers are free, and the failover timeout runs (S22,
   * S23).
   */
  void disconnected(StreamId stream, Instant now) {
    Optional<Framework> gone = registry.framework(stream);
    if (gone.isEmpty()) {
      return; // the stream of an earlier subscription
    }
    Framework framework = gone.get();
    registry.disconnect(framework);
    allocator.deactivateFramework(framework.id());
    offers.of(framework.id()).forEach(offer -> offers.discard(offer, Optional.empty(), now));
    absent.left(framework, now);
  }

  void failoverTimedOut(FrameworkId id, Instant now) {
    Optional<Framework> away = registry.framework(id).filter(own -> own.failoverAt().isPresent());
    if (away.isEmpty()) {
      return; // it is back (S24)
    }
    Instant until = away.get().failoverAt().orElseThrow();
    if (now.isBefore(until)) {
      // The timer of an earlier absence, fired before it could be cancelled.
      outbox.setTimer(new MasterTimer.FrameworkFailover(id), until);
    } else {
      remove(away.get(), now);
    }
  }

  /** The framework is gone for good, and all that it runs (C2, S25). */
  void remove(Framework framework, Instant now) {
    outbox.count("master/messages_unregister_framework");
    absent.ended(framework.id());
    Optional<StreamId> stream = framework.stream();
    SequencedSet<Agent> affected = agentsOf(framework);
    List<Task> ended = new ArrayList<>(framework.tasks());
    ended.addAll(framework.unreachableTasks());
    for (Task task : ended) {
      TaskStatus status =
          Statuses.of(
              task.info().getTaskId(),
              Optional.of(task.info().getAgentId()),
              TaskState.TASK_KILLED,
              TaskStatus.Reason.REASON_FRAMEWORK_REMOVED,
              "Framework " + framework.id() + " removed",
              now);
      Optional<Agent> agent =
          framework.unreachable(task.id()).isPresent()
              ? Optional.empty()
              : registry.agent(task.agent());
      tasks.end(task, framework, agent, status, now);
    }
    for (Agent agent : affected) {
      executors.frameworkRemoved(framework, agent, now);
      outbox.toAgent(agent, Tasks.shutdownFramework(framework.id()));
    }
    offers.of(framework.id()).forEach(offer -> offers.discard(offer, Optional.empty(), now));
    operations.frameworkRemoved(framework.id());
    allocator.removeFramework(framework.id());
    registry.complete(framework, now);
    outbox.closeScheduler(stream);
  }

  /** Those that run a task or an executor of the framework. */
  private SequencedSet<Agent> agentsOf(Framework framework) {
    SequencedSet<Agent> agents = new LinkedHashSet<>();
    for (Task task : framework.tasks()) {
      registry.agent(task.agent()).ifPresent(agents::add);
    }
    for (Agent agent : registry.agents()) {
      if (!agent.executorsOf(framework.id()).isEmpty()) {
        agents.add(agent);
      }
    }
    return agents;
  }

  void revive(Framework framework, List<String> named, Instant now) {
    outbox.count("master/messages_revive_offers");
    ownRoles(framework, named)
        .ifPresent(roles -> {
          framework.revive(roles);
          allocator.revive(framework.id(), roles);
          offers.allocateSoon(now);
        });
  }

  void suppress(Framework framework, List<String> named) {
    outbox.count("master/messages_suppress_offers");
    ownRoles(framework, named)
        .ifPresent(roles -> {
          framework.suppress(roles);
          allocator.suppress(framework.id(), roles);
        });
  }

  /** UPDATE_FRAMEWORK (C17): as a new subscription would, without one. */
  CallAnswer update(Framework framework, Call.UpdateFramework call, Instant now) {
    FrameworkInfo info = call.getFrameworkInfo();
    SortedSet<String> suppressed = new TreeSet<>(call.getSuppressedRolesList());
    Optional<String> problem =
        rules.problem(info, suppressed).or(() -> immutable(framework.info(), info));
    if (problem.isPresent()) {
      return new CallAnswer.Refused(400, problem.get());
    }
    Optional<String> forbidden = access.register(info, Roles.of(info));
    if (forbidden.isPresent()) {
      return new CallAnswer.Refused(403, forbidden.get());
    }
    ConstraintFilters constraints;
    try {
      constraints = constraints(info, call.getOfferConstraints());
    } catch (IllegalArgumentException e) {
      return new CallAnswer.Refused(400, String.valueOf(e.getMessage()));
    }
    framework.update(withId(info, framework.id()), suppressed, constraints);
    for (Offer offer : offers.of(framework.id())) {
      if (!framework.roles().contains(offer.role())) {
        offers.rescind(offer, now);
      }
    }
    allocator.updateFramework(framework.id(), FrameworkTermsOf.framework(framework));
    tellAgents(framework);
    changes.frameworkUpdated(framework);
    offers.allocateSoon(now);
    return new CallAnswer.Applied();
  }

  private static Optional<String> immutable(FrameworkInfo present, FrameworkInfo info) {
    String what = "";
    if (!info.getUser().equals(present.getUser())) {
      what = "user";
    } else if (info.getCheckpoint() != present.getCheckpoint()) {
      what = "checkpoint";
    } else if (!info.getPrincipal().equals(present.getPrincipal())) {
      what = "principal";
    }
    return what.isEmpty()
        ? Optional.empty()
        : Optional.of("Updating 'FrameworkInfo." + what + "' is unsupported");
  }

  private void tellAgents(Framework framework) {
    LinkEvent event =
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.UPDATE_FRAMEWORK)
            .setUpdateFramework(
                LinkEvent.UpdateFramework.newBuilder().setFrameworkInfo(framework.info()))
            .build();
    agentsOf(framework).forEach(agent -> outbox.toAgent(agent, event));
  }

  /**
   * The roles meant by a call: those named, or all; nothing at all if one of them is not the
   * framework's (C5, C12).
   */
  private static Optional<SortedSet<String>> ownRoles(Framework framework, List<String> named) {
    SortedSet<String> roles =
        named.isEmpty() ? new TreeSet<>(framework.roles()) : new TreeSet<>(named);
    return framework.roles().containsAll(roles) ? Optional.of(roles) : Optional.empty();
  }

  private void refuse(StreamId stream, String problem) {
    outbox.add(new MasterEffect.SendToScheduler(stream, error(problem)));
    outbox.add(new MasterEffect.CloseSchedulerStream(stream));
  }

  static Event error(String message) {
    return Event.newBuilder()
        .setType(Event.Type.ERROR)
        .setError(Event.Error.newBuilder().setMessage(message))
        .build();
  }

  private static FrameworkInfo withId(FrameworkInfo info, FrameworkId id) {
    return info.toBuilder().setId(FrameworkID.newBuilder().setValue(id.value())).build();
  }
}
