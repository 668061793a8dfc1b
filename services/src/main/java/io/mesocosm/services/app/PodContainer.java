package io.mesocosm.services.app;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One container of a pod (contracts/marathon-pods.md §3).
 *
 * @param exec absent if the image says what to run
 * @param overrideEntrypoint whether {@code exec} takes the place of the image's entry point
 * @param cpus at least 0.001
 * @param mem megabytes
 * @param disk megabytes
 * @param secretEnv variables whose values are secrets, by the secret's name
 */
public record PodContainer(
    String name,
    Optional<CommandLine> exec,
    Optional<Boolean> overrideEntrypoint,
    double cpus,
    double mem,
    double disk,
    int gpus,
    ResourceLimits limits,
    List<Endpoint> endpoints,
    Optional<Image> image,
    SortedMap<String, String> env,
    SortedMap<String, String> secretEnv,
    Optional<String> user,
    SortedMap<String, String> labels,
    List<Artifact> artifacts,
    boolean tty,
    Optional<Health> healthCheck,
    Optional<TaskCheck> check,
    List<Mount> volumeMounts,
    Optional<Duration> killGracePeriod,
    Optional<LinuxInfo> linuxInfo) {
  public PodContainer {
    endpoints = List.copyOf(endpoints);
    env = AppDefinition.copyOf(env);
    secretEnv = AppDefinition.copyOf(secretEnv);
    labels = AppDefinition.copyOf(labels);
    artifacts = List.copyOf(artifacts);
    volumeMounts = List.copyOf(volumeMounts);
  }

  /**
   * A port of the container.
   *
   * @param containerPort absent on the host's network; 0 for any
   * @param hostPort 0 for any that an offer has; absent for none
   * @param networkNames of the container networks that it is for; empty for all
   */
  public record Endpoint(
      String name,
      Optional<Integer> containerPort,
      Optional<Integer> hostPort,
      List<Protocol> protocols,
      SortedMap<String, String> labels,
      List<String> networkNames) {
    public Endpoint {
      protocols = List.copyOf(protocols);
      labels = AppDefinition.copyOf(labels);
      networkNames = List.copyOf(networkNames);
    }
  }

  /**
   * @param id as docker names images
   * @param pullSecret the name of the secret that has the registry's credentials
   */
  public record Image(
      String id, Optional<String> pullSecret, boolean forcePull, SortedMap<String, String> labels) {
    public Image {
      labels = AppDefinition.copyOf(labels);
    }
  }

  /**
   * A check on whose failure the agent ends the whole instance.
   *
   * @param gracePeriod from the start, within which failures count for nothing
   * @param maxConsecutiveFailures 0 for never
   */
  public record Health(TaskCheck check, Duration gracePeriod, int maxConsecutiveFailures) {}

  /**
   * Where the container sees a volume of the pod.
   *
   * @param volume its name
   */
  public record Mount(String volume, String mountPath, Optional<Boolean> readOnly) {}
}
