package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Section 3: input and output of containers, resource providers, images. */
final class AgentStreamRows implements RowTests {
  private static final String JSON = "application/json";
  private static final String NO_PROVIDER =
      "needs --resource_provider_config_dir and a storage plugin";

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test(
        "3/LAUNCH_NESTED_CONTAINER_SESSION",
        "LAUNCH_NESTED_CONTAINER_SESSION",
        AgentStreamRows::session);
    rows.test("3/ATTACH_CONTAINER_INPUT", "ATTACH_CONTAINER_INPUT", AgentStreamRows::attachInput);
    rows.test(
        "3/ATTACH_CONTAINER_OUTPUT", "ATTACH_CONTAINER_OUTPUT", AgentStreamRows::attachOutput);
    rows.notObservable(
        "3/ADD_RESOURCE_PROVIDER_CONFIG", "ADD_RESOURCE_PROVIDER_CONFIG", NO_PROVIDER);
    rows.notObservable(
        "3/UPDATE_RESOURCE_PROVIDER_CONFIG", "UPDATE_RESOURCE_PROVIDER_CONFIG", NO_PROVIDER);
    rows.notObservable(
        "3/REMOVE_RESOURCE_PROVIDER_CONFIG", "REMOVE_RESOURCE_PROVIDER_CONFIG", NO_PROVIDER);
    rows.test(
        "3/MARK_RESOURCE_PROVIDER_GONE",
        "MARK_RESOURCE_PROVIDER_GONE, unknown",
        target -> {
          JsonNode unknown =
              Json.object("resource_provider_id", Json.value("none-" + target.unique()));
          target.agent().expect(400, "MARK_RESOURCE_PROVIDER_GONE", unknown);
        });
    rows.test(
        "3/PRUNE_IMAGES",
        "PRUNE_IMAGES",
        target -> {
          Expect.status(200, target.agent().send("PRUNE_IMAGES"), "PRUNE_IMAGES");
          target.agent().expect(200, "PRUNE_IMAGES", Json.object());
        });
  }

  private static EventStream stream(Target target, String type, JsonNode body) {
    Request request =
        Request.postJson("/api/v1", Json.object("type", type, type.toLowerCase(Locale.ROOT), body))
            .header("Accept", "application/recordio")
            .header("Message-Accept", JSON);
    EventStream stream =
        target.closing(EventStream.open(target.agent().http(), request, Json::parse));
    if (stream.status() != 200) {
      Expect.status(200, stream.refusal(), type);
    }
    return stream;
  }

  private static EventStream launch(Target target, JsonNode containerId, String command) {
    ObjectNode body =
        Json.object("container_id", containerId, "command", Json.object("value", command));
    return stream(target, "LAUNCH_NESTED_CONTAINER_SESSION", body);
  }

  private static boolean says(JsonNode event, String kind, String text) {
    if (!event.at("/data/type").asText().equals(kind)) {
      return false;
    }
    byte[] bytes = Base64.getDecoder().decode(event.at("/data/data").asText());
    return new String(bytes, StandardCharsets.UTF_8).contains(text);
  }

  private static void session(Target target) throws InterruptedException {
    JsonNode parent = AgentContainerRows.parent(target);
    EventStream output =
        launch(target, AgentContainerRows.nestedId(parent), "echo spoken; echo wrong >&2");
    String type = output.header("Content-Type").orElse("");
    Expect.that(type.startsWith("application/recordio"), "records", type);
    output.await("DATA", event -> says(event, "STDOUT", "spoken"), SchedulerSession.SOON);
    output.await("DATA", event -> says(event, "STDERR", "wrong"), SchedulerSession.SOON);
    output.awaitEnd(SchedulerSession.SOON);
    JsonNode left = AgentContainerRows.nestedId(parent);
    EventStream abandoned = launch(target, left, "echo started; exec sleep 1000");
    abandoned.await("DATA", event -> says(event, "STDOUT", "started"), SchedulerSession.SOON);
    Expect.that(shown(target, left), "the container in GET_CONTAINERS", "absent");
    abandoned.close();
    target.eventually(
        "no container of a session whose connection is closed",
        SchedulerSession.SOON,
        () -> Optional.of(shown(target, left)).filter(shown -> !shown));
  }

  private static boolean shown(Target target, JsonNode containerId) {
    JsonNode all = target.agent().call("GET_CONTAINERS", Json.object("show_nested", true));
    return Json.each(all.path("containers"))
        .anyMatch(one -> one.at("/container_id/value").equals(containerId.get("value")));
  }

  private static void attachInput(Target target) {
    JsonNode id = AgentContainerRows.nestedId(AgentContainerRows.parent(target));
    EventStream output = launch(target, id, "cat");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    record(
        body,
        Json.object(
            "type",
            "ATTACH_CONTAINER_INPUT",
            "attach_container_input",
            Json.object("type", "CONTAINER_ID", "container_id", id)));
    record(body, stdin("typed in\n"));
    record(body, stdin(""));
    Answer answer =
        target
            .agent()
            .http()
            .send(
                Request.of("POST", "/api/v1")
                    .header("Content-Type", "application/recordio")
                    .header("Message-Content-Type", JSON)
                    .body(body.toByteArray()));
    Expect.status(200, answer, "ATTACH_CONTAINER_INPUT");
    output.await("DATA", event -> says(event, "STDOUT", "typed in"), SchedulerSession.SOON);
    output.awaitEnd(SchedulerSession.SOON);
  }

  private static JsonNode stdin(String text) {
    String data = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    JsonNode io = Json.object("type", "DATA", "data", Json.object("type", "STDIN", "data", data));
    return Json.object(
        "type",
        "ATTACH_CONTAINER_INPUT",
        "attach_container_input",
        Json.object("type", "PROCESS_IO", "process_io", io));
  }

  private static void record(ByteArrayOutputStream body, JsonNode message) {
    byte[] bytes = Json.bytes(message);
    body.writeBytes((bytes.length + "\n").getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(bytes);
  }

  private static void attachOutput(Target target) {
    JsonNode id = AgentContainerRows.nestedId(AgentContainerRows.parent(target));
    launch(target, id, "while true; do echo again; sleep 0.2; done");
    EventStream second = stream(target, "ATTACH_CONTAINER_OUTPUT", Json.object("container_id", id));
    second.await("DATA", event -> says(event, "STDOUT", "again"), SchedulerSession.SOON);
  }
}
