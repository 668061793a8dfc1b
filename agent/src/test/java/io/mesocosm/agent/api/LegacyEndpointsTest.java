package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent's endpoints from before the v1 API. */
class LegacyEndpointsTest {
  private static final String NOTHING = "{\"permissive\":false}";

  private final ApiFixture api = ApiFixture.open();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/health",
        "/version",
        "/flags",
        "/state",
        "/containers",
        "/containerizer/debug",
        "/monitor/statistics",
        "/metrics/snapshot",
        "/metrics",
        "/system/stats.json",
        "/logging/toggle",
        "/files/debug",
        "/help"
      })
  void everyEndpointHasTwoPaths(String path) {
    assertThat(api.get(path).status()).isEqualTo(200);
    assertThat(api.get("/slave(1)" + path).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 3, 200",
    "'?container_id=c-web', 1, 200",
    "'?container_id=c-inner', 0, 200",
    "'?framework_id=m-0001', 2, 200",
    "'?framework_id=m-0001&executor_id=pod', 1, 200",
    "'?framework_id=unknown', 0, 200",
    "'?executor_id=pod', 0, 400",
    "'?container_id=c-web&framework_id=m-0000', 0, 400",
    "'?container_id=c-web&executor_id=web', 0, 400",
  })
  void containersAreFilteredByIds(String query, int found, int status) {
    ApiFixture.Answer answer = api.get("/containers" + query);

    assertThat(answer.status()).isEqualTo(status);
    if (status == 200) {
      assertThat(answer.body().split("\"executor_name\"", -1)).hasSize(found + 1);
    }
  }

  @Test
  void containersTellTheirStatusAndWhatTheyUse() {
    String body = api.get("/containers?container_id=c-web").body();

    assertThat(body)
        .startsWith(
            "[{\"framework_id\":\"m-0000\",\"executor_id\":\"web\",\"executor_name\":\"name of web\","
                + "\"source\":\"source of web\",\"container_id\":\"c-web\",\"status\":{")
        .contains("\"ip_address\":\"172.17.0.2\"")
        .contains("\"cpus_limit\":0.5")
        .containsPattern("\"mem_rss_bytes\":[1-9][0-9]{6,}")
        .containsPattern("\"cpus_user_time_secs\":[0-9]");
  }

  @Test
  void statisticsLeaveOutContainersWithoutProcesses() {
    assertThat(api.get("/monitor/statistics").body())
        .contains("\"executor_id\":\"web\"")
        .contains("\"executor_id\":\"pod\"")
        .doesNotContain("\"executor_id\":\"own\"")
        .doesNotContain("container_id");
  }

  @Test
  void helpNamesTheEndpoints() {
    assertThat(api.get("/help").body())
        .startsWith("<!DOCTYPE html>")
        .contains("<code>GET /state</code>")
        .contains("<code>POST /api/v1/executor</code>");
  }

  @Test
  void debugShowsContainersThatAreBeingStarted() {
    assertThat(api.get("/containerizer/debug").body())
        .isEqualTo(
            "{\"pending\":[{\"operation\":\"launch\","
                + "\"args\":{\"containerId\":{\"value\":\"c-own\"}}}]}");
  }

  @Test
  void sandboxesAreListedByTheirPaths() {
    assertThat(api.get("/files/debug").body())
        .contains(
            "\"/frameworks/m-0000/executors/web/runs/latest\":"
                + "\"/work/slaves/m-S0/frameworks/m-0000/executors/web/runs/c-web\"")
        .contains("\"/frameworks/m-0002/executors/done/runs/c-done\":");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "slave/registered\":1.0",
        "slave/uptime_secs\":60.0",
        "slave/recovery_errors\":13.0",
        "slave/frameworks_active\":2.0",
        "slave/executors_registering\":1.0",
        "slave/tasks_running\":2.0",
        "slave/tasks_staging\":1.0",
        "slave/tasks_gone\":5.0",
        "slave/container_launch_errors\":7.0",
        "slave/valid_status_updates\":8.0",
        "slave/invalid_status_updates\":9.0",
        "slave/cpus_total\":6.0",
        "slave/cpus_used\":1.7",
        "slave/cpus_revocable_total\":0.0",
        "slave/gpus_percent\":0.0",
        "slave/executor_directory_max_allowed_age_secs\":0.0",
        "gc/path_removals_pending\":0.0",
        "containerizer/mesos/container_destroy_errors\":0.0",
        "containerizer/fetcher/cache_size_total_bytes\":0.0",
        "containerizer/fetcher/task_fetches_succeeded\":11.0",
        "containerizer/fetcher/task_fetches_failed\":12.0",
        "system/mem_total_bytes\":"
      })
  void metricsAreNamedAsToolsKnowThem(String metric) {
    assertThat(api.get("/metrics/snapshot").body()).contains("\"" + metric);
  }

  @Test
  void metricsAreThereForPrometheus() {
    ApiFixture.Answer answer = api.get("/metrics");

    assertThat(answer.contentType()).startsWith("text/plain; version=0.0.4");
    assertThat(answer.body())
        .contains("# TYPE mesos_slave_registered untyped\nmesos_slave_registered 1.0\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"domain\":{\"fault_domain\":",
        "\"drain_config\":{\"mark_gone\":true}",
        "\"estimated_drain_start_time_seconds\":1767225570.0",
        "\"reserved_resources\":{\"team\":{\"cpus\":2.0",
        "\"reserved_resources_full\":{\"team\":[",
        "\"unreserved_resources_full\":[",
        "\"reserved_resources_allocated\":{",
        "\"unreserved_resources_allocated\":{\"cpus\":1.7",
        "\"resource_providers\":[]",
        "\"flags\":{\"port\":\"5051\"}",
        "\"limits\":{\"cpus\":1.5,\"mem\":\"Infinity\"}",
        "\"queued_tasks\":[{\"id\":\"waiting\",\"name\":\"name of waiting\",\"slave_id\":\"m-S0\"",
        "\"executor_id\":\"own\"}]",
        "\"role\":\"dev\"",
        "\"type\":\"CUSTOM\""
      })
  void stateIsComplete(String part) {
    assertThat(api.get("/state").body()).contains(part);
  }

  @Test
  void loadOfTheMachineIsTold() {
    assertThat(api.get("/system/stats.json").body())
        .contains("\"cpus_total\":", "\"avg_load_15min\":", "\"mem_free_bytes\":");
  }

  @Test
  void logLevelIsToggledForAWhile() {
    assertThat(api.post("/logging/toggle?level=1&duration=1mins").status()).isEqualTo(200);
    assertThat(api.get("/logging/toggle").body()).isEqualTo("1\n");
    assertThat(api.post("/logging/toggle?level=0&duration=1secs").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "level=1",
        "duration=1secs",
        "level=x&duration=1secs",
        "level=1&duration=x",
        "level=9&duration=1secs"
      })
  void badLogLevelsAreRefused(String query) {
    assertThat(api.post("/logging/toggle?" + query).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/containers",
        "/containerizer/debug",
        "/files/debug",
        "/logging/toggle",
        "/metrics/snapshot",
        "/metrics",
        "/monitor/statistics",
        "/flags"
      })
  void guardedEndpointsAreRefusedUnderBothPaths(String path) throws Exception {
    ApiFixture guarded = ApiFixture.guarded(NOTHING);

    assertThat(guarded.get(path).status()).isEqualTo(403);
    assertThat(guarded.get("/slave(1)" + path).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/containers",
        "/containerizer/debug",
        "/files/debug",
        "/metrics/snapshot",
        "/monitor/statistics"
      })
  void rulesNameEndpoints(String path) throws Exception {
    ApiFixture guarded =
        ApiFixture.guarded(
            "{\"permissive\":false,\"get_endpoints\":[{\"principals\":{\"values\":[\"ops\"]},"
                + "\"paths\":{\"values\":[\""
                + path
                + "\"]}}]}");

    assertThat(guarded.get("/slave(1)" + path, "As", "ops").status()).isEqualTo(200);
    assertThat(guarded.get(path, "As", "guest").status()).isEqualTo(403);
  }

  @Test
  void stateOfWhoMaySeeNothingHasNothingOfAnybody() throws Exception {
    String body = ApiFixture.guarded(NOTHING).get("/state").body();

    assertThat(body)
        .contains("\"frameworks\":[]", "\"completed_frameworks\":[]", "\"hostname\":\"node\"")
        .doesNotContain("\"flags\"", "team");
  }

  @Test
  void containersOfOthersAreLeftOut() throws Exception {
    ApiFixture guarded =
        ApiFixture.guarded(
            "{\"view_containers\":[{\"principals\":{\"values\":[\"bob\"]},\"users\":{\"values\":"
                + "[\"alice\"]}},{\"principals\":{\"type\":\"ANY\"},\"users\":{\"type\":\"NONE\"}}]}");

    for (String path : new String[] {"/containers", "/monitor/statistics"}) {
      assertThat(guarded.get(path, "As", "bob").body()).contains("m-0000").doesNotContain("m-0001");
      assertThat(guarded.get(path, "As", "guest").body()).isEqualTo("[]");
    }
  }
}
