package io.mesocosm.services;

import io.mesocosm.services.ServicesSnapshot.TaskFailure;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
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
  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final Endings endings;

  StatusUpdates(ServicesState state, Outbox outbox, Subscription subscription, Endings endings) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.endings = endings;
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
    Condition next = condition(status.getState());
    if (next == Condition.UNREACHABLE && before.condition() == Condition.UNREACHABLE_INACTIVE) {
      next = Condition.UNREACHABLE_INACTIVE;
    }
    Instance after = before.withCondition(next, status.getState().name(), now);
    List<String> addresses =
        status.getContainerStatus().getNetworkInfosList().stream()
            .flatMap(network -> network.getIpAddressesList().stream())
            .map(address -> address.getIpAddress())
            .filter(address -> !address.isEmpty())
            .toList();
    if (!addresses.isEmpty()) {
      after = after.withIpAddresses(addresses);
    }
    outbox.announce(
        new ServicesNotice.StatusUpdated(after, status.getState().name(), status.getMessage()));
    if (next.isTerminal()) {
      ended(after, status, now);
      return;
    }
    if (next == Condition.UNREACHABLE || next == Condition.UNREACHABLE_INACTIVE) {
      outOfTouch(after, now);
      return;
    }
    keep(before, after, now);
    if (next == Condition.RUNNING) {
      running(before, after, status, now);
    }
  }

  private void keep(Instance before, Instance after, Instant now) {
    state.instances.put(after);
    state.touch(after.id().app());
    if (!after.equals(before)) {
      outbox.store(new StoredRecord.InstanceRecord(after));
    }
    if (after.condition() != before.condition()) {
      outbox.announce(new ServicesNotice.InstanceChanged(after));
      if (!after.wanted() && after.condition() != Condition.KILLING) {
        endings.askAgain(after.id(), now);
      }
    }
  }

  private void running(Instance before, Instance after, TaskStatus status, Instant now) {
    Optional<AppDefinition> app = state.apps.definition(after);
    if (before.condition() != Condition.RUNNING) {
      outbox.cancelTimer(new ServicesTimer.LaunchOverdue(after.id()));
      outbox.cancelTimer(new ServicesTimer.Unreachable(after.id()));
      app.ifPresent(is -> {
        state.backoff.refresh(is, now);
        if (after.wanted()) {
          startHealthChecks(after, is);
        }
      });
    }
    if (status.hasHealthy() && app.isPresent()) {
      Optional<Boolean> was = state.health.isHealthy(after, app.get());
      state.health.reportByMesos(after, app.get(), status.getHealthy(), now);
      Optional<Boolean> is = state.health.isHealthy(after, app.get());
      if (!is.equals(was)) {
        outbox.announce(new ServicesNotice.InstanceHealthChanged(after, is));
      }
    }
  }

  /** Asks for the probes that are ours to do. */
  void startHealthChecks(Instance instance, AppDefinition app) {
    if (app.healthChecks().stream().anyMatch(check -> !check.kind().isByAgent())) {
      outbox.add(new ServicesEffect.StartHealthChecks(instance, app));
    }
  }

  private void ended(Instance instance, TaskStatus status, Instant now) {
    outbox.announce(new ServicesNotice.InstanceChanged(instance));
    Optional<AppDefinition> app = state.apps.definition(instance);
    boolean draining = status.getReason() == TaskStatus.Reason.REASON_AGENT_DRAINING;
    if (draining) {
      state.backoff.reset(instance.id().app());
    } else if (instance.wanted() && instance.condition().delaysLaunch()) {
      app.ifPresent(is -> state.backoff.increase(is, now));
    }
    boolean failed =
        instance.condition() == Condition.FAILED
            || instance.condition() == Condition.ERROR
            || (instance.wanted() && instance.condition() != Condition.FINISHED);
    if (failed) {
      state.apps.failed(
          new TaskFailure(
              instance.id().app(),
              instance.taskId(),
              status.getState().name(),
              status.getMessage(),
              instance.placement().hostname(),
              instance.placement().agentId(),
              instance.version(),
              now));
    }
    endings.forget(instance);
  }

  /** S9: waited for, replaced or forgotten, as its app says. */
  private void outOfTouch(Instance instance, Instant now) {
    outbox.add(new ServicesEffect.StopHealthChecks(instance.id()));
    if (!instance.wanted()) {
      endings.forget(instance);
      return;
    }
    UnreachableStrategy strategy =
        state
            .apps
            .definition(instance)
            .map(AppDefinition::unreachableStrategy)
            .orElse(UnreachableStrategy.USUAL);
    switch (strategy) {
      case UnreachableStrategy.Disabled _ -> put(instance);
      case UnreachableStrategy.Enabled enabled -> {
        Duration waited = Duration.between(instance.conditionSince(), now);
        boolean inactive = waited.compareTo(enabled.inactiveAfter()) >= 0;
        Instance next = inactive ? inactive(instance) : instance;
        put(next);
        if (inactive && waited.compareTo(enabled.expungeAfter()) >= 0) {
          endings.forget(next);
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
    return instance.withCondition(
        Condition.UNREACHABLE_INACTIVE, instance.mesosState(), instance.conditionSince());
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
        .filter(instance ->
            instance.condition() == Condition.UNREACHABLE
                || instance.condition() == Condition.UNREACHABLE_INACTIVE)
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
