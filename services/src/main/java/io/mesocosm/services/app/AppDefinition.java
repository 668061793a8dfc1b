package io.mesocosm.services.app;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an app is asked to be (contracts/marathon-api.md §4, §5), normalised: old ways of writing
 * are gone, defaults are filled in.
 *
 * @param cmd a shell command; absent if there are {@code args}, or the image says what to run
 * @param args empty if there are none
 * @param role that its instances take resources of; absent for the scheduler's own
 * @param cpus at least 0.001
 * @param mem megabytes (2^20 bytes)
 * @param disk megabytes
 * @param acceptedResourceRoles sorted; empty for any
 * @param networks never empty; one of {@link Network.Mode#HOST} if nothing else was said
 * @param portDefinitions of apps on the host's network, others have port mappings
 * @param requirePorts whether host ports must be the numbers in {@code portDefinitions}
 * @param backoff first pause before launching again after a failure
 * @param maxLaunchDelay longest such pause
 * @param taskKillGracePeriod between asking an instance to end and ending it by force
 * @param dependencies apps and groups, sorted
 * @param secretEnv variables whose values are secrets, by the secret's name
 * @param secrets their sources by name
 * @param fetch in the order in which they are fetched
 * @param executor a path of one's own, or {@code //cmd}; absent for the agent's own
 * @param residency present with persistent volumes only
 * @param version when this definition was made, in milliseconds; {@link #UNVERSIONED} before the
 *     core has it
 */
public record AppDefinition(
    AppId id,
    Optional<String> cmd,
    List<String> args,
    Optional<String> user,
    Optional<String> role,
    SortedMap<String, String> env,
    SortedMap<String, String> labels,
    int instances,
    double cpus,
    double mem,
    double disk,
    int gpus,
    List<Constraint> constraints,
    List<String> acceptedResourceRoles,
    Optional<Container> container,
    List<Network> networks,
    List<PortDefinition> portDefinitions,
    boolean requirePorts,
    List<HealthCheck> healthChecks,
    Duration backoff,
    double backoffFactor,
    Duration maxLaunchDelay,
    Optional<Duration> taskKillGracePeriod,
    UpgradeStrategy upgradeStrategy,
    KillSelection killSelection,
    UnreachableStrategy unreachableStrategy,
    List<AppId> dependencies,
    SortedMap<String, String> secretEnv,
    SortedMap<String, String> secrets,
    List<Artifact> fetch,
    Optional<String> executor,
    Optional<ExecutorResources> executorResources,
    ResourceLimits resourceLimits,
    Optional<TaskCheck> check,
    List<ReadinessCheck> readinessChecks,
    Optional<Residency> residency,
    Optional<Boolean> tty,
    LaunchLimit launchLimit,
    Optional<Autoscale> autoscale,
    Instant version,
    VersionInfo versionInfo)
    implements RunSpec {
  /** The version of a definition that nobody has given one. */
  public static final Instant UNVERSIONED = Instant.EPOCH;

  public AppDefinition {
    args = List.copyOf(args);
    env = copyOf(env);
    labels = copyOf(labels);
    constraints = List.copyOf(constraints);
    acceptedResourceRoles = acceptedResourceRoles.stream().sorted().distinct().toList();
    networks = List.copyOf(networks);
    portDefinitions = List.copyOf(portDefinitions);
    healthChecks = List.copyOf(healthChecks);
    dependencies = dependencies.stream().sorted().distinct().toList();
    secretEnv = copyOf(secretEnv);
    secrets = copyOf(secrets);
    fetch = List.copyOf(fetch);
    readinessChecks = List.copyOf(readinessChecks);
  }

  static SortedMap<String, String> copyOf(SortedMap<String, String> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  /** A definition with the defaults of the API, to begin with. */
  public static AppDefinitionBuilder builder(AppId id) {
    return new AppDefinitionBuilder(id);
  }

  /** A builder that begins with what this definition says. */
  public AppDefinitionBuilder toBuilder() {
    return new AppDefinitionBuilder(this);
  }

  @Override
  public List<Volume.Persistent> persistentVolumes() {
    return container.map(Container::volumes).orElse(List.of()).stream()
        .filter(Volume.Persistent.class::isInstance)
        .map(Volume.Persistent.class::cast)
        .toList();
  }

  /** Of its container; empty on the host's network. */
  public List<PortMapping> portMappings() {
    return container.map(Container::portMappings).orElse(List.of());
  }

  @Override
  public List<Integer> servicePorts() {
    return networkMode() == Network.Mode.HOST
        ? portDefinitions.stream().map(PortDefinition::port).toList()
        : portMappings().stream().map(PortMapping::servicePort).toList();
  }

  /** The names of its ports in order. */
  public List<Optional<String>> portNames() {
    return networkMode() == Network.Mode.HOST
        ? portDefinitions.stream().map(PortDefinition::name).toList()
        : portMappings().stream().map(PortMapping::name).toList();
  }

  @Override
  public boolean isSingleInstance() {
    return "true".equals(labels.get("MARATHON_SINGLE_INSTANCE_APP"));
  }

  @Override
  public boolean hasSameConfiguration(RunSpec other) {
    return other instanceof AppDefinition app
        && toBuilder()
            .instances(app.instances)
            .version(app.version)
            .versionInfo(app.versionInfo)
            .build()
            .equals(app);
  }

  /** Whether the other differs in the number of instances, and in nothing else (row D6). */
  public boolean isOnlyScaled(AppDefinition other) {
    return instances != other.instances && hasSameConfiguration(other);
  }

  @Override
  public AppDefinition withInstances(int wanted) {
    return toBuilder().instances(wanted).build();
  }

  @Override
  public AppDefinition withVersion(Instant newVersion) {
    return withVersion(newVersion, versionInfo);
  }

  @Override
  public AppDefinition withVersion(Instant newVersion, VersionInfo newInfo) {
    return toBuilder().version(newVersion).versionInfo(newInfo).build();
  }

  @Override
  public AppDefinition withServicePorts(List<Integer> ports) {
    if (ports.size() != servicePorts().size()) {
      throw new IllegalArgumentException(
          id + " has " + servicePorts().size() + " ports, not " + ports.size());
    }
    if (networkMode() == Network.Mode.HOST) {
      List<PortDefinition> definitions = new ArrayList<>();
      for (int i = 0; i < ports.size(); i++) {
        definitions.add(portDefinitions.get(i).withPort(ports.get(i)));
      }
      return toBuilder().portDefinitions(definitions).build();
    }
    List<PortMapping> mappings = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      mappings.add(portMappings().get(i).withServicePort(ports.get(i)));
    }
    return toBuilder()
        .container(container.map(present -> present.withPortMappings(mappings)))
        .build();
  }
}
