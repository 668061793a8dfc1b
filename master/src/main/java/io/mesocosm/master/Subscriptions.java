package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** How frameworks come, stay away and go (contracts/mesos-scheduler-api.md §3). */
final class Subscriptions {
  private static final double FAILOVER_SECONDS_MAX = Long.MAX_VALUE / 1e9;

  private final MasterConfig config;
  private final Ids ids;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Tasks tasks;
  private final Outbox outbox;

  Subscriptions(
      MasterConfig config,
      Ids ids,
      Registry registry,
      Allocator allocator,
      Offers offers,
      Tasks tasks,
      Outbox outbox) {
    this.config = config;
    this.ids = ids;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.tasks = tasks;
    this.outbox = outbox;
  }

  void subscribe(StreamId stream, Call call, Optional<String> principal, Instant now) {
    FrameworkInfo given = call.getSubscribe().getFrameworkInfo();
    FrameworkInfo info =
        principal.isPresent() && !given.hasPrincipal()
            ? given.toBuilder().setPrincipal(principal.get()).build()
            : given;
    SortedSet<String> suppressed = new TreeSet<>(call.getSubscribe().getSuppressedRolesList());
    Optional<FrameworkId> id =
        info.getId().getValue().isEmpty()
            ? Optional.empty()
            : Optional.of(info.getId().getValue())
                .filter(text -> Identifiers.problem(text).isEmpty())
                .map(FrameworkId::new);
    Optional<String> problem =
        problem(info, suppressed)
            .or(() ->
                call.getSubscribe().hasOfferConstraints()
                    ? Optional.of("Offer constraints are not supported yet")
                    : Optional.empty());
    Optional<Framework> known = id.flatMap(registry::framework);
    if (problem.isEmpty() && id.filter(registry::isCompleted).isPresent()) {
      problem = Optional.of("Framework has been removed");
    }
    if (problem.isEmpty()
        && known
            .filter(framework -> !framework.info().getPrincipal().equals(info.getPrincipal()))
            .isPresent()) {
      problem = Optional.of("Changing framework's principal is not allowed");
    }
    if (problem.isPresent()) {
      refuse(stream, problem.get());
      return;
    }
    if (known.isPresent()) {
      resubscribe(known.get(), stream, info, suppressed, now);
    } else {
      FrameworkId fresh = id.orElseGet(ids::nextFramework);
      outbox.count("master/messages_register_framework");
      Framework framework =
          new Framework(
              fresh, withId(info, fresh), now, config.completedTasksPerFrameworkMax(), false);
      framework.update(withId(info, fresh), suppressed);
      registry.add(framework);
      registry.connect(framework, stream, now);
      allocator.addFramework(
          fresh, framework.roles(), framework.suppressedRoles(), isGpuAware(framework));
      welcome(framework, now);
    }
  }

  private void resubscribe(
      Framework framework,
      StreamId stream,
      FrameworkInfo info,
      SortedSet<String> suppressed,
      Instant now) {
    outbox.count("master/messages_reregister_framework");
    if (framework.isConnected()) {
      outbox.toScheduler(framework, error("Framework failed over"));
      outbox.closeScheduler(framework.stream());
    }
    offers.of(framework.id()).forEach(offer -> offers.discard(offer, Optional.empty(), now));
    outbox.cancelTimer(new MasterTimer.FrameworkFailover(framework.id()));
    framework.update(withId(info, framework.id()), suppressed);
    registry.connect(framework, stream, now);
    allocator.updateFramework(
        framework.id(), framework.roles(), framework.suppressedRoles(), isGpuAware(framework));
    allocator.activateFramework(framework.id());
    welcome(framework, now);
  }

  private void welcome(Framework framework, Instant now) {
    outbox.toScheduler(
        framework,
        Event.newBuilder()
            .setType(Event.Type.SUBSCRIBED)
            .setSubscribed(
                Event.Subscribed.newBuilder()
                    .setFrameworkId(Tasks.frameworkId(framework))
                    .setHeartbeatIntervalSeconds(config.heartbeatInterval().toMillis() / 1000.0)
                    .setMasterInfo(config.masterInfo()))
            .build());
    offers.allocateSoon(now);
  }

  /** A framework that is known from agents only, until its scheduler subscribes (S6). */
  Framework recover(FrameworkInfo info, Instant now) {
    FrameworkId id = new FrameworkId(info.getId().getValue());
    Framework framework =
        new Framework(id, info, now, config.completedTasksPerFrameworkMax(), true);
    registry.add(framework);
    allocator.addFramework(id, framework.roles(), new TreeSet<>(), isGpuAware(framework));
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
    double seconds = framework.info().getFailoverTimeout();
    Instant until = now.plus(Duration.ofMillis((long) Math.min(seconds * 1000, 1e15)));
    framework.awaitFailover(until);
    outbox.setTimer(new MasterTimer.FrameworkFailover(framework.id()), until);
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
    outbox.cancelTimer(new MasterTimer.FrameworkFailover(framework.id()));
    Optional<StreamId> stream = framework.stream();
    LinkedHashSet<Agent> affected = new LinkedHashSet<>();
    for (Task task : List.copyOf(framework.tasks())) {
      Optional<Agent> agent = registry.agent(task.agent());
      agent.ifPresent(affected::add);
      AgentID agentId = task.info().getAgentId();
      TaskStatus status =
          Statuses.of(
              task.info().getTaskId(),
              Optional.of(agentId),
              TaskState.TASK_KILLED,
              TaskStatus.Reason.REASON_FRAMEWORK_REMOVED,
              "Framework " + framework.id() + " removed",
              now);
      tasks.end(task, framework, agent, status, now);
    }
    affected.forEach(agent -> outbox.toAgent(agent, Tasks.shutdownFramework(framework.id())));
    offers.of(framework.id()).forEach(offer -> offers.discard(offer, Optional.empty(), now));
    allocator.removeFramework(framework.id());
    registry.complete(framework, now);
    outbox.closeScheduler(stream);
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

  /**
   * UPDATE_FRAMEWORK (C17): as a new subscription would, without one. Says what is wrong, if
   * anything.
   */
  Optional<String> update(Framework framework, Call.UpdateFramework call, Instant now) {
    FrameworkInfo info = call.getFrameworkInfo();
    SortedSet<String> suppressed = new TreeSet<>(call.getSuppressedRolesList());
    Optional<String> problem = problem(info, suppressed);
    if (problem.isPresent()) {
      return problem;
    }
    if (call.hasOfferConstraints()) {
      return Optional.of("Offer constraints are not supported yet");
    }
    FrameworkInfo present = framework.info();
    if (!info.getUser().equals(present.getUser())
        || info.getCheckpoint() != present.getCheckpoint()
        || !info.getPrincipal().equals(present.getPrincipal())) {
      return Optional.of(
          "Updating 'FrameworkInfo.user', 'checkpoint' or 'principal' is not allowed");
    }
    framework.update(withId(info, framework.id()), suppressed);
    for (Offer offer : offers.of(framework.id())) {
      if (!framework.roles().contains(offer.role())) {
        offers.rescind(offer, now);
      }
    }
    allocator.updateFramework(
        framework.id(), framework.roles(), framework.suppressedRoles(), isGpuAware(framework));
    offers.allocateSoon(now);
    return Optional.empty();
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

  /**
   * S10–S15. The single role is deprecated in the .proto files, and part of the contract all the
   * same.
   */
  @SuppressWarnings("deprecation")
  private static Optional<String> problem(FrameworkInfo info, SortedSet<String> suppressed) {
    boolean multiRole =
        info.getCapabilitiesList().stream()
            .anyMatch(own -> own.getType() == Capability.Type.MULTI_ROLE);
    if (multiRole && info.hasRole()) {
      return Optional.of(
          "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable");
    }
    if (!multiRole && info.getRolesCount() > 0) {
      return Optional.of(
          "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable");
    }
    List<String> named = multiRole ? info.getRolesList() : List.of(info.getRole());
    List<String> seen = new ArrayList<>();
    for (String role : named) {
      Optional<String> problem = Roles.problem(role);
      if (problem.isPresent()) {
        return problem;
      }
      if (seen.contains(role)) {
        return Optional.of("'FrameworkInfo.roles' contains duplicate items: " + role);
      }
      seen.add(role);
    }
    if (!named.containsAll(suppressed)) {
      return Optional.of(
          "Suppressed roles " + suppressed + " are not contained in the set of roles " + named);
    }
    String id = info.getId().getValue();
    if (!id.isEmpty() && Identifiers.problem(id).isPresent()) {
      return Optional.of("Invalid FrameworkID: " + Identifiers.problem(id).get());
    }
    double timeout = info.getFailoverTimeout();
    if (!Double.isFinite(timeout) || timeout < 0 || timeout > FAILOVER_SECONDS_MAX) {
      return Optional.of(
          "The framework failover_timeout ("
              + timeout
              + ") is invalid: give seconds from 0 to "
              + (long) FAILOVER_SECONDS_MAX);
    }
    return Optional.empty();
  }

  private static FrameworkInfo withId(FrameworkInfo info, FrameworkId id) {
    return info.toBuilder()
        .setId(org.apache.mesos.v1.Protos.FrameworkID.newBuilder().setValue(id.value()))
        .build();
  }

  private static boolean isGpuAware(Framework framework) {
    return framework.has(Capability.Type.GPU_RESOURCES);
  }
}
