package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.VersionInfo;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import io.mesocosm.services.json.PodStatusRules.InstanceState;
import io.mesocosm.services.json.PodStatusRules.PodState;
import io.mesocosm.services.json.PodStatusView.InstanceView;
import io.mesocosm.services.json.PodStatusView.LocalVolume;
import io.mesocosm.services.json.PodStatusView.TaskEnd;
import io.mesocosm.services.json.PodStatusView.TaskView;
import io.mesocosm.services.json.PodStatusView.Termination;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodStatusWriterTest {
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final String UUID = "01234567-89ab-4def-8123-456789abcdef";

  private final PodDefinition pod =
      new PodReader("*", Optional.empty())
          .read(
              Json.parse(
                  """
                  {"id":"/shop/pod","scaling":{"kind":"fixed","instances":2},"containers":[
                   {"name":"web","exec":{"command":{"shell":"x"}},"resources":{"cpus":0.5,"mem":64},
                    "endpoints":[{"name":"http","hostPort":0},{"name":"admin","hostPort":0}],
                    "healthCheck":{"http":{"endpoint":"http"}}},
                   {"name":"side","exec":{"command":{"shell":"y"}},
                    "resources":{"cpus":0.25,"mem":32,"disk":5,"gpus":1},
                    "endpoints":[{"name":"side","hostPort":0}]}]}
                  """
                      .getBytes(StandardCharsets.UTF_8)))
          .withVersion(AT, new VersionInfo(AT, AT));

  private static TaskView task(
      String container, Condition condition, Optional<Boolean> healthy, Optional<String> message) {
    return new TaskView(
        container,
        "shop_pod.instance-" + UUID + "." + container + ".1",
        "TASK_" + condition.name(),
        condition,
        List.of("10.0.0.1"),
        AT.plusSeconds(20),
        healthy,
        message);
  }

  private InstanceView instance(Condition condition, Optional<Boolean> healthy) {
    return new InstanceView(
        pod,
        new InstanceId(pod.id(), UUID),
        condition,
        AT.plusSeconds(10),
        new Placement(
            "a1",
            "h1",
            new TreeMap<>(),
            Optional.of("eu"),
            Optional.of("eu-1"),
            "web",
            List.of(8001, 0, 8002)),
        List.of(
            task("web", condition, healthy, Optional.empty()),
            task("side", condition, Optional.empty(), Optional.empty())),
        List.of());
  }

  private PodStatusView view(boolean removed, InstanceView... instances) {
    return new PodStatusView(pod, removed, List.of(instances), List.of());
  }

  private static JsonNode written(PodStatusView view) {
    return Json.parse(Json.bytes(PodStatusWriter.write(view)));
  }

  @ParameterizedTest
  @CsvSource({
    "SCHEDULED,PENDING",
    "PROVISIONED,PENDING",
    "STAGING,STAGING",
    "STARTING,STAGING",
    "RUNNING,STABLE",
    "UNREACHABLE,DEGRADED",
    "UNREACHABLE_INACTIVE,DEGRADED",
    "ERROR,DEGRADED",
    "KILLING,TERMINAL",
    "FINISHED,TERMINAL",
    "FAILED,TERMINAL",
    "KILLED,TERMINAL",
    "DROPPED,TERMINAL",
    "GONE,TERMINAL",
    "UNKNOWN,TERMINAL",
  })
  void conditionsOfInstancesAreToldAsStates(Condition condition, InstanceState state) {
    assertThat(PodStatusRules.state(instance(condition, Optional.empty()))).isEqualTo(state);
  }

  @Test
  void unhealthyContainerDegradesItsInstance() {
    InstanceView sick = instance(Condition.RUNNING, Optional.of(false));

    assertThat(PodStatusRules.state(sick)).isEqualTo(InstanceState.DEGRADED);
    assertThat(PodStatusRules.message(sick)).contains("unhealthy containers: web");
    assertThat(PodStatusRules.state(instance(Condition.RUNNING, Optional.of(true))))
        .isEqualTo(InstanceState.STABLE);
  }

  @Test
  void podIsStableWithAsManyStableInstancesAsWanted() {
    InstanceView fine = instance(Condition.RUNNING, Optional.of(true));
    InstanceView sick = instance(Condition.RUNNING, Optional.of(false));

    assertThat(PodStatusRules.state(view(false, fine, fine, sick))).isEqualTo(PodState.STABLE);
    assertThat(PodStatusRules.state(view(false, fine, sick))).isEqualTo(PodState.DEGRADED);
    assertThat(PodStatusRules.state(view(false))).isEqualTo(PodState.DEGRADED);
    assertThat(PodStatusRules.state(view(true, fine, fine))).isEqualTo(PodState.TERMINAL);
  }

  @Test
  void podOfNoInstancesIsStableSinceItsVersion() {
    JsonNode json = written(new PodStatusView(pod.withInstances(0), false, List.of(), List.of()));

    assertThat(json.path("status").asText()).isEqualTo("STABLE");
    assertThat(json.path("statusSince").asText()).isEqualTo("2026-01-01T00:00:00.000Z");
    assertThat(json.path("spec").path("id").asText()).isEqualTo("/shop/pod");
  }

  @Test
  void instancesShowWhereTheyAreAndWhatTheyTake() {
    JsonNode json =
        written(view(false, instance(Condition.RUNNING, Optional.of(true))))
            .path("instances")
            .get(0);

    assertThat(json.path("id").asText()).isEqualTo("shop_pod.instance-" + UUID);
    assertThat(json.path("status").asText()).isEqualTo("STABLE");
    assertThat(json.path("statusSince").asText()).isEqualTo("2026-01-01T00:00:10.000Z");
    assertThat(json.path("lastUpdated").asText()).isEqualTo("2026-01-01T00:00:20.000Z");
    assertThat(json.path("agentHostname").asText()).isEqualTo("h1");
    assertThat(json.path("agentId").asText()).isEqualTo("a1");
    assertThat(json.path("agentRegion").asText()).isEqualTo("eu");
    assertThat(json.path("agentZone").asText()).isEqualTo("eu-1");
    assertThat(json.path("role").asText()).isEqualTo("web");
    assertThat(json.path("specReference").asText())
        .isEqualTo("/v2/pods/shop/pod::versions/2026-01-01T00:00:00.000Z");
    assertThat(json.path("resources"))
        .hasToString("{\"cpus\":0.85,\"mem\":128,\"disk\":15,\"gpus\":1}");
    assertThat(json.path("networks")).hasToString("[{\"addresses\":[\"10.0.0.1\"]}]");
  }

  @Test
  void containersShowTheirTasks() {
    JsonNode containers =
        written(view(false, instance(Condition.RUNNING, Optional.of(false))))
            .path("instances")
            .get(0)
            .path("containers");

    JsonNode web = containers.get(0);
    assertThat(web.path("status").asText()).isEqualTo("TASK_RUNNING");
    assertThat(web.path("containerId").asText()).isEqualTo("shop_pod.instance-" + UUID + ".web.1");
    assertThat(web.path("endpoints"))
        .hasToString(
            "[{\"name\":\"http\",\"allocatedHostPort\":8001,\"healthy\":false},"
                + "{\"name\":\"admin\"}]");
    JsonNode condition = web.path("conditions").get(0);
    assertThat(condition.path("name").asText()).isEqualTo("healthy");
    assertThat(condition.path("value").textValue()).isEqualTo("false");
    assertThat(condition.path("reason").asText()).isEqualTo("health-reported-by-mesos");
    assertThat(web.has("termination")).isFalse();
    JsonNode side = containers.get(1);
    assertThat(side.path("conditions")).isEmpty();
    assertThat(side.path("endpoints"))
        .hasToString("[{\"name\":\"side\",\"allocatedHostPort\":8002}]");
  }

  @Test
  void endedContainersSayHow() {
    InstanceView failed = instance(Condition.FAILED, Optional.empty());
    List<TaskView> tasks = new ArrayList<>(failed.tasks());
    tasks.set(
        0,
        task(
            "web",
            Condition.FAILED,
            Optional.empty(),
            Optional.of("Command exited with status 3")));
    InstanceView instance =
        new InstanceView(
            pod, failed.id(), failed.condition(), AT, failed.placement(), tasks, List.of());

    assertThat(PodStatusWriter.write(instance).path("containers").get(0).path("termination"))
        .hasToString("{\"exitCode\":3,\"message\":\"Command exited with status 3\"}");
  }

  @Test
  void exitCodesAreFoundInMessages() {
    assertThat(PodStatusRules.exitCode(Optional.of("Command exited with status 7"))).hasValue(7);
    assertThat(PodStatusRules.exitCode(Optional.of("Command terminated with signal Killed")))
        .isEmpty();
    assertThat(PodStatusRules.exitCode(Optional.empty())).isEmpty();
  }

  @Test
  void volumesAndFormerInstancesAreShown() {
    InstanceView running = instance(Condition.RUNNING, Optional.empty());
    InstanceView owner =
        new InstanceView(
            pod,
            running.id(),
            running.condition(),
            AT,
            running.placement(),
            running.tasks(),
            List.of(new LocalVolume("data", UUID)));
    Termination former =
        new Termination(
            owner.id(),
            AT,
            AT.plusSeconds(1),
            Optional.of("out of memory"),
            List.of(new TaskEnd("t1", "TASK_FAILED", Optional.of("exited with status 1"))));
    JsonNode json = written(new PodStatusView(pod, false, List.of(owner), List.of(former)));

    assertThat(json.path("instances").get(0).path("localVolumes").get(0))
        .hasToString(
            "{\"runSpecId\":\"/shop/pod\",\"containerPath\":\"data\",\"uuid\":\""
                + UUID
                + "\",\"persistenceId\":\"shop_pod#data#"
                + UUID
                + "\"}");
    JsonNode end = json.path("terminationHistory").get(0);
    assertThat(end.path("instanceID").asText()).isEqualTo(owner.id().toString());
    assertThat(end.path("message").asText()).isEqualTo("out of memory");
    assertThat(end.path("containers").get(0))
        .hasToString(
            "{\"containerId\":\"t1\",\"lastKnownState\":\"TASK_FAILED\",\"termination\":"
                + "{\"exitCode\":1,\"message\":\"exited with status 1\"}}");
  }

  @Test
  void networksAreNamedInTheOrderOfTheirAddresses() {
    PodDefinition many =
        new PodReader("*", Optional.empty())
            .read(
                Json.parse(
                    """
                    {"id":"/p","networks":[{"name":"a"},{"name":"b"}],"containers":[
                     {"name":"web","exec":{"command":{"shell":"x"}},"resources":{}}]}
                    """
                        .getBytes(StandardCharsets.UTF_8)));
    InstanceView running = instance(Condition.RUNNING, Optional.empty());
    TaskView task =
        new TaskView(
            "web",
            "t",
            "TASK_RUNNING",
            Condition.RUNNING,
            List.of("1.1.1.1", "2.2.2.2"),
            AT,
            Optional.empty(),
            Optional.empty());
    InstanceView instance =
        new InstanceView(
            many,
            running.id(),
            Condition.RUNNING,
            AT,
            running.placement(),
            List.of(task),
            List.of());

    assertThat(PodStatusWriter.write(instance).path("networks"))
        .hasToString(
            "[{\"name\":\"a\",\"addresses\":[\"1.1.1.1\"]},"
                + "{\"name\":\"b\",\"addresses\":[\"2.2.2.2\"]}]");
  }
}
