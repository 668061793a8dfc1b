package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.CheckpointedContainers;
import io.mesocosm.agent.Reconfiguration;
import io.mesocosm.agent.StoredState;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentInfo;

/**
 * What earlier runs of an agent have left in its work directory, and the place where the present
 * one goes on writing (contracts/mesos-executor-api.md R1 to R5, mesos-ha.md C1 to C7).
 */
final class EarlierRun implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EarlierRun.class.getName());
  private static final long COMPACTION_BYTES_MIN = 4 << 20;

  private final WorkDirLock lock;
  private final JournalFile journal;
  private final Recovered recovered;
  private SortedMap<String, CheckpointRecord> records;
  private int errors;

  private EarlierRun(WorkDirLock lock, JournalFile journal, Recovered recovered) {
    this.lock = lock;
    this.journal = journal;
    this.recovered = recovered;
    this.records = Collections.emptySortedMap();
    this.errors = recovered.errors() + (journal.damaged() ? 1 : 0);
  }

  /**
   * Reads everything; nobody else may use the work directory until {@link #close}.
   *
   * @throws IllegalStateException in one line, if another agent uses the directory, or if something
   *     is damaged and the agent is strict
   * @throws IOException with a message for the operator, if the directory cannot be written to
   */
  static EarlierRun read(Path workDir, boolean strict, InstantSource clock) throws IOException {
    WorkDirLock lock = WorkDirLock.take(workDir);
    try {
      JournalFile journal = openJournal(workDir, strict, clock);
      try {
        EarlierRun run = new EarlierRun(lock, journal, Recovered.from(workDir, strict, clock));
        run.records = run.parse(strict);
        return run;
      } catch (IOException | RuntimeException e) {
        journal.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static JournalFile openJournal(Path workDir, boolean strict, InstantSource clock)
      throws IOException {
    return JournalFile.open(
        workDir.resolve("meta").resolve("checkpoint"),
        strict,
        COMPACTION_BYTES_MIN,
        new SecureRandom()::nextLong,
        clock);
  }

  private SortedMap<String, CheckpointRecord> parse(boolean strict) {
    SortedMap<String, CheckpointRecord> parsed = new TreeMap<>();
    for (var record : journal.records().entrySet()) {
      try {
        parsed.put(record.getKey(), CheckpointRecord.parseFrom(record.getValue()));
      } catch (InvalidProtocolBufferException e) {
        String problem = "record " + record.getKey() + " of " + journal + " is none of ours";
        if (strict) {
          throw new IllegalStateException(
              problem + "; start with --no-strict to go on without it", e);
        }
        LOG.log(ERROR, "{0}; going on without it", problem);
        errors++;
      }
    }
    return parsed;
  }

  /** How many parts were damaged and are given up. */
  int errors() {
    return errors;
  }

  /** Reservations, volumes and operations. */
  StoredState state() {
    return recovered.state();
  }

  /** Where checkpoints go. */
  JournalDisk journal() {
    return journal;
  }

  /** Of the agent as it was registered; absent if it never was. */
  Optional<Identity> identity() {
    return records.values().stream()
        .filter(CheckpointRecord::hasIdentity)
        .map(CheckpointRecord::getIdentity)
        .findFirst();
  }

  /**
   * Makes sure that an agent of this description may take the place of the earlier one. If it may
   * not, and the machine was restarted, so that nothing runs any more, the earlier one is forgotten
   * (C5).
   *
   * @param now without an id
   * @param bootId of the machine's present run; empty if unknown
   * @throws IllegalStateException in one line, if it may not
   */
  void requireFitting(AgentInfo now, String bootId, Reconfiguration.Policy policy)
      throws IOException {
    Optional<Identity> earlier = identity();
    Optional<String> problem =
        earlier.flatMap(identity -> Reconfiguration.problem(identity.getAgentInfo(), now, policy));
    if (problem.isEmpty()) {
      return;
    }
    boolean restarted = !bootId.isEmpty() && !earlier.orElseThrow().getBootId().equals(bootId);
    if (!restarted) {
      throw new IllegalStateException(problem.get());
    }
    LOG.log(
        WARNING,
        "the machine was restarted, and this agent starts as a new one, because it cannot be agent"
            + " {0} any more: {1}",
        earlier.orElseThrow().getAgentId().getValue(),
        problem.get());
    forget();
  }

  /**
   * Kills every container of an earlier run that there is a record of, and those that the engines
   * know of otherwise, unless they are told to keep them; then forgets.
   */
  void cleanUp(Containerizers engines)
      throws IOException, ContainerException, InterruptedException {
    engines.killAll(CheckpointedContainers.wanted(records.values()));
    forget();
  }

  /** Removes all records; reservations, volumes and operations stay. */
  void forget() throws IOException {
    SortedMap<String, Optional<ByteString>> removals = new TreeMap<>();
    journal.records().keySet().forEach(name -> removals.put(name, Optional.empty()));
    if (!removals.isEmpty()) {
      journal.write(removals);
    }
    records = Collections.emptySortedMap();
  }

  /**
   * Finds the containers again that the records are about, kills all others, and has those that run
   * taken over.
   */
  AgentCommand.Recover recover(Containerizers engines, ContainerRunner runner)
      throws ContainerException, InterruptedException {
    SortedMap<ContainerId, RecoveredContainer> containers = new TreeMap<>();
    engines
        .recover(CheckpointedContainers.wanted(records.values()))
        .forEach((id, found) -> {
          runner.adopt(id, found.engine());
          containers.put(id, found.container());
        });
    if (!records.isEmpty()) {
      LOG.log(
          INFO,
          "found again of an earlier run: {0} records, {1} running containers",
          records.size(),
          containers.values().stream()
              .filter(RecoveredContainer.Running.class::isInstance)
              .count());
    }
    return new AgentCommand.Recover(records, containers);
  }

  /** Lets another agent have the directory. To be called when nothing writes any more. */
  @Override
  public void close() {
    journal.close();
    try {
      lock.close();
    } catch (IOException e) {
      LOG.log(WARNING, "the lock of the work directory could not be released", e);
    }
  }
}
