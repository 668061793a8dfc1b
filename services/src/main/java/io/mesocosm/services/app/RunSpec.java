package io.mesocosm.services.app;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What users ask to be kept running: an app or a pod. Apps and pods share one tree of ids, the same
 * deployments and the same rules of launching, replacing and ending instances.
 */
public sealed interface RunSpec permits AppDefinition, PodDefinition {
  AppId id();

  /** That its instances take resources of; absent for the scheduler's own. */
  Optional<String> role();

  /** How many are wanted. */
  int instances();

  List<Constraint> constraints();

  /** Sorted; empty for any. */
  List<String> acceptedResourceRoles();

  /** The first pause before launching again after a failure. */
  Duration backoff();

  double backoffFactor();

  /** The longest such pause. */
  Duration maxLaunchDelay();

  LaunchLimit launchLimit();

  UpgradeStrategy upgradeStrategy();

  KillSelection killSelection();

  UnreachableStrategy unreachableStrategy();

  /** Apps and groups that must be up first, sorted. */
  List<AppId> dependencies();

  /** Of the host, bridge or container networks; never empty. */
  List<Network> networks();

  /** Those of all its tasks that outlive an instance's tasks; empty unless it is resident. */
  List<Volume.Persistent> persistentVolumes();

  /** Of its ports in order, 0 for those to be assigned; pods have none. */
  List<Integer> servicePorts();

  /** When this definition was made, in milliseconds. */
  Instant version();

  VersionInfo versionInfo();

  /** Whether its owner says that it must never run twice. */
  boolean isSingleInstance();

  /**
   * Whether the two ask for the same in all but the number of instances (contracts/marathon-api.md
   * D6): what runs for one does for the other. Never true of an app and a pod.
   */
  boolean hasSameConfiguration(RunSpec other);

  RunSpec withInstances(int wanted);

  RunSpec withVersion(Instant newVersion, VersionInfo newInfo);

  /**
   * The same with other service ports.
   *
   * @param ports as many as {@link #servicePorts}
   */
  RunSpec withServicePorts(List<Integer> ports);

  default Instant lastConfigChangeAt() {
    return versionInfo().lastConfigChangeAt();
  }

  /** Whether its instances own reservations and volumes that they come back to. */
  default boolean isResident() {
    return !persistentVolumes().isEmpty();
  }

  /** How its instances are reached: by the mode of its first network. */
  default Network.Mode networkMode() {
    return networks().isEmpty() ? Network.Mode.HOST : networks().getFirst().mode();
  }

  default RunSpec withVersion(Instant newVersion) {
    return withVersion(newVersion, versionInfo());
  }
}
