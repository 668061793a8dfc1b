package io.mesocosm.services.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a pod is asked to be (contracts/marathon-pods.md §2): containers that are launched, placed
 * and ended together.
 *
 * @param env for all containers
 * @param secretEnv variables whose values are secrets, by the secret's name
 * @param secrets their sources by name
 * @param containers never empty, names unique
 * @param volumes {@link Volume#containerPath} is the name that mounts refer to
 * @param networks never empty
 * @param legacySharedCgroups whether all containers share one cgroup
 * @param version when this definition was made; {@link AppDefinition#UNVERSIONED} before the core
 *     has it
 */
public record PodDefinition(
    AppId id,
    Optional<String> user,
    Optional<String> role,
    SortedMap<String, String> labels,
    SortedMap<String, String> env,
    SortedMap<String, String> secretEnv,
    SortedMap<String, String> secrets,
    List<PodContainer> containers,
    List<Volume> volumes,
    List<Network> networks,
    Scheduling scheduling,
    ExecutorResources executorResources,
    Optional<LinuxInfo> linuxInfo,
    boolean legacySharedCgroups,
    Instant version,
    VersionInfo versionInfo)
    implements RunSpec {
  public PodDefinition {
    labels = AppDefinition.copyOf(labels);
    env = AppDefinition.copyOf(env);
    secretEnv = AppDefinition.copyOf(secretEnv);
    secrets = AppDefinition.copyOf(secrets);
    containers = List.copyOf(containers);
    volumes = List.copyOf(volumes);
    networks = List.copyOf(networks);
  }

  /**
   * How many instances there are to be, where, and how they follow each other.
   *
   * @param acceptedResourceRoles sorted; empty for any
   */
  public record Scheduling(
      int instances,
      Duration backoff,
      double backoffFactor,
      Duration maxLaunchDelay,
      LaunchLimit launchLimit,
      UpgradeStrategy upgrade,
      List<Constraint> constraints,
      List<String> acceptedResourceRoles,
      KillSelection killSelection,
      UnreachableStrategy unreachableStrategy) {
    public static final Scheduling USUAL =
        new Scheduling(
            1,
            Duration.ofSeconds(1),
            1.15,
            Duration.ofSeconds(300),
            LaunchLimit.NONE,
            UpgradeStrategy.USUAL,
            List.of(),
            List.of(),
            KillSelection.YOUNGEST_FIRST,
            UnreachableStrategy.USUAL);

    public Scheduling {
      constraints = List.copyOf(constraints);
      acceptedResourceRoles = acceptedResourceRoles.stream().sorted().distinct().toList();
    }

    public Scheduling withInstances(int wanted) {
      return new Scheduling(
          wanted,
          backoff,
          backoffFactor,
          maxLaunchDelay,
          launchLimit,
          upgrade,
          constraints,
          acceptedResourceRoles,
          killSelection,
          unreachableStrategy);
    }
  }

  @Override
  public int instances() {
    return scheduling.instances();
  }

  @Override
  public List<Constraint> constraints() {
    return scheduling.constraints();
  }

  @Override
  public List<String> acceptedResourceRoles() {
    return scheduling.acceptedResourceRoles();
  }

  @Override
  public Duration backoff() {
    return scheduling.backoff();
  }

  @Override
  public double backoffFactor() {
    return scheduling.backoffFactor();
  }

  @Override
  public Duration maxLaunchDelay() {
    return scheduling.maxLaunchDelay();
  }

  @Override
  public LaunchLimit launchLimit() {
    return scheduling.launchLimit();
  }

  @Override
  public UpgradeStrategy upgradeStrategy() {
    return scheduling.upgrade();
  }

  @Override
  public KillSelection killSelection() {
    return scheduling.killSelection();
  }

  @Override
  public UnreachableStrategy unreachableStrategy() {
    return scheduling.unreachableStrategy();
  }

  /** Pods depend on nothing. */
  @Override
  public List<AppId> dependencies() {
    return List.of();
  }

  @Override
  public List<Volume.Persistent> persistentVolumes() {
    return volumes.stream()
        .filter(Volume.Persistent.class::isInstance)
        .map(Volume.Persistent.class::cast)
        .toList();
  }

  @Override
  public List<Integer> servicePorts() {
    return List.of();
  }

  @Override
  public boolean isSingleInstance() {
    return false;
  }

  @Override
  public boolean hasSameConfiguration(RunSpec other) {
    return other instanceof PodDefinition pod
        && withInstances(pod.instances()).withVersion(pod.version, pod.versionInfo).equals(pod);
  }

  @Override
  public PodDefinition withInstances(int wanted) {
    return with(scheduling.withInstances(wanted), version, versionInfo);
  }

  @Override
  public PodDefinition withVersion(Instant newVersion, VersionInfo newInfo) {
    return with(scheduling, newVersion, newInfo);
  }

  @Override
  public PodDefinition withServicePorts(List<Integer> ports) {
    if (!ports.isEmpty()) {
      throw new IllegalArgumentException(id + " is a pod and has no service ports");
    }
    return this;
  }

  private PodDefinition with(Scheduling otherScheduling, Instant newVersion, VersionInfo newInfo) {
    return new PodDefinition(
        id,
        user,
        role,
        labels,
        env,
        secretEnv,
        secrets,
        containers,
        volumes,
        networks,
        otherScheduling,
        executorResources,
        linuxInfo,
        legacySharedCgroups,
        newVersion,
        newInfo);
  }
}
