package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.testkit.RequiresDocker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The well-known nginx document of Marathon's users, verbatim, against a real Docker daemon. */
@Tag("docker")
@RequiresDocker
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DockerApplicationIT {
  private static final String NGINX =
      "{\"id\":\"nginx\",\"cpus\":0.2,\"mem\":20.0,\"instances\":1,\"constraints\":[[\"hostname\",\"UNIQUE\",\"\"]],\"container\":"
          + "{\"type\":\"DOCKER\",\"docker\":{\"image\":\"nginx\",\"network\":\"BRIDGE\",\"portMappings\":[{\"containerPort\":80,"
          + "\"hostPort\":0,\"servicePort\":0,\"protocol\":\"tcp\"}]}}}";

  @SuppressWarnings("NonFinalStaticField") // JUnit sets it
  @TempDir
  static Path workDir;

  @SuppressWarnings("NonFinalStaticField") // one cluster for all the tests of the class
  private static LocalCluster cluster;

  @BeforeAll
  static void start(@TempDir Path tree) throws IOException {
    importNginx(tree);
    cluster = LocalCluster.start(workDir);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /**
   * There is no registry here: an image of that name is made of busybox, and serves one page on
   * port 80.
   */
  private static void importNginx(Path tree) throws IOException {
    Path busybox = Path.of(Cosm.succeed("sh", "-c", "command -v busybox"));
    Files.createDirectories(tree.resolve("bin"));
    Files.createDirectories(tree.resolve("www"));
    Files.copy(busybox, tree.resolve("bin/busybox"));
    for (String applet : List.of("sh", "httpd", "sleep", "echo")) {
      Files.createSymbolicLink(tree.resolve("bin/" + applet), Path.of("busybox"));
    }
    Files.writeString(tree.resolve("www/index.html"), "Welcome to nginx!\n");
    Cosm.succeed(
        "sh",
        "-c",
        "tar -C "
            + tree
            + " -c . | docker import --change 'CMD [\"/bin/httpd\",\"-f\",\"-p\",\"80\",\"-h\",\"/www\"]' - nginx:latest");
  }

  @Test
  @Order(1)
  void theDocumentIsAnsweredWithTheFullApplicationAndItsDeployment() {
    LocalCluster.Answer answer = cluster.post(cluster.services() + "/v2/apps", NGINX);
    assertThat(answer.status()).isEqualTo(201);
    JsonNode app = answer.body();
    assertThat(app.path("id").asText()).isEqualTo("/nginx");
    assertThat(app.path("cpus").asDouble()).isEqualTo(0.2);
    assertThat(app.path("instances").asInt()).isEqualTo(1);
    assertThat(app.path("networks").get(0).path("mode").asText()).isEqualTo("container/bridge");
    assertThat(app.path("container").path("portMappings").get(0).path("containerPort").asInt())
        .isEqualTo(80);
    assertThat(app.path("container").path("portMappings").get(0).path("servicePort").asInt())
        .isBetween(10000, 20000);
    assertThat(app.path("tasksRunning").asInt()).isZero();
    String deployment = app.path("deployments").get(0).path("id").asText();
    assertThat(answer.headers().get("marathon-deployment-id")).containsExactly(deployment);
  }

  @Test
  @Order(2)
  void thePublishedHostPortAnswers() {
    JsonNode task = cluster.awaitRunning("/nginx", 1).getFirst();
    assertThat(page(task)).isEqualTo("Welcome to nginx!");
  }

  @Test
  @Order(3)
  void threeInstancesSpreadOverThreeAgentsAndAFourthWaitsAndSaysWhy() {
    LocalCluster.await(
        () -> cluster.get(cluster.services() + "/v2/deployments").body(),
        JsonNode::isEmpty,
        "the deployment is done");
    cluster.exchange("PUT", cluster.services() + "/v2/apps/nginx", "{\"instances\":3}");
    List<JsonNode> tasks = cluster.awaitRunning("/nginx", 3);
    assertThat(tasks)
        .extracting(task -> task.path("host").asText())
        .containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2", "127.0.0.3");
    assertThat(tasks).allSatisfy(task -> assertThat(page(task)).isEqualTo("Welcome to nginx!"));

    assertThat(cluster.cosm("app", "scale", "nginx", "4", "--force").exitCode()).isZero();
    LocalCluster.await(
        () -> cluster.cosm("app", "show", "nginx").out(),
        out -> out.contains("3 of 4 running") && out.contains("UNIQUE"),
        "cosm app show says why the fourth waits");
    assertThat(cluster.cosm("app", "scale", "nginx", "3", "--force").exitCode()).isZero();
  }

  @Test
  @Order(4)
  void aKilledContainerIsReplacedWithinTheBackOff() {
    List<JsonNode> before = cluster.awaitRunning("/nginx", 3);
    String victim = containers().lines().findFirst().orElseThrow();
    Cosm.succeed("docker", "kill", victim);
    LocalCluster.await(
        () -> cluster.tasks("/nginx").stream().map(task -> task.path("id").asText()).toList(),
        ids -> before.stream().anyMatch(task -> !ids.contains(task.path("id").asText())),
        "the dead task is gone from the list");
    assertThat(cluster.awaitRunning("/nginx", 3))
        .allSatisfy(task -> assertThat(page(task)).isEqualTo("Welcome to nginx!"));
    JsonNode failure =
        cluster
            .get(cluster.services() + "/v2/apps/nginx")
            .body()
            .path("app")
            .path("lastTaskFailure");
    assertThat(failure.path("state").asText()).isEqualTo("TASK_FAILED");
  }

  @Test
  @Order(5)
  void anImageThatDoesNotExistIsSaidClearlyAndDisturbsNothing() {
    String missing =
        NGINX
            .replace("\"id\":\"nginx\"", "\"id\":\"missing\"")
            .replace("\"image\":\"nginx\"", "\"image\":\"localhost:1/no-such-image\"");
    assertThat(cluster.post(cluster.services() + "/v2/apps", missing).status()).isEqualTo(201);
    LocalCluster.await(
        () -> cluster.cosm("app", "show", "missing").out(),
        out -> out.contains("TASK_FAILED") && out.contains("no-such-image"),
        "the last failure names the image");
    assertThat(cluster.awaitRunning("/nginx", 3)).hasSize(3);
    assertThat(cluster.cosm("app", "rm", "missing").exitCode()).isZero();
  }

  @Test
  @Order(6)
  void aRunInAnImageStreamsAndExits() {
    Cosm.Outcome outcome =
        cluster.cosm("run", "--image", "nginx", "--", "sh", "-c", "echo from the image; exit 3");
    assertThat(outcome.all()).contains("from the image");
    assertThat(outcome.exitCode()).isEqualTo(3);
  }

  @Test
  @Order(7)
  void deletingLeavesNoContainer() {
    assertThat(cluster.exchange("DELETE", cluster.services() + "/v2/apps/nginx", "").status())
        .isEqualTo(200);
    LocalCluster.await(DockerApplicationIT::containers, String::isEmpty, "no container is left");
  }

  private static String page(JsonNode task) {
    return Cosm.succeed(
        "curl",
        "-fsS",
        "--retry",
        "5",
        "--retry-connrefused",
        "--retry-delay",
        "1",
        "http://" + task.path("host").asText() + ":" + task.path("ports").get(0).asInt() + "/");
  }

  /** Ids of this cluster's containers, running or not. */
  private static String containers() {
    return Cosm.run(
            Map.of(),
            List.of(
                "sh",
                "-c",
                "docker ps -a --no-trunc --format '{{.ID}} {{.Names}} {{.Labels}}' | grep '"
                    + workDir
                    + "' | cut -d' ' -f1"))
        .out();
  }
}
