package io.mesocosm.coordination;

import java.time.Duration;

/**
 * How to take part in an election among the children of one node.
 *
 * @param folder of the members, relative to the address's path; {@code /} for the path itself
 * @param label begins the members' names, e.g. {@code json.info_}; children named otherwise are not
 *     members (contracts/mesos-ha.md Z3, Z5)
 * @param sessionTimeout how long after its last sign of life ZooKeeper declares a member dead
 */
public record ElectionOptions(String folder, String label, Duration sessionTimeout) {
  public ElectionOptions {
    RecordPath.requireFolder(folder);
    if (label.isEmpty() || label.contains("/")) {
      throw new IllegalArgumentException("label '" + label + "' must be a name without a slash");
    }
    if (sessionTimeout.toMillis() < 100) {
      throw new IllegalArgumentException("session time-out " + sessionTimeout + " is below 100 ms");
    }
  }
}
