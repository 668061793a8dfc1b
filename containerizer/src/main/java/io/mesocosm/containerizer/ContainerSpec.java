package io.mesocosm.containerizer;

import io.mesocosm.model.ContainerId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What is to run.
 *
 * @param sandbox an existing folder; the working directory, and home of the files {@code stdout}
 *     and {@code stderr}
 * @param command what to execute; absent means the image's own
 * @param environment exactly the container's environment, apart from what the engine or image adds
 * @param cpus 1.0 is one core: a share, not a cap
 * @param memoryMegabytes a hard limit where the engine can enforce one (2^20 bytes each)
 * @param docker absent for a plain process
 * @param user who runs it; absent: as the engine does by default
 * @param launchTimeout how long pulling and starting may take
 */
public record ContainerSpec(
    ContainerId id,
    Path sandbox,
    Optional<Command> command,
    SortedMap<String, String> environment,
    double cpus,
    double memoryMegabytes,
    List<VolumeMount> volumes,
    Optional<Docker> docker,
    Optional<String> user,
    Map<String, String> labels,
    Duration launchTimeout) {

  public ContainerSpec {
    volumes = List.copyOf(volumes);
    labels = Map.copyOf(labels);
  }

  /** What to execute. */
  public sealed interface Command {
    /** {@code /bin/sh -c text}. */
    record Shell(String text) implements Command {}

    /**
     * An executable and its arguments.
     *
     * @param value the executable; absent, the image's entry point gets the arguments
     * @param arguments of a plain process argv, including argv[0]; in an image, those after the
     *     executable
     */
    record Exec(Optional<String> value, List<String> arguments) implements Command {
      public Exec {
        arguments = List.copyOf(arguments);
      }
    }
  }

  /**
   * A folder or file of the machine, seen inside the container.
   *
   * @param hostPath absolute, or relative to the sandbox
   * @param containerPath absolute, or relative to the sandbox as seen in the container
   */
  public record VolumeMount(String hostPath, String containerPath, boolean readOnly) {}

  /**
   * What only Docker needs to know.
   *
   * @param network as Docker names it: {@code host}, {@code bridge}, {@code none}, or a user
   *     network
   * @param publishAddress the host address that ports are published on
   * @param parameters passed on in order, as {@code docker run --key=value} would be; unknown keys
   *     are refused
   */
  public record Docker(
      String image,
      boolean forcePull,
      boolean privileged,
      String network,
      String publishAddress,
      List<PortMapping> portMappings,
      List<Parameter> parameters) {
    public Docker {
      portMappings = List.copyOf(portMappings);
      parameters = List.copyOf(parameters);
    }
  }

  /** One {@code --key=value} of docker run. */
  public record Parameter(String key, String value) {}

  /**
   * A published port.
   *
   * @param protocol {@code tcp} or {@code udp}
   */
  public record PortMapping(int hostPort, int containerPort, String protocol) {}
}
