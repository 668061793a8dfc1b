package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceTask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened, for the event stream (contracts/marathon-api.md §8) and the log. */
public sealed interface ServicesNotice {
  record Subscribed(String frameworkId, boolean again) implements ServicesNotice {}

  record Disconnected(String reason) implements ServicesNotice {}

  /** A status update of an instance came, whether it changed anything or not. */
  record StatusUpdated(Instance instance, InstanceTask task, String message)
      implements ServicesNotice {}

  record InstanceChanged(Instance instance) implements ServicesNotice {}

  /** A task that looks like ours but is not known ended. */
  record UnknownInstanceTerminated(String taskId, AppId app, String state)
      implements ServicesNotice {}

  /**
   * @param healthy absent if nothing is known
   */
  record InstanceHealthChanged(Instance instance, Optional<Boolean> healthy)
      implements ServicesNotice {}

  record HealthCheckFailed(Instance instance, HealthCheck check, String cause)
      implements ServicesNotice {}

  record HealthCheckAdded(AppId app, Instant version, HealthCheck check)
      implements ServicesNotice {}

  record HealthCheckRemoved(AppId app) implements ServicesNotice {}

  record UnhealthyInstanceKilled(Instance instance, String reason) implements ServicesNotice {}

  record AppTerminated(AppId app) implements ServicesNotice {}

  /** Definitions were stored. */
  record SpecsChanged(Instant version, List<RunSpec> specs) implements ServicesNotice {}

  /**
   * @param group the innermost one that everything that changed is in
   */
  record GroupChanged(AppId group, Instant version) implements ServicesNotice {}

  record DeploymentStarted(Deployment deployment) implements ServicesNotice {}

  /** The deployment is as before the step was counted as done. */
  record StepSucceeded(Deployment deployment) implements ServicesNotice {}

  record DeploymentSucceeded(Deployment deployment) implements ServicesNotice {}

  record DeploymentFailed(Deployment deployment, String reason) implements ServicesNotice {}

  /** For the log: something that people should know of, and can do something about. */
  record Warning(String message) implements ServicesNotice {}

  /** What the original does not tell. */
  sealed interface Own extends ServicesNotice {
    /**
     * A configuration failed as often in a row as it may: nothing more is launched for it.
     *
     * @param spec the app or pod
     * @param attempts how many instances failed, none having come up in between
     * @param lastFailure what became of the last one
     */
    record LaunchLimitReached(
        AppId spec, Instant version, int attempts, int attemptsMax, String lastFailure)
        implements Own {}

    /**
     * A deployment ended because of such an app or pod.
     *
     * @param rollback the deployment that undoes it, if one does
     */
    record DeploymentStopped(
        DeploymentId deployment,
        Instant version,
        AppId spec,
        String reason,
        Optional<DeploymentId> rollback)
        implements Own {}

    /**
     * Autoscaling changed the number of instances, or began to be held back by a bound; not told
     * again while it comes to the same.
     *
     * @param from the instances asked for before
     * @param to the instances asked for from now on; the same as before if a bound held it back
     * @param desired what the target alone would have come to, bounds aside
     * @param measured what was measured, in the target's unit
     * @param target what it should be for each instance
     * @param reason in words
     */
    record AutoscaleDecided(
        AppId spec,
        int from,
        int to,
        int desired,
        int min,
        int max,
        double measured,
        double target,
        String reason)
        implements Own {
      /** Whether more would be needed than there may be. */
      public boolean isHeldAtMax() {
        return desired > max;
      }
    }

    /**
     * An instance is to end and takes no more requests: routers have until then to let go of it.
     *
     * @param endsBy when it is ended whether they have or not
     */
    record InstanceDraining(Instance instance, Instant endsBy) implements Own {}

    /**
     * Nobody routes to the instance any more, as far as routers told: it is ended now.
     *
     * @param confirmed whether all of them told; false if time ran out
     */
    record InstanceDrained(Instance instance, boolean confirmed) implements Own {}
  }
}
