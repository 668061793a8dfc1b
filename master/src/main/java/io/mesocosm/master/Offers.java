package io.mesocosm.master;

import io.mesocosm.allocator.Allocation;
import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The outstanding offers. While an offer is here its resources are allocated to its framework;
 * whoever takes it out decides what becomes of them. An offer is taken out once. Owned by the
 * master's thread.
 */
final class Offers {
  private final MasterConfig config;
  private final Ids ids;
  private final Registry registry;
  private final Allocator allocator;
  private final Outbox outbox;
  private final SortedMap<OfferId, Offer> outstanding = new TreeMap<>();
  private final SortedMap<FrameworkId, SortedSet<OfferId>> byFramework = new TreeMap<>();
  private final SortedMap<AgentId, SortedSet<OfferId>> byAgent = new TreeMap<>();
  private boolean allocationPending;

  Offers(MasterConfig config, Ids ids, Registry registry, Allocator allocator, Outbox outbox) {
    this.config = config;
    this.ids = ids;
    this.registry = registry;
    this.allocator = allocator;
    this.outbox = outbox;
  }

  /** Something may be offered that could not before: gather what else happens, then allocate. */
  void allocateSoon(Instant now) {
    if (!allocationPending) {
      allocationPending = true;
      outbox.setTimer(new MasterTimer.Allocate(), now.plus(config.allocationInterval()));
    }
  }

  /** Offers what is free. */
  void allocate(Instant now) {
    allocationPending = false;
    outbox.count("allocator/mesos/allocation_runs");
    SortedMap<FrameworkId, List<Offer>> fresh = new TreeMap<>();
    for (Allocation allocation : allocator.allocate(now)) {
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
            .ifPresent(to -> outbox.toScheduler(to, OfferMessages.offers(to, offers, registry))));
    setFilterTimer();
  }

  /** When a refusal runs out, what it held back may be offered again. */
  void setFilterTimer() {
    allocator.nextExpiry().ifPresent(at -> outbox.setTimer(new MasterTimer.FilterExpired(), at));
  }

  Optional<Offer> find(OfferId id) {
    return Optional.ofNullable(outstanding.get(id));
  }

  /** Takes an offer out; its resources stay allocated until somebody recovers them. */
  void take(Offer offer) {
    outstanding.remove(offer.id());
    remove(byFramework, offer.framework(), offer.id());
    remove(byAgent, offer.agent(), offer.id());
    config
        .offerTimeout()
        .ifPresent(_ -> outbox.cancelTimer(new MasterTimer.OfferTimeout(offer.id())));
    touched(offer);
  }

  /** Takes an offer out and gives its resources back. */
  void discard(Offer offer, Optional<Instant> refusedUntil, Instant now) {
    take(offer);
    allocator.recover(offer.framework(), offer.agent(), offer.resources(), refusedUntil);
    if (refusedUntil.isPresent()) {
      setFilterTimer();
    }
    allocateSoon(now);
  }

  /** As {@link #discard}, and tells the framework. */
  void rescind(Offer offer, Instant now) {
    discard(offer, Optional.empty(), now);
    outbox.count("master/offers_rescinded");
    registry
        .framework(offer.framework())
        .ifPresent(framework ->
            outbox.toScheduler(
                framework,
                Event.newBuilder()
                    .setType(Event.Type.RESCIND)
                    .setRescind(Event.Rescind.newBuilder().setOfferId(OfferMessages.id(offer)))
                    .build()));
  }

  List<Offer> of(FrameworkId framework) {
    return byFramework.getOrDefault(framework, Collections.emptySortedSet()).stream()
        .flatMap(id -> find(id).stream())
        .toList();
  }

  List<Offer> on(AgentId agent) {
    return byAgent.getOrDefault(agent, Collections.emptySortedSet()).stream()
        .flatMap(id -> find(id).stream())
        .toList();
  }

  private void put(Offer offer) {
    outstanding.put(offer.id(), offer);
    byFramework.computeIfAbsent(offer.framework(), _ -> new TreeSet<>()).add(offer.id());
    byAgent.computeIfAbsent(offer.agent(), _ -> new TreeSet<>()).add(offer.id());
    touched(offer);
  }

  private void touched(Offer offer) {
    registry.framework(offer.framework()).ifPresent(Framework::changed);
    registry.agent(offer.agent()).ifPresent(Agent::changed);
  }

  private static <K extends Comparable<K>> void remove(
      SortedMap<K, SortedSet<OfferId>> index, K key, OfferId id) {
    SortedSet<OfferId> ids = index.getOrDefault(key, Collections.emptySortedSet());
    if (ids.remove(id) && ids.isEmpty()) {
      index.remove(key);
    }
  }
}
