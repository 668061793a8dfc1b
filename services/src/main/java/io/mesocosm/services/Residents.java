package io.mesocosm.services;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.matching.MatchResult;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.ReservationLabels;
import io.mesocosm.services.matching.ResidentMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Uses offers for instances that own reservations: one that waits goes back to where its volumes
 * are, before any new one is made (contracts/marathon-api.md S4, S14).
 */
final class Residents {
  /** So many agents are named to who asks why nothing fits. */
  private static final int NAMED_MAX = 3;

  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final Endings endings;
  private final ResidentMatcher matcher;

  Residents(
      ServicesState state,
      Outbox outbox,
      Subscription subscription,
      Endings endings,
      ResidentMatcher matcher) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.endings = endings;
    this.matcher = matcher;
  }

  /**
   * The instance of the app whose reservation is in the offer, and waits to be run in. This costs
   * what the offer holds, however many instances there are.
   */
  Optional<Instance> waiting(OfferedAgent offer, RunSpec app) {
    SequencedSet<String> offered = new LinkedHashSet<>();
    for (Resource resource : offer.kept().entries()) {
      ReservationLabels.reservationId(resource).ifPresent(offered::add);
    }
    return offered.stream()
        .flatMap(reservation ->
            InstanceId.parse(reservation)
                .filter(id -> id.app().equals(app.id()))
                .flatMap(state.instances::get)
                .filter(instance -> isWaitingFor(instance, reservation))
                .stream())
        .filter(instance -> ResidentMatcher.hasVolumes(offer, instance.reservation().orElseThrow()))
        .findFirst();
  }

  private static boolean isWaitingFor(Instance instance, String reservation) {
    return instance.wanted()
        && instance.condition() == Condition.SCHEDULED
        && instance.reservation().filter(is -> is.id().equals(reservation)).isPresent();
  }

  /**
   * @param earlier the same instance, if it waits for its reservation
   */
  MatchResult match(OfferedAgent offer, RunSpec app, InstanceId id, Optional<Instance> earlier) {
    boolean enforced = state.specs.isRoleEnforcedFor(app.id());
    if (earlier.isPresent()) {
      return matcher.matchAgain(offer, app, earlier.get(), enforced);
    }
    int scheduled = state.instances.tally(app.id()).scheduled();
    if (state.queue.count(app.id()) <= scheduled) {
      return new MatchResult.Refusals(
          List.of(ResidentMatcher.waitsElsewhere(offer, someWaiting(app))));
    }
    return matcher.match(
        offer, app, id, state.instances.placed(app.id()), enforced, state::nextUuid);
  }

  private List<Instance> someWaiting(RunSpec app) {
    List<Instance> some = new ArrayList<>();
    for (InstanceId id : state.instances.scheduled(app.id())) {
      if (some.size() < NAMED_MAX) {
        state.instances.get(id).ifPresent(some::add);
      }
    }
    return some;
  }

  /** No offer has shown what the instance was to get: its operations may have been dropped. */
  void overdue(InstanceId id, Instant now) {
    Optional<Instance> instance =
        state
            .instances
            .get(id)
            .filter(is -> is.condition() == Condition.SCHEDULED && is.isUnconfirmed());
    if (instance.isEmpty()) {
      return;
    }
    if (!subscription.isReadyForOffers() || !state.queue.isDue(id.app(), now)) {
      // no offers were looked for
      outbox.setTimer(
          new ServicesTimer.ReservationOverdue(id), now.plus(state.config.reservationTimeout()));
      return;
    }
    outbox.announce(
        new ServicesNotice.Warning(
            "instance "
                + id
                + " is given up: it was not launched, and its reservation on "
                + instance.get().placement().hostname()
                + " was not offered within "
                + state.config.reservationTimeout()
                + "; another one is made"));
    endings.forget(instance.get(), now);
  }
}
