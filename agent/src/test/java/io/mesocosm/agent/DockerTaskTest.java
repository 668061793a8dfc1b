package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.dockerTask;
import static io.mesocosm.agent.AgentStory.framework;
import static io.mesocosm.agent.AgentStory.launch;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo.DockerInfo;
import org.apache.mesos.v1.Protos.Parameter;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.Volume;
import org.junit.jupiter.api.Test;

class DockerTaskTest {
  private final AgentStory story = AgentStory.registered();

  private static DockerInfo.Builder bridged() {
    return DockerInfo.newBuilder()
        .setImage("nginx")
        .setNetwork(DockerInfo.Network.BRIDGE)
        .addPortMappings(
            DockerInfo.PortMapping.newBuilder().setHostPort(31000).setContainerPort(80));
  }

  private static TaskInfo withPorts(TaskInfo task, long begin, long end) {
    return task.toBuilder()
        .addResources(
            Resource.newBuilder()
                .setName("ports")
                .setType(Value.Type.RANGES)
                .setRanges(
                    Value.Ranges.newBuilder()
                        .addRange(Value.Range.newBuilder().setBegin(begin).setEnd(end))))
        .build();
  }

  @Test
  void optionsReachTheEngine() {
    TaskInfo task =
        withPorts(
            dockerTask(
                "a",
                bridged()
                    .setPrivileged(true)
                    .setForcePullImage(true)
                    .addParameters(Parameter.newBuilder().setKey("user").setValue("1"))),
            31000,
            31001);
    TaskInfo.Builder withVolume =
        task.toBuilder().setCommand(CommandInfo.newBuilder().setShell(false));
    withVolume
        .getContainerBuilder()
        .addVolumes(
            Volume.newBuilder()
                .setHostPath("/data")
                .setContainerPath("data")
                .setMode(Volume.Mode.RO));

    ContainerLaunch spec = launch(story.run(framework(), withVolume.build()));

    ContainerSpec.Docker docker = spec.docker().orElseThrow();
    assertThat(docker.image()).isEqualTo("nginx");
    assertThat(docker.network()).isEqualTo("bridge");
    assertThat(docker.privileged()).isTrue();
    assertThat(docker.forcePull()).isTrue();
    assertThat(docker.portMappings())
        .containsExactly(new ContainerSpec.PortMapping(31000, 80, "tcp"));
    assertThat(docker.parameters()).containsExactly(new ContainerSpec.Parameter("user", "1"));
    assertThat(spec.volumes())
        .containsExactly(new ContainerSpec.VolumeMount("/data", "data", true));
    assertThat(spec.command()).isEmpty();
    assertThat(spec.environment())
        .containsEntry("MESOS_SANDBOX", "/mnt/mesos/sandbox")
        .containsEntry("MESOS_CONTAINER_NAME", "mesos-" + spec.id())
        .doesNotContainKey("PATH");
  }

  @Test
  void portOutsideTheResourcesIsRefused() {
    TaskInfo task = withPorts(dockerTask("a", bridged()), 31005, 31010);

    assertThat(onlyStatus(story.run(framework(), task)).getMessage())
        .contains("Port [31000] not included in resources");
  }

  @Test
  void inspectionAndAddressAreReported() {
    TaskInfo task = withPorts(dockerTask("a", bridged()), 31000, 31000);
    List<AgentEffect> launched = story.run(framework(), task);
    ContainerId id = launch(launched).id();
    story.acknowledge(onlyStatus(launched));

    TaskStatus status =
        onlyStatus(
            story.handle(
                new AgentCommand.ContainerStarted(
                    id,
                    new StartedContainer(
                        id, OptionalLong.of(5), Optional.of("172.17.0.2"), Optional.of("[{}]")))));

    assertThat(onlyStatus(launched).getContainerStatus().getNetworkInfosCount()).isZero();
    assertThat(status.getData().toStringUtf8()).isEqualTo("[{}]");
    assertThat(status.getLabels().getLabels(0).getKey())
        .isEqualTo("Docker.NetworkSettings.IPAddress");
    assertThat(status.getContainerStatus().getNetworkInfos(0).getIpAddresses(0).getIpAddress())
        .isEqualTo("172.17.0.2");
  }

  @Test
  void dockerTasksGetTheLongerGraceAndTheirOwnWords() {
    ContainerId id = story.running(dockerTask("a", DockerInfo.newBuilder().setImage("x")));

    assertThat(only(story.kill("a"), AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(onlyStatus(story.exited(id, 137)).getMessage())
        .isEqualTo("Container exited with status 137");
  }
}
