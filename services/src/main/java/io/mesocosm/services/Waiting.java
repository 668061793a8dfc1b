package io.mesocosm.services;

import io.mesocosm.services.matching.Refusal;
import java.time.Instant;
import java.util.List;
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
 * @param lastOffers the last unused offer of each agent, sorted by host name
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
    List<UnusedOffer> lastOffers) {
  /**
   * An offer that did not fit.
   *
   * @param refusals never empty; in the order of {@link Refusal.Reason}
   */
  public record UnusedOffer(
      String offerId, String agentId, String hostname, List<Refusal> refusals, Instant at) {
    public UnusedOffer {
      refusals = List.copyOf(refusals);
    }
  }
}
