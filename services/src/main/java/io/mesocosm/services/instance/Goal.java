package io.mesocosm.services.instance;

/** What is wanted of an instance (contracts/marathon-api.md S8). */
public enum Goal {
  /** It is to run. */
  RUNNING,
  /** Its tasks are to end; its reservation is kept, to be run in again. */
  STOPPED,
  /** It is to end for good, and its reservation with it. */
  DECOMMISSIONED
}
