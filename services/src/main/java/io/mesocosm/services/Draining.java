package io.mesocosm.services;

import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.Optional;

/**
 * Has routers let go of an instance before it is ended: an instance that answers requests is not
 * killed under them, if its app says {@code waitForRouting}.
 */
final class Draining {
  private final ServicesState state;
  private final Outbox outbox;

  Draining(ServicesState state, Outbox outbox) {
    this.state = state;
    this.outbox = outbox;
  }

  /**
   * Tells routers to let go of the instance, which is to end.
   *
   * @return false if there is nothing to wait for, and it can be ended at once
   */
  boolean begin(Instance ending, Instant now) {
    if (state.routing.isDraining(ending.id())) {
      return true;
    }
    if (!isWorthIt(ending)) {
      return false;
    }
    Instant endsBy = now.plus(state.config.routingTimeout());
    state.routing.drain(ending, endsBy);
    outbox.setTimer(new ServicesTimer.DrainOver(ending.id()), endsBy);
    outbox.announce(new ServicesNotice.Own.InstanceDraining(ending, endsBy));
    return true;
  }

  /** What its app says now counts, so that it can be turned on and off for what runs. */
  private boolean isWorthIt(Instance instance) {
    Optional<RunSpec> launched = state.specs.definition(instance);
    boolean waits =
        state
            .specs
            .get(instance.id().app())
            .or(() -> launched)
            .filter(spec -> spec.upgradeStrategy().waitForRouting())
            .isPresent();
    boolean unhealthy =
        launched
            .flatMap(spec -> state.health.isHealthy(instance, spec))
            .filter(healthy -> !healthy)
            .isPresent();
    return waits && instance.isRunning() && !unhealthy;
  }

  /** Nothing is waited for any more. */
  void over(Instance instance, boolean confirmed) {
    state.routing.drained(instance.id());
    outbox.cancelTimer(new ServicesTimer.DrainOver(instance.id()));
    outbox.announce(new ServicesNotice.Own.InstanceDrained(instance, confirmed));
  }
}
