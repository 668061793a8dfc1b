package io.mesocosm.services;

import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * How many instances of which app wait for an offer, and what stood against the offers that came
 * (contracts/marathon-api.md §10).
 */
final class LaunchQueue {
  /** Agents whose last unused offer is remembered, of any one app. */
  private static final int OFFERS_MAX = 2_000;

  /** Of all apps together; beyond, {@value #OFFERS_MIN} of each. */
  private static final int OFFERS_TOTAL_MAX = 200_000;

  private static final int OFFERS_MIN = 200;

  private static final class Entry {
    RunSpec app;
    int count;
    final Instant since;
    Optional<Instant> delayUntil = Optional.empty();
    long processed;
    long unused;
    Optional<Instant> lastUnusedAt = Optional.empty();
    Optional<Instant> lastUsedAt = Optional.empty();
    final SortedMap<Refusal.Reason, Long> rejections = new TreeMap<>();
    PMap<String, UnusedOffer> lastOfferByAgent = HashTreePMap.empty();
    // When the offer remembered of an agent came; the oldest first.
    final SequencedMap<String, Instant> offeredAtByAgent = new LinkedHashMap<>();
    Optional<String> haltedBecause = Optional.empty();

    Entry(RunSpec app, Instant since) {
      this.app = app;
      this.since = since;
    }
  }

  private final Duration offersGoodFor;
  private final SortedMap<AppId, Entry> entryByApp = new TreeMap<>();
  private int offersRemembered;

  /**
   * @param declineDuration for how long an offer that fits nothing is kept away
   */
  LaunchQueue(Duration declineDuration) {
    this.offersGoodFor = declineDuration.multipliedBy(2);
  }

  /**
   * Sets how many instances of the definition are to be launched.
   *
   * @param delayUntil when that may begin, if not at once
   * @return true if that is more than before, or another definition
   */
  boolean want(RunSpec app, int count, Optional<Instant> delayUntil, Instant now) {
    if (count <= 0) {
      drop(app.id());
      return false;
    }
    Entry entry = entryByApp.computeIfAbsent(app.id(), _ -> new Entry(app, now));
    boolean another = !entry.app.version().equals(app.version());
    boolean more = count > entry.count || another;
    if (another && !entry.app.hasSameConfiguration(app)) {
      forgetAll(entry);
    }
    entry.app = app;
    entry.count = count;
    entry.delayUntil = delayUntil;
    return more;
  }

  /** Whether the app's instances are not to be launched, however many offers come. */
  void halt(AppId app, Optional<String> because) {
    Entry entry = entryByApp.get(app);
    if (entry != null) {
      entry.haltedBecause = because;
    }
  }

  void drop(AppId app) {
    Entry entry = entryByApp.remove(app);
    if (entry != null) {
      offersRemembered -= entry.lastOfferByAgent.size();
    }
  }

  /** How many of the app wait to be launched. */
  int count(AppId app) {
    Entry entry = entryByApp.get(app);
    return entry == null ? 0 : entry.count;
  }

  boolean has(AppId app) {
    return entryByApp.containsKey(app);
  }

  /** The definitions that may be launched now, those that wait longest first. */
  List<RunSpec> due(Instant now) {
    List<Entry> due = new ArrayList<>();
    for (Entry entry : entryByApp.values()) {
      if (isDue(entry, now)) {
        due.add(entry);
      }
    }
    due.sort(Comparator.comparing(entry -> entry.since));
    return due.stream().map(entry -> entry.app).toList();
  }

  /** Whether any definition may be launched now. */
  boolean isAnyDue(Instant now) {
    for (Entry entry : entryByApp.values()) {
      if (isDue(entry, now)) {
        return true;
      }
    }
    return false;
  }

  boolean isDue(AppId app, Instant now) {
    Entry entry = entryByApp.get(app);
    return entry != null && isDue(entry, now);
  }

  private static boolean isDue(Entry entry, Instant now) {
    return entry.count > 0
        && entry.haltedBecause.isEmpty()
        && entry.delayUntil.filter(until -> until.isAfter(now)).isEmpty();
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
    forgetOld(entry, now);
    remember(entry, new UnusedOffer(offer, refusals, now));
  }

  private void remember(Entry entry, UnusedOffer offer) {
    String agent = offer.agentId();
    UnusedOffer before = entry.lastOfferByAgent.get(agent);
    if (before == null && !hasRoom(entry)
        || before != null && offer.isOfAnotherRole() && !before.isOfAnotherRole()) {
      return;
    }
    offersRemembered += before == null ? 1 : 0;
    entry.lastOfferByAgent = entry.lastOfferByAgent.plus(agent, offer);
    entry.offeredAtByAgent.putLast(agent, offer.at());
  }

  private boolean hasRoom(Entry entry) {
    int kept = entry.lastOfferByAgent.size();
    return kept < OFFERS_MIN || kept < OFFERS_MAX && offersRemembered < OFFERS_TOTAL_MAX;
  }

  private void forgetOld(Entry entry, Instant now) {
    Instant oldest = now.minus(offersGoodFor);
    while (!entry.offeredAtByAgent.isEmpty()
        && entry.offeredAtByAgent.firstEntry().getValue().isBefore(oldest)) {
      forget(entry, entry.offeredAtByAgent.firstEntry().getKey());
    }
  }

  /** What stood against the definition before says nothing of this one. */
  private void forgetAll(Entry entry) {
    offersRemembered -= entry.lastOfferByAgent.size();
    entry.lastOfferByAgent = HashTreePMap.empty();
    entry.offeredAtByAgent.clear();
  }

  private void forget(Entry entry, String agent) {
    entry.offeredAtByAgent.remove(agent);
    entry.lastOfferByAgent = entry.lastOfferByAgent.minus(agent);
    offersRemembered--;
  }

  /**
   * The agent is no more: its last offers say nothing.
   *
   * @return the apps that had refused one
   */
  List<AppId> forgetAgent(String agent) {
    List<AppId> changed = new ArrayList<>();
    entryByApp.forEach((app, entry) -> {
      if (entry.lastOfferByAgent.containsKey(agent)) {
        forget(entry, agent);
        changed.add(app);
      }
    });
    return changed;
  }

  Optional<Waiting> waiting(AppId app) {
    Entry entry = entryByApp.get(app);
    if (entry == null || entry.count <= 0) {
      return Optional.empty();
    }
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
            entry.lastOfferByAgent,
            entry.haltedBecause,
            offersGoodFor));
  }
}
