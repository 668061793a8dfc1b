package io.mesocosm.services.event;

import io.mesocosm.services.ServicesNotice;
import java.time.Instant;
import java.util.Optional;

/**
 * An event that a person should hear of.
 *
 * @param type of the event's frame that is sent
 * @param text what happened, in one sentence
 */
record Alert(ServicesEvent event, Instant at, String type, String text) {

  /** The alert that the event is, if it is one. */
  static Optional<Alert> of(ServicesEvent event, Instant at) {
    return switch (event) {
      case ServicesEvent.Noticed(ServicesNotice.DeploymentFailed failed) ->
          Optional.of(
              new Alert(
                  event,
                  at,
                  "deployment_failed",
                  "deployment " + failed.deployment().id() + " ended: " + failed.reason()));
      case ServicesEvent.Noticed(ServicesNotice.Own.LaunchLimitReached reached) ->
          Optional.of(
              new Alert(
                  event,
                  at,
                  "launch_limit_reached",
                  reached.spec()
                      + " failed "
                      + reached.attempts()
                      + " times in a row, the limit is maxLaunchAttempts="
                      + reached.attemptsMax()
                      + ", and is not launched again until it is changed: "
                      + reached.lastFailure()));
      case ServicesEvent.Noticed(ServicesNotice.Own.DeploymentStopped stopped) ->
          Optional.of(
              new Alert(
                  event,
                  at,
                  "deployment_stopped_after_failures",
                  "deployment "
                      + stopped.deployment()
                      + " stopped because of "
                      + stopped.spec()
                      + ": "
                      + stopped.reason()
                      + stopped
                          .rollback()
                          .map(id -> "; deployment " + id + " undoes it")
                          .orElse("")));
      case ServicesEvent.Noticed(ServicesNotice.Own.AutoscaleDecided decided)
          when decided.isHeldAtMax() ->
          Optional.of(
              new Alert(
                  event,
                  at,
                  "autoscale_decision",
                  decided.spec()
                      + " would need "
                      + decided.desired()
                      + " instances, and may have autoscale.max="
                      + decided.max()
                      + ": "
                      + decided.reason()));
      case ServicesEvent.Noticed _,
          ServicesEvent.AppPosted _,
          ServicesEvent.PodPosted _,
          ServicesEvent.GroupChanged _,
          ServicesEvent.GroupChangeFailed _,
          ServicesEvent.FrameworkMessage _,
          ServicesEvent.StreamAttached _,
          ServicesEvent.StreamDetached _ ->
          Optional.empty();
    };
  }
}
