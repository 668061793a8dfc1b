package io.mesocosm.containerizer.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Capability;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command;
import io.mesocosm.containerizer.ContainerSpec.Docker;
import io.mesocosm.containerizer.ContainerSpec.Parameter;
import io.mesocosm.containerizer.ContainerSpec.PortMapping;
import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import io.mesocosm.model.ContainerId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunPlanTest {
  private static final DockerOptions ENGINE = DockerOptions.of(Path.of("/var/lib/agent"));

  @Test
  void commandTextTakesOverTheEntryPoint() throws Exception {
    RunOptions run = plan(new Command.Shell("echo $HOME"));
    assertThat(run.entryPoint).contains("/bin/sh");
    assertThat(run.command).containsExactly("-c", "echo $HOME");
  }

  @Test
  void valueAndArgumentsComeAfterTheEntryPoint() throws Exception {
    RunOptions run = plan(new Command.Exec(Optional.of("serve"), List.of("-p", "80")));
    assertThat(run.entryPoint).isEmpty();
    assertThat(run.command).containsExactly("serve", "-p", "80");
    assertThat(plan(new Command.Exec(Optional.empty(), List.of("a"))).command).containsExactly("a");
  }

  @Test
  void sharesAndMemoryHaveFloors() throws Exception {
    RunOptions run = plan(spec(0.001, 4, List.of()), docker("bridge", List.of(), List.of()));
    assertThat(run.host.getCpuShares()).isEqualTo(2);
    assertThat(run.host.getMemory()).isEqualTo(32L << 20);
    RunOptions more = plan(spec(1.5, 64, List.of()), docker("bridge", List.of(), List.of()));
    assertThat(more.host.getCpuShares()).isEqualTo(1536);
    assertThat(more.host.getMemory()).isEqualTo(64L << 20);
  }

  @Test
  void twoRelativePathsOfAVolumeAreRefused() {
    ContainerSpec spec = spec(1, 32, List.of(new VolumeMount("a", "b", false)));
    assertThatThrownBy(() -> plan(spec, docker("bridge", List.of(), List.of())))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("volume a:b of container c1 has two relative paths");
  }

  @Test
  void portsNeedANetworkOfTheContainersOwn() throws Exception {
    List<PortMapping> ports = List.of(new PortMapping(31000, 80, "tcp"));
    assertThatThrownBy(() -> plan(spec(1, 32, List.of()), docker("host", ports, List.of())))
        .hasMessageContaining("cannot publish port 31000 on network host");
    Docker moved = docker("host", ports, List.of(new Parameter("network", "bridge")));
    assertThat(plan(spec(1, 32, List.of()), moved).publishesPorts()).isTrue();
    List<PortMapping> odd = List.of(new PortMapping(31000, 80, "ipx"));
    assertThatThrownBy(() -> plan(spec(1, 32, List.of()), docker("bridge", odd, List.of())))
        .hasMessageContaining("by protocol ipx");
  }

  @Test
  void parametersAreThoseOfDockerRun() throws Exception {
    RunOptions run =
        plan(
            spec(1, 32, List.of()),
            docker(
                "bridge",
                List.of(),
                List.of(
                    new Parameter("hostname", "db"),
                    new Parameter("env", "A=b=c"),
                    new Parameter("label", "x"),
                    new Parameter("label", RunPlan.WORK_FOLDER_LABEL + "=/else"),
                    new Parameter("cap-add", "net_admin"),
                    new Parameter("ulimit", "nofile=10:20"),
                    new Parameter("shm-size", "64m"),
                    new Parameter("memory-swap", "-1"),
                    new Parameter("tmpfs", "/run:size=1m"),
                    new Parameter("volume", "data:/data:ro"))));
    assertThat(run.hostName).contains("db");
    assertThat(run.environment).containsEntry("A", "b=c");
    assertThat(run.labels)
        .containsEntry("x", "")
        .containsEntry("task", "t1")
        .containsEntry(RunPlan.WORK_FOLDER_LABEL, "/var/lib/agent");
    assertThat(run.addedCapabilities).containsExactly(Capability.NET_ADMIN);
    assertThat(run.ulimits.getFirst().getSoftLong()).isEqualTo(10);
    assertThat(run.ulimits.getFirst().getHardLong()).isEqualTo(20);
    assertThat(run.host.getShmSize()).isEqualTo(64L << 20);
    assertThat(run.host.getMemorySwap()).isEqualTo(-1);
    assertThat(run.memoryFileSystems).containsEntry("/run", "size=1m");
  }

  @Test
  void unknownOrMalformedParameterIsNamed() {
    assertThatThrownBy(() -> planWith(new Parameter("restart", "always")))
        .isInstanceOf(ContainerException.class)
        .hasMessageStartingWith("docker parameter restart is not supported; these are: add-host, ");
    assertThatThrownBy(() -> planWith(new Parameter("shm-size", "much")))
        .isInstanceOf(ContainerException.class)
        .hasMessage(
            "docker parameter shm-size=much cannot be understood: expected bytes, e.g. 64m");
  }

  @Test
  void bytesHaveUnits() {
    assertThat(RunParameters.bytes("512")).isEqualTo(512);
    assertThat(RunParameters.bytes("512b")).isEqualTo(512);
    assertThat(RunParameters.bytes("1.5GB")).isEqualTo(3L << 29);
    assertThat(RunParameters.bytes("2K")).isEqualTo(2048);
  }

  @Test
  void untaggedImageIsTheLatest() {
    assertThat(ImageName.withTag("nginx")).isEqualTo("nginx:latest");
    assertThat(ImageName.withTag("nginx:1")).isEqualTo("nginx:1");
    assertThat(ImageName.withTag("here:5000/nginx")).isEqualTo("here:5000/nginx:latest");
    assertThat(ImageName.withTag("here:5000/nginx:1")).isEqualTo("here:5000/nginx:1");
    assertThat(ImageName.withTag("nginx@sha256:00")).isEqualTo("nginx@sha256:00");
  }

  private static RunOptions planWith(Parameter parameter) throws ContainerException {
    return plan(spec(1, 32, List.of()), docker("bridge", List.of(), List.of(parameter)));
  }

  private static RunOptions plan(Command command) throws ContainerException {
    ContainerSpec spec = spec(1, 32, List.of());
    ContainerSpec with =
        new ContainerSpec(
            spec.id(),
            spec.sandbox(),
            Optional.of(command),
            spec.environment(),
            1,
            32,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            spec.launchTimeout());
    return plan(with, docker("bridge", List.of(), List.of()));
  }

  private static RunOptions plan(ContainerSpec spec, Docker docker) throws ContainerException {
    return RunPlan.of(spec, docker, ENGINE);
  }

  private static Docker docker(
      String network, List<PortMapping> ports, List<Parameter> parameters) {
    return new Docker("busybox", false, false, network, "127.0.0.1", ports, parameters);
  }

  private static ContainerSpec spec(double cpus, double megabytes, List<VolumeMount> volumes) {
    return new ContainerSpec(
        new ContainerId("c1"),
        Path.of("/sandbox"),
        Optional.empty(),
        new TreeMap<>(),
        cpus,
        megabytes,
        volumes,
        Optional.empty(),
        Optional.empty(),
        Map.of("task", "t1"),
        Duration.ofMinutes(1));
  }
}
