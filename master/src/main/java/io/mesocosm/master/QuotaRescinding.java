package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.Quota;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/** Takes offers back that stand in the way of a new quota (contracts/mesos-operator-api.md Q3). */
final class QuotaRescinding {
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;

  QuotaRescinding(Registry registry, Allocator allocator, Offers offers) {
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
  }

  void satisfy(String role, Quota quota, Instant now) {
    SortedMap<String, Scalar> consumed = Consumption.of(role, registry.agents());
    obeyLimits(role, quota, consumed, now);
    makeRoom(role, quota, consumed, now);
  }

  /** The role's own offers go until what it has and is offered is within its limits. */
  private void obeyLimits(
      String role, Quota quota, SortedMap<String, Scalar> consumed, Instant now) {
    SortedMap<String, Scalar> held = new TreeMap<>(consumed);
    for (Agent agent : registry.agents()) {
      for (Offer offer : offers.on(agent.id())) {
        Consumption.unreservedOf(role, offer.resources())
            .forEach((name, amount) -> held.merge(name, amount, Scalar::plus));
      }
    }
    for (Agent agent : registry.agents()) {
      for (Offer offer : offers.on(agent.id())) {
        SortedMap<String, Scalar> counted = Consumption.unreservedOf(role, offer.resources());
        boolean over =
            quota.limits().entrySet().stream()
                .anyMatch(limit ->
                    counted.containsKey(limit.getKey())
                        && held.getOrDefault(limit.getKey(), Scalar.ZERO)
                                .compareTo(limit.getValue())
                            > 0);
        if (over) {
          counted.forEach((name, amount) -> held.merge(name, amount, Scalar::minus));
          offers.rescind(offer, now);
        }
      }
    }
  }

  /** Offers of other roles go until what is free would satisfy the guarantees. */
  private void makeRoom(String role, Quota quota, SortedMap<String, Scalar> consumed, Instant now) {
    SortedMap<String, Scalar> free = new TreeMap<>();
    for (Agent agent : registry.agents()) {
      allocator.free(agent.id()).entries().stream()
          .filter(entry -> entry.reservations().isEmpty() && !entry.revocable())
          .filter(entry -> entry.value() instanceof Scalar)
          .forEach(entry -> free.merge(entry.name(), (Scalar) entry.value(), Scalar::plus));
      for (Offer offer : offers.on(agent.id())) {
        Consumption.unreservedOf(role, offer.resources())
            .forEach((name, amount) -> free.merge(name, amount, Scalar::plus));
      }
    }
    for (Agent agent : registry.agents()) {
      for (Offer offer : offers.on(agent.id())) {
        if (Consumption.isWithin(role, offer.role())) {
          continue;
        }
        SortedMap<String, Scalar> offered =
            Consumption.unreservedOf(offer.role(), offer.resources());
        boolean wanted =
            quota.guarantees().entrySet().stream()
                .anyMatch(guarantee -> {
                  Scalar has =
                      consumed
                          .getOrDefault(guarantee.getKey(), Scalar.ZERO)
                          .plus(free.getOrDefault(guarantee.getKey(), Scalar.ZERO));
                  return offered.containsKey(guarantee.getKey())
                      && has.compareTo(guarantee.getValue()) < 0;
                });
        if (wanted) {
          offered.forEach((name, amount) -> free.merge(name, amount, Scalar::plus));
          offers.rescind(offer, now);
        }
      }
    }
  }
}
