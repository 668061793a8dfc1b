package io.mesocosm.services;

import java.time.Duration;
import java.util.Optional;

/**
 * The settings of {@link Services}; contracts/marathon-api.md §17 has their flags and defaults.
 *
 * @param frameworkName as shown by the master
 * @param user that tasks run as unless their app names one; empty for the master's choice
 * @param role of apps without a role
 * @param hostname of this process, as shown by the master
 * @param webUi where this process serves its console
 * @param principal that we authenticate as
 * @param failoverTimeout how long the master keeps our tasks without us
 * @param checkpoint whether tasks survive a restart of their agent
 * @param servicePortMin first service port given out
 * @param servicePortMax last service port given out
 * @param declineDuration for how long an offer that fits nothing is kept away
 * @param reviveIntervalMin between two calls for offers
 * @param instancesPerOfferMax how many instances one offer may be used for
 * @param launchTimeout after which an instance that does not run yet is ended
 * @param killRetryInterval between two kills of the same instance
 * @param reconciliationInterval between two comparisons with the master's view
 * @param deploymentsMax how many may run at once
 * @param versionsMax how many definitions of an app are kept
 * @param environmentPrefix of HOST and PORT variables
 * @param gpus whether to take part in the sharing of gpus
 * @param bridgeName of the bridge network for containers of the Mesos containerizer
 */
public record ServicesConfig(
    String frameworkName,
    String user,
    String role,
    String hostname,
    Optional<String> webUi,
    Optional<String> principal,
    Duration failoverTimeout,
    boolean checkpoint,
    int servicePortMin,
    int servicePortMax,
    Duration declineDuration,
    Duration reviveIntervalMin,
    int instancesPerOfferMax,
    Duration launchTimeout,
    Duration killRetryInterval,
    Duration reconciliationInterval,
    int deploymentsMax,
    int versionsMax,
    String environmentPrefix,
    boolean gpus,
    String bridgeName) {
  public ServicesConfig {
    if (servicePortMin < 1 || servicePortMax > 65535 || servicePortMin > servicePortMax) {
      throw new IllegalArgumentException(
          "service ports "
              + servicePortMin
              + " to "
              + servicePortMax
              + " must be within 1 to 65535, and not end before they begin");
    }
  }

  /** The defaults of §17, for tests and as a start. */
  public static ServicesConfig defaults() {
    return new ServicesConfig(
        "marathon",
        "",
        "*",
        "localhost",
        Optional.empty(),
        Optional.empty(),
        Duration.ofDays(7),
        true,
        10000,
        20000,
        Duration.ofSeconds(120),
        Duration.ofSeconds(5),
        5,
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        Duration.ofMinutes(10),
        100,
        50,
        "",
        false,
        "mesos-bridge");
  }
}
