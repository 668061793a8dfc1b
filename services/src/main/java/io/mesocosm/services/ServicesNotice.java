package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened, for the event stream (contracts/marathon-api.md §8) and the log. */
public sealed interface ServicesNotice {
  record Subscribed(String frameworkId, boolean again) implements ServicesNotice {}

  record Disconnected(String reason) implements ServicesNotice {}

  /** A status update of an instance came, whether it changed anything or not. */
  record StatusUpdated(Instance instance, String state, String message) implements ServicesNotice {}

  record InstanceChanged(Instance instance) implements ServicesNotice {}

  /** A task that looks like ours but is not known ended. */
  record UnknownInstanceTerminated(String taskId, AppId app, String state)
      implements ServicesNotice {}

  /**
   * @param healthy absent if nothing is known
   */
  record InstanceHealthChanged(Instance instance, Optional<Boolean> healthy)
      implements ServicesNotice {}

  record HealthCheckFailed(Instance instance, int check, String cause) implements ServicesNotice {}

  record HealthCheckAdded(AppId app, Instant version, int check) implements ServicesNotice {}

  record HealthCheckRemoved(AppId app) implements ServicesNotice {}

  record UnhealthyInstanceKilled(Instance instance, String reason) implements ServicesNotice {}

  record AppTerminated(AppId app) implements ServicesNotice {}

  /** Definitions were stored. */
  record AppsChanged(Instant version, List<AppDefinition> apps) implements ServicesNotice {}

  record DeploymentStarted(Deployment deployment) implements ServicesNotice {}

  /** The deployment is as before the step was counted as done. */
  record StepSucceeded(Deployment deployment) implements ServicesNotice {}

  record DeploymentSucceeded(Deployment deployment) implements ServicesNotice {}

  record DeploymentFailed(Deployment deployment, String reason) implements ServicesNotice {}

  /** For the log: something that people should know of, and can do something about. */
  record Warning(String message) implements ServicesNotice {}
}
