package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.cli.client.FakeScheduler.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppDiffCommandTest {
  private static final String NOTHING = "{\"steps\":[],\"definitions\":[]}";

  @TempDir Path folder;
  private final FakeScheduler scheduler =
      new FakeScheduler().on("PUT /v2/apps?dryRun=true&partialUpdate=false", 200, NOTHING);
  private final Terminal terminal = new Terminal(new AppCommand(), scheduler.url());

  @AfterEach
  void stop() {
    scheduler.close();
  }

  @Test
  void changedFieldsAndStepsAreShownAndTheExitCodeIsOne() throws IOException {
    present(
        "/web",
        "{\"id\":\"/web\",\"cpus\":0.1,\"env\":{\"MODE\":\"a\",\"OLD\":\"1\"},\"version\":\"v1\"}");
    scheduler.on(
        "PUT /v2/apps/web",
        200,
        """
        {"steps":[{"actions":[{"action":"RestartApplication","app":"/web"}]}],
         "definitions":[{"id":"/web","cpus":0.2,"env":{"MODE":"b"},"labels":{"team":"x"},"version":"v2"}]}
        """);

    assertThat(terminal.run("diff", file("{\"id\":\"web\",\"cpus\":0.2}"))).isEqualTo(1);

    assertThat(terminal.out().lines())
        .containsExactly(
            "~ app /web",
            "    cpus: 0.1 -> 0.2",
            "    env.MODE: \"a\" -> \"b\"",
            "    env.OLD: removed \"1\"",
            "    labels.team: added \"x\"",
            "the deployment would have 1 step",
            "  1. RestartApplication /web");
    assertThat(scheduler.writes()).isEmpty();
  }

  @Test
  void defaultsThatTheSchedulerFillsInAreNoDifference() throws IOException {
    present("/web", "{\"id\":\"/web\",\"cpus\":1,\"mem\":128,\"fetch\":[],\"tasksRunning\":1}");
    scheduler.on(
        "PUT /v2/apps/web",
        200,
        "{\"steps\":[],\"definitions\":[{\"id\":\"/web\",\"cpus\":1.0,\"mem\":128.0}]}");

    assertThat(terminal.run("diff", file("{\"id\":\"/web\"}"))).isZero();
    assertThat(terminal.out().strip()).isEqualTo("nothing would change");
  }

  @Test
  void withoutNormalisedDefinitionsOnlyWhatIsWrittenIsCompared() throws IOException {
    present(
        "/web",
        "{\"id\":\"/web\",\"cpus\":1,\"portDefinitions\":[{\"port\":10001,\"protocol\":\"tcp\"}]}");
    scheduler.on("PUT /v2/apps/web", 200, "{\"steps\":[]}");

    assertThat(terminal.run("diff", file("{\"id\":\"/web\",\"portDefinitions\":[{\"port\":0}]}")))
        .isZero();
  }

  @Test
  void anAppThatIsNotThereIsCreated() throws IOException {
    scheduler.on(
        "PUT /v2/apps/web",
        200,
        """
        {"steps":[{"actions":[{"action":"StartApplication","app":"/web"}]}],
         "definitions":[{"id":"/web","cmd":"sleep 9"}]}
        """);

    assertThat(terminal.run("diff", file("{\"id\":\"/web\",\"cmd\":\"sleep 9\"}"))).isEqualTo(1);
    assertThat(terminal.out()).contains("+ app /web").contains("cmd: added \"sleep 9\"");
  }

  @Test
  void anArrayIsAskedForAtOnce() throws IOException {
    present("/a", "{\"id\":\"/a\",\"instances\":1}");
    present("/b", "{\"id\":\"/b\",\"instances\":1}");
    scheduler.on(
        "PUT /v2/apps",
        200,
        """
        {"steps":[{"actions":[{"action":"ScaleApplication","app":"/b"}]}],
         "definitions":[{"id":"/a","instances":1},{"id":"/b","instances":3}]}
        """);

    String file = file("[{\"id\":\"/a\"},{\"id\":\"/b\",\"instances\":3}]");
    assertThat(terminal.run("diff", file)).isEqualTo(1);
    assertThat(terminal.out()).doesNotContain("app /a").contains("~ app /b", "instances: 1 -> 3");
  }

  @Test
  void aGroupShowsWhatItsPlanRemoves() throws IOException {
    scheduler.on(
        "GET /v2/groups/g",
        200,
        """
        {"id":"/g","apps":[{"id":"/g/old","cmd":"a"},{"id":"/g/kept","cmd":"b"}],"groups":[],"dependencies":[]}
        """);
    scheduler.on(
        "PUT /v2/groups/g",
        200,
        """
        {"steps":[{"actions":[{"action":"StopApplication","app":"/g/old"}]}],
         "definitions":[{"id":"/g/kept","cmd":"b"}]}
        """);

    assertThat(
            terminal.run(
                "diff", file("{\"id\":\"/g\",\"apps\":[{\"id\":\"kept\",\"cmd\":\"b\"}]}")))
        .isEqualTo(1);
    assertThat(terminal.out().lines())
        .startsWith("- app /g/old", "the deployment would have 1 step");
  }

  @Test
  void containersOfAPodAreComparedByName() throws IOException {
    scheduler.on(
        "GET /v2/pods/p",
        200,
        "{\"id\":\"/p\",\"containers\":[{\"name\":\"a\",\"image\":{\"id\":\"x\"}},{\"name\":\"b\"}]}");
    scheduler.on(
        "PUT /v2/pods/p",
        200,
        """
        {"steps":[{"actions":[{"action":"RestartPod","pod":"/p"}]}],
         "definitions":[{"id":"/p","containers":[{"name":"b"},{"name":"a","image":{"id":"y"}}]}]}
        """);

    String file = file("{\"id\":\"/p\",\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
    assertThat(terminal.run("diff", file)).isEqualTo(1);
    assertThat(terminal.out().lines())
        .containsSequence("~ pod /p", "    containers[a].image.id: \"x\" -> \"y\"")
        .contains("  1. RestartPod /p");
  }

  @Test
  void aSchedulerThatIgnoresDryRunIsNeverAskedToChangeAnything() throws IOException {
    scheduler.on("PUT /v2/apps?dryRun=true&partialUpdate=false", 200, "{\"deploymentId\":\"d\"}");

    assertThat(terminal.run("diff", file("{\"id\":\"/web\"}"))).isEqualTo(2);
    assertThat(terminal.err()).contains("does not know dryRun");
    assertThat(scheduler.asked()).noneMatch(one -> one.path().equals("/v2/apps/web"));
  }

  @Test
  void aSchedulerThatRefusesNoAppsIsAskedAboutAGroup() throws IOException {
    scheduler.on("PUT /v2/apps?dryRun=true&partialUpdate=false", 422, "{\"message\":\"empty\"}");
    scheduler.on("PUT /v2/groups/cosm-asks-for-dry-runs", 200, "{\"steps\":[]}");
    scheduler.on("PUT /v2/apps/web", 200, NOTHING);
    present("/web", "{\"id\":\"/web\"}");

    assertThat(terminal.run("diff", file("{\"id\":\"/web\"}"))).isZero();
  }

  @Test
  void refusalIsAnErrorAndNoDifference() throws IOException {
    scheduler.on(
        "PUT /v2/apps/web",
        422,
        """
        {"message":"Object is not valid","details":[{"path":"/cpus","errors":["must be positive"]}]}
        """);

    assertThat(terminal.run("diff", file("{\"id\":\"/web\",\"cpus\":-1}"))).isEqualTo(2);
    assertThat(terminal.err()).contains("Object is not valid; /cpus: must be positive");
  }

  @Test
  void whatIsNoDefinitionIsAnError() throws IOException {
    assertThat(terminal.run("diff", file("[1]"))).isEqualTo(2);
    assertThat(terminal.run("diff", file("{"))).isEqualTo(2);
    assertThat(terminal.run("diff", folder.resolve("none.json").toString())).isEqualTo(2);
    assertThat(terminal.err()).contains("does not exist");
  }

  private void present(String id, String app) {
    scheduler.on("GET /v2/apps" + id, _ -> Told.of(200, "{\"app\":" + app + "}"));
  }

  private String file(String json) throws IOException {
    return Files.writeString(folder.resolve("file.json"), json).toString();
  }
}
