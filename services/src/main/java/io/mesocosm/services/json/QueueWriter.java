package io.mesocosm.services.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.model.resource.Names;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.Waiting;
import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes what waits to be launched, and why it still waits (contracts/marathon-api.md B1, B2). */
public final class QueueWriter {
  private QueueWriter() {}

  /**
   * Writes the entry of an app or a pod; nothing if it does not wait.
   *
   * @param lastUnusedOffers whether to list the offers that did not fit
   */
  public static void write(SpecView view, boolean lastUnusedOffers, Instant now, JsonGenerator json)
      throws IOException {
    if (view.waiting().isPresent()) {
      ObjectNode item = JsonNodeFactory.instance.objectNode();
      write(view, view.waiting().get(), lastUnusedOffers, now, item);
      json.writeTree(item);
    }
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
    List<UnusedOffer> last = waiting.lastOffers(now);
    ObjectNode summary = into.putObject("processedOffersSummary");
    summary.put("processedOffersCount", waiting.processedOffers());
    summary.put("unusedOffersCount", waiting.unusedOffers());
    SnapshotWriter.put(summary, "lastUnusedOfferAt", waiting.lastUnusedOfferAt());
    SnapshotWriter.put(summary, "lastUsedOfferAt", waiting.lastUsedOfferAt());
    summary.set("rejectSummaryLastOffers", rejections(lastRejections(last), last.size()));
    summary.set(
        "rejectSummaryLaunchAttempt", rejections(waiting.rejections(), waiting.processedOffers()));
    if (lastUnusedOffers) {
      ArrayNode offers = into.putArray("lastUnusedOffers");
      last.forEach(offer -> write(offer, offers.addObject()));
    }
    switch (view.spec()) {
      case AppDefinition app -> into.set("app", AppWriter.write(app));
      case PodDefinition pod -> into.set("pod", PodWriter.write(pod));
    }
  }

  private static SortedMap<Refusal.Reason, Long> lastRejections(List<UnusedOffer> last) {
    SortedMap<Refusal.Reason, Long> counts = new TreeMap<>();
    for (UnusedOffer offer : last) {
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
    ArrayNode resources = json.putArray("resources");
    OfferedAgent all = offer.offer();
    for (Resource resource : all.resources().plus(all.kept()).plus(all.disks()).entries()) {
      write(resource, resources.addObject());
    }
    ArrayNode attributes = json.putArray("attributes");
    offer
        .offer()
        .place()
        .attributes()
        .forEach((name, text) -> attributes.addObject().put("name", name).put("text", text));
    ArrayNode reasons = into.putArray("reason");
    offer.refusals().forEach(refusal -> reasons.add(refusal.reason().text()));
    into.put("timestamp", Timestamps.format(offer.at()));
  }

  private static void write(Resource resource, ObjectNode json) {
    json.put("name", resource.name());
    json.put("role", resource.role());
    switch (resource.value()) {
      case Scalar amount -> json.put("scalar", amount.toDouble());
      case Ranges numbers -> {
        ArrayNode ranges = json.putArray("ranges");
        numbers
            .ranges()
            .forEach(
                range -> ranges.addObject().put("begin", range.begin()).put("end", range.end()));
      }
      case Names names -> {
        ArrayNode set = json.putArray("set");
        names.names().forEach(set::add);
      }
    }
  }
}
