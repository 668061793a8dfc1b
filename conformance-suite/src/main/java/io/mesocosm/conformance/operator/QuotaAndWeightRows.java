package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.Optional;

/** Section 10: what quotas and weights mean. */
final class QuotaAndWeightRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive("10/Q1", "what UPDATE_QUOTA refuses", QuotaAndWeightRows::refused);
    rows.exclusive("10/Q2", "what only force may do", QuotaAndWeightRows::forced);
    rows.exclusive("10/Q3", "offers taken back for a quota", QuotaAndWeightRows::rescinded);
    rows.exclusive("10/Q4", "SET_QUOTA", QuotaAndWeightRows::deprecated);
    rows.exclusive("10/W1", "weights", QuotaAndWeightRows::weights);
  }

  private static ObjectNode amount(String name, double value) {
    return Json.object(name, Json.object("value", value));
  }

  private static ObjectNode config(String role, ObjectNode guarantees, ObjectNode limits) {
    return Json.object("role", role, "guarantees", guarantees, "limits", limits);
  }

  private static void expectUpdate(Target target, int status, JsonNode config, boolean force) {
    target.master().expect(status, "UPDATE_QUOTA", Quotas.body(config, force));
  }

  /** A fresh role whose quota is removed at the test's end. */
  private static String freshRole(Target target) {
    String role = target.unique();
    target.closing(() -> Quotas.update(target, Quotas.config(role, -1, -1)));
    return role;
  }

  private static JsonNode shown(Target target, String role) {
    return Quotas.find(target, role)
        .orElseThrow(() -> new Mismatch("a config of role " + role, "none"));
  }

  private static void refused(Target target) {
    String role = freshRole(target);
    ObjectNode none = Json.object();
    for (JsonNode wrong :
        List.of(
            config(role + "/nested", none, amount("cpus", 1)),
            config(role, none, amount("cpus", -1)),
            config(role, amount("cpus", -1), none),
            config(role, amount("cpus", 2), amount("cpus", 1)),
            config(role, none, amount("cpus", 2e12)),
            config(role, none, amount("mem", 2e12)),
            config(role, none, amount("disk", 2e12)),
            config("a b", none, amount("cpus", 1)))) {
      expectUpdate(target, 400, wrong, true);
    }
    Expect.equal(Optional.empty(), Quotas.find(target, role), "the config");
    expectUpdate(target, 200, config(role, amount("cpus", 0.1), none), true);
    JsonNode unlimited = shown(target, role);
    Expect.equal(0.1, unlimited.at("/guarantees/cpus/value").asDouble(), "guarantee");
    Expect.that(unlimited.path("limits").isEmpty(), "no limits when omitted", unlimited);
    expectUpdate(target, 200, config(role, none, amount("cpus", 0)), true);
    JsonNode limited = shown(target, role);
    Expect.that(limited.path("guarantees").isEmpty(), "no guarantees when omitted", limited);
    Expect.equal(0.0, limited.at("/limits/cpus/value").asDouble(-1), "a limit of 0");
    expectUpdate(target, 200, config(role, none, amount("mem", 1e11)), true);
  }

  private static void forced(Target target) {
    RunningTask running = target.runningTask();
    String role = running.session().framework().role();
    target.closing(() -> Quotas.update(target, Quotas.config(role, -1, -1)));
    ObjectNode none = Json.object();
    expectUpdate(target, 400, config(role, none, amount("cpus", 0.05)), false);
    expectUpdate(target, 200, config(role, none, amount("cpus", 5)), false);
    expectUpdate(target, 400, config(role, none, amount("cpus", 0.05)), false);
    Expect.equal(
        5.0, shown(target, role).at("/limits/cpus/value").asDouble(), "the limit of before");
    expectUpdate(target, 200, config(role, none, amount("cpus", 0.05)), true);
    String other = freshRole(target);
    expectUpdate(target, 400, config(other, amount("cpus", 1e6), none), false);
    expectUpdate(target, 200, config(other, amount("cpus", 1e6), none), true);
  }

  private static void rescinded(Target target) throws InterruptedException {
    OfferHolder holder = OfferHolder.of(target, target.framework());
    String role = freshRole(target);
    SchedulerSession poor = target.subscribe(target.framework().roles(role));
    expectUpdate(target, 200, config(role, amount("cpus", 0.5), Json.object()), false);
    holder.awaitRescind();
    double seen = 0;
    while (seen < 0.4995) {
      seen +=
          Json.each(poor.events().await("OFFERS", SchedulerSession.SOON).at("/offers/offers"))
              .mapToDouble(offer -> SchedulerSession.scalar(offer, "cpus"))
              .sum();
    }
    poor.close();
    holder.session().close();

    OfferHolder rich = OfferHolder.of(target, target.framework());
    String limited = rich.session().framework().role();
    target.closing(() -> Quotas.update(target, Quotas.config(limited, -1, -1)));
    expectUpdate(target, 200, config(limited, Json.object(), amount("cpus", 0.5)), true);
    rich.awaitRescind();
    target.eventually(
        "no more than 0.5 cpus offered",
        SchedulerSession.SOON,
        () -> Optional.of(rich.offeredCpus(target)).filter(cpus -> cpus <= 0.5005));
  }

  private static void deprecated(Target target) {
    String role = freshRole(target);
    ObjectNode cpus = Resource.scalar("cpus", 0.1);
    ObjectNode revocable = cpus.deepCopy();
    revocable.set("revocable", Json.object());
    ObjectNode volume =
        Resource.volume(Resource.scalar("disk", 8), "v-" + role, "data", target.principal());
    for (List<JsonNode> guarantee :
        List.<List<JsonNode>>of(
            List.of(Resource.range("ports", 31000, 31001)),
            List.of(Resource.reserved(cpus, role, target.principal())),
            List.of(revocable),
            List.of(volume),
            List.of(cpus, Resource.scalar("cpus", 0.2)))) {
      target.master().expect(400, "SET_QUOTA", request(role, guarantee));
    }
    Expect.equal(Optional.empty(), Quotas.find(target, role), "the config");
    List<JsonNode> both = List.of(cpus, Resource.scalar("mem", 64));
    target.master().expect(200, "SET_QUOTA", request(role, both));
    JsonNode config = shown(target, role);
    for (String field : List.of("guarantees", "limits")) {
      Expect.equal(0.1, config.path(field).at("/cpus/value").asDouble(), "cpus of " + field);
      Expect.equal(64.0, config.path(field).at("/mem/value").asDouble(), "mem of " + field);
    }
    target.master().expect(400, "SET_QUOTA", request(role, both));
  }

  private static ObjectNode request(String role, List<JsonNode> guarantee) {
    return Json.object(
        "quota_request", Json.object("force", true, "role", role, "guarantee", guarantee));
  }

  private static void weights(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    String role = session.framework().role();
    Expect.equal(1.0, weight(target, role), "weight by default");
    Weights.set(target, role, 2.5);
    Expect.equal(2.5, weight(target, role), "weight in /roles");
    target.master().expect(200, "UPDATE_WEIGHTS", Weights.body(role, 1));
    Expect.equal(1.0, weight(target, role), "weight in /roles");
    if (target.cluster().flag("roles").isPresent()) {
      target.master().expect(400, "UPDATE_WEIGHTS", Weights.body(target.unique(), 2));
    }
  }

  private static double weight(Target target, String role) {
    return Json.each(target.master().get("/roles").path("roles"))
        .filter(one -> one.path("name").asText().equals(role))
        .mapToDouble(one -> one.path("weight").asDouble())
        .findFirst()
        .orElseThrow(() -> new Mismatch("role " + role + " in /roles", "absent"));
  }
}
