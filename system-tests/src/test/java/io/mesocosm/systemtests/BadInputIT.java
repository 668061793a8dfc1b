package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is wrong is said clearly, in the contract's shape; nothing is lost and everything else goes
 * on.
 */
class BadInputIT {
  @SuppressWarnings("NonFinalStaticField") // JUnit sets it
  @TempDir
  static Path workDir;

  @SuppressWarnings("NonFinalStaticField") // one cluster for all the tests of the class
  private static LocalCluster cluster;

  @BeforeAll
  static void start() {
    cluster = LocalCluster.start(workDir);
    cluster.post(
        cluster.services() + "/v2/apps",
        "{\"id\":\"steady\",\"cmd\":\"sleep 3600\",\"cpus\":0.1,\"mem\":16}");
    cluster.awaitRunning("/steady", 1);
  }

  @AfterAll
  static void stop() {
    assertThat(cluster.awaitRunning("/steady", 1)).as("the bystander was not disturbed").hasSize(1);
    cluster.close();
  }

  @Test
  void malformedJsonIsABadRequestOfMarathonsShape() {
    LocalCluster.Answer answer = cluster.post(cluster.services() + "/v2/apps", "{\"id\":");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("message").asText()).isEqualTo("Invalid JSON");
  }

  @Test
  void aFieldOfTheWrongTypeIsNamed() {
    LocalCluster.Answer answer =
        cluster.post(
            cluster.services() + "/v2/apps", "{\"id\":\"x\",\"cmd\":\"true\",\"cpus\":\"lots\"}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("details").toString()).contains("/cpus");
  }

  @Test
  void anInvalidObjectIsUnprocessable() {
    LocalCluster.Answer answer =
        cluster.post(
            cluster.services() + "/v2/apps",
            "{\"id\":\"UPPER\",\"cmd\":\"true\",\"instances\":-1}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.body().path("message").asText()).isEqualTo("Object is not valid");
    assertThat(answer.body().path("details").findValuesAsText("path"))
        .contains("/id", "/instances");
  }

  @Test
  void anAppThatAsksForMoreThanAnyMachineHasWaitsAndSaysWhatIsShort() {
    assertThat(
            cluster
                .post(
                    cluster.services() + "/v2/apps",
                    "{\"id\":\"giant\",\"cmd\":\"true\",\"cpus\":0.1,\"mem\":99999999}")
                .status())
        .isEqualTo(201);
    String shown =
        LocalCluster.await(
            () -> cluster.cosm("app", "show", "giant").out(),
            out -> out.contains("mem"),
            "the report names memory");
    assertThat(shown).contains("0 of 1 running").contains("waiting");
    JsonNode queue =
        LocalCluster.await(
            () -> cluster.get(cluster.services() + "/v2/queue").body(),
            body -> body.toString().contains("InsufficientMemory"),
            "the queue counts the refusals");
    assertThat(queue.path("queue")).hasSize(1);
    assertThat(cluster.cosm("app", "rm", "giant").exitCode()).isZero();
  }

  @Test
  void aPortInUseFailsTheTaskWithTheReasonOfTheProgram() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      String app =
          "{\"id\":\"clash\",\"cmd\":\"perl -MIO::Socket::INET -e 'IO::Socket::INET->new(LocalPort => "
              + taken.getLocalPort()
              + ", Listen => 1) or die qq(port in use\\\\n)'\",\"cpus\":0.1,\"mem\":16}";
      assertThat(cluster.post(cluster.services() + "/v2/apps", app).status()).isEqualTo(201);
      LocalCluster.await(
          () -> cluster.cosm("app", "show", "clash").out(),
          out -> out.contains("TASK_FAILED") && out.contains("exited with status"),
          "the last failure is shown");
      assertThat(cluster.cosm("app", "rm", "clash").exitCode()).isZero();
    }
  }

  @Test
  void unknownThingsAreNotFound() {
    LocalCluster.Answer app = cluster.get(cluster.services() + "/v2/apps/nobody");
    assertThat(app.status()).isEqualTo(404);
    assertThat(app.body().path("message").asText()).isEqualTo("App '/nobody' does not exist");
    assertThat(cluster.cosm("app", "show", "nobody").err())
        .contains("App '/nobody' does not exist");
    assertThat(cluster.cosm("task", "log", "nobody").exitCode()).isEqualTo(1);
  }

  @Test
  void aSchedulerThatSpeaksNonsenseIsRefused() {
    String scheduler = cluster.master() + "/api/v1/scheduler";
    assertThat(cluster.post(scheduler, "{").status()).isEqualTo(400);
    assertThat(cluster.post(scheduler, "{\"type\":\"ACCEPT\"}").status()).isEqualTo(400);
    assertThat(cluster.exchange("GET", scheduler, "").status()).isEqualTo(405);
    assertThat(cluster.post(scheduler, "[".repeat(200_000)).status()).isEqualTo(400);
  }

  @Test
  void commandsSayWhatIsWrongInOneLine(@TempDir Path folder) throws IOException {
    Path notJson = Files.writeString(folder.resolve("app.json"), "hello");
    for (List<String> arguments :
        List.of(
            List.of("app", "deploy", notJson.toString()),
            List.of("app", "deploy", "/no/such/file.json"),
            List.of("local", "--agents=0"),
            List.of("local", "--work_dir=/proc/nowhere"),
            List.of("master", "--port=99999999", "--work_dir=" + folder))) {
      Cosm.Outcome outcome = cluster.cosm(arguments.toArray(String[]::new));
      assertThat(outcome.exitCode()).as("%s", arguments).isEqualTo(2);
      assertThat(outcome.err().lines()).as("%s", arguments).hasSize(1);
    }
  }
}
