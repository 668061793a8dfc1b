package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Http;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.mesos.v1.master.Protos.Response;

/** Section 1: what is common to all calls of the v1 operator API. */
final class CommonRows implements RowTests {
  private static final String PATH = "/api/v1";
  private static final byte[] HEALTH = Json.bytes(Json.object("type", "GET_HEALTH"));

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("1/A1", "Master URL", target -> paths(target.master(), "/master/api/v1"));
    rows.test("1/A2", "Agent URL", target -> paths(target.agent(), "/slave(1)/api/v1"));
    rows.test("1/A3", "Content-Type", CommonRows::contentTypes);
    rows.test("1/A4", "Accept", CommonRows::accept);
    rows.test("1/A5", "Header mismatch on the agent", CommonRows::agentHeaders);
    rows.test("1/A6", "Not POST", CommonRows::wrongRequests);
    rows.test("1/A7", "Body-less successful calls", CommonRows::emptyBody);
    rows.test("1/A8", "Realms", CommonRows::realms);
    rows.notObservable(
        "1/A9", "Authorisation failure", "needs ACLs and a principal that they refuse");
    rows.test("1/A10", "Response", CommonRows::response);
  }

  private static void paths(OperatorCalls program, String longPath) {
    for (String path : List.of(PATH, longPath)) {
      Answer answer = program.http().post(path, Json.object("type", "GET_HEALTH"));
      Expect.status(200, answer, "GET_HEALTH at " + path);
    }
  }

  private static Answer health(OperatorCalls program, Map<String, String> headers) {
    Request request = Request.of("POST", PATH).body(HEALTH);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      request = request.header(header.getKey(), header.getValue());
    }
    return program.http().send(request);
  }

  private static void contentTypes(Target target) {
    for (OperatorCalls program : List.of(target.master(), target.agent())) {
      Expect.status(200, health(program, Map.of("Content-Type", "application/json")), "JSON");
      Request binary =
          Request.of("POST", PATH)
              .header("Content-Type", "application/x-protobuf")
              .body(new byte[] {8, 1});
      Expect.status(200, program.http().send(binary), "GET_HEALTH in protobuf");
    }
    JsonNode first =
        Json.object(
            "type",
            "ATTACH_CONTAINER_INPUT",
            "attach_container_input",
            Json.object(
                "type", "CONTAINER_ID", "container_id", Json.value("none-" + target.unique())));
    Answer answer = recordio(target.agent(), first, "application/json", Map.of());
    Expect.that(
        answer.status() != 415 && answer.status() != 406 && answer.status() / 100 != 2,
        "a streaming call in RecordIO understood, and its container not found",
        answer.status() + " " + answer.text());
  }

  private static Answer recordio(
      OperatorCalls agent, JsonNode call, String messageType, Map<String, String> headers) {
    byte[] bytes = Json.bytes(call);
    byte[] length = (bytes.length + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[length.length + bytes.length];
    System.arraycopy(length, 0, all, 0, length.length);
    System.arraycopy(bytes, 0, all, length.length, bytes.length);
    Request request =
        Request.of("POST", PATH).header("Content-Type", "application/recordio").body(all);
    if (!messageType.isEmpty()) {
      request = request.header("Message-Content-Type", messageType);
    }
    for (Map.Entry<String, String> header : headers.entrySet()) {
      request = request.header(header.getKey(), header.getValue());
    }
    return agent.http().send(request);
  }

  private static void accept(Target target) {
    Map<String, String> expected =
        Map.of(
            "application/json, application/x-protobuf", "application/json",
            "application/x-protobuf, application/json", "application/json",
            "application/x-protobuf", "application/x-protobuf",
            "*/*", "application/json");
    for (OperatorCalls program : List.of(target.master(), target.agent())) {
      expected.forEach((accept, type) -> {
        Answer answer =
            health(program, Map.of("Content-Type", "application/json", "Accept", accept));
        Expect.status(200, answer, "Accept " + accept);
        Expect.equal(type, answer.header("Content-Type").orElse(""), "Content-Type for " + accept);
      });
      Answer refused =
          health(program, Map.of("Content-Type", "application/json", "Accept", "text/html"));
      Expect.status(406, refused, "Accept text/html");
    }
  }

  private static void agentHeaders(Target target) {
    OperatorCalls agent = target.agent();
    String json = "application/json";
    JsonNode call = Json.object("type", "GET_HEALTH");
    Expect.status(
        415,
        health(agent, Map.of("Content-Type", json, "Message-Content-Type", json)),
        "Message-Content-Type beside JSON");
    Expect.status(
        400, recordio(agent, call, "", Map.of()), "RecordIO without Message-Content-Type");
    Expect.status(
        406,
        health(agent, Map.of("Content-Type", json, "Accept", json, "Message-Accept", json)),
        "Message-Accept beside Accept of JSON");
    Expect.status(
        415, recordio(agent, call, json, Map.of()), "a call that does not stream, in RecordIO");
    Expect.status(
        406,
        health(
            agent,
            Map.of("Content-Type", json, "Accept", "application/recordio", "Message-Accept", json)),
        "Accept of RecordIO for a call that does not stream");
  }

  private static void wrongRequests(Target target) {
    for (OperatorCalls program : List.of(target.master(), target.agent())) {
      Http http = program.http();
      Expect.status(405, http.get(PATH), "GET");
      Expect.status(405, http.send(Request.of("PUT", PATH).body(HEALTH)), "PUT");
      Expect.status(
          400, http.send(Request.of("POST", PATH).body(HEALTH)), "a POST without Content-Type");
      Expect.status(
          415, health(program, Map.of("Content-Type", "text/plain")), "Content-Type text/plain");
      Request noJson =
          Request.of("POST", PATH).header("Content-Type", "application/json").body("{type");
      Expect.status(400, http.send(noJson), "a body that is no JSON");
      Request noProtobuf =
          Request.of("POST", PATH)
              .header("Content-Type", "application/x-protobuf")
              .body(new byte[] {(byte) 0xff, (byte) 0xff});
      Expect.status(400, http.send(noProtobuf), "a body that is no protobuf");
      Expect.status(400, program.send("LIST_FILES"), "LIST_FILES without list_files");
      Expect.status(501, program.send("UNKNOWN"), "UNKNOWN");
    }
  }

  private static void emptyBody(Target target) {
    for (OperatorCalls program : List.of(target.master(), target.agent())) {
      JsonNode level =
          Json.object(
              "level",
              program.call("GET_LOGGING_LEVEL").path("level").asInt(),
              "duration",
              Json.object("nanoseconds", 1_000_000));
      Answer answer = program.send("SET_LOGGING_LEVEL", level);
      Expect.status(200, answer, "SET_LOGGING_LEVEL");
      Expect.equal(0, answer.body().length, "length of the body");
    }
  }

  private static void realms(Target target) {
    Map<String, OperatorCalls> programs =
        Map.of("mesos-master-readwrite", target.master(), "mesos-agent-readwrite", target.agent());
    int asked = 0;
    for (Map.Entry<String, OperatorCalls> program : programs.entrySet()) {
      Request request =
          Request.postJson(PATH, Json.object("type", "GET_HEALTH")).withoutCredentials();
      Answer answer = program.getValue().http().send(request);
      if (answer.status() == 401) {
        String challenge = answer.header("WWW-Authenticate").orElse("");
        Expect.that(
            challenge.contains("realm=\"" + program.getKey() + "\""),
            "a challenge of realm " + program.getKey(),
            challenge);
        asked++;
      }
    }
    if (asked == 0) {
      throw new NotObservable("neither master nor agent asks for credentials");
    }
  }

  private static void response(Target target) throws Exception {
    for (OperatorCalls program : List.of(target.master(), target.agent())) {
      JsonNode answer = program.send("GET_VERSION").json();
      Expect.equal(List.of("type", "get_version"), Json.fieldNames(answer), "fields");
      Expect.equal("GET_VERSION", answer.path("type").asText(), "type");
    }
    Answer binary =
        health(
            target.master(),
            Map.of("Content-Type", "application/json", "Accept", "application/x-protobuf"));
    Response response = Response.parseFrom(binary.body());
    Expect.equal(Response.Type.GET_HEALTH, response.getType(), "type in protobuf");
    Expect.that(response.getGetHealth().getHealthy(), "healthy", response);
  }
}
