package io.mesocosm.services;

import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * Takes in what the master says of tasks (contracts/marathon-api.md S8 to S10, B4, B5). Every
 * update is acknowledged; one that we fail to act upon is made up for by reconciliation.
 */
final class StatusUpdates {
  /** For an instance without health checks to show that it does not end at once. */
  private static final Duration PROOF = Duration.ofSeconds(10);

  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final Endings endings;
  private final ReadinessReports readiness;

  StatusUpdates(
      ServicesState state,
      Outbox outbox,
      Subscription subscription,
      Endings endings,
      ReadinessReports readiness) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.endings = endings;
    this.readiness = readiness;
  }

  void update(TaskStatus status, Instant now) {
    if (status.hasUuid() && !status.getUuid().isEmpty()) {
      subscription.acknowledge(status);
    }
    Optional<InstanceId> id = InstanceId.parse(status.getTaskId().getValue());
    Optional<Instance> instance = id.flatMap(state.instances::get);
    if (instance.isPresent()) {
      known(instance.get(), status, now);
    } else {
      id.ifPresent(ours -> unknown(ours, status));
    }
  }

  /**
   * A task of our shape that we do not know, all being loaded: its app was deleted or it was given
   * up for lost, and it is ended. Tasks of another shape are left alone, they are not ours.
   */
  private void unknown(InstanceId id, TaskStatus status) {
    String taskId = status.getTaskId().getValue();
    Condition condition = condition(status.getState());
    if (condition.isTerminal()) {
      outbox.announce(
          new ServicesNotice.UnknownInstanceTerminated(taskId, id.app(), status.getState().name()));
    } else if (condition != Condition.UNREACHABLE && condition != Condition.KILLING) {
      outbox.announce(
          new ServicesNotice.Warning(
              "task " + taskId + " is ended: it is ours, and no instance is known for it"));
      subscription.kill(
          taskId,
          status.hasAgentId() ? Optional.of(status.getAgentId().getValue()) : Optional.empty());
    }
  }

  private void known(Instance before, TaskStatus status, Instant now) {
    String taskId = status.getTaskId().getValue();
    Optional<InstanceTask> task = before.task(taskId);
    if (task.isEmpty() || before.condition() == Condition.SCHEDULED) {
      earlier(before, status);
      return;
    }
    Instance after = before.withTask(taskId, is -> updated(is, before, status, now));
    after = after.withCondition(conditionOf(after), now);
    outbox.announce(
        new ServicesNotice.StatusUpdated(
            after, after.task(taskId).orElseThrow(), status.getMessage()));
    if (after.condition().isTerminal()) {
      ended(after, status, now);
      return;
    }
    if (isBroken(after)) {
      broken(after, status, now);
      return;
    }
    if (after.isOutOfTouch()) {
      outOfTouch(after, now);
      return;
    }
    keep(before, after, now);
    if (after.isRunning()) {
      running(before, after, status, now);
    }
  }

  /** A task of an earlier attempt at the same instance: long ended, or to be ended. */
  private void earlier(Instance instance, TaskStatus status) {
    Condition condition = condition(status.getState());
    if (!condition.isTerminal() && condition != Condition.UNREACHABLE) {
      subscription.kill(status.getTaskId().getValue(), Optional.of(instance.placement().agentId()));
    }
  }

  private static InstanceTask updated(
      InstanceTask task, Instance instance, TaskStatus status, Instant now) {
    Condition next = condition(status.getState());
    if (next == Condition.UNREACHABLE && instance.condition() == Condition.UNREACHABLE_INACTIVE) {
      next = Condition.UNREACHABLE_INACTIVE;
    }
    InstanceTask after = task.with(next, status.getState().name(), status.getMessage(), now);
    List<String> addresses =
        status.getContainerStatus().getNetworkInfosList().stream()
            .flatMap(network -> network.getIpAddressesList().stream())
            .map(address -> address.getIpAddress())
            .filter(address -> !address.isEmpty())
            .toList();
    if (!addresses.isEmpty()) {
      after = after.withIpAddresses(addresses);
    }
    return status.hasHealthy() ? after.withHealthy(status.getHealthy()) : after;
  }

  private static Condition conditionOf(Instance instance) {
    return Condition.ofAll(instance.tasks().stream().map(InstanceTask::condition).toList());
  }

  private void keep(Instance before, Instance after, Instant now) {
    state.instances.put(after);
    state.touch(after.id().app());
    if (isWorthStoring(before, after)) {
      outbox.store(new StoredRecord.InstanceRecord(after));
    }
    if (after.condition() != before.condition()) {
      outbox.announce(new ServicesNotice.InstanceChanged(after));
      if (!after.wanted() && after.condition() != Condition.KILLING) {
        endings.askAgain(after.id(), now);
      }
    }
  }

  /** Of what comes before it runs, a restarted scheduler learns anew. */
  private static boolean isWorthStoring(Instance before, Instance after) {
    boolean comingUp =
        switch (after.condition()) {
          case PROVISIONED, STAGING, STARTING -> after.startedAt().isEmpty();
          case SCHEDULED,
              RUNNING,
              KILLING,
              UNREACHABLE,
              UNREACHABLE_INACTIVE,
              FINISHED,
              FAILED,
              KILLED,
              ERROR,
              DROPPED,
              GONE,
              UNKNOWN ->
              false;
        };
    return !comingUp && !after.equals(before);
  }

  private void running(Instance before, Instance after, TaskStatus status, Instant now) {
    Optional<RunSpec> spec = state.specs.definition(after);
    if (before.condition() != Condition.RUNNING) {
      outbox.cancelTimer(new ServicesTimer.LaunchOverdue(after.id()));
      outbox.cancelTimer(new ServicesTimer.Unreachable(after.id()));
      spec.ifPresent(is -> {
        state.backoff.refresh(is, now);
        if (after.wanted()) {
          startHealthChecks(after, is);
          readiness.begin(after);
          if (state.mustProve(is)) {
            state.unproven(after.id());
            outbox.setTimer(new ServicesTimer.Proven(after.id()), now.plus(PROOF));
          }
        }
      });
    }
    if (status.hasHealthy() && spec.isPresent()) {
      Optional<Boolean> was = state.health.isHealthy(before, spec.get());
      if (spec.get() instanceof AppDefinition app) {
        state.health.reportByMesos(after, app, status.getHealthy(), now);
      }
      Optional<Boolean> is = state.health.isHealthy(after, spec.get());
      state.judge(after.id());
      if (!is.equals(was)) {
        outbox.announce(new ServicesNotice.InstanceHealthChanged(after, is));
      }
    }
  }

  /** Asks for the probes that are ours to do. */
  void startHealthChecks(Instance instance, RunSpec spec) {
    if (spec instanceof AppDefinition app
        && app.healthChecks().stream().anyMatch(check -> !check.kind().isByAgent())) {
      outbox.add(new ServicesEffect.StartHealthChecks(instance, app));
    }
  }

  /** Whether one of its containers has failed, and others do not know it yet. */
  private static boolean isBroken(Instance instance) {
    return instance.wanted()
        && instance.tasks().stream()
            .map(InstanceTask::condition)
            .anyMatch(is -> is.isTerminal() && is != Condition.FINISHED);
  }

  /**
   * Row L4 of pods: the agent ends the other containers with the one that failed, and should it
   * not, we do. All of it is one failure.
   */
  private void broken(Instance instance, TaskStatus status, Instant now) {
    if (condition(status.getState()).isTerminal()) {
      count(instance, status, now);
    }
    endings.stop(instance, now);
  }

  private void ended(Instance instance, TaskStatus status, Instant now) {
    outbox.announce(new ServicesNotice.InstanceChanged(instance));
    count(instance, status, now);
    if (state.specs.definition(instance).filter(PodDefinition.class::isInstance).isPresent()) {
      state.departures.add(instance, now);
    }
    endings.ended(instance, status.getState() == TaskState.TASK_GONE_BY_OPERATOR, now);
  }

  /** What follows for those that come after the instance. */
  private void count(Instance instance, TaskStatus status, Instant now) {
    Condition how = condition(status.getState());
    Optional<RunSpec> app = state.specs.definition(instance);
    boolean draining = status.getReason() == TaskStatus.Reason.REASON_AGENT_DRAINING;
    // We may hear of a container that was killed with one that failed before we hear of that one.
    boolean killedWithOthers = how == Condition.KILLED && !instance.condition().isTerminal();
    boolean delays = how.delaysLaunch() || killedWithOthers;
    if (draining) {
      state.backoff.reset(instance.id().app());
    } else if (instance.wanted() && delays) {
      app.ifPresent(is -> state.backoff.increase(is, now));
    }
    // An agent kills what fails its own checks.
    boolean unhealthy = how == Condition.KILLED && status.hasHealthy() && !status.getHealthy();
    if (!draining && instance.wanted() && (delays || unhealthy)) {
      state.launchFailed(instance, failure(status), now);
    }
    boolean failed =
        how == Condition.FAILED
            || how == Condition.ERROR
            || (instance.wanted() && how != Condition.FINISHED);
    if (failed) {
      state.specs.failed(
          new TaskFailure(
              instance.id().app(),
              status.getTaskId().getValue(),
              status.getState().name(),
              status.getMessage(),
              instance.placement().hostname(),
              instance.placement().agentId(),
              instance.version(),
              now));
    }
  }

  private static String failure(TaskStatus status) {
    return status.getState().name()
        + (status.getMessage().isEmpty() ? "" : ": " + status.getMessage());
  }

  /** S9: waited for, replaced or forgotten, as its app says. */
  private void outOfTouch(Instance instance, Instant now) {
    outbox.add(new ServicesEffect.StopHealthChecks(instance.id()));
    endings.stopReadinessChecks(instance.id());
    if (!instance.wanted() && instance.goal() != Goal.STOPPED) {
      endings.forget(instance, now);
      return;
    }
    UnreachableStrategy strategy =
        state
            .specs
            .definition(instance)
            .map(RunSpec::unreachableStrategy)
            .orElse(UnreachableStrategy.USUAL);
    switch (strategy) {
      case UnreachableStrategy.Disabled _ -> put(instance);
      case UnreachableStrategy.Enabled enabled -> {
        Duration waited = Duration.between(instance.conditionSince(), now);
        boolean inactive = waited.compareTo(enabled.inactiveAfter()) >= 0;
        Instance next = inactive ? inactive(instance) : instance;
        put(next);
        if (inactive && waited.compareTo(enabled.expungeAfter()) >= 0) {
          endings.forget(next, now);
          return;
        }
        Duration wait = inactive ? enabled.expungeAfter() : enabled.inactiveAfter();
        outbox.setTimer(
            new ServicesTimer.Unreachable(next.id()), instance.conditionSince().plus(wait));
      }
    }
  }

  /** The time out of touch goes on counting from its start. */
  private static Instance inactive(Instance instance) {
    Instance inactive = instance;
    for (InstanceTask task : instance.tasks()) {
      if (!task.condition().isTerminal()) {
        inactive =
            inactive.withTask(
                task.taskId(),
                is ->
                    is.with(
                        Condition.UNREACHABLE_INACTIVE, is.mesosState(), is.message(), is.since()));
      }
    }
    return inactive.withCondition(Condition.UNREACHABLE_INACTIVE, instance.conditionSince());
  }

  private void put(Instance instance) {
    state.instances.put(instance);
    state.touch(instance.id().app());
    outbox.store(new StoredRecord.InstanceRecord(instance));
    outbox.announce(new ServicesNotice.InstanceChanged(instance));
  }

  void stillOutOfTouch(InstanceId id, Instant now) {
    state
        .instances
        .get(id)
        .filter(Instance::isOutOfTouch)
        .ifPresent(instance -> outOfTouch(instance, now));
  }

  private static Condition condition(TaskState state) {
    return switch (state) {
      case TASK_STAGING -> Condition.STAGING;
      case TASK_STARTING -> Condition.STARTING;
      case TASK_RUNNING -> Condition.RUNNING;
      case TASK_KILLING -> Condition.KILLING;
      case TASK_FINISHED -> Condition.FINISHED;
      case TASK_FAILED -> Condition.FAILED;
      case TASK_KILLED -> Condition.KILLED;
      case TASK_ERROR -> Condition.ERROR;
      case TASK_DROPPED -> Condition.DROPPED;
      case TASK_UNREACHABLE -> Condition.UNREACHABLE;
      // a master that does not know better says lost: it will not come back
      case TASK_LOST, TASK_GONE, TASK_GONE_BY_OPERATOR -> Condition.GONE;
      case TASK_UNKNOWN -> Condition.UNKNOWN;
    };
  }
}
