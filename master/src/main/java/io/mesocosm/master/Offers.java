package io.mesocosm.master;

import io.mesocosm.allocator.Allocation;
import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.jspecify.annotations.Nullable;

/**
 * The outstanding offers. While an offer is here its resources are allocated to its framework;
 * whoever takes it out decides what becomes of them. An offer is taken out once. Owned by the
 * master's thread.
 */
final class Offers {
  /** So little that nobody waits for it, and enough for a burst of calls to come in. */
  private static final Duration GATHERING_MIN = Duration.ofMillis(1);

  /** Several times what it takes to make and send an offer. */
  private static final Duration GATHERING_PER_OFFER = Duration.ofNanos(20_000);

  private final MasterConfig config;
  private final Ids ids;
  private final Registry registry;
  private final Allocator allocator;
  private final Changes changes;
  private final Outbox outbox;
  private final Map<OfferId, Offer> outstanding = new LinkedHashMap<>();
  private final Map<FrameworkId, SequencedSet<Offer>> byFramework = new LinkedHashMap<>();
  private final Map<AgentId, SequencedSet<Offer>> byAgent = new LinkedHashMap<>();
  private boolean allocationPending;
  private Instant lastAllocation = Instant.MIN;
  private Duration lastGathering = GATHERING_MIN;

  Offers(
      MasterConfig config,
      Ids ids,
      Registry registry,
      Allocator allocator,
      Changes changes,
      Outbox outbox) {
    this.config = config;
    this.ids = ids;
    this.registry = registry;
    this.allocator = allocator;
    this.changes = changes;
    this.outbox = outbox;
  }

  /**
   * Something may be offered that could not before. What comes after a time of quiet is offered at
   * once; while one allocation follows the other, what happens meanwhile is gathered: the longer,
   * the more the last one had to hand out.
   */
  void allocateSoon(Instant now) {
    if (!allocationPending) {
      allocationPending = true;
      Instant earliest =
          lastAllocation.equals(Instant.MIN) ? now : lastAllocation.plus(lastGathering);
      outbox.setTimer(new MasterTimer.Allocate(), earliest.isBefore(now) ? now : earliest);
    }
  }

  /** Offers what is free. */
  void allocate(Instant now) {
    allocationPending = false;
    lastAllocation = now;
    outbox.count("allocator/mesos/allocation_runs");
    Map<FrameworkId, List<Offer>> fresh = new LinkedHashMap<>();
    List<Allocation> allocations = allocator.allocate(now);
    Duration cost = GATHERING_MIN.plus(GATHERING_PER_OFFER.multipliedBy(allocations.size()));
    lastGathering =
        cost.compareTo(config.allocationInterval()) < 0 ? cost : config.allocationInterval();
    for (Allocation allocation : allocations) {
      Offer offer =
          new Offer(
              ids.nextOffer(),
              allocation.framework(),
              allocation.agent(),
              allocation.role(),
              allocation.resources());
      put(offer);
      fresh.computeIfAbsent(offer.framework(), _ -> new ArrayList<>()).add(offer);
      config
          .offerTimeout()
          .ifPresent(timeout ->
              outbox.setTimer(new MasterTimer.OfferTimeout(offer.id()), now.plus(timeout)));
    }
    fresh.forEach((framework, offers) ->
        registry
            .framework(framework)
            .ifPresent(to -> {
              to.tally().offered(offers.size());
              outbox.toScheduler(to, OfferMessages.offers(to, offers, registry));
            }));
    setDueTimer();
  }

  /**
   * The allocator may have something to offer later although nothing happens: what a refusal held
   * back until it ran out, or what the last run left to the next.
   */
  void setDueTimer() {
    allocator.nextDue().ifPresent(at -> outbox.setTimer(new MasterTimer.AllocateLater(), at));
  }

  Optional<Offer> find(OfferId id) {
    return Optional.ofNullable(outstanding.get(id));
  }

  /** Takes an offer out; its resources stay allocated until somebody recovers them. */
  void take(Offer offer) {
    outstanding.remove(offer.id());
    remove(byFramework, offer.framework(), offer);
    remove(byAgent, offer.agent(), offer);
    config
        .offerTimeout()
        .ifPresent(_ -> outbox.cancelTimer(new MasterTimer.OfferTimeout(offer.id())));
    changes.offerGone(offer);
  }

  /** Takes an offer out and gives its resources back. */
  void discard(Offer offer, Optional<Instant> refusedUntil, Instant now) {
    take(offer);
    allocator.recover(offer.framework(), offer.agent(), offer.resources(), refusedUntil);
    if (refusedUntil.isPresent()) {
      setDueTimer();
    }
    allocateSoon(now);
  }

  /** As {@link #discard}, and tells the framework. */
  void rescind(Offer offer, Instant now) {
    discard(offer, Optional.empty(), now);
    outbox.count("master/offers_rescinded");
    registry
        .framework(offer.framework())
        .ifPresent(framework -> {
          framework.tally().rescinded();
          outbox.toScheduler(
              framework,
              Event.newBuilder()
                  .setType(Event.Type.RESCIND)
                  .setRescind(Event.Rescind.newBuilder().setOfferId(OfferMessages.id(offer)))
                  .build());
        });
  }

  /** Shared volumes may stand in several offers; those are void once it is destroyed (OP6). */
  void rescindHolding(AgentId agent, Resources shared, Instant now) {
    for (Resource volume : shared.entries()) {
      for (Offer offer : on(agent)) {
        if (offer.resources().unallocated().contains(Resources.of(volume))) {
          rescind(offer, now);
        }
      }
    }
  }

  List<Offer> of(FrameworkId framework) {
    return listed(byFramework.get(framework));
  }

  List<Offer> on(AgentId agent) {
    return listed(byAgent.get(agent));
  }

  private void put(Offer offer) {
    outstanding.put(offer.id(), offer);
    byFramework.computeIfAbsent(offer.framework(), _ -> new LinkedHashSet<>()).add(offer);
    byAgent.computeIfAbsent(offer.agent(), _ -> new LinkedHashSet<>()).add(offer);
    changes.offered(offer);
  }

  private static List<Offer> listed(@Nullable Collection<Offer> offers) {
    return offers == null ? List.of() : List.copyOf(offers);
  }

  private static <K> void remove(Map<K, SequencedSet<Offer>> index, K key, Offer offer) {
    SequencedSet<Offer> offers = index.get(key);
    if (offers != null && offers.remove(offer) && offers.isEmpty()) {
      index.remove(key);
    }
  }
}
