package io.mesocosm.conformance.scheduler;

import static io.mesocosm.conformance.scheduler.CallRows.ofAgent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTest;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Section 5: what offers carry and how they live. */
final class OfferRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.withOffers("5/O1", "id", OfferRows::id);
    rows.withOffers("5/O2", "framework, agent, hostname", OfferRows::owner);
    rows.withOffers("5/O3", "url of the agent", OfferRows::url);
    rows.notObservable("5/O4", "domain", "needs agents with a fault domain");
    rows.withOffers(
        "5/O5",
        "resources with allocation_info",
        looking(offer ->
            Expect.that(
                Json.each(offer.path("resources"))
                    .allMatch(resource ->
                        resource
                            .at("/allocation_info/role")
                            .equals(offer.at("/allocation_info/role"))),
                "allocation_info.role in each resource",
                offer)));
    rows.withOffers("5/O6", "attributes of the agent", OfferRows::attributes);
    rows.withOffers("5/O7", "executor_ids", OfferRows::executorIds);
    rows.exclusive("5/O8", "unavailability", OfferRows::unavailability);
    rows.withOffers("5/O9", "allocation_info of the offer", OfferRows::allocation);
    rows.withOffers("5/L1", "one agent and one role an offer", OfferRows::oneAgentOneRole);
    rows.withOffers("5/L2", "offers of several agents", OfferRows::batches);
    rows.exclusive("5/L3", "offered once at a time", OfferRows::unique);
    rows.notObservable("5/L4", "offer timeout", "needs a master with --offer_timeout");
    rows.exclusive("5/L5", "RESCIND", OfferRows::rescind);
    rows.withOffers("5/L6", "ACCEPT of offers that do not go together", OfferRows::mixedOffers);
    rows.withOffers("5/L7", "ACCEPT of no offers", OfferRows::noOffers);
    rows.exclusive("5/L8", "ACCEPT without operations declines", OfferRows::noOperations);
    rows.exclusive("5/L9", "what is left is declined", OfferRows::leftOver);
    rows.withOffers("5/L10", "what was converted is offered at once", OfferRows::converted);
    rows.exclusive("5/L11", "refuse_seconds", OfferRows::refuseSeconds);
    rows.exclusive("5/L12", "a filter covers what was refused, not more", OfferRows::largerOffer);
    rows.exclusive("5/L13", "what removes filters", OfferRows::unsuppressed);
    rows.notObservable(
        "5/L14", "agent gone after the accept", "needs an agent to fail at the right moment");
    rows.withOffers(
        "5/L15",
        "ephemeral_ports not offered",
        looking(offer ->
            Expect.that(
                Json.each(offer.path("resources"))
                    .noneMatch(one -> one.path("name").asText().equals("ephemeral_ports")),
                "no ephemeral_ports",
                offer)));
    rows.notObservable("5/L16", "offers after master failover", "needs the master to fail over");
  }

  private static RowTest looking(Consumer<JsonNode> look) {
    return target -> look.accept(target.subscribe(target.framework()).offer());
  }

  private static void id(Target target) {
    String master = target.master().call("GET_MASTER").at("/master_info/id").asText();
    String id = target.subscribe(target.framework()).offer().at("/id/value").asText();
    Expect.that(id.matches(Pattern.quote(master) + "-O\\d+"), "an id " + master + "-O<n>", id);
  }

  private static void owner(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    Expect.equal(session.frameworkId(), offer.at("/framework_id/value").asText(), "framework_id");
    JsonNode agent = target.cluster().agent(offer.at("/agent_id/value").asText());
    Expect.equal(agent.at("/agent_info/hostname"), offer.get("hostname"), "hostname");
  }

  private static void url(Target target) {
    JsonNode offer = target.subscribe(target.framework()).offer();
    JsonNode agent = target.cluster().agent(offer.at("/agent_id/value").asText());
    JsonNode url = offer.path("url");
    Expect.equal("http", url.path("scheme").asText(), "url.scheme");
    Expect.equal("/slave(1)", url.path("path").asText(), "url.path");
    Expect.fields(url.path("address"), "url.address", "hostname", "ip", "port");
    Expect.equal(
        agent.path("pid").asText(),
        "slave(1)@" + url.at("/address/ip").asText() + ":" + url.at("/address/port").asInt(),
        "pid of the url");
  }

  private static void attributes(Target target) {
    for (JsonNode offer : target.subscribe(target.framework()).offers()) {
      JsonNode agent = target.cluster().agent(offer.at("/agent_id/value").asText());
      Expect.equal(
          agent.at("/agent_info/attributes").size(),
          offer.path("attributes").size(),
          "number of attributes");
      for (JsonNode attribute : offer.path("attributes")) {
        Expect.fields(attribute, "attribute", "name", "type");
        Expect.that(
            attribute.has("scalar") || attribute.has("ranges") || attribute.has("text"),
            "a value",
            attribute);
      }
    }
  }

  private static void executorIds(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode task = Tasks.bare(offer, "task");
    task.set("executor", Tasks.customExecutor("executor-x", "sleep 1000"));
    session.accept(offer, 0, SchedulerSession.launchOf(task));
    session
        .events()
        .await(
            "OFFERS",
            event ->
                ofAgent(event, offer.get("agent_id"))
                    .filter(one ->
                        one.path("executor_ids").equals(Json.array(Json.value("executor-x"))))
                    .isPresent(),
            SOON);
  }

  private static void unavailability(Target target) {
    SchedulerSession first = target.subscribe(target.framework());
    JsonNode agent = first.offer().get("agent_id");
    first.close();
    JsonNode window = Maintenance.schedule(target, agent, Duration.ofHours(1));
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode event = session.events().await("OFFERS", one -> ofAgent(one, agent).isPresent(), SOON);
    Expect.equal(
        window, ofAgent(event, agent).orElseThrow().path("unavailability"), "unavailability");
  }

  private static void allocation(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    Expect.equal(
        session.framework().role(),
        session.offer().at("/allocation_info/role").asText(),
        "allocation_info.role");
    session.close();
    JsonNode single = target.subscribe(target.framework().singleRole()).offer();
    Expect.that(!single.has("allocation_info"), "no allocation_info without MULTI_ROLE", single);
  }

  private static void oneAgentOneRole(Target target) {
    Framework framework = target.framework();
    SchedulerSession session = target.subscribe(framework.roles(framework.role(), target.unique()));
    Set<String> seen = new HashSet<>();
    for (JsonNode offer : session.offers()) {
      String key =
          offer.at("/agent_id/value").asText() + offer.at("/allocation_info/role").asText();
      Expect.that(seen.add(key), "one offer an agent and role", offer);
      Set<String> roles = new HashSet<>();
      offer
          .path("resources")
          .forEach(resource -> roles.add(resource.at("/allocation_info/role").asText()));
      Expect.equal(1, roles.size(), "roles in an offer");
    }
  }

  private static void batches(Target target) {
    List<JsonNode> offers = target.subscribe(target.framework()).offers();
    long agents = offers.stream().map(offer -> offer.get("agent_id")).distinct().count();
    Expect.equal(offers.size(), (int) agents, "agents in one OFFERS event of one role");
  }

  private static void unique(Target target) {
    SchedulerSession one = target.subscribe(target.framework());
    JsonNode offer = one.offer();
    SchedulerSession two = target.subscribe(target.framework());
    JsonNode agent = target.cluster().agent(offer.at("/agent_id/value").asText());
    double total =
        SchedulerSession.scalar(Json.object("resources", agent.get("total_resources")), "cpus");
    double left = total - SchedulerSession.scalar(offer, "cpus");
    two.events()
        .expectNone(
            "OFFERS",
            event ->
                ofAgent(event, offer.get("agent_id"))
                    .filter(again -> SchedulerSession.scalar(again, "cpus") > left + 0.0005)
                    .isPresent(),
            A_WHILE);
  }

  private static void rescind(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    JsonNode agent = Json.object("agent_id", offer.get("agent_id"));
    target.closing(() -> target.master().send("REACTIVATE_AGENT", agent));
    target.master().expect(200, "DEACTIVATE_AGENT", agent);
    session
        .events()
        .await("RESCIND", event -> event.at("/rescind/offer_id").equals(offer.get("id")), SOON);
    session.launch(offer, SchedulerSession.task(offer, "task", "true"));
    Expect.equal(
        "REASON_INVALID_OFFERS",
        session.update("task").path("reason").asText(),
        "a rescinded offer's use");
  }

  private static void mixedOffers(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.call(
        "ACCEPT",
        "offer_ids",
        List.of(offer.get("id"), offer.get("id")),
        "operations",
        List.of(SchedulerSession.launchOf(SchedulerSession.task(offer, "task", "true"))),
        "filters",
        Json.object("refuse_seconds", 3600));
    JsonNode status = session.update("task");
    Expect.equal("TASK_DROPPED", status.path("state").asText(), "state");
    Expect.equal("REASON_INVALID_OFFERS", status.path("reason").asText(), "reason");
    session
        .events()
        .await("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), SOON);
  }

  private static void noOffers(Target target) {
    SchedulerSession session =
        target.subscribe(target.framework().withoutCapability("PARTITION_AWARE"));
    JsonNode offer = session.offer();
    session.call(
        "ACCEPT",
        "offer_ids",
        List.of(),
        "operations",
        List.of(SchedulerSession.launchOf(SchedulerSession.task(offer, "task", "true"))));
    JsonNode status = session.update("task");
    Expect.equal("TASK_LOST", status.path("state").asText(), "state");
    Expect.equal("REASON_INVALID_OFFERS", status.path("reason").asText(), "reason");
  }

  private static void noOperations(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.accept(offer, 3600);
    session
        .events()
        .expectNone("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), A_WHILE);
    session.call("REVIVE");
    session
        .events()
        .await("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), SOON);
  }

  private static void leftOver(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.accept(
        offer, 3600, SchedulerSession.launchOf(SchedulerSession.task(offer, "task", "sleep 1000")));
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    session
        .events()
        .expectNone("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), A_WHILE);
    session.call("REVIVE");
    JsonNode event =
        session
            .events()
            .await("OFFERS", one -> ofAgent(one, offer.get("agent_id")).isPresent(), SOON);
    double expected = SchedulerSession.scalar(offer, "cpus") - 0.1;
    double seen =
        SchedulerSession.scalar(ofAgent(event, offer.get("agent_id")).orElseThrow(), "cpus");
    Expect.that(Math.abs(seen - expected) < 0.0005, "an offer of " + expected + " cpus", seen);
  }

  private static void converted(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode reserved =
        Resource.reserved(
            Resource.scalar("cpus", 0.1), session.framework().role(), target.principal());
    session.accept(
        offer, 3600, Operations.of("RESERVE", Json.object("resources", Json.array(reserved))));
    target.closing(() -> Operations.clean(target, session));
    Operations.offerWith(session, resource -> !resource.path("reservations").isEmpty());
  }

  private static void refuseSeconds(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.decline(0, offer);
    JsonNode next = again(session, offer, 0, 4000);
    session.decline(-1, next);
    next = again(session, next, 4500, 9000);
    session.call("DECLINE", "offer_ids", Json.array(next.get("id")));
    next = again(session, next, 4500, 9000);
    session.decline(1e12, next);
    session
        .events()
        .expectNone("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), A_WHILE);
  }

  private static JsonNode again(
      SchedulerSession session, JsonNode offer, long fromMillis, long toMillis) {
    long start = System.nanoTime();
    JsonNode event =
        session
            .events()
            .await(
                "OFFERS",
                one -> ofAgent(one, offer.get("agent_id")).isPresent(),
                Duration.ofMillis(toMillis));
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    Expect.that(
        millis >= fromMillis, "the next offer not before " + fromMillis + " ms", millis + " ms");
    return ofAgent(event, offer.get("agent_id")).orElseThrow();
  }

  private static void largerOffer(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.accept(
        offer, 3600, SchedulerSession.launchOf(SchedulerSession.task(offer, "task", "sleep 1000")));
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    session.call("KILL", "task_id", Json.value("task"));
    session.awaitState("task", "TASK_KILLED");
    session
        .events()
        .await("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), SOON);
  }

  private static void unsuppressed(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.decline(3600, offer);
    Expect.status(
        200,
        session.send(CallRows.update(session, session.again().suppressed())),
        "UPDATE_FRAMEWORK");
    session
        .events()
        .expectNone("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), A_WHILE);
    Expect.status(200, session.send(CallRows.update(session, session.again())), "UPDATE_FRAMEWORK");
    session
        .events()
        .await("OFFERS", event -> ofAgent(event, offer.get("agent_id")).isPresent(), SOON);
  }
}
