package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.Optional;

/** Section 2: weights, quotas, and the end of frameworks. */
final class MasterSettingRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive("2/UPDATE_WEIGHTS", "UPDATE_WEIGHTS", MasterSettingRows::weights);
    rows.exclusive("2/GET_QUOTA", "GET_QUOTA", MasterSettingRows::getQuota);
    rows.exclusive("2/UPDATE_QUOTA", "UPDATE_QUOTA", MasterSettingRows::updateQuota);
    rows.exclusive("2/SET_QUOTA", "SET_QUOTA", MasterSettingRows::setQuota);
    rows.exclusive("2/REMOVE_QUOTA", "REMOVE_QUOTA", MasterSettingRows::removeQuota);
    rows.test("2/TEARDOWN", "TEARDOWN", MasterSettingRows::teardown);
  }

  private static void weights(Target target) {
    OperatorCalls master = target.master();
    Weights.set(target, target.unique(), 3);
    master.expect(400, "UPDATE_WEIGHTS", Weights.body(target.unique(), 0));
    master.expect(400, "UPDATE_WEIGHTS", Weights.body(target.unique(), -1));
    for (String role : List.of("/a", "a//b", "..", "-a", "a b")) {
      master.expect(400, "UPDATE_WEIGHTS", Weights.body(role, 2));
    }
  }

  private static void getQuota(Target target) {
    String role = target.unique();
    Quotas.set(target, role, 0.1, 0.4);
    JsonNode status = target.master().call("GET_QUOTA").path("status");
    JsonNode config =
        Json.each(status.path("configs"))
            .filter(one -> one.path("role").asText().equals(role))
            .findFirst()
            .orElseThrow(() -> new Mismatch("a config of role " + role, status.toString()));
    Expect.equal(0.1, config.at("/guarantees/cpus/value").asDouble(), "guarantee");
    Expect.equal(0.4, config.at("/limits/cpus/value").asDouble(), "limit");
  }

  private static void updateQuota(Target target) {
    OperatorCalls master = target.master();
    String good = target.unique();
    target.closing(() -> Quotas.update(target, Quotas.config(good, -1, -1)));
    JsonNode both =
        Json.object(
            "force",
            true,
            "quota_configs",
            Json.array(Quotas.config(good, -1, 1), Quotas.config(target.unique(), 2, 1)));
    Expect.status(
        400, master.send("UPDATE_QUOTA", both), "UPDATE_QUOTA with a guarantee above its limit");
    Expect.equal(Optional.empty(), Quotas.find(target, good), "the other config of the call");
    Expect.status(400, master.send("UPDATE_QUOTA"), "UPDATE_QUOTA without update_quota");
    Quotas.update(target, Quotas.config(good, -1, 1));
    Expect.that(Quotas.find(target, good).isPresent(), "the config", "absent");
  }

  private static void setQuota(Target target) {
    OperatorCalls master = target.master();
    String role = target.unique();
    target.closing(() -> Quotas.update(target, Quotas.config(role, -1, -1)));
    master.expect(200, "SET_QUOTA", Quotas.request(role, 0.1, true));
    JsonNode config = Quotas.find(target, role).orElseThrow();
    Expect.equal(0.1, config.at("/limits/cpus/value").asDouble(), "limit");
    master.expect(400, "SET_QUOTA", Quotas.request(role, 0.2, true));
    master.expect(409, "SET_QUOTA", Quotas.request(target.unique(), 1e6, false));
  }

  private static void removeQuota(Target target) {
    OperatorCalls master = target.master();
    String role = target.unique();
    target.closing(() -> Quotas.update(target, Quotas.config(role, -1, -1)));
    master.expect(200, "SET_QUOTA", Quotas.request(role, 0.1, true));
    master.expect(200, "REMOVE_QUOTA", Json.object("role", role));
    Expect.equal(Optional.empty(), Quotas.find(target, role), "the config");
    master.expect(400, "REMOVE_QUOTA", Json.object("role", role));
  }

  private static void teardown(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    JsonNode id = Json.object("framework_id", Json.value(session.frameworkId()));
    target.master().expect(200, "TEARDOWN", id);
    session.events().awaitEnd(SchedulerSession.SOON);
    JsonNode unknown = Json.object("framework_id", Json.value("none-" + target.unique()));
    target.master().expect(400, "TEARDOWN", unknown);
  }
}
