package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.AgentEffect;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.Identity;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CheckpointJournalTest {
  private final BlockingQueue<AgentCommand> commands = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final Disk disk = new Disk();

  /** Holds each write until it is let through, and may break. */
  private static final class Disk implements JournalDisk {
    final BlockingQueue<SortedMap<String, Optional<ByteString>>> writes =
        new LinkedBlockingQueue<>();
    final BlockingQueue<Boolean> permits = new LinkedBlockingQueue<>();
    final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public void write(SortedMap<String, Optional<ByteString>> changes) throws IOException {
      writes.add(new TreeMap<>(changes));
      try {
        if (!permits.take()) {
          throw new IOException("cannot write /there: No space left on device; free space");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() {
      closed.countDown();
    }

    SortedMap<String, Optional<ByteString>> next() throws InterruptedException {
      SortedMap<String, Optional<ByteString>> write = writes.poll(10, TimeUnit.SECONDS);
      assertThat(write).as("a write within 10 s").isNotNull();
      return write;
    }
  }

  private static CheckpointRecord record(String bootId) {
    return CheckpointRecord.newBuilder()
        .setIdentity(Identity.newBuilder().setBootId(bootId))
        .build();
  }

  private static AgentEffect.Checkpoint checkpoint(
      long number, String name, Optional<CheckpointRecord> record) {
    return new AgentEffect.Checkpoint(number, new TreeMap<>(Map.of(name, record)));
  }

  private AgentCommand nextCommand() throws InterruptedException {
    AgentCommand command = commands.poll(10, TimeUnit.SECONDS);
    assertThat(command).as("a command within 10 s").isNotNull();
    return command;
  }

  @Test
  void everythingThatWaitsIsWrittenAtOnceAndAnsweredOnce() throws Exception {
    try (CheckpointJournal journal = new CheckpointJournal(disk, commands::add, failures::add)) {
      journal.write(checkpoint(1, "a", Optional.of(record("1"))));
      disk.next();
      journal.write(checkpoint(2, "a", Optional.of(record("2"))));
      journal.write(checkpoint(3, "b", Optional.of(record("3"))));
      journal.write(checkpoint(4, "a", Optional.empty()));
      disk.permits.add(true);
      disk.permits.add(true);

      assertThat(nextCommand()).isEqualTo(new AgentCommand.Checkpointed(1));
      assertThat(disk.next())
          .isEqualTo(
              new TreeMap<>(
                  Map.of("a", Optional.empty(), "b", Optional.of(record("3").toByteString()))));
      assertThat(nextCommand()).isEqualTo(new AgentCommand.Checkpointed(4));
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void nothingIsAnsweredBeforeItIsSafe() throws Exception {
    try (CheckpointJournal journal = new CheckpointJournal(disk, commands::add, failures::add)) {
      journal.write(checkpoint(1, "a", Optional.of(record("1"))));
      disk.next();

      assertThat(commands).isEmpty();
      disk.permits.add(true);
      assertThat(nextCommand()).isEqualTo(new AgentCommand.Checkpointed(1));
    }
  }

  @Test
  void nothingIsWrittenOrAnsweredAfterAFailure() throws Exception {
    disk.permits.add(false);
    try (CheckpointJournal journal = new CheckpointJournal(disk, commands::add, failures::add)) {
      journal.write(checkpoint(1, "a", Optional.of(record("1"))));

      Throwable failure = failures.poll(10, TimeUnit.SECONDS);
      assertThat(failure).hasMessageContaining("No space left on device");
      assertThat(disk.closed.await(10, TimeUnit.SECONDS)).isTrue();
      disk.permits.add(true);
      journal.write(checkpoint(2, "a", Optional.of(record("2"))));
    }
    assertThat(disk.writes).hasSize(1);
    assertThat(commands).isEmpty();
    assertThat(failures).isEmpty();
  }

  @Test
  void whatWaitsAtTheEndIsWritten() throws Exception {
    disk.permits.add(true);
    disk.permits.add(true);
    try (CheckpointJournal journal = new CheckpointJournal(disk, commands::add, failures::add)) {
      journal.write(checkpoint(1, "a", Optional.of(record("1"))));
      journal.write(checkpoint(2, "b", Optional.of(record("2"))));
    }

    assertThat(disk.closed.getCount()).isZero();
    assertThat(disk.writes.stream().flatMap(write -> write.keySet().stream()))
        .containsExactly("a", "b");
  }
}
