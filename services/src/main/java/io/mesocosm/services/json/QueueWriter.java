package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.ServicesSnapshot.AppView;
import io.mesocosm.services.Waiting;
import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.matching.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes what waits to be launched, and why it still waits (contracts/marathon-api.md B1, B2). */
public final class QueueWriter {
  private QueueWriter() {}

  /**
   * @param lastUnusedOffers whether to list the offers that did not fit
   */
  public static ObjectNode write(Collection<AppView> apps, boolean lastUnusedOffers, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode queue = json.putArray("queue");
    for (AppView view : apps) {
      view.waiting()
          .ifPresent(waiting -> write(view, waiting, lastUnusedOffers, now, queue.addObject()));
    }
    return json;
  }

  private static void write(
      AppView view, Waiting waiting, boolean lastUnusedOffers, Instant now, ObjectNode into) {
    into.put("count", waiting.count());
    view.app().role().ifPresent(role -> into.put("role", role));
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
    into.set("app", AppWriter.write(view.app()));
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

  /**
   * Why an app does not have all its instances: for each agent whose offers it saw, what stood
   * against it. Ours; the original has no such answer.
   */
  public static ObjectNode explanation(AppView view, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("appId", view.app().id().path());
    json.put("wanted", view.app().instances());
    json.put("running", view.tasksRunning());
    json.put("staged", view.tasksStaged());
    Optional<Waiting> waiting = view.waiting();
    json.put("waiting", waiting.map(Waiting::count).orElse(0));
    json.put("summary", summary(view, now));
    ArrayNode agents = json.putArray("agents");
    for (UnusedOffer offer : waiting.map(Waiting::lastOffers).orElse(List.of())) {
      ObjectNode agent = agents.addObject();
      agent.put("hostname", offer.hostname());
      agent.put("agentId", offer.agentId());
      agent.put("at", Timestamps.format(offer.at()));
      ArrayNode refusals = agent.putArray("refusals");
      for (Refusal refusal : offer.refusals()) {
        refusals
            .addObject()
            .put("reason", refusal.reason().text())
            .put("rule", refusal.rule())
            .put("value", refusal.value())
            .put("limit", refusal.limit())
            .put("text", refusal.text())
            .put("waitingMayHelp", refusal.waitingMayHelp());
      }
    }
    return json;
  }

  private static String summary(AppView view, Instant now) {
    if (view.waiting().isEmpty()) {
      return view.app().id() + " waits for nothing";
    }
    Waiting waiting = view.waiting().get();
    String head = view.app().id() + " waits to launch " + waiting.count() + ": ";
    if (waiting.delayUntil().filter(until -> until.isAfter(now)).isPresent()) {
      return head
          + "it backs off until "
          + Timestamps.format(waiting.delayUntil().get())
          + ", because instances ended by themselves";
    }
    if (waiting.processedOffers() == 0) {
      return head + "no offer came since " + Timestamps.format(waiting.since());
    }
    if (waiting.lastOffers().isEmpty()) {
      return head + "offers came and were used";
    }
    SortedMap<Refusal.Reason, Long> counts = lastRejections(waiting);
    StringBuilder text = new StringBuilder(head);
    String separator = "";
    for (Map.Entry<Refusal.Reason, Long> count : counts.entrySet()) {
      text.append(separator).append(count.getKey().text()).append(" on ").append(count.getValue());
      separator = ", ";
    }
    return text.append(" of ").append(waiting.lastOffers().size()).append(" agents").toString();
  }
}
