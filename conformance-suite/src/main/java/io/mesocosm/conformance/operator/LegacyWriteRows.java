package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Http;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.Optional;

/** Section 5: the legacy endpoints of the master that change something, and what they read back. */
final class LegacyWriteRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive("5/quota", "GET /quota", LegacyWriteRows::getQuota);
    rows.exclusive("5/quota-2", "POST /quota", LegacyWriteRows::postQuota);
    rows.exclusive("5/quota/role", "/quota/<role>", LegacyWriteRows::deleteQuota);
    rows.exclusive("5/weights", "GET /weights", LegacyWriteRows::getWeights);
    rows.exclusive("5/weights-2", "PUT /weights", LegacyWriteRows::putWeights);
    rows.exclusive(
        "5/maintenance/schedule", "/maintenance/schedule", LegacyWriteRows::maintenanceSchedule);
    rows.exclusive(
        "5/maintenance/status", "/maintenance/status", LegacyWriteRows::maintenanceStatus);
    rows.exclusive(
        "5/machine/down,machine/up", "/machine/down, /machine/up", LegacyWriteRows::machines);
    rows.withOffers("5/reserve,unreserve", "/reserve, /unreserve", LegacyWriteRows::reserve);
    rows.withOffers(
        "5/create-volumes,destroy-volumes",
        "/create-volumes, /destroy-volumes",
        LegacyWriteRows::volumes);
    rows.test("5/teardown", "/teardown", LegacyWriteRows::teardown);
    rows.exclusive("5/logging/toggle", "/logging/toggle", t -> toggle(t, t.master()));
  }

  private static void getQuota(Target target) {
    String role = target.unique();
    Quotas.set(target, role, 0.1, 0.1);
    JsonNode quota = target.master().get("/quota");
    boolean shown =
        Json.each(quota.path("infos")).anyMatch(one -> one.path("role").asText().equals(role))
            || Json.each(quota.path("configs"))
                .anyMatch(one -> one.path("role").asText().equals(role));
    Expect.that(shown, "role " + role + " in /quota", quota);
  }

  private static void postQuota(Target target) {
    Http http = target.master().http();
    String role = target.unique();
    target.closing(() -> Quotas.update(target, Quotas.config(role, -1, -1)));
    JsonNode request = Quotas.plainRequest(role, 0.1, true);
    Expect.status(200, http.post("/quota", request), "POST /quota");
    Expect.status(400, http.post("/quota", request), "POST /quota for a role that has one");
    JsonNode tooMuch = Quotas.plainRequest(target.unique(), 1e6, false);
    Expect.status(409, http.post("/quota", tooMuch), "POST /quota of more than there is");
    Expect.status(400, http.post("/quota", Json.object("role", "*")), "POST /quota of *");
  }

  private static void deleteQuota(Target target) {
    Http http = target.master().http();
    String role = target.unique();
    target.closing(() -> Quotas.update(target, Quotas.config(role, -1, -1)));
    Expect.status(200, http.post("/quota", Quotas.plainRequest(role, 0.1, true)), "POST /quota");
    Request delete = Request.of("DELETE", "/quota/" + role);
    Expect.status(200, http.send(delete), "DELETE /quota/" + role);
    Expect.equal(Optional.empty(), Quotas.find(target, role), "the config");
    Expect.status(400, http.send(delete), "DELETE /quota/" + role + " again");
  }

  private static void getWeights(Target target) {
    String role = target.unique();
    Weights.set(target, role, 2.5);
    JsonNode weights = target.master().get("/weights");
    Expect.that(
        Json.each(weights)
            .anyMatch(one ->
                one.path("role").asText().equals(role) && one.path("weight").asDouble() == 2.5),
        "an array with the weight",
        weights);
  }

  private static void putWeights(Target target) {
    Http http = target.master().http();
    String role = target.unique();
    Weights.set(target, role, 1);
    Expect.status(200, put(http, role, 4), "PUT /weights");
    JsonNode weights = target.master().get("/weights");
    Expect.that(
        Json.each(weights).anyMatch(one -> one.path("weight").asDouble() == 4.0),
        "weight 4",
        weights);
    Expect.status(400, put(http, role, 0), "PUT /weights of 0");
    Request noJson =
        Request.of("PUT", "/weights").header("Content-Type", "application/json").body("[{");
    Expect.status(400, http.send(noJson), "PUT /weights of what is no JSON");
  }

  private static Answer put(Http http, String role, double weight) {
    JsonNode body = Json.array(Json.object("role", role, "weight", weight));
    return http.send(
        Request.of("PUT", "/weights")
            .header("Content-Type", "application/json")
            .body(Json.bytes(body)));
  }

  private static void maintenanceSchedule(Target target) {
    Machines machines = Machines.of(target);
    Http http = target.master().http();
    JsonNode schedule = Machines.plain(Machines.window(machines.machine()));
    Expect.status(200, http.post("/maintenance/schedule", schedule), "POST a schedule");
    JsonNode now = target.master().get("/maintenance/schedule");
    Expect.equal(machines.machine(), now.at("/windows/0/machine_ids/0"), "machine");
    JsonNode empty = Machines.plain(Machines.window());
    Expect.status(400, http.post("/maintenance/schedule", empty), "POST a window without machines");
    Expect.status(200, http.post("/maintenance/schedule", Json.object()), "POST none");
  }

  private static void maintenanceStatus(Target target) {
    Machines machines = Machines.of(target);
    machines.schedule();
    JsonNode status = target.master().get("/maintenance/status");
    Expect.equal(machines.machine(), status.at("/draining_machines/0/id"), "draining machine");
    machines.start(200);
    JsonNode down = target.master().get("/maintenance/status");
    Expect.equal(machines.machine(), down.at("/down_machines/0"), "machine that is down");
  }

  private static void machines(Target target) {
    Machines machines = Machines.of(target);
    Http http = target.master().http();
    JsonNode list = Json.array(machines.machine());
    Expect.status(400, http.post("/machine/down", list), "down of what is not scheduled");
    machines.schedule();
    Expect.status(400, http.post("/machine/up", list), "up of what is not down");
    Expect.status(200, http.post("/machine/down", list), "POST /machine/down");
    Expect.equal("DOWN", machines.mode(), "mode");
    Expect.status(200, http.post("/machine/up", list), "POST /machine/up");
    Expect.equal("UP", machines.mode(), "mode");
    Expect.status(400, http.post("/machine/down", Json.array()), "down of nothing");
  }

  private static Answer form(Target target, String path, Holdings holdings, JsonNode resource) {
    String field = path.endsWith("volumes") ? "volumes" : "resources";
    return target
        .master()
        .http()
        .send(
            Request.postForm(
                path,
                "slaveId="
                    + holdings.agentId().path("value").asText()
                    + "&"
                    + field
                    + "="
                    + Sandbox.query(Json.array(resource).toString())));
  }

  private static void reserve(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    ObjectNode reserved = holdings.reserved(Resource.scalar("mem", 16));
    Expect.status(202, form(target, "/reserve", holdings, reserved), "POST /reserve");
    holdings.await("16 MB reserved", "mem", 16);
    Expect.status(202, form(target, "/unreserve", holdings, reserved), "POST /unreserve");
    holdings.await("nothing reserved", "mem", 0);
    ObjectNode tooMuch = holdings.reserved(Resource.scalar("mem", 1e9));
    Expect.status(409, form(target, "/reserve", holdings, tooMuch), "POST /reserve of too much");
    Http http = target.master().http();
    Expect.status(400, http.send(Request.postForm("/reserve", "resources=%5B%5D")), "no slaveId");
    Expect.status(400, http.send(Request.postForm("/reserve", "slaveId=x")), "no resources");
  }

  private static void volumes(Target target) throws InterruptedException {
    Holdings holdings = Holdings.of(target);
    holdings.reserve(Resource.scalar("disk", 16));
    holdings.await("16 MB reserved", "disk", 16);
    ObjectNode volume = holdings.volume(16);
    Expect.status(202, form(target, "/create-volumes", holdings, volume), "POST /create-volumes");
    holdings.awaitVolume(volume, 16);
    Expect.status(202, form(target, "/destroy-volumes", holdings, volume), "POST /destroy-volumes");
    holdings.awaitVolume(volume, 0);
    ObjectNode tooMuch = holdings.volume(1e9);
    Expect.status(409, form(target, "/create-volumes", holdings, tooMuch), "a volume too large");
    Http http = target.master().http();
    Expect.status(400, http.send(Request.postForm("/create-volumes", "volumes=x")), "no slaveId");
  }

  private static void teardown(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    Http http = target.master().http();
    Request request = Request.postForm("/teardown", "frameworkId=" + session.frameworkId());
    Expect.status(200, http.send(request), "POST /teardown");
    session.events().awaitEnd(SchedulerSession.SOON);
    Expect.status(400, http.send(request), "POST /teardown again");
    Expect.status(400, http.send(Request.postForm("/teardown", "")), "no frameworkId");
  }

  static void toggle(Target target, OperatorCalls program) throws InterruptedException {
    int original = program.call("GET_LOGGING_LEVEL").path("level").asInt();
    int other = original == 3 ? 3 : original + 1;
    Request request = Request.of("POST", "/logging/toggle?level=" + other + "&duration=1500ms");
    Expect.status(200, program.http().send(request), "POST /logging/toggle");
    Expect.equal(other, program.call("GET_LOGGING_LEVEL").path("level").asInt(), "level");
    target.eventually(
        "level " + original + " after the duration",
        SchedulerSession.SOON,
        () ->
            Optional.of(program.call("GET_LOGGING_LEVEL").path("level").asInt())
                .filter(level -> level == original));
    Request tooHigh = Request.of("POST", "/logging/toggle?level=4&duration=1secs");
    Expect.status(400, program.http().send(tooHigh), "level 4");
  }
}
