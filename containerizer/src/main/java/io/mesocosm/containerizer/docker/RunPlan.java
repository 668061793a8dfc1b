package io.mesocosm.containerizer.docker;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command;
import io.mesocosm.containerizer.ContainerSpec.Parameter;
import io.mesocosm.containerizer.ContainerSpec.PortMapping;
import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * From a container's specification to the options of {@code docker run}
 * (contracts/mesos-containerization.md §4, D4 to D11). Asks nobody.
 */
final class RunPlan {
  /** Says which agent a container is of. */
  static final String WORK_FOLDER_LABEL = "mesocosm.work_dir";

  private static final int SHARES_PER_CPU = 1024;
  private static final int SHARES_MIN = 2;
  private static final long MEGABYTE = 1L << 20;
  private static final long MEMORY_MEGABYTES_MIN = 32;

  private RunPlan() {}

  static RunOptions of(ContainerSpec spec, ContainerSpec.Docker docker, DockerOptions engine)
      throws ContainerException {
    RunOptions run = new RunOptions();
    run.labels.putAll(spec.labels());
    run.environment.putAll(spec.environment());
    run.user = spec.user();
    run.network = docker.network();
    run.host
        .withCpuShares((int) Math.max(SHARES_MIN, SHARES_PER_CPU * spec.cpus()))
        .withMemory(memoryBytes(spec.memoryMegabytes()))
        .withPrivileged(docker.privileged());
    run.mount(spec.sandbox().toAbsolutePath().toString(), engine.sandboxFolder(), false);
    for (VolumeMount volume : spec.volumes()) {
      mount(run, spec, volume, engine);
    }
    for (Parameter parameter : docker.parameters()) {
      RunParameters.apply(run, parameter);
    }
    // after the parameters: nobody but this agent says whose container it is
    run.labels.put(WORK_FOLDER_LABEL, workFolder(engine));
    publish(run, spec, docker);
    if (spec.command().isPresent()) {
      resolve(run, spec.command().get());
    }
    return run;
  }

  static String workFolder(DockerOptions engine) {
    return engine.workFolder().toAbsolutePath().normalize().toString();
  }

  private static long memoryBytes(double megabytes) {
    return Math.max(MEMORY_MEGABYTES_MIN * MEGABYTE, Math.round(megabytes * MEGABYTE));
  }

  private static void mount(
      RunOptions run, ContainerSpec spec, VolumeMount volume, DockerOptions engine)
      throws ContainerException {
    Path host = Path.of(volume.hostPath());
    Path inside = Path.of(volume.containerPath());
    if (!host.isAbsolute() && !inside.isAbsolute()) {
      throw new ContainerException(
          "volume %s:%s of container %s has two relative paths: make one of them absolute"
              .formatted(volume.hostPath(), volume.containerPath(), spec.id()));
    }
    run.mount(
        spec.sandbox().toAbsolutePath().resolve(host).toString(),
        Path.of(engine.sandboxFolder()).resolve(inside).toString(),
        volume.readOnly());
  }

  private static void publish(RunOptions run, ContainerSpec spec, ContainerSpec.Docker docker)
      throws ContainerException {
    for (PortMapping port : docker.portMappings()) {
      if (run.network.equals("host") || run.network.equals("none")) {
        throw new ContainerException(
            "container %s cannot publish port %d on network %s: use bridge or a user network"
                .formatted(spec.id(), port.hostPort(), run.network));
      }
      try {
        run.publish(
            docker.publishAddress(), port.hostPort(), port.containerPort(), port.protocol());
      } catch (IllegalArgumentException unknownProtocol) {
        throw new ContainerException(
            "container %s cannot publish port %d by protocol %s: tcp, udp and sctp exist"
                .formatted(spec.id(), port.hostPort(), port.protocol()),
            unknownProtocol);
      }
    }
  }

  private static void resolve(RunOptions run, Command command) {
    switch (command) {
      case Command.Shell(String text) -> {
        run.entryPoint = Optional.of("/bin/sh");
        run.command.addAll(List.of("-c", text));
      }
      case Command.Exec(Optional<String> value, List<String> arguments) -> {
        value.ifPresent(run.command::add);
        run.command.addAll(arguments);
      }
    }
  }
}
