package io.mesocosm.services.matching;

import static io.mesocosm.services.matching.PodLaunches.HOST;
import static io.mesocosm.services.matching.PodLaunches.UUID;
import static io.mesocosm.services.matching.PodLaunches.endpoint;
import static io.mesocosm.services.matching.PodLaunches.launch;
import static io.mesocosm.services.matching.PodLaunches.net;
import static io.mesocosm.services.matching.PodLaunches.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mesocosm.services.matching.PodLaunches.Draft;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.junit.jupiter.api.Test;

class PodEnvironmentTest {
  private final PodTasks tasks = new PodTasks("usual", "my_", "bridge0");

  private TaskInfo task(PodLaunch launch, int index) {
    return tasks.build(launch).getLaunchGroup().getTaskGroup().getTasks(index);
  }

  private TaskInfo task(Draft draft) {
    return task(launch(pod(List.of(HOST), List.of(), draft)), 0);
  }

  private static Map<String, String> environment(TaskInfo task) {
    return task.getCommand().getEnvironment().getVariablesList().stream()
        .filter(variable -> variable.getType() == Environment.Variable.Type.VALUE)
        .collect(Collectors.toMap(Environment.Variable::getName, Environment.Variable::getValue));
  }

  @Test
  void environmentIsMadeOfPodContainerAndContext() {
    Draft web = new Draft("web");
    web.env = Map.of("BOTH", "container", "MESOS_TASK_ID", "mine");
    web.secretEnv = Map.of("SECRET", "s", "POD", "s");
    web.labels = Map.of("both", "container", "l-1", "v");
    TaskInfo task = task(web);

    assertThat(environment(task))
        .containsOnly(
            entry("BOTH", "container"),
            entry("MY_HOST", "h1"),
            entry("MESOS_TASK_ID", "shop_pod.instance-" + UUID + ".web.2"),
            entry("MESOS_EXECUTOR_ID", "instance-shop_pod." + UUID),
            entry("MARATHON_APP_ID", "/shop/pod"),
            entry("MARATHON_APP_VERSION", "2026-01-01T00:00:00.000Z"),
            entry("MARATHON_CONTAINER_ID", "web"),
            entry("MARATHON_CONTAINER_RESOURCE_CPUS", "0.5"),
            entry("MARATHON_CONTAINER_RESOURCE_MEM", "64.0"),
            entry("MARATHON_CONTAINER_RESOURCE_DISK", "0.0"),
            entry("MARATHON_CONTAINER_RESOURCE_GPUS", "0"),
            entry("MARATHON_APP_ENFORCE_GROUP_ROLE", "FALSE"),
            entry("MARATHON_APP_LABELS", "BOTH L_1 TEAM"),
            entry("MARATHON_APP_LABEL_BOTH", "container"),
            entry("MARATHON_APP_LABEL_L_1", "v"),
            entry("MARATHON_APP_LABEL_TEAM", "a"));
    assertThat(task.getCommand().getEnvironment().getVariablesList())
        .filteredOn(variable -> variable.getType() == Environment.Variable.Type.SECRET)
        .extracting(variable -> variable.getSecret().getReference().getName())
        .containsExactly("/store/s", "/store/s");
  }

  @Test
  void endpointsOfAllContainersAreInTheEnvironmentOfEach() {
    Draft web = new Draft("web");
    web.endpoints = List.of(endpoint("http-api", Optional.empty(), Optional.of(0)));
    PodLaunch onHost = launch(pod(List.of(HOST), List.of(), web, new Draft("side")), 8001);

    assertThat(environment(task(onHost, 1)))
        .contains(entry("MY_ENDPOINT_HTTP_API", "8001"), entry("MY_EP_HOST_HTTP_API", "8001"))
        .doesNotContainKey("MY_EP_CONTAINER_HTTP_API");

    web.endpoints = List.of(endpoint("http", Optional.of(80), Optional.of(0)));
    Draft side = new Draft("side");
    side.endpoints = List.of(endpoint("inner", Optional.of(90), Optional.empty()));
    PodLaunch inNetwork =
        launch(pod(List.of(net("n")), List.of(), web, side), 8001, PortAssigner.NONE);

    assertThat(environment(task(inNetwork, 0)))
        .contains(
            entry("MY_ENDPOINT_HTTP", "80"),
            entry("MY_EP_HOST_HTTP", "8001"),
            entry("MY_EP_CONTAINER_HTTP", "80"),
            entry("MY_ENDPOINT_INNER", "90"),
            entry("MY_EP_CONTAINER_INNER", "90"))
        .doesNotContainKey("MY_EP_HOST_INNER");
  }
}
