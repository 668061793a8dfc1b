package io.mesocosm.master;

import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the registry says of the cluster as a whole: whether it ever had an agent, and what a master
 * must be capable of to understand the other records (contracts/mesos-ha.md §3). It is written
 * before the record that makes it true. Owned by the master's thread.
 */
final class ClusterRecord {
  /** What masters can do; the original's names. */
  enum Capability {
    /** Agents may come back with another configuration. */
    AGENT_UPDATE,
    /** Agents are drained and deactivated. */
    AGENT_DRAINING,
    /** Quotas have guarantees and limits. */
    QUOTA_V2
  }

  static final String RECORD = "cluster";

  private final Durable durable;
  private final SortedSet<String> capabilities = new TreeSet<>();
  private boolean hadAgents;
  private boolean isWritten = true;

  ClusterRecord(Durable durable) {
    this.durable = durable;
  }

  void read(RegistryProtos.Cluster record) {
    hadAgents |= record.getHadAgents();
    capabilities.addAll(record.getMinimumCapabilitiesList());
  }

  /** Whether an agent was ever admitted, by whatever master. */
  boolean hadAgents() {
    return hadAgents;
  }

  /** Why this master must not lead a cluster with this registry, if it must not. */
  Optional<String> problem() {
    SortedSet<String> missing = new TreeSet<>(capabilities);
    Arrays.stream(Capability.values()).forEach(own -> missing.remove(own.name()));
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the registry was written by a newer master and takes the capabilities "
                + String.join(", ", missing)
                + ", which this master does not have: upgrade it to the version of the other"
                + " masters");
  }

  /** An agent is about to be admitted: a later master waits for those that may come back to it. */
  void agentAdmitted() {
    if (!hadAgents || !isWritten) {
      hadAgents = true;
      write();
    }
  }

  /** A record is about to be written that a master without the capability would misread. */
  void require(Capability capability) {
    if (capabilities.add(capability.name()) || !isWritten) {
      write();
    }
  }

  private void write() {
    isWritten = true;
    durable.store(
        RECORD,
        Optional.of(
            RegistryRecord.newBuilder()
                .setCluster(
                    RegistryProtos.Cluster.newBuilder()
                        .setHadAgents(hadAgents)
                        .addAllMinimumCapabilities(capabilities))
                .build()),
        _ -> {},
        (_, _) -> isWritten = false);
  }
}
