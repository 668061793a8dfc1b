package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.Waiting;
import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.matching.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes what waits to be launched, and why it still waits (contracts/marathon-api.md B1, B2). */
public final class QueueWriter {
  private QueueWriter() {}

  /**
   * @param lastUnusedOffers whether to list the offers that did not fit
   */
  public static ObjectNode write(Collection<SpecView> apps, boolean lastUnusedOffers, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode queue = json.putArray("queue");
    for (SpecView view : apps) {
      view.waiting()
          .ifPresent(waiting -> write(view, waiting, lastUnusedOffers, now, queue.addObject()));
    }
    return json;
  }

  private static void write(
      SpecView view, Waiting waiting, boolean lastUnusedOffers, Instant now, ObjectNode into) {
    into.put("count", waiting.count());
    view.spec().role().ifPresent(role -> into.put("role", role));
    Duration left =
        waiting.delayUntil().map(until -> Duration.between(now, until)).orElse(Duration.ZERO);
    boolean overdue = left.isNegative() || left.isZero();
    into.putObject("delay")
        .put("timeLeftSeconds", overdue ? 0 : left.plusMillis(999).toSeconds())
        .put("overdue", overdue);
    into.put("since", Timestamps.format(waiting.since()));
    ObjectNode summary = into.putObject("processedOffersSummary");
    summary.put("processedOffersCount", waiting.processedOffers());
    summary.put("unusedOffersCount", waiting.unusedOffers());
    SnapshotWriter.put(summary, "lastUnusedOfferAt", waiting.lastUnusedOfferAt());
    SnapshotWriter.put(summary, "lastUsedOfferAt", waiting.lastUsedOfferAt());
    summary.set(
        "rejectSummaryLastOffers",
        rejections(lastRejections(waiting), waiting.lastOffers().size()));
    summary.set(
        "rejectSummaryLaunchAttempt", rejections(waiting.rejections(), waiting.processedOffers()));
    if (lastUnusedOffers) {
      ArrayNode offers = into.putArray("lastUnusedOffers");
      waiting.lastOffers().forEach(offer -> write(offer, offers.addObject()));
    }
    switch (view.spec()) {
      case AppDefinition app -> into.set("app", AppWriter.write(app));
      case PodDefinition pod -> into.set("pod", PodWriter.write(pod));
    }
  }

  private static SortedMap<Refusal.Reason, Long> lastRejections(Waiting waiting) {
    SortedMap<Refusal.Reason, Long> counts = new TreeMap<>();
    for (UnusedOffer offer : waiting.lastOffers()) {
      counts.merge(offer.refusals().getFirst().reason(), 1L, Long::sum);
    }
    return counts;
  }

  /** As the original: each reason in order; an offer passes the reasons before the one it met. */
  private static ArrayNode rejections(SortedMap<Refusal.Reason, Long> counts, long offers) {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    long left = offers;
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      long declined = counts.getOrDefault(reason, 0L);
      json.addObject()
          .put("reason", reason.text())
          .put("declined", declined)
          .put("processed", left);
      left -= declined;
    }
    return json;
  }

  private static void write(UnusedOffer offer, ObjectNode into) {
    ObjectNode json = into.putObject("offer");
    json.put("id", offer.offerId());
    json.put("hostname", offer.hostname());
    json.put("agentId", offer.agentId());
    json.putArray("resources");
    json.putArray("attributes");
    ArrayNode reasons = into.putArray("reason");
    offer.refusals().forEach(refusal -> reasons.add(refusal.reason().text()));
    into.put("timestamp", Timestamps.format(offer.at()));
  }
}
