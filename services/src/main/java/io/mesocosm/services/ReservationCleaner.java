package io.mesocosm.services;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.ReservationLabels;
import io.mesocosm.services.matching.ResidentMatcher;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.Offer.Operation;

/**
 * Gives back what agents keep for instances that are no more: volumes are destroyed, resources
 * unreserved (contracts/marathon-api.md S14). It goes by the labels in each offer, so that nothing
 * stays behind whatever step a crash came between. {@link Leftovers} only see to it that offers
 * come.
 */
final class ReservationCleaner {
  private final ServicesState state;
  private final Outbox outbox;

  ReservationCleaner(ServicesState state, Outbox outbox) {
    this.state = state;
    this.outbox = outbox;
  }

  /** What is to be done about the offer before anything else; mostly nothing. */
  List<Operation> look(OfferedAgent offer, Instant now) {
    if (offer.kept().isEmpty()) {
      return List.of();
    }
    SortedSet<String> stray = new TreeSet<>();
    SortedMap<String, InstanceId> known = new TreeMap<>();
    for (Resource resource : offer.kept().entries()) {
      String id = ReservationLabels.reservationId(resource).orElse("");
      Optional<Instance> owner = owner(id);
      if (owner.isPresent()) {
        known.put(id, owner.get().id());
      } else if (isOurs(resource, offer) && isForgotten(id)) {
        stray.add(id);
      }
    }
    known.values().forEach(id -> confirm(id, offer));
    if (stray.isEmpty()) {
      return List.of();
    }
    for (String id : stray) {
      outbox.announce(
          new ServicesNotice.Warning(
              "reservation "
                  + id
                  + " on "
                  + offer.hostname()
                  + " is freed: its instance is no more"));
      state.leftovers.get(id).ifPresent(leftover -> freed(leftover, now));
    }
    Resources freed =
        offer
            .kept()
            .filter(part ->
                isOurs(part, offer)
                    && ReservationLabels.reservationId(part).filter(stray::contains).isPresent());
    return ResidentMatcher.free(freed);
  }

  /** What is offered a little later is freed as well. */
  private void freed(Leftover leftover, Instant now) {
    Leftover last =
        new Leftover(
            leftover.reservation(),
            leftover.role(),
            leftover.agentId(),
            now.plus(state.config.reservationTimeout()));
    state.leftovers.put(last);
    outbox.store(new StoredRecord.LeftoverRecord(last));
    outbox.setTimer(new ServicesTimer.LeftoverOver(last.reservation()), last.until());
  }

  private Optional<Instance> owner(String reservation) {
    return InstanceId.parse(reservation)
        .flatMap(state.instances::get)
        .filter(instance ->
            instance.reservation().filter(is -> is.id().equals(reservation)).isPresent());
  }

  private static boolean isOurs(Resource resource, OfferedAgent offer) {
    return resource.role().equals(offer.role())
        && ReservationLabels.frameworkId(resource).equals(Optional.of(offer.frameworkId()));
  }

  /** Not while the store may still say that there is an owner. */
  private boolean isForgotten(String reservation) {
    return InstanceId.parse(reservation)
        .filter(id -> !outbox.isCertain(StoredRecord.InstanceRecord.pathOf(id)))
        .isEmpty();
  }

  /** An instance that never ran is known to have what it was to get. */
  private void confirm(InstanceId id, OfferedAgent offer) {
    state
        .instances
        .get(id)
        .filter(instance -> instance.condition() == Condition.SCHEDULED && instance.isUnconfirmed())
        .filter(instance ->
            instance
                .reservation()
                .filter(reservation -> ResidentMatcher.hasVolumes(offer, reservation))
                .isPresent())
        .ifPresent(_ -> outbox.cancelTimer(new ServicesTimer.ReservationOverdue(id)));
  }

  /** Nothing of it has been offered for long. */
  void over(String reservation) {
    if (state.leftovers.remove(reservation)) {
      outbox.remove(StoredRecord.LeftoverRecord.pathOf(reservation));
    }
  }
}
