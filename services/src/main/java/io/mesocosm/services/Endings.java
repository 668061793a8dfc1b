package io.mesocosm.services;

import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;

/** Ends instances: asks for it until it is so (contracts/marathon-api.md S7), and forgets them. */
final class Endings {
  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;

  Endings(ServicesState state, Outbox outbox, Subscription subscription) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
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
    if (isOutOfTouch(instance)) {
      subscription.kill(ending);
      forget(ending);
      return;
    }
    state.instances.put(ending);
    state.touch(instance.id().app());
    outbox.store(new StoredRecord.InstanceRecord(ending));
    ask(ending, now);
  }

  /** Asks again for what is not answered yet. */
  void askAgain(InstanceId id, Instant now) {
    state
        .instances
        .get(id)
        .filter(instance -> !instance.wanted())
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
    state.touch(id.app());
    outbox.add(new ServicesEffect.StopHealthChecks(id));
    outbox.cancelTimer(new ServicesTimer.KillRetry(id));
    outbox.cancelTimer(new ServicesTimer.LaunchOverdue(id));
    outbox.cancelTimer(new ServicesTimer.Unreachable(id));
    outbox.remove(StoredRecord.InstanceRecord.pathOf(id));
  }

  private static boolean isOutOfTouch(Instance instance) {
    return instance.condition() == Condition.UNREACHABLE
        || instance.condition() == Condition.UNREACHABLE_INACTIVE;
  }
}
