package io.mesocosm.simulation.nemesis;

/** What can go wrong. The weight says how often, against the others. */
public enum FaultKind {
  /** The process of a master dies, more often than not the leading one's. */
  MASTER_CRASH(8),
  /** An agent's process dies; its containers live on. */
  AGENT_CRASH(12),
  /** An agent's machine loses power. */
  MACHINE_CRASH(5),
  /** The process of a services scheduler dies, more often than not the leading one's. */
  SERVICES_CRASH(7),
  /** The process of the one-off scheduler dies. */
  ONE_OFF_CRASH(4),
  /** Two hosts cannot reach each other and know it. */
  PARTITION(8),
  /** Two hosts cannot reach each other and are not told. */
  SILENT_PARTITION(8),
  /** What one host sends to another does not arrive. */
  ONE_WAY_PARTITION(6),
  /** Two hosts are cut off again and again. */
  FLAPPING(4),
  /** All that goes to or from a host takes longer. */
  DELAY(5),
  /** The first request of each of a host's connections arrives once more, later. */
  DUPLICATION(4),
  /** A host's clock is stepped. */
  CLOCK_JUMP(5),
  /** There is no room on an agent's disk. */
  FULL_DISK(4),
  /** An agent's disk takes long for each flush. */
  SLOW_DISK(5),
  /** A container ends by itself. */
  CONTAINER_DEATH(8),
  /** An agent's process dies just after a container has ended. */
  CRASH_AFTER_END(5),
  /** An agent fails to launch what it should. */
  LAUNCH_FAILURES(3),
  /** All of a host stands still. */
  PAUSE(6),
  /** A host cannot reach ZooKeeper. */
  ZOOKEEPER_CUT(6),
  /** Nobody can reach ZooKeeper. */
  ZOOKEEPER_OUTAGE(2),
  /** Some writes to ZooKeeper end with nobody knowing whether they happened. */
  STORE_FAILURES(3);

  private final int weight;

  FaultKind(int weight) {
    this.weight = weight;
  }

  int weight() {
    return weight;
  }
}
