package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.InstanceId;

/** What a timer of the core is for; the value is the timer's key. */
public sealed interface ServicesTimer {
  /** The launch back-off of an app is over. */
  record DelayOver(AppId app) implements ServicesTimer {}

  /** Offers may be asked for again, after a pause. */
  record Revive() implements ServicesTimer {}

  /** A kill was not answered yet. */
  record KillRetry(InstanceId instance) implements ServicesTimer {}

  /** An instance should run by now. */
  record LaunchOverdue(InstanceId instance) implements ServicesTimer {}

  /** An instance without health checks has run for long enough to be counted on. */
  record Proven(InstanceId instance) implements ServicesTimer {}

  /** An instance is out of touch for so long that it is to be replaced, then to be forgotten. */
  record Unreachable(InstanceId instance) implements ServicesTimer {}

  /** An instance is to end, whether routers have let go of it or not. */
  record DrainOver(InstanceId instance) implements ServicesTimer {}

  /** No offer has shown the reservation that an instance was to get. */
  record ReservationOverdue(InstanceId instance) implements ServicesTimer {}

  /** What an instance left behind is freed, or given up. */
  record LeftoverOver(String reservation) implements ServicesTimer {}

  /** A router that detached does not come back. */
  record RouterGone(String router) implements ServicesTimer {}

  /** What the store may hold wrongly is to be written again. */
  record Repair() implements ServicesTimer {}

  /** Time to measure an app that is scaled by what it has to do. */
  record Autoscale(AppId app) implements ServicesTimer {}

  /** Time to compare our view of the tasks with the master's. */
  record Reconcile() implements ServicesTimer {}
}
