package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A newcomer's first quarter of an hour, with the commands of the README. Needs neither root nor
 * Docker.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstApplicationIT {
  @SuppressWarnings("NonFinalStaticField") // JUnit sets it
  @TempDir
  static Path workDir;

  @SuppressWarnings("NonFinalStaticField") // one cluster for all the tests of the class
  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(workDir, Cosm.ROOT.resolve("examples/hello.json").toString());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  @Order(1)
  void theExampleAnswersOnTheAddressesThatTheTableShows() {
    List<JsonNode> tasks = cluster.awaitRunning("/hello", 2);
    assertThat(tasks).extracting(task -> task.path("host").asText()).doesNotHaveDuplicates();
    for (JsonNode task : tasks) {
      String address =
          "http://" + task.path("host").asText() + ":" + task.path("ports").get(0).asInt() + "/";
      assertThat(Cosm.succeed("curl", "-fsS", address))
          .isEqualTo(
              "Hello from " + task.path("id").asText() + " on " + task.path("host").asText());
    }
  }

  @Test
  @Order(2)
  void scalingPutsOneInstanceOnEachNodeAndAFourthWaitsForAReason() {
    assertThat(cluster.cosm("app", "scale", "hello", "3", "--wait").exitCode()).isZero();
    assertThat(cluster.awaitRunning("/hello", 3))
        .extracting(task -> task.path("host").asText())
        .containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2", "127.0.0.3");

    assertThat(cluster.cosm("app", "scale", "hello", "4").exitCode()).isZero();
    String shown =
        LocalCluster.await(
            () -> cluster.cosm("app", "show", "hello").out(),
            out -> out.contains("UNIQUE"),
            "cosm app show names the constraint");
    assertThat(shown).contains("3 of 4 running").contains("waiting").contains("127.0.0.2");
    assertThat(cluster.cosm("app", "scale", "hello", "3", "--force").exitCode()).isZero();
  }

  @Test
  @Order(3)
  void commandsListAppsTasksAndNodesAndPrintLogs() {
    assertThat(cluster.cosm("app", "list").out()).contains("/hello");
    assertThat(cluster.cosm("node", "list").out())
        .contains("127.0.0.1", "127.0.0.2", "127.0.0.3", "active");
    String task = cluster.awaitRunning("/hello", 3).getFirst().path("id").asText();
    assertThat(cluster.cosm("task", "list").out()).contains(task, "TASK_RUNNING");
    assertThat(cluster.cosm("task", "log", task).out()).contains("listening on http://127.0.0.");
  }

  @Test
  @Order(4)
  void aRunStreamsItsOutputAndExitsAsItsCommandDid() {
    Cosm.Outcome outcome =
        cluster.cosm("run", "--", "sh", "-c", "echo to stdout; echo to stderr >&2; exit 7");
    assertThat(outcome.out()).isEqualTo("to stdout\n");
    assertThat(outcome.err()).contains("to stderr");
    assertThat(outcome.exitCode()).isEqualTo(7);
    assertThat(cluster.cosm("run", "--", "true").exitCode()).isZero();
  }

  @Test
  @Order(5)
  void anInstanceThatDiesIsReplaced() {
    String victim = cluster.awaitRunning("/hello", 3).getFirst().path("id").asText();
    Cosm.succeed(
        "pkill",
        "-9",
        "-f",
        "listening on http.*"); // every hello's perl, found by its program text
    List<JsonNode> tasks =
        LocalCluster.await(
            () -> cluster.tasks("/hello"),
            seen ->
                seen.stream()
                            .filter(task -> task.path("state").asText().equals("TASK_RUNNING"))
                            .count()
                        == 3
                    && seen.stream().noneMatch(task -> task.path("id").asText().equals(victim)),
            "all three are replaced");
    assertThat(tasks).hasSize(3);
  }

  @Test
  @Order(6)
  void aSecondStartFindsTheApplicationsAgain() {
    cluster.stop();
    assertThat(helloProcesses()).as("nothing is left behind").isEmpty();
    cluster.startAgain();
    assertThat(cluster.awaitRunning("/hello", 3)).hasSize(3);
  }

  @Test
  @Order(7)
  void removingLeavesNoProcess() {
    assertThat(cluster.cosm("app", "rm", "hello").exitCode()).isZero();
    assertThat(cluster.get(cluster.services() + "/v2/apps/hello").status()).isEqualTo(404);
    assertThat(helloProcesses()).isEmpty();
  }

  @Test
  @Order(8)
  void cleanForgetsEarlierRuns() {
    assertThat(
            cluster
                .post(
                    cluster.services() + "/v2/apps",
                    "{\"id\":\"old\",\"cmd\":\"sleep 3600\",\"cpus\":0.1,\"mem\":16}")
                .status())
        .isEqualTo(201);
    cluster.stop();
    cluster.startAgain("--clean");
    assertThat(cluster.get(cluster.services() + "/v2/apps").body().path("apps")).isEmpty();
  }

  @Test
  @Order(9)
  void aClusterInTheSameFolderOrOnTheSamePortsIsRefusedInOneLine(@TempDir Path other) {
    Cosm.Outcome sameFolder = Cosm.cosm(Map.of(), "local", "--detach", "--work_dir=" + workDir);
    assertThat(sameFolder.exitCode()).isEqualTo(1);
    assertThat(sameFolder.err().lines())
        .hasSize(1)
        .first()
        .asString()
        .contains("already", workDir.toString());

    Cosm.Outcome samePorts =
        Cosm.cosm(Map.of(), "local", "--work_dir=" + other, "--ports-from=" + cluster.portsFrom());
    assertThat(samePorts.exitCode()).isEqualTo(1);
    assertThat(samePorts.err().lines())
        .hasSize(1)
        .first()
        .asString()
        .contains("port " + cluster.portsFrom(), "taken", "--ports-from");
  }

  private static String helloProcesses() {
    return Cosm.run(Map.of(), List.of("pgrep", "-f", "listening on http.*")).out();
  }
}
