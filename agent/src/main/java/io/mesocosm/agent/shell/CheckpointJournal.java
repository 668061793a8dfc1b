package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.ERROR;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.AgentEffect;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Carries out {@link AgentEffect.Checkpoint} on a thread of its own: everything that waits is
 * written at once, made safe once, and answered once.
 *
 * <p>After a failure nothing is written or answered any more: the agent's core then waits for ever
 * with all that depends on the write, and whoever is told of the failure has to end the process.
 */
final class CheckpointJournal implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CheckpointJournal.class.getName());
  private static final int GROUP_MAX = 1_000;
  private static final long GROUP_BYTES_MAX = 8 << 20;
  private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

  private final JournalDisk disk;
  private final Consumer<AgentCommand> mailbox;
  private final Consumer<Throwable> failureHandler;
  // The event loop adds and the writer takes; the empty element is the last one. It has no limit
  // of its own: a core holds back all that depends on a checkpoint, and its mailbox has one.
  private final BlockingQueue<Optional<AgentEffect.Checkpoint>> waiting =
      new LinkedBlockingQueue<>();
  private final Thread writer;

  /**
   * @param disk is closed with the journal
   * @param failureHandler told once, if something could not be written; must end the process
   */
  CheckpointJournal(
      JournalDisk disk, Consumer<AgentCommand> mailbox, Consumer<Throwable> failureHandler) {
    this.disk = disk;
    this.mailbox = mailbox;
    this.failureHandler = failureHandler;
    // A platform thread: forcing a file would pin the carrier of a virtual one for milliseconds.
    this.writer = Thread.ofPlatform().daemon().name("agent-journal").unstarted(this::writeAll);
    writer.start();
  }

  /** Does not block. */
  void write(AgentEffect.Checkpoint checkpoint) {
    waiting.add(Optional.of(checkpoint));
  }

  /** Writes what waits, and lets go of the file. */
  @Override
  public void close() {
    waiting.add(Optional.empty());
    try {
      if (!writer.join(CLOSE_MAX)) {
        LOG.log(ERROR, "the last checkpoints were not written within {0}", CLOSE_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    try (disk) {
      List<AgentEffect.Checkpoint> group = new ArrayList<>();
      boolean last = false;
      while (!last) {
        last = take(group);
        if (!group.isEmpty()) {
          disk.write(merged(group));
          mailbox.accept(new AgentCommand.Checkpointed(group.getLast().number()));
          group.clear();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(ERROR, "{0}", e.getMessage());
      LOG.log(System.Logger.Level.DEBUG, "the write that failed", e);
      failureHandler.accept(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for something to write and takes all that has come, up to a limit.
   *
   * @return whether nothing will come after it
   */
  private boolean take(List<AgentEffect.Checkpoint> group) throws InterruptedException {
    long bytes = 0;
    Optional<AgentEffect.Checkpoint> next = waiting.take();
    while (next.isPresent()) {
      group.add(next.get());
      bytes += size(next.get());
      if (waiting.isEmpty() || group.size() == GROUP_MAX || bytes > GROUP_BYTES_MAX) {
        return false;
      }
      next = waiting.take();
    }
    return true;
  }

  private static long size(AgentEffect.Checkpoint checkpoint) {
    return checkpoint.changes().values().stream()
        .flatMap(Optional::stream)
        .mapToLong(CheckpointRecord::getSerializedSize)
        .sum();
  }

  private static SortedMap<String, Optional<ByteString>> merged(
      List<AgentEffect.Checkpoint> group) {
    SortedMap<String, Optional<CheckpointRecord>> changes = new TreeMap<>();
    group.forEach(checkpoint -> changes.putAll(checkpoint.changes()));
    SortedMap<String, Optional<ByteString>> bytes = new TreeMap<>();
    changes.forEach((name, record) -> bytes.put(name, record.map(CheckpointRecord::toByteString)));
    return bytes;
  }
}
