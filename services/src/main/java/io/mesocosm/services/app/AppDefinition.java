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
    Instant version,
    VersionInfo versionInfo) {
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

  public Instant lastConfigChangeAt() {
    return versionInfo.lastConfigChangeAt();
  }

  /** How its instances are reached: by the mode of its first network. */
  public Network.Mode networkMode() {
    return networks.isEmpty() ? Network.Mode.HOST : networks.getFirst().mode();
  }

  /** Of its container; empty on the host's network. */
  public List<PortMapping> portMappings() {
    return container.map(Container::portMappings).orElse(List.of());
  }

  /** Of its ports in order, 0 for those to be assigned. */
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

  /** Whether its owner says that it must never run twice. */
  public boolean isSingleInstance() {
    return "true".equals(labels.get("MARATHON_SINGLE_INSTANCE_APP"));
  }

  /**
   * Whether the two ask for the same in all but the number of instances (row D6): what runs for one
   * does for the other.
   */
  public boolean hasSameConfiguration(AppDefinition other) {
    return toBuilder()
        .instances(other.instances)
        .version(other.version)
        .versionInfo(other.versionInfo)
        .build()
        .equals(other);
  }

  /** Whether the other differs in the number of instances, and in nothing else (row D6). */
  public boolean isOnlyScaled(AppDefinition other) {
    return instances != other.instances && hasSameConfiguration(other);
  }

  public AppDefinition withInstances(int wanted) {
    return toBuilder().instances(wanted).build();
  }

  public AppDefinition withVersion(Instant newVersion) {
    return toBuilder().version(newVersion).build();
  }

  public AppDefinition withVersion(Instant newVersion, VersionInfo newInfo) {
    return toBuilder().version(newVersion).versionInfo(newInfo).build();
  }

  /**
   * The same with other service ports.
   *
   * @param ports as many as {@link #servicePorts}
   */
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
