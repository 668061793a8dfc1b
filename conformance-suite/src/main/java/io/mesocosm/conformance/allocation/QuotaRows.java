package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import java.time.Duration;

/** Section 6: guarantees and limits. */
final class QuotaRows implements RowTests {
  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive("6/Q1", "top-level roles only, for all below", QuotaRows::topLevel);
    rows.exclusive("6/Q2", "guarantees and limits in GET_QUOTA", QuotaRows::shown);
    rows.exclusive("6/Q3", "what is consumed", QuotaRows::consumed);
    rows.exclusive("6/Q4", "headroom for guarantees", QuotaRows::headroom);
    rows.exclusive("6/Q5", "a guarantee is met", QuotaRows::guarantee);
    rows.exclusive("6/Q6", "a limit holds", QuotaRows::limit);
    rows.exclusive("6/Q7", "reservations are not limited", QuotaRows::reservationsFree);
    rows.exclusive("6/Q8", "offers are cut to fit", QuotaRows::chopped);
    rows.exclusive("6/Q9", "no task is killed", QuotaRows::noPreemption);
    rows.notObservable("6/Q10", "survives the master", "needs the master to restart");
    rows.exclusive("6/Q11", "SET_QUOTA sets both", QuotaRows::legacy);
  }

  private static void topLevel(Target target) {
    String role = target.unique();
    JsonNode nested =
        Json.object(
            "role",
            role + "/b",
            "limits",
            Json.object("cpus", Json.object("value", 1)),
            "guarantees",
            Json.object());
    Answer answer =
        target
            .master()
            .send("UPDATE_QUOTA", Json.object("force", true, "quota_configs", Json.array(nested)));
    Expect.status(400, answer, "UPDATE_QUOTA of a nested role");
    Shares.quota(target, role, -1, 0.3);
    SchedulerSession child = target.subscribe(target.framework().roles(role + "/b"));
    JsonNode offer = child.offer();
    Expect.that(
        SchedulerSession.scalar(offer, "cpus") <= 0.3005, "at most 0.3 cpus for a child", offer);
  }

  private static JsonNode config(Target target, String role) {
    return Json.each(target.master().call("GET_QUOTA").at("/status/configs"))
        .filter(one -> one.path("role").asText().equals(role))
        .findFirst()
        .orElseThrow(() -> new Mismatch("role " + role + " in GET_QUOTA", "absent"));
  }

  private static void shown(Target target) {
    String role = target.unique();
    Shares.quota(target, role, 0.2, 0.5);
    JsonNode config = config(target, role);
    Expect.equal(0.2, config.at("/guarantees/cpus/value").asDouble(), "guarantee");
    Expect.equal(0.5, config.at("/limits/cpus/value").asDouble(), "limit");
    Expect.that(!config.path("limits").has("mem"), "no limit of mem", config);
  }

  private static void consumed(Target target) throws InterruptedException {
    String role = target.unique();
    Shares.quota(target, role, -1, 1);
    SchedulerSession session = target.subscribe(target.framework().roles(role));
    JsonNode offer = session.offer();
    Expect.equal(0.0, consumedCpus(target, role), "cpus consumed while offered only");
    session.launch(offer, SchedulerSession.task(offer, "task", "sleep 1000"));
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    target.eventually(
        "0.1 cpus consumed in /roles",
        Shares.SOON,
        () ->
            java.util.Optional.of(consumedCpus(target, role))
                .filter(cpus -> Math.abs(cpus - 0.1) < 0.0005));
  }

  private static double consumedCpus(Target target, String role) {
    return Shares.role(target, role).orElseThrow().at("/quota/consumed/cpus").asDouble();
  }

  private static void headroom(Target target) {
    double total = Shares.total(target, "cpus");
    Shares.quota(target, target.unique(), total - 0.5, -1);
    SchedulerSession other = target.subscribe(target.framework());
    double seen = offeredCpus(other);
    Expect.that(seen <= 0.5005, "at most 0.5 cpus offered to others", seen);
  }

  private static void guarantee(Target target) {
    String role = target.unique();
    Shares.quota(target, role, 0.5, -1);
    SchedulerSession first = target.subscribe(target.framework());
    first.events().poll("OFFERS", _ -> true, Shares.A_WHILE);
    SchedulerSession guaranteed = target.subscribe(target.framework().roles(role));
    double seen = 0;
    while (seen < 0.4995) {
      seen +=
          Json.each(guaranteed.events().await("OFFERS", Shares.SOON).at("/offers/offers"))
              .mapToDouble(offer -> SchedulerSession.scalar(offer, "cpus"))
              .sum();
    }
  }

  private static double offeredCpus(SchedulerSession session) {
    double seen = 0;
    for (var event = session.events().poll("OFFERS", _ -> true, Shares.A_WHILE);
        event.isPresent();
        event = session.events().poll("OFFERS", _ -> true, Shares.A_WHILE)) {
      seen +=
          Json.each(event.orElseThrow().at("/offers/offers"))
              .mapToDouble(offer -> Shares.unreserved(offer, "cpus"))
              .sum();
    }
    return seen;
  }

  private static void limit(Target target) {
    String role = target.unique();
    Shares.quota(target, role, -1, 0.5);
    double seen = offeredCpus(target.subscribe(target.framework().roles(role)));
    Expect.that(seen > 0 && seen <= 0.5005, "at most 0.5 cpus offered", seen);
  }

  private static void reservationsFree(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    String role = session.framework().role();
    target.closing(() -> Operations.clean(target, session));
    JsonNode offer = session.offer();
    session.accept(offer, 0, Shares.reserveOf(target, Resource.scalar("cpus", 0.2), role));
    JsonNode again = Operations.offerWith(session, Shares::isReserved);
    Shares.quota(target, role, -1, 0.1);
    session.decline(0, again);
    Operations.offerWith(session, Shares::isReserved);
  }

  private static void chopped(Target target) {
    String role = target.unique();
    Shares.quota(target, role, -1, 0.25);
    JsonNode offer = target.subscribe(target.framework().roles(role)).offer();
    double cpus = SchedulerSession.scalar(offer, "cpus");
    Expect.that(Math.abs(cpus - 0.25) < 0.0005, "an offer of 0.25 cpus", cpus);
  }

  private static void noPreemption(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.launch(offer, SchedulerSession.task(offer, "task", "sleep 1000"));
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    Shares.quota(target, session.framework().role(), -1, 0.05);
    session.events().expectNone("UPDATE", _ -> true, Shares.A_WHILE);
  }

  private static void legacy(Target target) {
    String role = target.unique();
    JsonNode request =
        Json.object(
            "role", role, "force", true, "guarantee", Json.array(Resource.scalar("cpus", 0.1)));
    target.closing(() -> target.master().send("REMOVE_QUOTA", Json.object("role", role)));
    target.master().expect(200, "SET_QUOTA", Json.object("quota_request", request));
    JsonNode config = config(target, role);
    Expect.equal(0.1, config.at("/guarantees/cpus/value").asDouble(), "guarantee");
    Expect.equal(0.1, config.at("/limits/cpus/value").asDouble(), "limit");
  }
}
