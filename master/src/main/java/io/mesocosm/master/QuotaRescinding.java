package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.Quota;
import io.mesocosm.model.resource.Scalar;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Takes offers back that stand in the way of a quota (contracts/mesos-operator-api.md Q3): of a new
 * one, or when an agent brings back more than was known of.
 */
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
    obeyLimits(role, quota, now);
    makeRoom(role, quota, consumed, now);
  }

  /** The role's own offers go until what it has and is offered is within its limits. */
  void obeyLimits(String role, Quota quota, Instant now) {
    SortedMap<String, Scalar> held = new TreeMap<>(allocator.quotaConsumed(role));
    if (!isOver(quota, held, held)) {
      return;
    }
    for (Framework framework : registry.frameworks()) {
      for (Offer offer : offers.of(framework.id())) {
        SortedMap<String, Scalar> counted = Consumption.unreservedOf(role, offer.resources());
        if (isOver(quota, held, counted)) {
          counted.forEach((name, amount) -> held.merge(name, amount, Scalar::minus));
          offers.rescind(offer, now);
        }
      }
    }
  }

  /** Whether more is held than the limit allows of any resource that is among those given. */
  private static boolean isOver(
      Quota quota, SortedMap<String, Scalar> held, SortedMap<String, Scalar> among) {
    return quota.limits().entrySet().stream()
        .anyMatch(limit ->
            among.containsKey(limit.getKey())
                && held.getOrDefault(limit.getKey(), Scalar.ZERO).compareTo(limit.getValue()) > 0);
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
