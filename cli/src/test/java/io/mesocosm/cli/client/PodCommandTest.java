package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.cli.client.FakeScheduler.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodCommandTest {
  private static final String POD =
      """
      {"id":"/p","scaling":{"kind":"fixed","instances":1},
       "containers":[{"name":"a","resources":{"cpus":0.1,"mem":32}},{"name":"b","resources":{"cpus":0.2,"mem":32}}]}
      """;

  @TempDir Path folder;
  private final FakeScheduler scheduler = new FakeScheduler();
  private final Terminal terminal = new Terminal(new PodCommand(), scheduler.url());

  @AfterEach
  void stop() {
    scheduler.close();
  }

  @Test
  void podsAreListedWithWhatEachInstanceTakes() {
    scheduler.on("GET /v2/pods/::status", 200, "[" + status("STABLE") + "]");

    assertThat(terminal.run("list")).isZero();
    assertThat(terminal.out().lines())
        .containsExactly(
            "POD   INSTANCES   CONTAINERS   CPUS   MEM   STATE",
            "/p    1/1         2            0.3    64    STABLE");
  }

  @Test
  void showNamesEachContainerWithItsEndpoints() {
    scheduler.on("GET /v2/pods/p::status", 200, status("STABLE"));

    assertThat(terminal.run("show", "p")).isZero();
    assertThat(terminal.out())
        .contains("1/1 stable")
        .contains("p.instance-1   node1   a           TASK_RUNNING   http=node1:31001");
  }

  @Test
  void runCreatesAPodAndWaitsUntilItIsStable() throws IOException {
    AtomicInteger looks = new AtomicInteger();
    scheduler.on("POST /v2/pods", one -> Told.of(201, one.body()));
    scheduler.on(
        "GET /v2/pods/p::status",
        _ -> Told.of(200, status(looks.incrementAndGet() < 3 ? "STAGING" : "STABLE")));

    assertThat(terminal.run("run", file(POD))).as(terminal.err()).isZero();
    assertThat(scheduler.writes()).containsExactly("POST /v2/pods?force=false");
    assertThat(looks.get()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void runBringsAPodThatIsThereToWhatTheFileSays() throws IOException {
    scheduler.on("GET /v2/pods/p", 200, POD).on("PUT /v2/pods/p", 200, POD);

    assertThat(terminal.run("run", file(POD), "--no-wait", "--force")).isZero();
    assertThat(terminal.out()).contains("accepted: /p");
    assertThat(scheduler.writes()).containsExactly("PUT /v2/pods/p?force=true");
  }

  @Test
  void whatDoesNotBecomeStableInTimeSaysWhy() throws IOException {
    scheduler.on("POST /v2/pods", 201, POD);
    scheduler.on("GET /v2/pods/p::status", 200, status("DEGRADED"));

    assertThat(terminal.run("run", file(POD), "--timeout=0")).isEqualTo(1);
    assertThat(terminal.err())
        .contains("/p is not stable after 0 s: 0/1 instances are: short of cpus");
  }

  @Test
  void runRefusesAnAppDocument() throws IOException {
    assertThat(terminal.run("run", file("{\"id\":\"/web\",\"cmd\":\"true\"}"))).isEqualTo(2);
    assertThat(terminal.err()).contains("is not a pod document");
  }

  @Test
  void stopReturnsWhenThePodIsGone() {
    scheduler.on("DELETE /v2/pods/p", 202, "");

    assertThat(terminal.run("stop", "p")).isZero();
    assertThat(terminal.out()).contains("/p is gone");
  }

  private static String status(String state) {
    return """
    {"id":"/p","spec":%s,"status":"%s","statusSince":"2026-01-01T00:00:00.000Z","message":"short of cpus",
     "instances":[{"id":"p.instance-1","status":"%s","agentHostname":"node1","containers":[
       {"name":"a","status":"TASK_RUNNING","endpoints":[{"name":"http","allocatedHostPort":31001}]},
       {"name":"b","status":"TASK_RUNNING"}]}]}
    """
        .formatted(POD, state, state);
  }

  private String file(String json) throws IOException {
    return Files.writeString(folder.resolve("pod.json"), json).toString();
  }
}
