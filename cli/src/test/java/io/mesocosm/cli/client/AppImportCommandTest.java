package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.cli.client.FakeScheduler.Asked;
import io.mesocosm.cli.client.FakeScheduler.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppImportCommandTest {
  private static final String GROUPS =
      """
      {"id":"/","version":"2020-01-01T00:00:00.000Z","dependencies":[],"pods":[],
       "apps":[{"id":"/first","cmd":"sleep 1","instances":2,"cpus":0.1,"dependencies":["/prod/db"],
                "version":"2020-01-01T00:00:00.000Z","versionInfo":{"lastScalingAt":"x"},
                "tasksStaged":0,"tasksRunning":2,"deployments":[],"executor":"","user":null,
                "fetch":[{"uri":"http://x/y.tgz","extract":true,"executable":false,"cache":false}],
                "ports":[10001],"portDefinitions":[{"port":10001,"protocol":"tcp"}]}],
       "groups":[
         {"id":"/prod","enforceRole":true,"dependencies":[],"groups":[],"apps":[
            {"id":"/prod/db","instances":1,"ports":[10002],"portDefinitions":[{"port":10002}],
             "container":{"type":"DOCKER","docker":{"image":"db","network":"BRIDGE",
               "portMappings":[{"containerPort":5432,"servicePort":10002}]}}}],
          "pods":[{"id":"/prod/pod","containers":[{"name":"c"}],"scaling":{"kind":"fixed","instances":2}}]},
         {"id":"/empty","enforceRole":false,"apps":[],"groups":[],"pods":[]}]}
      """;

  @TempDir Path folder;
  private final FakeScheduler source = new FakeScheduler();
  private final FakeScheduler target = new FakeScheduler();
  private final Terminal terminal = new Terminal(new AppCommand(), target.url());
  private final Map<String, JsonNode> apps = new TreeMap<>();
  private final Map<String, JsonNode> pods = new TreeMap<>();
  private final Map<String, JsonNode> groups = new TreeMap<>();

  @BeforeEach
  void start() {
    source.on("GET /v2/groups", 200, GROUPS);
    source.on("GET /v2/apps", 200, "{\"apps\":[]}");
    target.on("GET /v2/groups", _ -> Told.of(200, tree()));
    target.on("PUT /v2/apps", 200, "{\"steps\":[]}");
    target.on("POST /v2/apps", one -> create(one, apps));
    target.on("POST /v2/pods", one -> create(one, pods));
    target.on("POST /v2/groups", one -> create(one, groups));
    for (String id : List.of("/first", "/prod/db")) {
      target.on("PUT /v2/apps" + id, one -> put(one, apps));
    }
    target.on("PUT /v2/pods/prod/pod", one -> put(one, pods));
  }

  @AfterEach
  void stop() {
    source.close();
    target.close();
  }

  @Test
  void everythingIsCopiedAfterWhatItDependsOnAndTheSourceOnlyRead() {
    assertThat(terminal.run("import", source.url())).as(terminal.err()).isZero();

    assertThat(target.asked().stream().filter(one -> one.method().equals("POST")))
        .extracting(one -> one.path() + " " + one.json().path("id").asText())
        .containsExactly(
            "/v2/groups /empty",
            "/v2/groups /prod",
            "/v2/apps /prod/db",
            "/v2/apps /first",
            "/v2/pods /prod/pod");
    assertThat(source.asked()).allMatch(one -> one.method().equals("GET"));
    assertThat(terminal.out()).contains("5 copied", "0 refused");
  }

  @Test
  void whatTheSchedulerFillsInIsStrippedAndServicePortsAreKept() {
    terminal.run("import", source.url());

    assertThat(kept(apps, "/first"))
        .isEqualTo(
            Api.parse(
                """
                {"id":"/first","cmd":"sleep 1","instances":2,"cpus":0.1,"dependencies":["/prod/db"],
                 "fetch":[{"uri":"http://x/y.tgz"}],"portDefinitions":[{"port":10001,"protocol":"tcp"}]}
                """));
    JsonNode database = kept(apps, "/prod/db");
    assertThat(database.has("ports") || database.has("portDefinitions")).isFalse();
    assertThat(database.at("/container/docker/portMappings/0/servicePort").asInt())
        .isEqualTo(10002);
  }

  @Test
  void runAgainEverythingIsEqualAndNothingIsWritten() {
    terminal.run("import", source.url());
    int before = target.writes().size();

    assertThat(terminal.run("import", source.url())).isZero();
    assertThat(target.writes()).hasSize(before);
    assertThat(terminal.out()).contains("0 copied", "5 equal");
  }

  @Test
  void suspendedNothingRuns() {
    terminal.run("import", source.url(), "--suspended");

    assertThat(apps.values()).allMatch(app -> app.path("instances").asInt(-1) == 0);
    assertThat(kept(pods, "/prod/pod").at("/scaling/instances").asInt(-1)).isZero();

    ((ObjectNode) kept(apps, "/first")).put("instances", 7);
    assertThat(terminal.run("import", source.url(), "--suspended")).isZero();
    assertThat(terminal.out()).as("scaled since").contains("5 equal");
  }

  @Test
  void whatDiffersIsReportedAndReplacedOnlyIfAskedFor() {
    terminal.run("import", source.url());
    ((ObjectNode) kept(apps, "/first")).put("cmd", "sleep 2");

    assertThat(terminal.run("import", source.url())).isZero();
    assertThat(terminal.out())
        .contains("1 differing", "app /first: cmd: \"sleep 2\" -> \"sleep 1\"", "--replace");
    assertThat(kept(apps, "/first").path("cmd").asText()).isEqualTo("sleep 2");

    assertThat(terminal.run("import", source.url(), "--replace")).isZero();
    assertThat(terminal.out()).contains("1 replaced");
    assertThat(kept(apps, "/first").path("cmd").asText()).isEqualTo("sleep 1");
  }

  @Test
  void dryRunWritesNothing() {
    assertThat(terminal.run("import", source.url(), "--dry-run")).isZero();

    assertThat(terminal.out()).contains("would be copied  app /first", "5 would be copied");
    assertThat(target.writes()).isEmpty();
    assertThat(apps).isEmpty();
  }

  @Test
  void oneThatIsRefusedHoldsUpNoOtherAndTheReportSaysWhy() {
    target.on(
        "POST /v2/apps",
        one ->
            one.json().path("id").asText().equals("/prod/db")
                ? Told.of(
                    422,
                    "{\"message\":\"Object is not valid\",\"details\":[{\"path\":\"/role\",\"errors\":[\"not"
                        + " allowed\"]}]}")
                : create(one, apps));

    assertThat(terminal.run("import", source.url())).isEqualTo(1);
    assertThat(terminal.out())
        .contains(
            "4 copied", "1 refused", "  app /prod/db: Object is not valid; /role: not allowed");
  }

  @Test
  void tooManyDeploymentsAreWaitedFor() {
    AtomicInteger tries = new AtomicInteger();
    target.on(
        "POST /v2/pods",
        one ->
            tries.incrementAndGet() == 1
                ? Told.of(403, "{\"message\":\"Max number (100) of running deployments reached\"}")
                : create(one, pods));

    assertThat(terminal.run("import", source.url())).isZero();
    assertThat(pods).containsKey("/prod/pod");
  }

  @Test
  void theReportSurvivesAClusterThatGoesAway() {
    target.on(
        "POST /v2/apps",
        one -> {
          if (one.json().path("id").asText().equals("/first")) {
            return Told.of(401, "{}");
          }
          return create(one, apps);
        });

    assertThat(terminal.run("import", source.url())).isEqualTo(1);
    assertThat(terminal.out()).contains("3 copied");
    assertThat(terminal.err()).contains("credentials are wanted");
  }

  @Test
  void aSourceBehindAGatewayIsAskedWithCredentialsFromAFile() throws IOException {
    source.on("GET /service/marathon/v2/groups", 200, "{\"id\":\"/\"}");
    source.on(
        "GET /service/marathon/v2/apps", 200, "{\"apps\":[{\"id\":\"/first\",\"cmd\":\"x\"}]}");
    Path password = Files.writeString(folder.resolve("password"), "secret\n");

    int status =
        terminal.run(
            "import",
            source.url() + "/service/marathon/",
            "--source-user=admin",
            "--source-password-file=" + password);

    assertThat(status).as(terminal.err()).isZero();
    assertThat(source.asked())
        .allMatch(one -> one.authorization().equals("Basic YWRtaW46c2VjcmV0"));
    assertThat(apps).containsOnlyKeys("/first");
  }

  @Test
  void passwordsInAddressesAreRefusedAndNotRepeated() {
    assertThat(terminal.run("import", "http://admin:hush@example.org:8080")).isEqualTo(2);
    assertThat(terminal.err()).contains("--source-password-file").doesNotContain("hush");
  }

  @Test
  void aSourceThatCannotBeReachedFailsInOneLine() {
    String gone = source.url();
    source.close();

    assertThat(terminal.run("import", gone)).isEqualTo(1);
    assertThat(terminal.err().lines()).hasSize(1);
    assertThat(target.writes()).isEmpty();
  }

  private Told create(Asked one, Map<String, JsonNode> kept) {
    if (!one.isDry()) {
      kept.put(one.json().path("id").asText(), one.json());
    }
    return one.isDry() ? Told.of(200, "{\"steps\":[]}") : Told.of(201, one.body());
  }

  private Told put(Asked one, Map<String, JsonNode> kept) {
    if (one.isDry()) {
      return Told.of(200, "{\"steps\":[],\"definitions\":[" + one.body() + "]}");
    }
    kept.put(one.json().path("id").asText(), one.json());
    return Told.of(200, "{\"deploymentId\":\"d\"}");
  }

  private static JsonNode kept(Map<String, JsonNode> all, String id) {
    return all.getOrDefault(id, MissingNode.getInstance());
  }

  /** All below the root: what is of a group says so by its id. */
  private String tree() {
    return "{\"id\":\"/\",\"apps\":"
        + apps.values()
        + ",\"pods\":"
        + pods.values()
        + ",\"groups\":"
        + groups.values()
        + "}";
  }
}
