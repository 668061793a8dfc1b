package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An executor's sandbox, read through the agent under test.
 *
 * @param directory its path on the agent's machine
 * @param containerId the executor's container
 */
public record Sandbox(Target target, String directory, String containerId) {
  /** Of an executor that the agent shows in its /state; waits until it does. */
  public static Sandbox of(Target target, String frameworkId, String executorId)
      throws InterruptedException {
    JsonNode executor =
        target.eventually(
            "executor " + executorId + " in the agent's /state",
            SchedulerSession.SOON,
            () -> find(target, frameworkId, executorId));
    return new Sandbox(
        target, executor.path("directory").asText(), executor.path("container").asText());
  }

  /** An executor of the agent's /state, running or completed. */
  public static Optional<JsonNode> find(Target target, String frameworkId, String executorId) {
    return framework(target, frameworkId).stream()
        .flatMap(framework ->
            java.util.stream.Stream.concat(
                Json.each(framework.path("executors")),
                Json.each(framework.path("completed_executors"))))
        .filter(executor -> executor.path("id").asText().equals(executorId))
        .findFirst();
  }

  /** A framework of the agent's /state, running or completed. */
  public static Optional<JsonNode> framework(Target target, String frameworkId) {
    JsonNode state = target.agent().get("/state");
    return java.util.stream.Stream.concat(
            Json.each(state.path("frameworks")), Json.each(state.path("completed_frameworks")))
        .filter(framework -> framework.path("id").asText().equals(frameworkId))
        .findFirst();
  }

  /** The text of a file; empty when there is none. */
  public Optional<String> text(String name) {
    Answer answer =
        target.agent().http().get("/files/read?path=" + query(path(name)) + "&offset=0");
    if (answer.status() == 404) {
      return Optional.empty();
    }
    Expect.status(200, answer, "GET /files/read of " + path(name));
    return Optional.of(answer.json().path("data").asText());
  }

  /** The text of a file, once it is like this. */
  public String await(String name, Predicate<String> like) throws InterruptedException {
    return target.eventually(
        "file " + path(name) + " with what the test wrote",
        SchedulerSession.SOON,
        () -> text(name).filter(like));
  }

  /** The virtual or real path of a file in it. */
  public String path(String name) {
    return directory + "/" + name;
  }

  /** A value for a query. */
  public static String query(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
