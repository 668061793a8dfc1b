package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Encoding;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RecordReader;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** Section 1: how calls and events travel, and the rules of their JSON. */
final class TransportRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("1/T1", "both paths of the endpoint", TransportRows::paths);
    rows.test("1/T2", "exact request media types", TransportRows::contentTypes);
    rows.test("1/T3", "Accept of SUBSCRIBE", TransportRows::accept);
    rows.test("1/T4", "head of a subscription", TransportRows::head);
    rows.test("1/T5", "records independent of chunks", TransportRows::records);
    rows.test("1/T6", "202 and no body", TransportRows::accepted);
    rows.test("1/T7", "where Mesos-Stream-Id belongs", TransportRows::streamId);
    rows.test(
        "1/T8", "calls beside the stream, one stream a framework", TransportRows::connections);
    rows.test("1/T9", "gzip, but not of streams", TransportRows::gzip);
    rows.test("1/T10", "challenge of HTTP Basic", TransportRows::challenge);
    rows.test("1/J1", "snake_case names, unknown ones ignored", TransportRows::fieldNames);
    rows.test("1/J2", "unknown enum values", TransportRows::enums);
    rows.test("1/J3", "bytes in base64", TransportRows::bytes);
    rows.test("1/J4", "numbers, and numbers in quotes", TransportRows::numbers);
    rows.test("1/J5", "maps as objects", TransportRows::maps);
    rows.test("1/J6", "which unset fields are printed", TransportRows::defaults);
    rows.test("1/J7", "null is absent", TransportRows::nulls);
  }

  private static void paths(Target target) {
    Framework framework = target.framework().suppressed();
    for (String path : List.of("/api/v1/scheduler", "/master/api/v1/scheduler")) {
      EventStream events = stream(target, framework, path, Map.of("Accept", "application/json"));
      Expect.equal(200, events.status(), "SUBSCRIBE at " + path);
      events.await("SUBSCRIBED", SOON);
    }
  }

  private static EventStream stream(
      Target target, Framework framework, String path, Map<String, String> headers) {
    Request request = Request.postJson(path, framework.subscribeCall());
    for (Map.Entry<String, String> header : headers.entrySet()) {
      request = request.header(header.getKey(), header.getValue());
    }
    return target.closing(EventStream.open(target.master().http(), request, Json::parse));
  }

  private static Answer post(Target target, String contentType, byte[] body) {
    return target
        .master()
        .http()
        .send(
            Request.of("POST", SchedulerSession.PATH)
                .header("Content-Type", contentType)
                .body(body));
  }

  private static void contentTypes(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    byte[] body = Json.bytes(session.callOf("SUPPRESS"));
    for (String type :
        List.of(
            "application/json; charset=utf-8",
            "Application/JSON",
            "text/plain",
            "application/recordio")) {
      Expect.status(415, post(target, type, body), "Content-Type " + type);
    }
    SchedulerSession binary = target.subscribe(target.framework().suppressed().protobuf());
    Expect.status(202, binary.send(binary.callOf("SUPPRESS")), "application/x-protobuf");
  }

  private static void accept(Target target) {
    Framework framework = target.framework().suppressed();
    Map<String, String> expected =
        Map.of(
            "application/json, application/x-protobuf", "application/json",
            "application/x-protobuf, application/json", "application/json",
            "*/*", "application/json",
            "application/*", "application/json",
            "application/x-protobuf", "application/x-protobuf",
            "application/json;q=0, application/x-protobuf", "application/x-protobuf");
    expected.forEach((accept, type) ->
        Expect.equal(
            type,
            head(target, framework, Map.of("Accept", accept)).contentType(),
            "Content-Type for Accept " + accept));
    Expect.equal(
        "application/json",
        head(target, framework, Map.of()).contentType(),
        "Content-Type without Accept");
    SchedulerSession session = target.subscribeQuietly();
    Answer answer =
        session.send(
            session.callOf("SUPPRESS"),
            Map.of("Mesos-Stream-Id", session.streamId(), "Accept", "text/plain"));
    Expect.status(202, answer, "a call other than SUBSCRIBE with Accept text/plain");
  }

  private record Head(String contentType, String streamId, String transferEncoding) {}

  private static Head head(Target target, Framework framework, Map<String, String> headers) {
    Request request = Request.postJson(SchedulerSession.PATH, framework.subscribeCall());
    for (Map.Entry<String, String> header : headers.entrySet()) {
      request = request.header(header.getKey(), header.getValue());
    }
    HttpResponse<InputStream> response = target.master().http().open(request);
    target.closing(response.body());
    Expect.equal(200, response.statusCode(), "SUBSCRIBE with " + headers);
    return new Head(
        response.headers().firstValue("Content-Type").orElse(""),
        response.headers().firstValue("Mesos-Stream-Id").orElse(""),
        response.headers().firstValue("Transfer-Encoding").orElse(""));
  }

  private static void head(Target target) {
    Head one = head(target, target.framework().suppressed(), Map.of("Accept", "application/json"));
    Head two = head(target, target.framework().suppressed(), Map.of("Accept", "application/json"));
    Expect.equal("application/json", one.contentType(), "Content-Type");
    Expect.equal("chunked", one.transferEncoding(), "Transfer-Encoding");
    String id = one.streamId();
    Expect.that(
        id.matches("[0-9a-fA-F-]{36}") && UUID.fromString(id).version() == 4,
        "a random UUID as stream id",
        id);
    Expect.that(!id.equals(two.streamId()), "another stream id for each subscription", id);
  }

  private static void records(Target target) {
    for (Framework framework :
        List.of(target.framework().suppressed(), target.framework().suppressed().protobuf())) {
      Encoding encoding = framework.encoding();
      HttpResponse<InputStream> response =
          target
              .master()
              .http()
              .open(
                  Request.of("POST", SchedulerSession.PATH)
                      .header("Content-Type", encoding.mediaType())
                      .header("Accept", encoding.mediaType())
                      .body(encoding.encode(framework.subscribeCall(), Call.getDefaultInstance())));
      target.closing(response.body());
      RecordReader reader = new RecordReader(response.body());
      for (String type : List.of("SUBSCRIBED", "HEARTBEAT")) {
        JsonNode event = encoding.decode(next(reader), Event.getDefaultInstance());
        Expect.equal(type, event.path("type").asText(), "event in " + encoding);
      }
    }
  }

  private static byte[] next(RecordReader reader) {
    try {
      Optional<byte[]> record = reader.next();
      Expect.that(record.isPresent(), "a record", "the end of the stream");
      return record.orElseThrow();
    } catch (IOException e) {
      throw new io.mesocosm.conformance.Mismatch("a record", e.toString());
    }
  }

  private static void accepted(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    for (ObjectNode call :
        List.of(
            session.callOf("SUPPRESS"),
            session.callOf("DECLINE", "offer_ids", Json.array()),
            session.callOf("RECONCILE", "tasks", Json.array()),
            session.callOf("REQUEST", "requests", Json.array()),
            session.callOf("KILL", "task_id", Json.value("none")))) {
      Answer answer = session.send(call);
      Expect.status(202, answer, call.path("type").asText());
      Expect.equal(0, answer.body().length, "bytes in the body of " + call.path("type").asText());
    }
  }

  private static void streamId(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    JsonNode call = session.callOf("SUPPRESS");
    Expect.status(400, session.send(call, Map.of()), "a call without stream id");
    Expect.status(
        400,
        session.send(call, Map.of("Mesos-Stream-Id", UUID.randomUUID().toString())),
        "another stream id");
    Expect.status(202, session.send(call), "the right stream id");
    EventStream refused =
        stream(
            target,
            target.framework().suppressed(),
            SchedulerSession.PATH,
            Map.of("Mesos-Stream-Id", session.streamId()));
    Expect.equal(400, refused.status(), "SUBSCRIBE with a stream id");
  }

  private static void connections(Target target) {
    SchedulerSession first = target.subscribe(target.framework().suppressed().failoverTimeout(60));
    first.call("SUPPRESS");
    Expect.that(!first.events().ended(), "the stream to stay open after a call", "ended");
    SchedulerSession second = target.subscribe(first.again().suppressed());
    first.events().awaitEnd(SOON);
    second.call("SUPPRESS");
  }

  private static void gzip(Target target) {
    Answer state =
        target.master().http().send(Request.get("/state").header("Accept-Encoding", "gzip"));
    Expect.equal(
        Optional.of("gzip"), state.header("Content-Encoding"), "Content-Encoding of /state");
    EventStream events =
        stream(
            target,
            target.framework().suppressed(),
            SchedulerSession.PATH,
            Map.of("Accept-Encoding", "gzip"));
    Expect.equal(
        Optional.empty(), events.header("Content-Encoding"), "Content-Encoding of a stream");
    events.await("SUBSCRIBED", SOON);
  }

  private static void challenge(Target target) {
    if (target.cluster().flag("authenticate_http_frameworks").filter("true"::equals).isEmpty()) {
      throw new NotObservable("needs a master with --authenticate_http_frameworks");
    }
    Answer answer =
        target
            .master()
            .http()
            .send(
                Request.postJson(SchedulerSession.PATH, target.framework().subscribeCall())
                    .withoutCredentials());
    Expect.status(401, answer, "SUBSCRIBE without credentials");
    Expect.equal(
        Optional.of("Basic realm=\"mesos-master-scheduler\""),
        answer.header("WWW-Authenticate"),
        "WWW-Authenticate");
  }

  private static void fieldNames(Target target) {
    Framework framework =
        target.framework().suppressed().with("no_such_field", Json.object("a", 1));
    SchedulerSession session = target.subscribe(framework);
    Expect.that(
        target.cluster().framework(session.frameworkId()).isPresent(),
        "the framework in GET_FRAMEWORKS",
        "absent");
    ObjectNode camel =
        Json.object(
            "type", "SUBSCRIBE", "subscribe", Json.object("frameworkInfo", framework.info()));
    Expect.status(
        400,
        target.master().http().post(SchedulerSession.PATH, camel),
        "frameworkInfo for framework_info");
  }

  private static void enums(Target target) {
    SchedulerSession session =
        target.subscribe(target.framework().capability("NO_SUCH_CAPABILITY").suppressed());
    ObjectNode resource =
        Json.object("name", "cpus", "type", "NO_SUCH_TYPE", "scalar", Json.object("value", 1));
    ObjectNode call =
        session.callOf(
            "REQUEST", "requests", Json.array(Json.object("resources", Json.array(resource))));
    Expect.status(400, session.send(call), "an unknown value of the required Resource.type");
  }

  private static void bytes(Target target) {
    RunningTask task = target.runningTask();
    byte[] uuid = Base64.getDecoder().decode(task.running().path("uuid").asText());
    Expect.equal(16, uuid.length, "bytes in the uuid");
    Answer answer =
        task.session()
            .send(
                task.session()
                    .callOf(
                        "ACKNOWLEDGE",
                        "agent_id",
                        task.agentId(),
                        "task_id",
                        Json.value(task.taskId()),
                        "uuid",
                        "!not base64!"));
    Expect.status(400, answer, "a uuid that is no base64");
  }

  private static void numbers(Target target) {
    SchedulerSession session =
        target.subscribe(
            target
                .framework()
                .suppressed()
                .with("failover_timeout", "1.5")
                .with("checkpoint", "true"));
    JsonNode info =
        target.cluster().framework(session.frameworkId()).orElseThrow().path("framework_info");
    Expect.equal(
        1.5, info.path("failover_timeout").asDouble(), "failover_timeout from a quoted number");
    Expect.equal(true, info.path("checkpoint").asBoolean(), "checkpoint from a quoted boolean");
    boolean numbers =
        target
            .cluster()
            .agents()
            .flatMap(agent -> Json.each(agent.path("total_resources")))
            .flatMap(resource -> Json.each(resource.at("/ranges/range")))
            .allMatch(range ->
                range.path("begin").isIntegralNumber() && range.path("end").isIntegralNumber());
    Expect.that(numbers, "64-bit integers as JSON numbers", "a range's end that is none");
  }

  private static JsonNode filters(String role) {
    JsonNode quantities = Json.object("quantities", Json.object("cpus", Json.object("value", 0.5)));
    return Json.object(
        role,
        Json.object(
            "min_allocatable_resources", Json.object("quantities", Json.array(quantities))));
  }

  private static void maps(Target target) {
    Framework framework = target.framework().suppressed();
    SchedulerSession session =
        target.subscribe(framework.with("offer_filters", filters(framework.role())));
    JsonNode info =
        target.cluster().framework(session.frameworkId()).orElseThrow().path("framework_info");
    JsonNode quantity =
        info.path("offer_filters")
            .path(framework.role())
            .at("/min_allocatable_resources/quantities/0/quantities/cpus/value");
    Expect.equal(0.5, quantity.asDouble(), "offer_filters as an object by role");
  }

  private static void defaults(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    JsonNode framework = target.cluster().framework(session.frameworkId()).orElseThrow();
    JsonNode info = framework.path("framework_info");
    Expect.that(
        info.path("failover_timeout").isNumber(), "failover_timeout printed though unset", info);
    Expect.that(info.path("checkpoint").isBoolean(), "checkpoint printed though unset", info);
    Expect.that(
        !info.has("role") && !info.has("labels"), "no deprecated role and no unset labels", info);
    Expect.that(!framework.has("offers"), "no empty list of offers", framework);
  }

  private static void nulls(Target target) {
    JsonNode nothing = Json.parse("null");
    Framework framework =
        target.framework().suppressed().with("hostname", nothing).with("labels", nothing);
    ObjectNode call = framework.subscribeCall();
    call.set("framework_id", nothing);
    EventStream events =
        target.closing(
            EventStream.open(
                target.master().http(),
                Request.postJson(SchedulerSession.PATH, call),
                Json::parse));
    Expect.equal(200, events.status(), "SUBSCRIBE with nulls");
    events.await("SUBSCRIBED", SOON);
  }
}
