package io.mesocosm.services;

import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;

/** Ends instances: asks for it until it is so (contracts/marathon-api.md S7), and forgets them. */
final class Endings {
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
    if (!instance.wanted()) {
      return;
    }
    Instance ending = instance.unwanted();
    outbox.add(new ServicesEffect.StopHealthChecks(instance.id()));
    stopReadinessChecks(instance.id());
    if (instance.isOutOfTouch()) {
      subscription.kill(ending);
      forget(ending);
      return;
    }
    state.instances.put(ending);
    state.touch(instance.id().app());
    outbox.store(new StoredRecord.InstanceRecord(ending));
    askWhenDrained(ending, now);
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

  /** Nothing is left of the instance, here and in the store. */
  void forget(Instance instance) {
    InstanceId id = instance.id();
    state.instances.remove(id);
    state.health.forget(id);
    stopReadinessChecks(id);
    state.readiness.forget(id);
    if (state.routing.isDraining(id)) {
      outbox.cancelTimer(new ServicesTimer.DrainOver(id));
    }
    state.routing.forget(id);
    state.touch(id.app());
    outbox.add(new ServicesEffect.StopHealthChecks(id));
    outbox.cancelTimer(new ServicesTimer.KillRetry(id));
    outbox.cancelTimer(new ServicesTimer.LaunchOverdue(id));
    outbox.cancelTimer(new ServicesTimer.Unreachable(id));
    outbox.remove(StoredRecord.InstanceRecord.pathOf(id));
  }
}
