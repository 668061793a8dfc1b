package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTest;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/**
 * Section 9: the Docker executor. Needs an agent whose {@code --containerizers} have docker, and
 * the image {@value #IMAGE} there or where it can be pulled from.
 */
final class DockerExecutorRows implements RowTests {
  private static final String IMAGE = "busybox";

  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    docker(rows, "9/D1", "for tasks with a DOCKER container", DockerExecutorRows::used);
    docker(rows, "9/D2", "name of the container", DockerExecutorRows::named);
    docker(rows, "9/D3", "what TASK_RUNNING says", DockerExecutorRows::running);
    docker(rows, "9/D4", "kill", DockerExecutorRows::kill);
    docker(rows, "9/D5", "ends and their messages", DockerExecutorRows::ends);
    rows.notObservable(
        "9/D6", "waits for the acknowledgement", "the agent's acknowledgement cannot be held back");
    rows.notObservable("9/D7", "removal after the delay", "needs hours");
  }

  private static void docker(Rows rows, String row, String title, RowTest test) {
    rows.test(
        row,
        title,
        target -> {
          if (!AgentView.flag(target, "containerizers").orElse("").contains("docker")) {
            throw new NotObservable("needs an agent whose --containerizers have docker");
          }
          test.run(target);
        });
  }

  private static CommandTask launched(Target target, String command) {
    return CommandTask.launched(
        target,
        command,
        task -> {
          task.set(
              "container", Json.object("type", "DOCKER", "docker", Json.object("image", IMAGE)));
          return task;
        });
  }

  private static void used(Target target) {
    JsonNode end = launched(target, "true").await("TASK_FINISHED");
    Expect.equal(CommandTask.ID, end.at("/executor_id/value").asText(), "executor_id");
  }

  private static JsonNode inspect(JsonNode running) {
    byte[] data = Base64.getDecoder().decode(running.path("data").asText());
    JsonNode inspected = Json.parse(new String(data, StandardCharsets.UTF_8));
    Expect.that(inspected.isArray() && inspected.size() == 1, "an array of one", inspected);
    return inspected.get(0);
  }

  private static void named(Target target) {
    JsonNode running = launched(target, "sleep 1000").await("TASK_RUNNING");
    String container = running.at("/container_status/container_id/value").asText();
    Expect.equal("/mesos-" + container, inspect(running).path("Name").asText(), "name");
  }

  private static void running(Target target) {
    JsonNode running = launched(target, "sleep 1000").await("TASK_RUNNING");
    Expect.fields(inspect(running), "data", "Id", "NetworkSettings");
    Expect.that(
        Json.each(running.at("/labels/labels"))
            .anyMatch(
                label -> label.path("key").asText().equals("Docker.NetworkSettings.IPAddress")),
        "label Docker.NetworkSettings.IPAddress",
        running.path("labels"));
    Expect.that(
        running.at("/container_status/network_infos/0/ip_addresses/0/ip_address").isTextual(),
        "an ip_address",
        running.path("container_status"));
  }

  private static void kill(Target target) {
    CommandTask task = launched(target, "trap '' TERM; while true; do sleep 1; done");
    task.await("TASK_RUNNING");
    long start = System.nanoTime();
    task.session()
        .call(
            "KILL",
            "task_id",
            Json.value(CommandTask.ID),
            "kill_policy",
            CommandTask.policy(Duration.ofSeconds(2)));
    task.await("TASK_KILLING");
    task.await("TASK_KILLED");
    double seconds = (System.nanoTime() - start) / 1e9;
    Expect.that(seconds > 1.5 && seconds < 15, "the end after a grace of 2 s", seconds + " s");
  }

  private static void ends(Target target) {
    launched(target, "exit 0").expectEnd("TASK_FINISHED", "Container exited with status 0");
    launched(target, "exit 7").expectEnd("TASK_FAILED", "Container exited with status 7");
  }
}
