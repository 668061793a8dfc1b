package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.OfferId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.InverseOffer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.allocator.Protos.InverseOfferStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Asks frameworks to leave agents that are scheduled for maintenance, and keeps what they answer:
 * advice to the operator, no more (contracts/mesos-scheduler-api.md "Inverse offers",
 * mesos-allocation.md C12, F4). Owned by the master's thread.
 */
final class InverseOffers {
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private record Key(AgentId agent, FrameworkId framework) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byAgent = agent.compareTo(other.agent);
      return byAgent != 0 ? byAgent : framework.compareTo(other.framework);
    }
  }

  private record Outstanding(OfferId id, Key key, StreamId stream) {}

  private final MasterConfig config;
  private final Ids ids;
  private final Registry registry;
  private final Offers offers;
  private final Outbox outbox;
  private final SortedMap<Key, Outstanding> outstanding = new TreeMap<>();
  private final SortedMap<Key, Instant> filteredUntil = new TreeMap<>();
  private final SortedMap<Key, InverseOfferStatus> statuses = new TreeMap<>();

  InverseOffers(MasterConfig config, Ids ids, Registry registry, Offers offers, Outbox outbox) {
    this.config = config;
    this.ids = ids;
    this.registry = registry;
    this.offers = offers;
    this.outbox = outbox;
  }

  /** What the frameworks have answered last, by agent. */
  SortedMap<AgentId, List<InverseOfferStatus>> statuses() {
    SortedMap<AgentId, List<InverseOfferStatus>> byAgent = new TreeMap<>();
    statuses.forEach(
        (key, status) -> byAgent.computeIfAbsent(key.agent(), _ -> new ArrayList<>()).add(status));
    return byAgent;
  }

  /** Asks every framework that holds something on a scheduled agent and was not asked yet. */
  void offer(Instant now) {
    outstanding.values().removeIf(sent -> !isStillHeard(sent));
    filteredUntil.values().removeIf(until -> !until.isAfter(now));
    SortedMap<FrameworkId, List<InverseOffer>> fresh = new TreeMap<>();
    for (Agent agent : registry.agents()) {
      if (agent.unavailability().isEmpty() || !agent.isConnected()) {
        continue;
      }
      for (FrameworkId framework : holders(agent)) {
        Key key = new Key(agent.id(), framework);
        Optional<Framework> to = registry.framework(framework).filter(Framework::isConnected);
        if (to.isPresent() && !outstanding.containsKey(key) && !filteredUntil.containsKey(key)) {
          OfferId id = ids.nextOffer();
          outstanding.put(key, new Outstanding(id, key, to.get().stream().orElseThrow()));
          statuses.putIfAbsent(key, status(framework, InverseOfferStatus.Status.UNKNOWN, now));
          fresh
              .computeIfAbsent(framework, _ -> new ArrayList<>())
              .add(message(id, agent, framework));
        }
      }
    }
    fresh.forEach((framework, messages) ->
        registry
            .framework(framework)
            .ifPresent(to ->
                outbox.toScheduler(
                    to,
                    Event.newBuilder()
                        .setType(Event.Type.INVERSE_OFFERS)
                        .setInverseOffers(
                            Event.InverseOffers.newBuilder().addAllInverseOffers(messages))
                        .build())));
    filteredUntil.values().stream()
        .min(Instant::compareTo)
        .ifPresent(at -> outbox.setTimer(new MasterTimer.InverseOffersDue(), at));
  }

  void accept(Framework framework, Call.AcceptInverseOffers call, Instant now) {
    answer(
        framework,
        call.getInverseOfferIdsList(),
        InverseOfferStatus.Status.ACCEPT,
        Filters.until(call.getFilters(), config.allocationInterval(), now),
        now);
  }

  void decline(Framework framework, Call.DeclineInverseOffers call, Instant now) {
    answer(
        framework,
        call.getInverseOfferIdsList(),
        InverseOfferStatus.Status.DECLINE,
        Filters.until(call.getFilters(), config.allocationInterval(), now),
        now);
  }

  /** REVIVE: whatever was refused may be asked again. */
  void revive(Framework framework) {
    filteredUntil.keySet().removeIf(key -> key.framework().equals(framework.id()));
  }

  /** The agent is away at another time, or never: what was asked and answered is void. */
  void scheduleChanged(AgentId agent) {
    rescind(agent);
    filteredUntil.keySet().removeIf(key -> key.agent().equals(agent));
    statuses.keySet().removeIf(key -> key.agent().equals(agent));
  }

  /** The agent is away: nobody needs to leave it now. */
  void rescind(AgentId agent) {
    for (Outstanding sent : List.copyOf(outstanding.values())) {
      if (sent.key().agent().equals(agent)) {
        outstanding.remove(sent.key());
        registry
            .framework(sent.key().framework())
            .ifPresent(framework ->
                outbox.toScheduler(
                    framework,
                    Event.newBuilder()
                        .setType(Event.Type.RESCIND_INVERSE_OFFER)
                        .setRescindInverseOffer(
                            Event.RescindInverseOffer.newBuilder()
                                .setInverseOfferId(wire(sent.id())))
                        .build()));
      }
    }
  }

  void removed(AgentId agent) {
    rescind(agent);
    filteredUntil.keySet().removeIf(key -> key.agent().equals(agent));
    statuses.keySet().removeIf(key -> key.agent().equals(agent));
  }

  private void answer(
      Framework framework,
      List<OfferID> named,
      InverseOfferStatus.Status status,
      Optional<Instant> until,
      Instant now) {
    SortedSet<String> wanted = new TreeSet<>();
    named.stream()
        .map(OfferID::getValue)
        .filter(id -> Identifiers.problem(id).isEmpty())
        .forEach(wanted::add);
    for (Outstanding sent : List.copyOf(outstanding.values())) {
      if (sent.key().framework().equals(framework.id()) && wanted.contains(sent.id().value())) {
        outstanding.remove(sent.key());
        statuses.put(sent.key(), status(framework.id(), status, now));
        // Without a filter it is asked again, but not in a rush.
        filteredUntil.put(sent.key(), until.orElse(now.plus(AGAIN)));
      }
    }
    filteredUntil.values().stream()
        .min(Instant::compareTo)
        .ifPresent(at -> outbox.setTimer(new MasterTimer.InverseOffersDue(), at));
  }

  /** The inverse offers of an earlier connection are gone with it (S5, S22). */
  private boolean isStillHeard(Outstanding sent) {
    return registry
        .framework(sent.key().framework())
        .flatMap(Framework::stream)
        .filter(sent.stream()::equals)
        .isPresent();
  }

  private SortedSet<FrameworkId> holders(Agent agent) {
    SortedSet<FrameworkId> holders = new TreeSet<>(agent.usedByFramework().keySet());
    offers.on(agent.id()).forEach(offer -> holders.add(offer.framework()));
    return Collections.unmodifiableSortedSet(holders);
  }

  private static InverseOffer message(OfferId id, Agent agent, FrameworkId framework) {
    return InverseOffer.newBuilder()
        .setId(wire(id))
        .setUrl(OfferMessages.url(agent.info(), agent.ip()))
        .setFrameworkId(FrameworkID.newBuilder().setValue(framework.value()))
        .setAgentId(AgentID.newBuilder().setValue(agent.id().value()))
        .setUnavailability(agent.unavailability().orElseThrow())
        .build();
  }

  private static InverseOfferStatus status(
      FrameworkId framework, InverseOfferStatus.Status status, Instant now) {
    return InverseOfferStatus.newBuilder()
        .setStatus(status)
        .setFrameworkId(FrameworkID.newBuilder().setValue(framework.value()))
        .setTimestamp(AgentMark.time(now))
        .build();
  }

  private static OfferID wire(OfferId id) {
    return OfferID.newBuilder().setValue(id.value()).build();
  }
}
