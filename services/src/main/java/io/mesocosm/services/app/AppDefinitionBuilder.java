package io.mesocosm.services.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Builds an {@link AppDefinition}, from the defaults of the API or from another one. One thread.
 */
public final class AppDefinitionBuilder {
  private final AppId id;
  private Optional<String> cmd = Optional.empty();
  private List<String> args = List.of();
  private Optional<String> user = Optional.empty();
  private Optional<String> role = Optional.empty();
  private SortedMap<String, String> env = new TreeMap<>();
  private SortedMap<String, String> labels = new TreeMap<>();
  private int instances = 1;
  private double cpus = 1;
  private double mem = 128;
  private double disk = 0;
  private int gpus = 0;
  private List<Constraint> constraints = List.of();
  private List<String> acceptedResourceRoles = List.of();
  private Optional<Container> container = Optional.empty();
  private List<Network> networks =
      List.of(new Network(Network.Mode.HOST, Optional.empty(), new TreeMap<>()));
  private List<PortDefinition> portDefinitions = List.of();
  private boolean requirePorts = false;
  private List<HealthCheck> healthChecks = List.of();
  private Duration backoff = Duration.ofSeconds(1);
  private double backoffFactor = 1.15;
  private Duration maxLaunchDelay = Duration.ofSeconds(300);
  private Optional<Duration> taskKillGracePeriod = Optional.empty();
  private UpgradeStrategy upgradeStrategy = UpgradeStrategy.USUAL;
  private KillSelection killSelection = KillSelection.YOUNGEST_FIRST;
  private UnreachableStrategy unreachableStrategy = UnreachableStrategy.USUAL;
  private List<AppId> dependencies = List.of();
  private SortedMap<String, String> secretEnv = new TreeMap<>();
  private SortedMap<String, String> secrets = new TreeMap<>();
  private List<Artifact> fetch = List.of();
  private Optional<String> executor = Optional.empty();
  private Optional<ExecutorResources> executorResources = Optional.empty();
  private ResourceLimits resourceLimits = ResourceLimits.NONE;
  private Optional<TaskCheck> check = Optional.empty();
  private List<ReadinessCheck> readinessChecks = List.of();
  private Optional<Residency> residency = Optional.empty();
  private Optional<Boolean> tty = Optional.empty();
  private LaunchLimit launchLimit = LaunchLimit.NONE;
  private Optional<Autoscale> autoscale = Optional.empty();
  private Instant version = AppDefinition.UNVERSIONED;
  private VersionInfo versionInfo =
      new VersionInfo(AppDefinition.UNVERSIONED, AppDefinition.UNVERSIONED);

  AppDefinitionBuilder(AppId id) {
    this.id = id;
  }

  AppDefinitionBuilder(AppDefinition from) {
    this.id = from.id();
    this.cmd = from.cmd();
    this.args = from.args();
    this.user = from.user();
    this.role = from.role();
    this.env = from.env();
    this.labels = from.labels();
    this.instances = from.instances();
    this.cpus = from.cpus();
    this.mem = from.mem();
    this.disk = from.disk();
    this.gpus = from.gpus();
    this.constraints = from.constraints();
    this.acceptedResourceRoles = from.acceptedResourceRoles();
    this.container = from.container();
    this.networks = from.networks();
    this.portDefinitions = from.portDefinitions();
    this.requirePorts = from.requirePorts();
    this.healthChecks = from.healthChecks();
    this.backoff = from.backoff();
    this.backoffFactor = from.backoffFactor();
    this.maxLaunchDelay = from.maxLaunchDelay();
    this.taskKillGracePeriod = from.taskKillGracePeriod();
    this.upgradeStrategy = from.upgradeStrategy();
    this.killSelection = from.killSelection();
    this.unreachableStrategy = from.unreachableStrategy();
    this.dependencies = from.dependencies();
    this.secretEnv = from.secretEnv();
    this.secrets = from.secrets();
    this.fetch = from.fetch();
    this.executor = from.executor();
    this.executorResources = from.executorResources();
    this.resourceLimits = from.resourceLimits();
    this.check = from.check();
    this.readinessChecks = from.readinessChecks();
    this.residency = from.residency();
    this.tty = from.tty();
    this.launchLimit = from.launchLimit();
    this.autoscale = from.autoscale();
    this.version = from.version();
    this.versionInfo = from.versionInfo();
  }

  public AppDefinitionBuilder cmd(Optional<String> value) {
    this.cmd = value;
    return this;
  }

  public AppDefinitionBuilder args(List<String> value) {
    this.args = value;
    return this;
  }

  public AppDefinitionBuilder user(Optional<String> value) {
    this.user = value;
    return this;
  }

  public AppDefinitionBuilder role(Optional<String> value) {
    this.role = value;
    return this;
  }

  public AppDefinitionBuilder env(SortedMap<String, String> value) {
    this.env = value;
    return this;
  }

  public AppDefinitionBuilder labels(SortedMap<String, String> value) {
    this.labels = value;
    return this;
  }

  public AppDefinitionBuilder instances(int value) {
    this.instances = value;
    return this;
  }

  public AppDefinitionBuilder cpus(double value) {
    this.cpus = value;
    return this;
  }

  public AppDefinitionBuilder mem(double value) {
    this.mem = value;
    return this;
  }

  public AppDefinitionBuilder disk(double value) {
    this.disk = value;
    return this;
  }

  public AppDefinitionBuilder gpus(int value) {
    this.gpus = value;
    return this;
  }

  public AppDefinitionBuilder constraints(List<Constraint> value) {
    this.constraints = value;
    return this;
  }

  public AppDefinitionBuilder acceptedResourceRoles(List<String> value) {
    this.acceptedResourceRoles = value;
    return this;
  }

  public AppDefinitionBuilder container(Optional<Container> value) {
    this.container = value;
    return this;
  }

  public AppDefinitionBuilder networks(List<Network> value) {
    this.networks = value;
    return this;
  }

  public AppDefinitionBuilder portDefinitions(List<PortDefinition> value) {
    this.portDefinitions = value;
    return this;
  }

  public AppDefinitionBuilder requirePorts(boolean value) {
    this.requirePorts = value;
    return this;
  }

  public AppDefinitionBuilder healthChecks(List<HealthCheck> value) {
    this.healthChecks = value;
    return this;
  }

  public AppDefinitionBuilder backoff(Duration value) {
    this.backoff = value;
    return this;
  }

  public AppDefinitionBuilder backoffFactor(double value) {
    this.backoffFactor = value;
    return this;
  }

  public AppDefinitionBuilder maxLaunchDelay(Duration value) {
    this.maxLaunchDelay = value;
    return this;
  }

  public AppDefinitionBuilder taskKillGracePeriod(Optional<Duration> value) {
    this.taskKillGracePeriod = value;
    return this;
  }

  public AppDefinitionBuilder upgradeStrategy(UpgradeStrategy value) {
    this.upgradeStrategy = value;
    return this;
  }

  public AppDefinitionBuilder killSelection(KillSelection value) {
    this.killSelection = value;
    return this;
  }

  public AppDefinitionBuilder unreachableStrategy(UnreachableStrategy value) {
    this.unreachableStrategy = value;
    return this;
  }

  public AppDefinitionBuilder dependencies(List<AppId> value) {
    this.dependencies = value;
    return this;
  }

  public AppDefinitionBuilder secretEnv(SortedMap<String, String> value) {
    this.secretEnv = value;
    return this;
  }

  public AppDefinitionBuilder secrets(SortedMap<String, String> value) {
    this.secrets = value;
    return this;
  }

  public AppDefinitionBuilder fetch(List<Artifact> value) {
    this.fetch = value;
    return this;
  }

  public AppDefinitionBuilder executor(Optional<String> value) {
    this.executor = value;
    return this;
  }

  public AppDefinitionBuilder executorResources(Optional<ExecutorResources> value) {
    this.executorResources = value;
    return this;
  }

  public AppDefinitionBuilder resourceLimits(ResourceLimits value) {
    this.resourceLimits = value;
    return this;
  }

  public AppDefinitionBuilder check(Optional<TaskCheck> value) {
    this.check = value;
    return this;
  }

  public AppDefinitionBuilder readinessChecks(List<ReadinessCheck> value) {
    this.readinessChecks = value;
    return this;
  }

  public AppDefinitionBuilder residency(Optional<Residency> value) {
    this.residency = value;
    return this;
  }

  public AppDefinitionBuilder tty(Optional<Boolean> value) {
    this.tty = value;
    return this;
  }

  public AppDefinitionBuilder launchLimit(LaunchLimit value) {
    this.launchLimit = value;
    return this;
  }

  public AppDefinitionBuilder autoscale(Optional<Autoscale> value) {
    this.autoscale = value;
    return this;
  }

  public AppDefinitionBuilder version(Instant value) {
    this.version = value;
    return this;
  }

  public AppDefinitionBuilder versionInfo(VersionInfo value) {
    this.versionInfo = value;
    return this;
  }

  public AppDefinition build() {
    return new AppDefinition(
        id,
        cmd,
        args,
        user,
        role,
        env,
        labels,
        instances,
        cpus,
        mem,
        disk,
        gpus,
        constraints,
        acceptedResourceRoles,
        container,
        networks,
        portDefinitions,
        requirePorts,
        healthChecks,
        backoff,
        backoffFactor,
        maxLaunchDelay,
        taskKillGracePeriod,
        upgradeStrategy,
        killSelection,
        unreachableStrategy,
        dependencies,
        secretEnv,
        secrets,
        fetch,
        executor,
        executorResources,
        resourceLimits,
        check,
        readinessChecks,
        residency,
        tty,
        launchLimit,
        autoscale,
        version,
        versionInfo);
  }
}
