package io.mesocosm.services;

import io.mesocosm.services.ServicesConfig.AcceptedRoles;
import io.mesocosm.services.ServicesConfig.EnforcedRole;
import io.mesocosm.services.ServicesConfig.Feature;
import io.mesocosm.services.ServicesConfig.GpuScheduling;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

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
  private SortedSet<Feature> features = new TreeSet<>();
  private String executor = "//cmd";
  private Optional<String> defaultNetwork = Optional.empty();
  private String bridgeName = "mesos-bridge";
  private String environmentPrefix = "";
  private int servicePortMin = 10000;
  private int servicePortMax = 20000;
  private EnforcedRole newGroupRole = EnforcedRole.OFF;
  private AcceptedRoles acceptedRoles = AcceptedRoles.ANY;
  private SortedSet<String> defaultAcceptedRoles = new TreeSet<>();
  private Duration declineDuration = Duration.ofSeconds(120);
  private Duration reviveIntervalMin = Duration.ofSeconds(5);
  private boolean suppressOffers = true;
  private boolean maintenanceMode = true;
  private Duration drainingLead = Duration.ZERO;
  private GpuScheduling gpuScheduling = GpuScheduling.RESTRICTED;
  private int instancesPerOfferMax = 5;
  private int launchTokens = 100;
  private Duration launchTokenRefresh = Duration.ofSeconds(30);
  private Duration launchConfirmTimeout = Duration.ofMinutes(5);
  private Duration launchTimeout = Duration.ofMinutes(5);
  private Duration reservationTimeout = Duration.ofSeconds(20);
  private Duration killRetryInterval = Duration.ofSeconds(30);
  private int killsAtOnceMax = 100;
  private Duration reconciliationDelay = Duration.ofSeconds(15);
  private Duration reconciliationInterval = Duration.ofMinutes(10);
  private Duration scaleCheckDelay = Duration.ofSeconds(15);
  private Duration scaleCheckInterval = Duration.ofMinutes(5);
  private Duration expungeDelay = Duration.ofMinutes(5);
  private Duration expungeInterval = Duration.ofSeconds(30);
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
    features = from.features();
    executor = from.executor();
    defaultNetwork = from.defaultNetwork();
    bridgeName = from.bridgeName();
    environmentPrefix = from.environmentPrefix();
    servicePortMin = from.servicePortMin();
    servicePortMax = from.servicePortMax();
    newGroupRole = from.newGroupRole();
    acceptedRoles = from.acceptedRoles();
    defaultAcceptedRoles = from.defaultAcceptedRoles();
    declineDuration = from.declineDuration();
    reviveIntervalMin = from.reviveIntervalMin();
    suppressOffers = from.suppressOffers();
    maintenanceMode = from.maintenanceMode();
    drainingLead = from.drainingLead();
    gpuScheduling = from.gpuScheduling();
    instancesPerOfferMax = from.instancesPerOfferMax();
    launchTokens = from.launchTokens();
    launchTokenRefresh = from.launchTokenRefresh();
    launchConfirmTimeout = from.launchConfirmTimeout();
    launchTimeout = from.launchTimeout();
    reservationTimeout = from.reservationTimeout();
    killRetryInterval = from.killRetryInterval();
    killsAtOnceMax = from.killsAtOnceMax();
    reconciliationDelay = from.reconciliationDelay();
    reconciliationInterval = from.reconciliationInterval();
    scaleCheckDelay = from.scaleCheckDelay();
    scaleCheckInterval = from.scaleCheckInterval();
    expungeDelay = from.expungeDelay();
    expungeInterval = from.expungeInterval();
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

  public ServicesConfigBuilder features(SortedSet<Feature> value) {
    features = value;
    return this;
  }

  public ServicesConfigBuilder executor(String value) {
    executor = value;
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

  public ServicesConfigBuilder acceptedRoles(AcceptedRoles value) {
    acceptedRoles = value;
    return this;
  }

  public ServicesConfigBuilder defaultAcceptedRoles(SortedSet<String> value) {
    defaultAcceptedRoles = value;
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

  public ServicesConfigBuilder suppressOffers(boolean value) {
    suppressOffers = value;
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

  public ServicesConfigBuilder launchTokens(int value) {
    launchTokens = value;
    return this;
  }

  public ServicesConfigBuilder launchTokenRefresh(Duration value) {
    launchTokenRefresh = value;
    return this;
  }

  public ServicesConfigBuilder launchConfirmTimeout(Duration value) {
    launchConfirmTimeout = value;
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

  public ServicesConfigBuilder killsAtOnceMax(int value) {
    killsAtOnceMax = value;
    return this;
  }

  public ServicesConfigBuilder reconciliationDelay(Duration value) {
    reconciliationDelay = value;
    return this;
  }

  public ServicesConfigBuilder reconciliationInterval(Duration value) {
    reconciliationInterval = value;
    return this;
  }

  public ServicesConfigBuilder scaleCheckDelay(Duration value) {
    scaleCheckDelay = value;
    return this;
  }

  public ServicesConfigBuilder scaleCheckInterval(Duration value) {
    scaleCheckInterval = value;
    return this;
  }

  public ServicesConfigBuilder expungeDelay(Duration value) {
    expungeDelay = value;
    return this;
  }

  public ServicesConfigBuilder expungeInterval(Duration value) {
    expungeInterval = value;
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
        features,
        executor,
        defaultNetwork,
        bridgeName,
        environmentPrefix,
        servicePortMin,
        servicePortMax,
        newGroupRole,
        acceptedRoles,
        defaultAcceptedRoles,
        declineDuration,
        reviveIntervalMin,
        suppressOffers,
        maintenanceMode,
        drainingLead,
        gpuScheduling,
        instancesPerOfferMax,
        launchTokens,
        launchTokenRefresh,
        launchConfirmTimeout,
        launchTimeout,
        reservationTimeout,
        killRetryInterval,
        killsAtOnceMax,
        reconciliationDelay,
        reconciliationInterval,
        scaleCheckDelay,
        scaleCheckInterval,
        expungeDelay,
        expungeInterval,
        routingTimeout,
        autoscaleInterval,
        deploymentsMax,
        appsMax,
        versionsMax);
  }
}
