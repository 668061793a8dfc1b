package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus as Debian ships it finds and reads the tasks of an app by {@code marathon_sd_configs}.
 */
@RequiresProgram(value = "prometheus", debianPackage = "prometheus")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PrometheusDiscoveryIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APP = "/shop/till";

  /** Answers one metric on its port. */
  private static final String EXPORTER =
      """
      exec perl -MIO::Socket::INET -e '
      my $server = IO::Socket::INET->new(LocalAddr => $ENV{HOST}, LocalPort => $ENV{PORT_METRICS},
        Listen => 16, ReuseAddr => 1) or die "cannot listen: $!";
      while (my $client = $server->accept) {
        while (my $line = <$client>) { last if $line =~ /^\\r?\\n$/ }
        my $body = "till_open 1\\n";
        print $client "HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: ",
          length $body, "\\r\\nConnection: close\\r\\n\\r\\n", $body;
        close $client;
      }'
      """;

  @SuppressWarnings("NonFinalStaticField") // JUnit sets it
  @TempDir
  static Path workDir;

  @SuppressWarnings("NonFinalStaticField") // JUnit sets it
  @TempDir
  static Path prometheusDir;

  @SuppressWarnings("NonFinalStaticField") // one cluster for all the tests of the class
  private static LocalCluster cluster;

  @SuppressWarnings("NonFinalStaticField") // one Prometheus for all the tests of the class
  private static Process prometheus;

  @SuppressWarnings("NonFinalStaticField") // set with it
  private static String api;

  @BeforeAll
  static void start() throws IOException {
    cluster = LocalCluster.start(workDir);
    int port = freePort();
    api = "http://127.0.0.1:" + port + "/api/v1";
    Path config =
        Files.writeString(
            prometheusDir.resolve("prometheus.yml"),
            """
            scrape_configs:
              - job_name: apps
                scrape_interval: 1s
                marathon_sd_configs:
                  - servers: ["%s"]
                    refresh_interval: 1s
                relabel_configs:
                  - source_labels: [__meta_marathon_port_definition_label_scrape]
                    regex: yes
                    action: keep
                  - source_labels: [__meta_marathon_app]
                    target_label: app
            """
                .formatted(cluster.services()));
    prometheus =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + prometheusDir.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn")
            .redirectErrorStream(true)
            .redirectOutput(prometheusDir.resolve("prometheus.log").toFile())
            .start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    try {
      if (prometheus != null) {
        prometheus.destroy();
        if (!prometheus.waitFor(20, TimeUnit.SECONDS)) {
          prometheus.destroyForcibly();
        }
      }
    } finally {
      if (cluster != null) {
        cluster.close();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Test
  @Order(1)
  void theTasksOfAnAppBecomeTargetsWithItsLabels() {
    ObjectNode app = JSON.createObjectNode().put("id", APP).put("cmd", EXPORTER);
    app.put("cpus", 0.1).put("mem", 32).put("instances", 2);
    app.putArray("constraints").addArray().add("hostname").add("UNIQUE");
    app.putObject("labels").put("team", "sales");
    ObjectNode metrics = app.putArray("portDefinitions").addObject().put("port", 0);
    metrics.put("name", "metrics").putObject("labels").put("scrape", "yes");
    assertThat(cluster.post(cluster.services() + "/v2/apps", app.toString()).status())
        .isEqualTo(201);
    List<JsonNode> tasks = cluster.awaitRunning(APP, 2);

    List<JsonNode> targets = awaitTargets(2, "up");

    for (JsonNode task : tasks) {
      JsonNode target = targetOf(targets, task.path("id").asText());
      JsonNode discovered = target.path("discoveredLabels");
      assertThat(discovered.path("__address__").asText())
          .isEqualTo(task.path("host").asText() + ":" + task.path("ports").path(0).asInt());
      assertThat(discovered.path("__meta_marathon_app").asText()).isEqualTo(APP);
      assertThat(discovered.path("__meta_marathon_app_label_team").asText()).isEqualTo("sales");
      assertThat(discovered.path("__meta_marathon_port_definition_label_scrape").asText())
          .isEqualTo("yes");
      assertThat(discovered.path("__meta_marathon_port_index").asText()).isEqualTo("0");
      assertThat(target.path("labels").path("app").asText()).isEqualTo(APP);
    }
    assertThat(
            answer("/query?query=sum(till_open)")
                .path("result")
                .path(0)
                .path("value")
                .path(1)
                .asText())
        .isEqualTo("2");
  }

  @Test
  @Order(2)
  void anAppWithoutSuchAPortIsNoTarget() {
    String app = "{\"id\":\"/quiet\",\"cmd\":\"sleep 1000\",\"cpus\":0.1,\"mem\":32}";
    assertThat(cluster.post(cluster.services() + "/v2/apps", app).status()).isEqualTo(201);
    cluster.awaitRunning("/quiet", 1);

    // Prometheus has then asked again, and found the new app too.
    JsonNode dropped =
        LocalCluster.await(
            () -> answer("/targets").path("droppedTargets"),
            seen -> seen.size() == 1,
            "one target is dropped");

    assertThat(dropped.path(0).path("discoveredLabels").path("__meta_marathon_app").asText())
        .isEqualTo("/quiet");
    assertThat(answer("/targets").path("activeTargets")).hasSize(2);
  }

  @Test
  @Order(3)
  void targetsGoWithTheirTasks() {
    String url = cluster.services() + "/v2/apps" + APP;
    assertThat(cluster.exchange("PUT", url, "{\"instances\":1}").status()).isEqualTo(200);
    String left = cluster.awaitRunning(APP, 1).getFirst().path("id").asText();
    assertThat(targetOf(awaitTargets(1, "up"), left).path("health").asText()).isEqualTo("up");

    assertThat(cluster.exchange("DELETE", url, "").status()).isEqualTo(200);
    awaitTargets(0, "up");
  }

  private static JsonNode targetOf(List<JsonNode> targets, String task) {
    return targets.stream()
        .filter(target ->
            target.path("discoveredLabels").path("__meta_marathon_task").asText().equals(task))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no target of task " + task + " in " + targets));
  }

  private static List<JsonNode> awaitTargets(int count, String health) {
    return LocalCluster.await(
        PrometheusDiscoveryIT::targets,
        targets ->
            targets.size() == count
                && targets.stream().allMatch(one -> one.path("health").asText().equals(health)),
        count + " targets are " + health);
  }

  private static List<JsonNode> targets() {
    List<JsonNode> targets = new ArrayList<>();
    answer("/targets").path("activeTargets").forEach(targets::add);
    return targets;
  }

  /** What Prometheus says, empty while it starts. */
  private static JsonNode answer(String path) {
    if (!prometheus.isAlive()) {
      throw new AssertionError("prometheus exited with " + prometheus.exitValue() + ": " + log());
    }
    Cosm.Outcome curl =
        Cosm.run(java.util.Map.of(), List.of("curl", "-sS", "--globoff", api + path));
    try {
      return curl.exitCode() == 0 ? JSON.readTree(curl.out()).path("data") : JSON.missingNode();
    } catch (IOException _) {
      return JSON.missingNode(); // not ready: it says so in plain text
    }
  }

  private static String log() {
    try {
      return Files.readString(prometheusDir.resolve("prometheus.log"));
    } catch (IOException e) {
      return "no log: " + e;
    }
  }
}
