package io.mesocosm.services;

import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many instances of which app wait for an offer, and what stood against the offers that came
 * (contracts/marathon-api.md §10).
 */
final class LaunchQueue {
  /** Agents whose last unused offer is remembered, an app. */
  private static final int OFFERS_MAX = 200;

  private static final class Entry {
    AppDefinition app;
    int count;
    final Instant since;
    Optional<Instant> delayUntil = Optional.empty();
    long processed;
    long unused;
    Optional<Instant> lastUnusedAt = Optional.empty();
    Optional<Instant> lastUsedAt = Optional.empty();
    final SortedMap<Refusal.Reason, Long> rejections = new TreeMap<>();
    final SortedMap<String, UnusedOffer> lastOfferByAgent = new TreeMap<>();

    Entry(AppDefinition app, Instant since) {
      this.app = app;
      this.since = since;
    }
  }

  private final SortedMap<AppId, Entry> entryByApp = new TreeMap<>();

  /**
   * Sets how many instances of the definition are to be launched.
   *
   * @param delayUntil when that may begin, if not at once
   * @return true if that is more than before, or another definition
   */
  boolean want(AppDefinition app, int count, Optional<Instant> delayUntil, Instant now) {
    if (count <= 0) {
      entryByApp.remove(app.id());
      return false;
    }
    Entry entry = entryByApp.computeIfAbsent(app.id(), _ -> new Entry(app, now));
    boolean more = count > entry.count || !entry.app.version().equals(app.version());
    entry.app = app;
    entry.count = count;
    entry.delayUntil = delayUntil;
    return more;
  }

  void drop(AppId app) {
    entryByApp.remove(app);
  }

  boolean has(AppId app) {
    return entryByApp.containsKey(app);
  }

  /** The definitions that may be launched now, those that wait longest first. */
  List<AppDefinition> due(Instant now) {
    return entryByApp.values().stream()
        .filter(entry -> isDue(entry, now))
        .sorted(Comparator.comparing(entry -> entry.since))
        .map(entry -> entry.app)
        .toList();
  }

  boolean isDue(AppId app, Instant now) {
    Entry entry = entryByApp.get(app);
    return entry != null && isDue(entry, now);
  }

  private static boolean isDue(Entry entry, Instant now) {
    return entry.count > 0 && entry.delayUntil.filter(until -> until.isAfter(now)).isEmpty();
  }

  /** An offer was taken for one of the instances. */
  void used(AppId app, Instant now) {
    Entry entry = entryByApp.get(app);
    if (entry != null) {
      entry.count--;
      entry.processed++;
      entry.lastUsedAt = Optional.of(now);
    }
  }

  void unused(AppId app, OfferedAgent offer, List<Refusal> refusals, Instant now) {
    Entry entry = entryByApp.get(app);
    if (entry == null) {
      return;
    }
    entry.processed++;
    entry.unused++;
    entry.lastUnusedAt = Optional.of(now);
    entry.rejections.merge(refusals.getFirst().reason(), 1L, Long::sum);
    String agent = offer.place().agentId();
    if (entry.lastOfferByAgent.size() < OFFERS_MAX || entry.lastOfferByAgent.containsKey(agent)) {
      entry.lastOfferByAgent.put(
          agent, new UnusedOffer(offer.offerId(), agent, offer.hostname(), refusals, now));
    }
  }

  Optional<Waiting> waiting(AppId app) {
    Entry entry = entryByApp.get(app);
    if (entry == null || entry.count <= 0) {
      return Optional.empty();
    }
    List<UnusedOffer> offers = new ArrayList<>(entry.lastOfferByAgent.values());
    offers.sort(Comparator.comparing(UnusedOffer::hostname).thenComparing(UnusedOffer::agentId));
    return Optional.of(
        new Waiting(
            entry.count,
            entry.since,
            entry.delayUntil,
            entry.processed,
            entry.unused,
            entry.lastUnusedAt,
            entry.lastUsedAt,
            Collections.unmodifiableSortedMap(new TreeMap<>(entry.rejections)),
            List.copyOf(offers)));
  }
}
