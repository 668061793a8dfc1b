package io.mesocosm.services;

import io.mesocosm.services.ServicesConfig.EnforcedRole;
import io.mesocosm.services.ServicesConfig.GpuScheduling;
import io.mesocosm.services.matching.ResourceRules;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Collects the settings of {@link ServicesConfig}, each with the default of
 * contracts/marathon-api.md §17. Not thread-safe.
 */
public final class ServicesConfigBuilder {
  private String frameworkName = "marathon";
  private String user = "";
  private String role = "*";
  private String hostname = "localhost";
  private Optional<String> webUi = Optional.empty();
  private Optional<String> principal = Optional.empty();
  private Duration failoverTimeout = Duration.ofDays(7);
  private boolean checkpoint = true;
  private boolean gpus;
  private Optional<String> defaultNetwork = Optional.empty();
  private String bridgeName = "mesos-bridge";
  private String environmentPrefix = "";
  private int servicePortMin = 10000;
  private int servicePortMax = 20000;
  private EnforcedRole newGroupRole = EnforcedRole.OFF;
  private ResourceRules.Accepted acceptedRoles = ResourceRules.Accepted.ANY;
  private Duration declineDuration = Duration.ofSeconds(120);
  private Duration reviveIntervalMin = Duration.ofSeconds(5);
  private boolean maintenanceMode = true;
  private Duration drainingLead = Duration.ZERO;
  private GpuScheduling gpuScheduling = GpuScheduling.RESTRICTED;
  private int instancesPerOfferMax = 5;
  private Duration launchTimeout = Duration.ofMinutes(5);
  private Duration reservationTimeout = Duration.ofSeconds(20);
  private Duration killRetryInterval = Duration.ofSeconds(30);
  private Duration reconciliationInterval = Duration.ofMinutes(10);
  private Duration routingTimeout = Duration.ofSeconds(30);
  private Duration autoscaleInterval = Duration.ofSeconds(15);
  private int deploymentsMax = 100;
  private OptionalInt appsMax = OptionalInt.empty();
  private int versionsMax = 50;

  public ServicesConfigBuilder() {}

  ServicesConfigBuilder(ServicesConfig from) {
    frameworkName = from.frameworkName();
    user = from.user();
    role = from.role();
    hostname = from.hostname();
    webUi = from.webUi();
    principal = from.principal();
    failoverTimeout = from.failoverTimeout();
    checkpoint = from.checkpoint();
    gpus = from.gpus();
    defaultNetwork = from.defaultNetwork();
    bridgeName = from.bridgeName();
    environmentPrefix = from.environmentPrefix();
    servicePortMin = from.servicePortMin();
    servicePortMax = from.servicePortMax();
    newGroupRole = from.newGroupRole();
    acceptedRoles = from.acceptedRoles();
    declineDuration = from.declineDuration();
    reviveIntervalMin = from.reviveIntervalMin();
    maintenanceMode = from.maintenanceMode();
    drainingLead = from.drainingLead();
    gpuScheduling = from.gpuScheduling();
    instancesPerOfferMax = from.instancesPerOfferMax();
    launchTimeout = from.launchTimeout();
    reservationTimeout = from.reservationTimeout();
    killRetryInterval = from.killRetryInterval();
    reconciliationInterval = from.reconciliationInterval();
    routingTimeout = from.routingTimeout();
    autoscaleInterval = from.autoscaleInterval();
    deploymentsMax = from.deploymentsMax();
    appsMax = from.appsMax();
    versionsMax = from.versionsMax();
  }

  public ServicesConfigBuilder frameworkName(String value) {
    frameworkName = value;
    return this;
  }

  public ServicesConfigBuilder user(String value) {
    user = value;
    return this;
  }

  public ServicesConfigBuilder role(String value) {
    role = value;
    return this;
  }

  public ServicesConfigBuilder hostname(String value) {
    hostname = value;
    return this;
  }

  public ServicesConfigBuilder webUi(Optional<String> value) {
    webUi = value;
    return this;
  }

  public ServicesConfigBuilder principal(Optional<String> value) {
    principal = value;
    return this;
  }

  public ServicesConfigBuilder failoverTimeout(Duration value) {
    failoverTimeout = value;
    return this;
  }

  public ServicesConfigBuilder checkpoint(boolean value) {
    checkpoint = value;
    return this;
  }

  public ServicesConfigBuilder gpus(boolean value) {
    gpus = value;
    return this;
  }

  public ServicesConfigBuilder defaultNetwork(Optional<String> value) {
    defaultNetwork = value;
    return this;
  }

  public ServicesConfigBuilder bridgeName(String value) {
    bridgeName = value;
    return this;
  }

  public ServicesConfigBuilder environmentPrefix(String value) {
    environmentPrefix = value;
    return this;
  }

  public ServicesConfigBuilder servicePortMin(int value) {
    servicePortMin = value;
    return this;
  }

  public ServicesConfigBuilder servicePortMax(int value) {
    servicePortMax = value;
    return this;
  }

  public ServicesConfigBuilder newGroupRole(EnforcedRole value) {
    newGroupRole = value;
    return this;
  }

  public ServicesConfigBuilder acceptedRoles(ResourceRules.Accepted value) {
    acceptedRoles = value;
    return this;
  }

  public ServicesConfigBuilder declineDuration(Duration value) {
    declineDuration = value;
    return this;
  }

  public ServicesConfigBuilder reviveIntervalMin(Duration value) {
    reviveIntervalMin = value;
    return this;
  }

  public ServicesConfigBuilder maintenanceMode(boolean value) {
    maintenanceMode = value;
    return this;
  }

  public ServicesConfigBuilder drainingLead(Duration value) {
    drainingLead = value;
    return this;
  }

  public ServicesConfigBuilder gpuScheduling(GpuScheduling value) {
    gpuScheduling = value;
    return this;
  }

  public ServicesConfigBuilder instancesPerOfferMax(int value) {
    instancesPerOfferMax = value;
    return this;
  }

  public ServicesConfigBuilder launchTimeout(Duration value) {
    launchTimeout = value;
    return this;
  }

  public ServicesConfigBuilder reservationTimeout(Duration value) {
    reservationTimeout = value;
    return this;
  }

  public ServicesConfigBuilder killRetryInterval(Duration value) {
    killRetryInterval = value;
    return this;
  }

  public ServicesConfigBuilder reconciliationInterval(Duration value) {
    reconciliationInterval = value;
    return this;
  }

  public ServicesConfigBuilder routingTimeout(Duration value) {
    routingTimeout = value;
    return this;
  }

  public ServicesConfigBuilder autoscaleInterval(Duration value) {
    autoscaleInterval = value;
    return this;
  }

  public ServicesConfigBuilder deploymentsMax(int value) {
    deploymentsMax = value;
    return this;
  }

  public ServicesConfigBuilder appsMax(OptionalInt value) {
    appsMax = value;
    return this;
  }

  public ServicesConfigBuilder versionsMax(int value) {
    versionsMax = value;
    return this;
  }

  public ServicesConfig build() {
    return new ServicesConfig(
        frameworkName,
        user,
        role,
        hostname,
        webUi,
        principal,
        failoverTimeout,
        checkpoint,
        gpus,
        defaultNetwork,
        bridgeName,
        environmentPrefix,
        servicePortMin,
        servicePortMax,
        newGroupRole,
        acceptedRoles,
        declineDuration,
        reviveIntervalMin,
        maintenanceMode,
        drainingLead,
        gpuScheduling,
        instancesPerOfferMax,
        launchTimeout,
        reservationTimeout,
        killRetryInterval,
        reconciliationInterval,
        routingTimeout,
        autoscaleInterval,
        deploymentsMax,
        appsMax,
        versionsMax);
  }
}
