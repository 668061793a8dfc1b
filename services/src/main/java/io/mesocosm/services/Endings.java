package io.mesocosm.services;

import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Reservation.LocalVolume;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Ends instances: asks for it until it is so (contracts/marathon-api.md S7), and forgets them. */
final class Endings {
  /** An instance that never ran may have reserved nothing: that is not looked for long. */
  private static final int UNCONFIRMED_WAITS = 10;

  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final Draining draining;

  Endings(ServicesState state, Outbox outbox, Subscription subscription) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.draining = new Draining(state, outbox);
  }

  /**
   * Asks the instance to end; one that is out of touch is forgotten, and ended if it comes back.
   */
  void end(Instance instance, Instant now) {
    if (instance.goal() == Goal.DECOMMISSIONED) {
      return;
    }
    Instance ending = instance.unwanted();
    if (instance.condition() == Condition.SCHEDULED) {
      forget(ending, now);
      return;
    }
    outbox.add(new ServicesEffect.StopHealthChecks(instance.id()));
    stopReadinessChecks(instance.id());
    if (instance.isOutOfTouch()) {
      subscription.kill(ending);
      forget(ending, now);
      return;
    }
    state.instances.put(ending);
    state.touch(instance.id().app());
    outbox.store(new StoredRecord.InstanceRecord(ending));
    askWhenDrained(ending, now);
  }

  /**
   * Asks the instance to end, to come back in its reservation if its app still wants that; one
   * without a reservation ends for good.
   */
  void stop(Instance instance, Instant now) {
    if (!comesBack(instance)) {
      end(instance, now);
    } else if (instance.wanted() && instance.condition() != Condition.SCHEDULED) {
      Instance stopping = instance.withGoal(Goal.STOPPED);
      outbox.add(new ServicesEffect.StopHealthChecks(instance.id()));
      stopReadinessChecks(instance.id());
      state.instances.put(stopping);
      state.touch(instance.id().app());
      outbox.store(new StoredRecord.InstanceRecord(stopping));
      askWhenDrained(stopping, now);
    }
  }

  /** As {@link #stop}; when it comes back it is one of the definition's. */
  void renew(Instance instance, RunSpec spec, Instant now) {
    if (instance.wanted() && instance.condition() == Condition.SCHEDULED && comesBack(instance)) {
      Instance renewed = instance.of(spec.version(), spec.lastConfigChangeAt());
      state.instances.put(renewed);
      state.touch(instance.id().app());
      outbox.store(new StoredRecord.InstanceRecord(renewed));
    } else {
      stop(instance, now);
    }
  }

  /** Whether its app, as it is now, can run in the volumes that the instance has. */
  private boolean comesBack(Instance instance) {
    Optional<List<String>> has =
        instance
            .reservation()
            .map(is -> is.volumes().stream().map(LocalVolume::containerPath).sorted().toList());
    Optional<List<String>> needs =
        state
            .specs
            .get(instance.id().app())
            .filter(RunSpec::isResident)
            .map(spec ->
                spec.persistentVolumes().stream()
                    .map(Volume.Persistent::containerPath)
                    .sorted()
                    .toList());
    return has.isPresent() && has.equals(needs) && instance.goal() != Goal.DECOMMISSIONED;
  }

  /** Asks the instance, which is unwanted, to end when no router shows it any more. */
  void askWhenDrained(Instance ending, Instant now) {
    if (!draining.begin(ending, now)) {
      ask(ending, now);
    }
  }

  /** Whether it was drained when the process before us ended, nobody knows. */
  void drainAnew(Instance ending, Instant now) {
    draining.begin(ending, now);
  }

  /** Every router has let go of the instance, or had its time to. */
  void drained(InstanceId id, boolean confirmed, Instant now) {
    if (state.routing.isDraining(id)) {
      state
          .instances
          .get(id)
          .ifPresent(instance -> {
            draining.over(instance, confirmed);
            ask(instance, now);
          });
    }
  }

  void stopReadinessChecks(InstanceId id) {
    if (state.readiness.end(id)) {
      outbox.add(new ServicesEffect.StopReadinessChecks(id));
    }
  }

  /** Asks again for what is not answered yet. */
  void askAgain(InstanceId id, Instant now) {
    state
        .instances
        .get(id)
        .filter(instance -> !instance.wanted())
        .filter(instance -> !state.routing.isDraining(id))
        .ifPresent(instance -> ask(instance, now));
  }

  private void ask(Instance instance, Instant now) {
    subscription.kill(instance);
    outbox.setTimer(
        new ServicesTimer.KillRetry(instance.id()), now.plus(state.config.killRetryInterval()));
  }

  /**
   * All its tasks have ended. One with a reservation waits there to be launched again, unless it is
   * to end for good.
   *
   * @param reservationLost whether its agent is no more, and its volumes with it
   */
  void ended(Instance instance, boolean reservationLost, Instant now) {
    if (instance.reservation().isEmpty()
        || instance.goal() == Goal.DECOMMISSIONED
        || reservationLost) {
      if (reservationLost) {
        forgetAll(instance);
      } else {
        forget(instance, now);
      }
    } else {
      rest(instance, now);
    }
  }

  /** It was matched with an offer, and its launch was never sent. */
  void notLaunched(Instance instance, Instant now) {
    if (instance.attempt() == 1) {
      forgetAll(instance);
    } else {
      ended(instance, false, now);
    }
  }

  private void rest(Instance instance, Instant now) {
    Instance waiting = instance.scheduled(now);
    leave(instance.id());
    state.instances.put(waiting);
    outbox.store(new StoredRecord.InstanceRecord(waiting));
    outbox.announce(new ServicesNotice.InstanceChanged(waiting));
    awaitReservation(waiting, now);
  }

  /** Whether it has what it was to get shows in the next offers. */
  void awaitReservation(Instance waiting, Instant now) {
    if (waiting.isUnconfirmed()) {
      outbox.setTimer(
          new ServicesTimer.ReservationOverdue(waiting.id()),
          now.plus(state.config.reservationTimeout()));
    }
  }

  /** Nothing is left of the instance here and in the store; what its agent keeps is freed. */
  void forget(Instance instance, Instant now) {
    if (instance.reservation().isEmpty()) {
      forgetAll(instance);
      return;
    }
    Duration wait =
        instance.isUnconfirmed()
            ? state.config.reservationTimeout().multipliedBy(UNCONFIRMED_WAITS)
            : state.config.failoverTimeout();
    String role = instance.placement().role();
    Leftover leftover =
        new Leftover(
            instance.reservation().get().id(),
            role,
            instance.placement().agentId(),
            now.plus(wait));
    state.instances.remove(instance.id());
    leave(instance.id());
    state.leftovers.put(leftover);
    outbox.store(
        List.of(new StoredRecord.LeftoverRecord(leftover)),
        List.of(StoredRecord.InstanceRecord.pathOf(instance.id())),
        new Deed.FreeReservation());
    outbox.setTimer(new ServicesTimer.LeftoverOver(leftover.reservation()), leftover.until());
    subscription.join(role);
    subscription.hunger();
  }

  private void forgetAll(Instance instance) {
    state.instances.remove(instance.id());
    leave(instance.id());
    outbox.remove(StoredRecord.InstanceRecord.pathOf(instance.id()));
  }

  /** What was known of how it ran counts no more. */
  private void leave(InstanceId id) {
    state.health.forget(id);
    stopReadinessChecks(id);
    state.readiness.forget(id);
    if (state.routing.isDraining(id)) {
      outbox.cancelTimer(new ServicesTimer.DrainOver(id));
    }
    state.routing.forget(id);
    if (state.isUnproven(id)) {
      state.proven(id);
      outbox.cancelTimer(new ServicesTimer.Proven(id));
    }
    state.touch(id.app());
    outbox.add(new ServicesEffect.StopHealthChecks(id));
    outbox.cancelTimer(new ServicesTimer.KillRetry(id));
    outbox.cancelTimer(new ServicesTimer.LaunchOverdue(id));
    outbox.cancelTimer(new ServicesTimer.Unreachable(id));
  }
}
