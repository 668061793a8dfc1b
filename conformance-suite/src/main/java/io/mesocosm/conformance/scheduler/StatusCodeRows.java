package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Section 2: the status codes of the endpoint. */
final class StatusCodeRows implements RowTests {
  private static final String LEADER_ONLY = "the suite is pointed at the leading master, recovered";

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.notObservable(
        "2/1", "principal of claims without value: 403", "needs an authenticator module");
    rows.notObservable("2/2", "not leading, leader known: 307", LEADER_ONLY);
    rows.notObservable("2/2b", "not leading, no leader: 503", LEADER_ONLY);
    rows.notObservable("2/3", "registry not recovered: 503", LEADER_ONLY);
    rows.test("2/4", "other methods: 405", StatusCodeRows::methods);
    rows.test("2/5", "no Content-Type: 400", StatusCodeRows::noContentType);
    rows.test("2/6", "unreadable body: 400", StatusCodeRows::unreadable);
    rows.test("2/7", "other Content-Type: 415", StatusCodeRows::otherType);
    rows.test("2/8", "invalid calls: 400", StatusCodeRows::invalid);
    rows.test("2/9", "Accept of neither type: 406", StatusCodeRows::notAcceptable);
    rows.test("2/10", "SUBSCRIBE with a stream id: 400", StatusCodeRows::subscribeWithStreamId);
    rows.test("2/11", "unknown framework: 400", StatusCodeRows::unknownFramework);
    rows.test("2/12", "another principal: 400", StatusCodeRows::otherPrincipal);
    rows.test("2/13", "disconnected framework: 403", StatusCodeRows::disconnected);
    rows.notObservable(
        "2/14", "framework of the driver protocol: 403", "the suite speaks HTTP only");
    rows.test("2/15", "stream id missing or another: 400", StatusCodeRows::streamId);
    rows.test("2/16", "call of type UNKNOWN: 501", StatusCodeRows::unknownCall);
    rows.notObservable("2/17", "no rate limit on HTTP", "the absence of a limit cannot be shown");
  }

  private static Answer send(Target target, Request request) {
    return target.master().http().send(request);
  }

  private static void methods(Target target) {
    for (String method : List.of("GET", "PUT", "DELETE")) {
      Answer answer = send(target, Request.of(method, SchedulerSession.PATH));
      Expect.status(405, answer, method);
      Expect.equal(Optional.of("POST"), answer.header("Allow"), "Allow after " + method);
    }
  }

  private static void noContentType(Target target) {
    Request request =
        Request.of("POST", SchedulerSession.PATH)
            .body(Json.bytes(target.framework().subscribeCall()));
    Expect.status(400, send(target, request), "POST without Content-Type");
  }

  private static void unreadable(Target target) {
    Request request = Request.of("POST", SchedulerSession.PATH);
    Expect.status(
        400,
        send(target, request.header("Content-Type", "application/json").body("{no json")),
        "broken JSON");
    Expect.status(
        400,
        send(target, request.header("Content-Type", "application/json").body("[1]")),
        "a JSON array");
    byte[] broken = {(byte) 0x0a, (byte) 0xff, 1, 2};
    Expect.status(
        400,
        send(target, request.header("Content-Type", "application/x-protobuf").body(broken)),
        "broken protobuf");
  }

  private static void otherType(Target target) {
    Request request =
        Request.of("POST", SchedulerSession.PATH)
            .body(Json.bytes(target.framework().subscribeCall()));
    Expect.status(
        415, send(target, request.header("Content-Type", "text/html")), "Content-Type text/html");
    Expect.status(
        415,
        send(target, request.header("Content-Type", "application/xml")),
        "Content-Type application/xml");
  }

  private static void invalid(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    ObjectNode id = Json.value(session.frameworkId());
    ObjectNode differing = target.framework().with("id", id).subscribeCall();
    differing.set("framework_id", Json.value("another"));
    List<ObjectNode> calls =
        List.of(
            Json.object(),
            Json.object("framework_id", id),
            Json.object("type", "SUBSCRIBE"),
            Json.object("type", "SUBSCRIBE", "subscribe", Json.object()),
            Json.object("type", "SUPPRESS"),
            Json.object("framework_id", id, "type", "ACCEPT"),
            Json.object("framework_id", id, "type", "DECLINE"),
            Json.object("framework_id", id, "type", "KILL"),
            Json.object("framework_id", id, "type", "KILL", "kill", Json.object()),
            Json.object("framework_id", id, "type", "ACKNOWLEDGE"),
            Json.object("framework_id", id, "type", "RECONCILE"),
            Json.object("framework_id", id, "type", "MESSAGE"),
            Json.object("framework_id", id, "type", "SHUTDOWN"),
            differing);
    for (ObjectNode call : calls) {
      boolean subscribe = call.path("type").asText().equals("SUBSCRIBE");
      Answer answer = subscribe ? session.send(call, Map.of()) : session.send(call);
      Expect.status(400, answer, "invalid call " + call);
    }
  }

  private static void notAcceptable(Target target) {
    Request request =
        Request.postJson(SchedulerSession.PATH, target.framework().suppressed().subscribeCall());
    Expect.status(
        406,
        send(target, request.header("Accept", "text/plain")),
        "SUBSCRIBE with Accept text/plain");
    Expect.status(
        406,
        send(target, request.header("Accept", "application/json;q=0, application/x-protobuf;q=0")),
        "SUBSCRIBE with both types excluded");
    SchedulerSession session = target.subscribeQuietly();
    Answer answer =
        session.send(
            session.callOf("RECONCILE_OPERATIONS", "operations", Json.array()),
            Map.of("Mesos-Stream-Id", session.streamId(), "Accept", "text/plain"));
    Expect.status(406, answer, "RECONCILE_OPERATIONS with Accept text/plain");
  }

  private static void subscribeWithStreamId(Target target) {
    Request request =
        Request.postJson(SchedulerSession.PATH, target.framework().suppressed().subscribeCall());
    Expect.status(
        400, send(target, request.header("Mesos-Stream-Id", "any")), "SUBSCRIBE with a stream id");
  }

  private static void unknownFramework(Target target) {
    ObjectNode call =
        Json.object("framework_id", Json.value("no-such-" + target.unique()), "type", "SUPPRESS");
    Answer answer =
        send(
            target, Request.postJson(SchedulerSession.PATH, call).header("Mesos-Stream-Id", "any"));
    Expect.status(400, answer, "a call of an unknown framework");
    Expect.that(
        answer.text().contains("Framework cannot be found"),
        "Framework cannot be found",
        answer.text());
  }

  private static void otherPrincipal(Target target) {
    if (target.principal().isEmpty()) {
      throw new NotObservable("needs --credentials");
    }
    ObjectNode call =
        target.framework().with("principal", "another-" + target.unique()).subscribeCall();
    Expect.status(
        400,
        target.master().http().post(SchedulerSession.PATH, call),
        "SUBSCRIBE for another principal");
  }

  private static void disconnected(Target target) throws InterruptedException {
    SchedulerSession session =
        target.subscribe(target.framework().suppressed().failoverTimeout(20));
    session.disconnect();
    Answer answer =
        target.eventually(
            "an answer other than 202",
            SchedulerSession.SOON,
            () ->
                Optional.of(session.send(session.callOf("SUPPRESS")))
                    .filter(seen -> seen.status() != 202));
    Expect.status(403, answer, "a call of a disconnected framework");
    Expect.that(
        answer.text().contains("Framework is not subscribed"),
        "Framework is not subscribed",
        answer.text());
  }

  private static void streamId(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    Expect.status(
        400, session.send(session.callOf("SUPPRESS"), Map.of()), "a call without stream id");
    Expect.status(
        400,
        session.send(session.callOf("SUPPRESS"), Map.of("Mesos-Stream-Id", "x")),
        "another stream id");
  }

  private static void unknownCall(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    Expect.status(501, session.send(session.callOf("UNKNOWN")), "a call of type UNKNOWN");
  }
}
