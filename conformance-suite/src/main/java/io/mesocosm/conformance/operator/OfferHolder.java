package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A framework that takes the offers of all agents and keeps them, to see which the master takes
 * back. For tests that hold offers.
 *
 * @param offers by the agents' ids
 */
record OfferHolder(SchedulerSession session, Map<String, JsonNode> offers) {
  /** Subscribes and waits for an offer of each active agent. */
  static OfferHolder of(Target target, Framework framework) {
    var active =
        target
            .cluster()
            .agents()
            .filter(agent -> agent.path("active").asBoolean())
            .map(agent -> agent.at("/agent_info/id/value").asText())
            .collect(Collectors.toSet());
    SchedulerSession session = target.subscribe(framework);
    Map<String, JsonNode> offers = new LinkedHashMap<>();
    long deadline = System.nanoTime() + SchedulerSession.SOON.toNanos();
    while (!offers.keySet().containsAll(active)) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      JsonNode event =
          session
              .events()
              .poll("OFFERS", _ -> true, left)
              .orElseThrow(
                  () -> new Mismatch("offers of agents " + active, offers.keySet().toString()));
      Json.each(event.at("/offers/offers"))
          .forEach(offer -> offers.put(offer.at("/agent_id/value").asText(), offer));
    }
    return new OfferHolder(session, offers);
  }

  /** Waits until the master takes back the offer of this agent. */
  void awaitRescind(String agent) {
    JsonNode id = Optional.ofNullable(offers.get(agent)).orElseThrow().get("id");
    session
        .events()
        .await("RESCIND", event -> event.at("/rescind/offer_id").equals(id), SchedulerSession.SOON);
  }

  /** Waits until the master takes back any of them. */
  void awaitRescind() {
    session.events().await("RESCIND", SchedulerSession.SOON);
  }

  /** What the master says is offered to the framework. */
  double offeredCpus(Target target) {
    JsonNode found = target.master().get("/frameworks?framework_id=" + session.frameworkId());
    Expect.equal(1, found.path("frameworks").size(), "number of frameworks");
    return found.at("/frameworks/0/offered_resources/cpus").asDouble();
  }

  /** Waits for an offer of this agent among those that are new. */
  void awaitOffer(String agent) {
    session.events().await("OFFERS", event -> isOf(event, agent), SchedulerSession.SOON);
  }

  /** No new offer of this agent comes in this time. */
  void expectNoOffer(String agent, Duration time) {
    session.events().expectNone("OFFERS", event -> isOf(event, agent), time);
  }

  private static boolean isOf(JsonNode event, String agent) {
    return Json.each(event.at("/offers/offers"))
        .anyMatch(offer -> offer.at("/agent_id/value").asText().equals(agent));
  }
}
