package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Maintenance;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Sections 1 and 2: when there is an allocation, and who takes part. */
final class CycleRows implements RowTests {
  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.withOffers("1/C1", "every agent, again and again", CycleRows::periodic);
    rows.exclusive("1/C2", "subscription and REVIVE start one", CycleRows::triggered);
    rows.notObservable("1/C3", "triggers coalesce", "how many runs there are is not to be seen");
    rows.notObservable("1/C4", "paused", "needs a master that has just failed over");
    rows.notObservable("1/C5", "recovery with quota", "needs a master that has just failed over");
    rows.exclusive("1/C6", "deactivated agents are left out", CycleRows::deactivated);
    rows.notObservable("1/C7", "agents in random order", "chance cannot be shown by a few runs");
    rows.notObservable("1/C8", "two stages", "seen in the rows on quota");
    rows.notObservable("1/C9", "nested sorting", "seen in the rows on sorting");
    rows.exclusive("1/C10", "one framework gets all of an agent", CycleRows::coarse);
    rows.withOffers("1/C11", "an offer per framework, role and agent", CycleRows::perRoleAndAgent);
    rows.exclusive("1/C12", "one inverse offer a framework and agent", CycleRows::inverseOffers);
    rows.exclusive("2/E1", "active and not suppressed", CycleRows::active);
    rows.withOffers("2/E2", "only subscribed roles", CycleRows::subscribedRole);
    rows.notObservable("2/E3", "gpus", "see mesos-scheduler-api/3/capability.GPU_RESOURCES");
    rows.notObservable("2/E4", "regions", "needs agents with a fault domain");
    rows.notObservable("2/E5", "agents without capabilities", "needs an agent of an old release");
    rows.withOffers("2/E6", "offer constraints", CycleRows::constraints);
    rows.notObservable("2/E7", "resources stripped", "see mesos-scheduler-api/3/capability.*");
    rows.withOffers("2/E8", "least allocatable amounts", CycleRows::allocatable);
    rows.exclusive("2/E9", "not what was refused", FilterRows::contained);
  }

  private static void periodic(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.decline(0, offer);
    Shares.next(session, offer);
  }

  private static void triggered(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer(Duration.ofSeconds(3));
    session.decline(3600, offer);
    session.call("REVIVE");
    session.events().await("OFFERS", Shares.from(offer), Duration.ofSeconds(3));
  }

  private static void deactivated(Target target) {
    SchedulerSession first = target.subscribe(target.framework());
    JsonNode offer = first.offer();
    first.close();
    JsonNode agent = Json.object("agent_id", offer.get("agent_id"));
    target.closing(() -> target.master().send("REACTIVATE_AGENT", agent));
    target.master().expect(200, "DEACTIVATE_AGENT", agent);
    SchedulerSession session = target.subscribe(target.framework());
    session.events().expectNone("OFFERS", Shares.from(offer), Shares.A_WHILE);
    target.master().expect(200, "REACTIVATE_AGENT", agent);
    session.events().await("OFFERS", Shares.from(offer), Shares.SOON);
  }

  private static void coarse(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    JsonNode agent = target.cluster().agent(offer.at("/agent_id/value").asText());
    double free =
        SchedulerSession.scalar(Json.object("resources", agent.get("total_resources")), "cpus")
            - SchedulerSession.scalar(
                Json.object("resources", agent.path("allocated_resources")), "cpus");
    double offered = SchedulerSession.scalar(offer, "cpus");
    Expect.that(
        Math.abs(offered - free) < 0.0005, "all of the " + free + " cpus that are free", offered);
  }

  private static void perRoleAndAgent(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    Set<JsonNode> agents = new HashSet<>();
    for (JsonNode offer : session.offers()) {
      Expect.that(agents.add(offer.get("agent_id")), "one offer an agent", offer);
    }
  }

  private static void inverseOffers(Target target) {
    RunningTask task = target.runningTask();
    SchedulerSession idle = target.subscribe(target.framework().suppressed());
    Maintenance.schedule(target, task.agentId(), Duration.ofHours(1));
    JsonNode event = task.session().events().await("INVERSE_OFFERS", Shares.SOON);
    Expect.equal(1, event.at("/inverse_offers/inverse_offers").size(), "inverse offers");
    task.session().events().expectNone("INVERSE_OFFERS", _ -> true, Shares.A_WHILE);
    idle.events().expectNone("INVERSE_OFFERS", _ -> true, Duration.ZERO);
  }

  private static void active(Target target) {
    SchedulerSession suppressed = target.subscribeQuietly();
    suppressed.events().expectNone("OFFERS", _ -> true, Shares.A_WHILE);
    suppressed.call("REVIVE");
    suppressed.offer();
  }

  private static void subscribedRole(Target target) {
    Framework framework = target.framework();
    SchedulerSession session = target.subscribe(framework.roles(framework.role(), target.unique()));
    for (JsonNode offer : session.offers()) {
      String role = offer.at("/allocation_info/role").asText();
      Expect.that(session.framework().roles().contains(role), "a subscribed role", role);
    }
  }

  private static void constraints(Target target) {
    Framework framework = target.framework();
    JsonNode constraint =
        Json.object(
            "selector", Json.object("pseudoattribute_type", "HOSTNAME"),
            "predicate", Json.object("text_equals", Json.object("value", "nowhere")));
    JsonNode groups = Json.array(Json.object("attribute_constraints", Json.array(constraint)));
    JsonNode constraints =
        Json.object(
            "role_constraints", Json.object(framework.role(), Json.object("groups", groups)));
    target
        .subscribe(framework.constraints(constraints))
        .events()
        .expectNone("OFFERS", _ -> true, Shares.A_WHILE);
  }

  private static void allocatable(Target target) {
    Framework framework = target.framework();
    JsonNode impossible =
        Json.object("quantities", Json.object("cpus", Json.object("value", 1_000_000)));
    JsonNode possible = Json.object("quantities", Json.object("mem", Json.object("value", 1)));
    SchedulerSession none =
        target.subscribe(
            framework.with("offer_filters", filter(framework.role(), Json.array(impossible))));
    none.events().expectNone("OFFERS", _ -> true, Shares.A_WHILE);
    none.close();
    SchedulerSession either =
        target.subscribe(
            framework.with(
                "offer_filters", filter(framework.role(), Json.array(impossible, possible))));
    either.offer();
  }

  private static JsonNode filter(String role, JsonNode quantities) {
    return Json.object(
        role, Json.object("min_allocatable_resources", Json.object("quantities", quantities)));
  }
}
