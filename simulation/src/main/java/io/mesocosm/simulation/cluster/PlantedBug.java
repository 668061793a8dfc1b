package io.mesocosm.simulation.cluster;

/**
 * Mistakes that can be built into the shells of the cluster on purpose, to see that the promises
 * notice. Each is one that somebody could make in the real shells.
 */
public enum PlantedBug {
  /** The agent's journal says that records are safe before they are flushed. */
  CHECKPOINT_ANSWERED_EARLY,
  /** The services scheduler's store says that records are safe before they are written. */
  STORE_ANSWERED_EARLY,
  /**
   * The store takes writes of a leader that was deposed, and who leads does not look at its lease.
   */
  STALE_LEADER_WRITES,
  /** A master goes on as if nothing was when its session is lost. */
  SESSION_LOSS_IGNORED,
  /** An agent that restarts forgets which updates were not acknowledged. */
  PENDING_UPDATES_FORGOTTEN,
  /** An agent that restarts does not read what it has written down. */
  CHECKPOINT_NOT_READ,
  /** An agent that restarts is not told of the containers that still run. */
  CONTAINERS_NOT_REPORTED,
  /** An agent that subscribes again leaves out what it runs. */
  TASKS_NOT_REPORTED,
  /** The journal of an agent loses its newest records though they were flushed. */
  FLUSH_SKIPPED,
  /** An update that is not acknowledged is not sent again. */
  RESEND_LOST,
  /** Acknowledgements of schedulers do not get to the agents. */
  ACKNOWLEDGEMENTS_LOST,
  /** What the master sent to an agent last is sent again when the agent comes back. */
  RUN_TASKS_REPEATED,
  /** The master takes it that its registry is written, and it is not. */
  REGISTRY_WRITE_DROPPED,
  /** A new master does not read the registry. */
  REGISTRY_NOT_READ,
  /** Kills get lost between master and agent. */
  KILLS_LOST,
  /** An agent reports the end of a task when it has asked for it, not when it has come. */
  END_REPORTED_EARLY,
  /** A new services scheduler is not given the instances that the last one has launched. */
  INSTANCES_NOT_LOADED,
  /** A new services scheduler is not given what requests with keys were answered. */
  ANSWERS_NOT_LOADED,
  /** The services scheduler's store says that a write has failed, and carries it out later. */
  FAILED_WRITES_LATE,
  /** The services scheduler takes it that what it has launched runs. */
  RUNNING_TAKEN_FOR_GRANTED
}
