package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import java.time.Duration;
import java.util.List;

/** Section 7: reservations. */
final class ReservationRows implements RowTests {
  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.notObservable("7/V1", "static reservations", "needs an agent with --resources of a role");
    rows.withOffers("7/V2", "dynamic reservations", ReservationRows::dynamic);
    rows.withOffers("7/V3", "refinement", ReservationRows::refined);
    rows.withOffers("7/V4", "labels tell reservations apart", ReservationRows::labels);
    rows.withOffers("7/V5", "the old format", ReservationRows::oldFormat);
    rows.withOffers("7/V6", "not to *", ReservationRows::star);
    rows.withOffers("7/V7", "the operator's RESERVE with source", ReservationRows::update);
    rows.withOffers("7/V8", "what is in use stays reserved", ReservationRows::inUse);
    rows.notObservable("7/V9", "agent restart", "needs the agent to restart");
  }

  private static SchedulerSession session(Target target, String... roles) {
    SchedulerSession session =
        target.subscribe(roles.length == 0 ? target.framework() : target.framework().roles(roles));
    target.closing(() -> Operations.clean(target, session));
    return session;
  }

  private static JsonNode reserved(SchedulerSession session) {
    return Operations.resource(
        Operations.offerWith(session, Shares::isReserved), Shares::isReserved);
  }

  /**
   * For section 5 of the contract: resources of a parent role go to its children, not the other
   * way.
   */
  static void inherited(Target target) {
    String parent = target.unique();
    SchedulerSession owner = session(target, parent);
    Operations.reserve(target, owner, Resource.scalar("cpus", 0.1));
    JsonNode offer = Operations.offerWith(owner, Shares::isReserved);
    owner.call("SUPPRESS");
    owner.decline(0, offer);
    SchedulerSession child = target.subscribe(target.framework().roles(parent + "/b"));
    JsonNode theirs = Operations.offerWith(child, Shares::isReserved);
    Expect.equal(parent + "/b", theirs.at("/allocation_info/role").asText(), "role of the offer");
    JsonNode resource = Operations.resource(theirs, Shares::isReserved);
    Expect.equal(parent, resource.at("/reservations/0/role").asText(), "role of the reservation");
  }

  private static void dynamic(Target target) {
    SchedulerSession session = session(target);
    String role = session.framework().role();
    Operations.reserve(target, session, Resource.scalar("cpus", 0.1));
    JsonNode offer = Operations.offerWith(session, Shares::isReserved);
    session.call("SUPPRESS");
    session.decline(0, offer);
    SchedulerSession other = target.subscribe(target.framework());
    JsonNode theirs = Shares.next(other, offer);
    Expect.that(
        Json.each(theirs.path("resources")).noneMatch(Shares::isReserved),
        "nothing reserved for others",
        theirs);
    boolean shown =
        target
            .cluster()
            .agents()
            .flatMap(agent -> Json.each(agent.path("total_resources")))
            .anyMatch(one -> one.at("/reservations/0/role").asText().equals(role));
    Expect.that(shown, "the reservation in GET_AGENTS", "absent");
  }

  private static void refined(Target target) {
    String parent = target.unique();
    SchedulerSession session = session(target, parent, parent + "/b");
    JsonNode offer = roleOffer(session, parent);
    ObjectNode first = Resource.reserved(Resource.scalar("cpus", 0.1), parent, target.principal());
    ObjectNode second = Resource.reserved(first, parent + "/b", target.principal());
    session.accept(offer, 0, Operations.of("RESERVE", Json.object("resources", Json.array(first))));
    JsonNode forChild = offerWith(session, parent + "/b", 1);
    session.accept(
        forChild, 0, Operations.of("RESERVE", Json.object("resources", Json.array(second))));
    JsonNode refined = offerWith(session, parent + "/b", 2);
    session.accept(
        refined, 0, Operations.of("UNRESERVE", Json.object("resources", Json.array(second))));
    JsonNode popped =
        Operations.resource(
            Operations.offerWith(session, one -> one.path("reservations").size() == 1),
            one -> one.path("reservations").size() == 1);
    Expect.equal(parent, popped.at("/reservations/0/role").asText(), "role left after UNRESERVE");
  }

  private static JsonNode roleOffer(SchedulerSession session, String role) {
    for (int i = 0; i < 20; i++) {
      JsonNode offer = session.offer();
      if (offer.at("/allocation_info/role").asText().equals(role)) {
        return offer;
      }
      session.decline(1, offer);
    }
    throw new io.mesocosm.conformance.Mismatch("an offer to role " + role, "none among twenty");
  }

  /** Declines for a moment what goes to other roles until this role is offered such a resource. */
  private static JsonNode offerWith(SchedulerSession session, String role, int reservations) {
    for (int i = 0; i < 20; i++) {
      JsonNode event = session.events().await("OFFERS", Duration.ofSeconds(10));
      for (JsonNode offer : event.at("/offers/offers")) {
        boolean has =
            Json.each(offer.path("resources"))
                .anyMatch(one -> one.path("reservations").size() == reservations);
        if (has && offer.at("/allocation_info/role").asText().equals(role)) {
          return offer;
        }
        session.decline(1, offer);
      }
    }
    throw new io.mesocosm.conformance.Mismatch(
        "an offer to role " + role + " of a resource with " + reservations + " reservations",
        "none");
  }

  private static ObjectNode labelled(ObjectNode resource, String value) {
    ((ObjectNode) resource.at("/reservations/0"))
        .set("labels", Json.object("labels", Json.array(Json.object("key", "k", "value", value))));
    return resource;
  }

  private static void labels(Target target) {
    SchedulerSession session = session(target);
    String role = session.framework().role();
    ObjectNode a =
        labelled(Resource.reserved(Resource.scalar("cpus", 0.1), role, target.principal()), "a");
    ObjectNode b =
        labelled(Resource.reserved(Resource.scalar("cpus", 0.1), role, target.principal()), "b");
    session.accept(
        session.offer(), 0, Operations.of("RESERVE", Json.object("resources", Json.array(a, b))));
    JsonNode offer = Operations.offerWith(session, Shares::isReserved);
    List<JsonNode> both = Json.each(offer.path("resources")).filter(Shares::isReserved).toList();
    Expect.equal(2, both.size(), "reserved resources in the offer");
    both.forEach(one -> Expect.equal(0.1, one.at("/scalar/value").asDouble(), "cpus of each"));
  }

  private static void oldFormat(Target target) {
    SchedulerSession session = session(target);
    String role = session.framework().role();
    Operations.reserve(target, session, Resource.scalar("cpus", 0.1));
    reserved(session);
    JsonNode shown =
        target
            .cluster()
            .agents()
            .flatMap(agent -> Json.each(agent.path("total_resources")))
            .filter(one -> one.at("/reservations/0/role").asText().equals(role))
            .findFirst()
            .orElseThrow();
    Expect.equal(role, shown.path("role").asText(), "role in the old format");
    Expect.that(shown.has("reservation"), "reservation in the old format", shown);
  }

  private static void star(Target target) {
    SchedulerSession session = session(target, "*");
    Operations.expectErrors(
        target,
        session,
        session.offer(),
        Shares.reserveOf(target, Resource.scalar("cpus", 0.1), "*"));
  }

  private static void update(Target target) {
    SchedulerSession session = session(target);
    String from = session.framework().role();
    String to = target.unique();
    target.closing(() -> Operations.clean(target, List.of(to)));
    ObjectNode source = Operations.reserve(target, session, Resource.scalar("cpus", 0.1));
    JsonNode offer = Operations.offerWith(session, Shares::isReserved);
    ObjectNode wanted = Resource.reserved(Resource.scalar("cpus", 0.1), to, target.principal());
    target
        .master()
        .expect(
            202,
            "RESERVE_RESOURCES",
            Json.object(
                "agent_id",
                offer.get("agent_id"),
                "source",
                Json.array(source),
                "resources",
                Json.array(wanted)));
    session.close();
    SchedulerSession now = target.subscribe(target.framework().roles(to));
    JsonNode moved = reserved(now);
    Expect.equal(to, moved.at("/reservations/0/role").asText(), "role after the move from " + from);
  }

  private static void inUse(Target target) {
    SchedulerSession session = session(target);
    ObjectNode reserved = Operations.reserve(target, session, Resource.scalar("cpus", 0.1));
    JsonNode offer = Operations.offerWith(session, Shares::isReserved);
    ObjectNode task = SchedulerSession.task(offer, "task", "sleep 1000");
    task.set("resources", Json.array(reserved, Resource.scalar("mem", 32)));
    session.launch(offer, task);
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    target
        .master()
        .expect(
            409,
            "UNRESERVE_RESOURCES",
            Json.object("agent_id", offer.get("agent_id"), "resources", Json.array(reserved)));
  }
}
