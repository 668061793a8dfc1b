package io.mesocosm.services;

import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The instances of an app that wait to be launched, and why (contracts/marathon-api.md B1).
 *
 * @param count how many instances wait
 * @param since when the first of them began to wait
 * @param delayUntil present while the app backs off from launching, however many offers come
 * @param processedOffers since the wait began
 * @param unusedOffers of those processed
 * @param rejections unused offers since the wait began, by the first reason against each
 * @param lastOfferByAgent the last unused offer of each agent; immutable
 * @param haltedBecause present if nothing is launched until somebody does something, with what
 * @param offersGoodFor how long an offer says something about its agent: for that long it is kept
 *     away from us, and the master may take as long again to make the next one
 */
public record Waiting(
    int count,
    Instant since,
    Optional<Instant> delayUntil,
    long processedOffers,
    long unusedOffers,
    Optional<Instant> lastUnusedOfferAt,
    Optional<Instant> lastUsedOfferAt,
    SortedMap<Refusal.Reason, Long> rejections,
    Map<String, UnusedOffer> lastOfferByAgent,
    Optional<String> haltedBecause,
    Duration offersGoodFor) {
  /** Those that still say something, sorted by host name. */
  public List<UnusedOffer> lastOffers(Instant now) {
    Instant oldest = now.minus(offersGoodFor);
    return lastOffers().stream().filter(offer -> !offer.at().isBefore(oldest)).toList();
  }

  /** Sorted by host name, those that time has overtaken too. */
  public List<UnusedOffer> lastOffers() {
    return lastOfferByAgent.values().stream()
        .sorted(Comparator.comparing(UnusedOffer::hostname).thenComparing(UnusedOffer::agentId))
        .toList();
  }

  /**
   * An offer that did not fit.
   *
   * @param offer what was left of it
   * @param refusals never empty; in the order of {@link Refusal.Reason}
   */
  public record UnusedOffer(OfferedAgent offer, List<Refusal> refusals, Instant at) {
    public UnusedOffer {
      refusals = List.copyOf(refusals);
    }

    public String offerId() {
      return offer.offerId();
    }

    public String agentId() {
      return offer.place().agentId();
    }

    public String hostname() {
      return offer.hostname();
    }

    /** Whether the agent was looked at for another role, and nothing more is known of it. */
    boolean isOfAnotherRole() {
      return refusals.getFirst().reason() == Refusal.Reason.UNFULFILLED_ROLE;
    }
  }
}
