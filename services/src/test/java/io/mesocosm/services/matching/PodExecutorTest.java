package io.mesocosm.services.matching;

import static io.mesocosm.services.matching.PodLaunches.endpoint;
import static io.mesocosm.services.matching.PodLaunches.launch;
import static io.mesocosm.services.matching.PodLaunches.net;
import static io.mesocosm.services.matching.PodLaunches.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.Network;
import io.mesocosm.services.matching.PodLaunches.Draft;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.junit.jupiter.api.Test;

class PodExecutorTest {
  private final PodTasks tasks = new PodTasks("usual", "my_", "bridge0");

  private TaskInfo task(PodLaunch launch, int index) {
    return tasks.build(launch).getLaunchGroup().getTaskGroup().getTasks(index);
  }

  @Test
  void networksAreTheExecutors() {
    Draft web = new Draft("web");
    web.endpoints =
        List.of(
            endpoint("a", Optional.of(80), Optional.of(0), "n2"),
            endpoint("b", Optional.of(90), Optional.empty()));
    PodLaunch launch =
        launch(pod(List.of(net("n1"), net("n2")), List.of(), web), 8001, PortAssigner.NONE);
    ContainerInfo container = tasks.build(launch).getLaunchGroup().getExecutor().getContainer();

    assertThat(container.getType()).isEqualTo(ContainerInfo.Type.MESOS);
    assertThat(container.getNetworkInfosList())
        .extracting(NetworkInfo::getName)
        .containsExactly("n1", "n2");
    assertThat(container.getNetworkInfos(0).getPortMappingsCount()).isZero();
    NetworkInfo.PortMapping mapping = container.getNetworkInfos(1).getPortMappings(0);
    assertThat(mapping.getHostPort()).isEqualTo(8001);
    assertThat(mapping.getContainerPort()).isEqualTo(80);
    assertThat(mapping.getProtocol()).isEqualTo("tcp");
    assertThat(task(launch, 0).getContainer().getNetworkInfosCount()).isZero();
  }

  @Test
  void bridgeHasItsNameAndAllPorts() {
    Draft web = new Draft("web");
    web.endpoints = List.of(endpoint("a", Optional.of(0), Optional.of(0)));
    Network bridge = new Network(Network.Mode.BRIDGE, Optional.empty(), new TreeMap<>());
    NetworkInfo info =
        tasks
            .build(launch(pod(List.of(bridge), List.of(), web), 8001))
            .getLaunchGroup()
            .getExecutor()
            .getContainer()
            .getNetworkInfos(0);

    assertThat(info.getName()).isEqualTo("bridge0");
    assertThat(info.getPortMappings(0).getContainerPort()).isEqualTo(8001);
  }
}
