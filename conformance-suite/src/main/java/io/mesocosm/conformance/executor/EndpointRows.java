package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Encoding;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Section 1: the endpoint and its status codes. */
final class EndpointRows implements RowTests {
  private static final String RECOVERING = "needs an agent that is just recovering";
  private static final String TOKENS = "needs an agent with --authenticate_http_executors";
  private static final String CHECK = "1/check.";

  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("1/E1", "both paths of the endpoint", EndpointRows::paths);
    rows.notObservable("1/E2", "Unix socket", "needs a process on the agent's machine");
    rows.test("1/E3", "JSON and protobuf", EndpointRows::encodings);
    rows.test("1/E4", "head of a subscription", EndpointRows::head);
    rows.test("1/E5", "202 and no body", EndpointRows::accepted);
    rows.test("1/E6", "calls beside the stream", EndpointRows::connections);
    rows.notObservable("1/E7", "authentication", TOKENS);
    rows.notObservable(
        CHECK + "agent-not-yet-at-the-reconnect", "not yet reconnecting: 503", RECOVERING);
    rows.test(CHECK + "method-post", "other methods: 405", EndpointRows::methods);
    rows.test(
        CHECK + "content-type-missing-body-unparseable-validation",
        "no Content-Type, unreadable, invalid: 400",
        EndpointRows::invalid);
    rows.test(CHECK + "other-content-type", "other Content-Type: 415", EndpointRows::otherType);
    rows.test(
        CHECK + "subscribe-with-unacceptable-accept",
        "Accept of neither type: 406",
        EndpointRows::notAcceptable);
    rows.test(CHECK + "call-heartbeat", "HEARTBEAT: 202 at once", EndpointRows::heartbeat);
    rows.notObservable(
        CHECK + "other-non-subscribe-while-agent-recovering", "recovering: 503", RECOVERING);
    rows.test(CHECK + "unknown-framework-executor", "unknown ids: 400", EndpointRows::unknownIds);
    rows.notObservable(CHECK + "jwt-claims-mismatch", "claims of another: 403", TOKENS);
    rows.test(
        CHECK + "executor-not-yet-subscribed-and-call",
        "not subscribed: 403",
        EndpointRows::notSubscribed);
    rows.test(CHECK + "unknown-type", "call of type UNKNOWN: 501", EndpointRows::unknownType);
  }

  private static Request post(String path, JsonNode call) {
    return Request.postJson(path, call).withoutCredentials();
  }

  private static void paths(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    JsonNode call = executor.subscribeCall(List.of(), List.of());
    for (String path : List.of("/slave(1)/api/v1/executor", "/api/v1/executor")) {
      EventStream events =
          target.closing(EventStream.open(target.agent().http(), post(path, call), Json::parse));
      Expect.equal(200, events.status(), "SUBSCRIBE at " + path);
      events.await("SUBSCRIBED", ExecutorSession.SOON);
      JsonNode message = executor.callOf("MESSAGE", "data", "aGk=");
      Expect.status(202, executor.send(post(path, message)), "MESSAGE at " + path);
    }
  }

  private static void encodings(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    ObjectNode call = executor.subscribeCall(List.of(), List.of());
    EventStream binary = executor.open(call, Encoding.PROTOBUF);
    Expect.equal(200, binary.status(), "SUBSCRIBE in protobuf");
    binary.await("SUBSCRIBED", ExecutorSession.SOON);
    ExecutorSession.launchOf(binary, "one");
    ObjectNode running = executor.status("one", "TASK_RUNNING");
    JsonNode update = executor.callOf("UPDATE", "status", running);
    Expect.status(
        202, executor.send(executor.request(update, Encoding.PROTOBUF)), "UPDATE in protobuf");
    ExecutorSession.acknowledged(binary, running);
    executor.scheduler().awaitState("one", "TASK_RUNNING");
    ObjectNode loose = executor.callOf("MESSAGE", "data", "aGk=", "no_such_field", 1);
    loose.put("another", true);
    loose.putNull("update");
    Expect.status(202, executor.send(loose), "JSON with unknown fields and a null");
  }

  private static void head(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    JsonNode call = executor.subscribeCall(List.of(), List.of());
    Map<String, String> types =
        Map.of(
            "application/json, application/x-protobuf", "application/json",
            "*/*", "application/json",
            "application/x-protobuf", "application/x-protobuf");
    types.forEach((accept, type) -> {
      EventStream events =
          target.closing(
              EventStream.open(
                  target.agent().http(),
                  post(ExecutorSession.PATH, call).header("Accept", accept),
                  type.endsWith("json") ? Json::parse : _ -> Json.object()));
      Expect.equal(200, events.status(), "SUBSCRIBE with Accept " + accept);
      Expect.equal(
          Optional.of(type), events.header("Content-Type"), "Content-Type for Accept " + accept);
      Expect.equal(Optional.of("chunked"), events.header("Transfer-Encoding"), "Transfer-Encoding");
      Expect.equal(Optional.empty(), events.header("Mesos-Stream-Id"), "Mesos-Stream-Id");
    });
  }

  private static void accepted(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    executor.subscribe();
    List<JsonNode> calls =
        List.of(
            executor.callOf("UPDATE", "status", executor.status("one", "TASK_RUNNING")),
            executor.callOf("MESSAGE", "data", "aGk="),
            executor.callOf("HEARTBEAT"));
    for (JsonNode call : calls) {
      Answer answer = executor.send(call);
      Expect.status(202, answer, call.path("type").asText());
      Expect.equal("", answer.text(), "body of the answer");
    }
  }

  private static void connections(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    EventStream events = executor.subscribe();
    JsonNode running = executor.update("one", "TASK_RUNNING");
    ExecutorSession.acknowledged(events, running);
    executor.call("MESSAGE", "data", "aGk=");
    Expect.that(!events.ended(), "the stream still open after calls on other connections", "ended");
  }

  private static void methods(Target target) {
    for (String method : List.of("GET", "PUT", "DELETE")) {
      Answer answer = target.agent().http().send(Request.of(method, ExecutorSession.PATH));
      Expect.status(405, answer, method);
      Expect.equal(Optional.of("POST"), answer.header("Allow"), "Allow after " + method);
    }
  }

  private static Answer post(Target target, String contentType, String body) {
    return target
        .agent()
        .http()
        .send(
            Request.of("POST", ExecutorSession.PATH)
                .withoutCredentials()
                .header("Content-Type", contentType)
                .body(body));
  }

  private static void invalid(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    Request bare =
        Request.of("POST", ExecutorSession.PATH)
            .withoutCredentials()
            .body(Json.bytes(executor.subscribeCall(List.of(), List.of())));
    Expect.status(400, executor.send(bare), "POST without Content-Type");
    Expect.status(400, post(target, "application/json", "{no json"), "broken JSON");
    Expect.status(400, post(target, "application/json", "[1]"), "a JSON array");
    Expect.status(400, post(target, "application/x-protobuf", "\n\7"), "broken protobuf");
    for (String field : List.of("executor_id", "framework_id", "type")) {
      ObjectNode call = executor.subscribeCall(List.of(), List.of());
      call.remove(field);
      Expect.status(400, executor.send(call), "SUBSCRIBE without " + field);
    }
    Expect.status(400, executor.send(executor.callOf("SUBSCRIBE")), "SUBSCRIBE without its body");
  }

  private static void otherType(Target target) {
    for (String type :
        List.of("text/plain", "application/json; charset=utf-8", "application/recordio")) {
      Expect.status(415, post(target, type, "{}"), "Content-Type " + type);
    }
  }

  private static void notAcceptable(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    Request request =
        post(ExecutorSession.PATH, executor.subscribeCall(List.of(), List.of()))
            .header("Accept", "text/plain");
    Expect.status(406, executor.send(request), "SUBSCRIBE with Accept text/plain");
    executor.subscribe();
    Request message =
        post(ExecutorSession.PATH, executor.callOf("MESSAGE", "data", "aGk="))
            .header("Accept", "text/plain");
    Expect.status(202, executor.send(message), "MESSAGE with Accept text/plain");
  }

  private static ObjectNode foreign(String type, String framework, String executor) {
    return Json.object(
        "type", type, "framework_id", Json.value(framework), "executor_id", Json.value(executor));
  }

  private static Answer send(Target target, JsonNode call) {
    return target.agent().http().send(post(ExecutorSession.PATH, call));
  }

  private static void heartbeat(Target target) {
    ObjectNode call = foreign("HEARTBEAT", "none", "none");
    Expect.status(202, send(target, call), "HEARTBEAT of an unknown executor");
  }

  private static void unknownIds(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    String other = UUID.randomUUID().toString();
    String framework = executor.scheduler().frameworkId();
    for (ObjectNode call :
        List.of(
            foreign("SUBSCRIBE", other, executor.executorId()),
            foreign("SUBSCRIBE", framework, other))) {
      call.putObject("subscribe");
      Expect.status(400, send(target, call), "SUBSCRIBE of " + call);
    }
    for (ObjectNode call :
        List.of(
            foreign("MESSAGE", other, executor.executorId()),
            foreign("MESSAGE", framework, other))) {
      call.set("message", Json.object("data", "aGk="));
      Expect.status(400, send(target, call), "MESSAGE of " + call);
    }
  }

  private static void notSubscribed(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    JsonNode message = executor.callOf("MESSAGE", "data", "aGk=");
    Expect.status(403, executor.send(message), "MESSAGE before SUBSCRIBE");
    JsonNode update = executor.callOf("UPDATE", "status", executor.status("one", "TASK_RUNNING"));
    Expect.status(403, executor.send(update), "UPDATE before SUBSCRIBE");
    executor.subscribe();
    Expect.status(202, executor.send(message), "MESSAGE after SUBSCRIBE");
  }

  private static void unknownType(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launched(target);
    executor.subscribe();
    Expect.status(501, executor.send(executor.callOf("UNKNOWN")), "a call of type UNKNOWN");
  }
}
