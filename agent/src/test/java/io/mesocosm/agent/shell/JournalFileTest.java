package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_000));
  private static final long NEVER_COMPACTED = 1 << 30;

  @TempDir private Path folder;
  private final AtomicLong salts = new AtomicLong(7);

  private JournalFile open(boolean strict, long compactionBytesMin) throws IOException {
    return JournalFile.open(
        folder.resolve("checkpoint"), strict, compactionBytesMin, salts::incrementAndGet, CLOCK);
  }

  private Path file() {
    return folder.resolve("checkpoint/journal");
  }

  private SortedMap<String, ByteString> reopened() throws IOException {
    try (JournalFile journal = open(true, NEVER_COMPACTED)) {
      return journal.records();
    }
  }

  private static SortedMap<String, Optional<ByteString>> put(String name, String content) {
    return new TreeMap<>(java.util.Map.of(name, Optional.of(ByteString.copyFromUtf8(content))));
  }

  private static SortedMap<String, Optional<ByteString>> remove(String name) {
    return new TreeMap<>(java.util.Map.of(name, Optional.empty()));
  }

  /** The file's sizes after each step, and what it held then. */
  private record History(List<Long> sizes, List<SortedMap<String, ByteString>> states) {
    SortedMap<String, ByteString> at(int length) {
      int step = 0;
      while (step + 1 < sizes.size() && sizes.get(step + 1) <= length) {
        step++;
      }
      return states.get(step);
    }
  }

  private History written() throws IOException {
    History history = new History(new ArrayList<>(), new ArrayList<>());
    try (JournalFile journal = open(true, NEVER_COMPACTED)) {
      history.sizes().add(journal.size());
      history.states().add(journal.records());
      for (var step :
          List.of(
              put("agent", "a"),
              put("tasks/f/t1", "one"),
              put("tasks/f/t1", "more"),
              put("drain", ""),
              remove("tasks/f/t1"),
              put("tasks/f/t2", "two"))) {
        journal.write(step);
        history.sizes().add(journal.size());
        history.states().add(journal.records());
      }
    }
    return history;
  }

  @Test
  void newJournalIsEmpty() throws Exception {
    assertThat(reopened()).isEmpty();
    assertThat(reopened()).isEmpty();
  }

  @Test
  void recordsComeBackAsTheyWereWrittenLast() throws Exception {
    History history = written();

    assertThat(reopened())
        .isEqualTo(history.states().getLast())
        .containsOnlyKeys("agent", "drain", "tasks/f/t2");
  }

  @Test
  void crashAtAnyByteOfTheLastWriteLeavesWhatWasSafeBefore() throws Exception {
    History history = written();
    byte[] whole = Files.readAllBytes(file());

    for (int length = history.sizes().getFirst().intValue(); length <= whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertThat(reopened()).as("%d bytes", length).isEqualTo(history.at(length));
    }
  }

  @Test
  void crashThatLeavesZerosAtTheEndLosesNothing() throws Exception {
    History history = written();
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length + 5_000));

    assertThat(reopened()).isEqualTo(history.states().getLast());
    assertThat(Files.size(file())).isEqualTo(whole.length);
  }

  @Test
  void writingGoesOnAfterATornTail() throws Exception {
    History history = written();
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length - 1));

    try (JournalFile journal = open(true, NEVER_COMPACTED)) {
      journal.write(put("tasks/f/t3", "three"));
    }

    SortedMap<String, ByteString> expected =
        new TreeMap<>(history.states().get(history.states().size() - 2));
    expected.put("tasks/f/t3", ByteString.copyFromUtf8("three"));
    assertThat(reopened()).isEqualTo(expected);
  }

  @Test
  void noFlippedBitIsBelieved() throws Exception {
    History history = written();
    byte[] whole = Files.readAllBytes(file());
    long lastFrame = history.sizes().get(history.sizes().size() - 2);

    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      Files.write(file(), flipped);
      if (at >= lastFrame) {
        // No different from a write that a crash interrupted.
        assertThat(reopened()).isEqualTo(history.at((int) lastFrame));
      } else {
        assertThatThrownBy(this::reopened)
            .as("byte %d", at)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(file() + " is damaged")
            .hasMessageContaining("--no-strict");
      }
    }
  }

  @Test
  void damageIsNamedByItsPlace() throws Exception {
    History history = written();
    byte[] bytes = Files.readAllBytes(file());
    int from = history.sizes().get(1).intValue();
    bytes[from + 20] ^= 1;
    Files.write(file(), bytes);

    assertThatThrownBy(this::reopened)
        .hasMessageContaining("bytes " + from + " to " + history.sizes().get(2));
  }

  @Test
  void missingStepIsDamage() throws Exception {
    History history = written();
    byte[] bytes = Files.readAllBytes(file());
    int from = history.sizes().get(1).intValue();
    int to = history.sizes().get(2).intValue();
    byte[] cut = new byte[bytes.length - (to - from)];
    System.arraycopy(bytes, 0, cut, 0, from);
    System.arraycopy(bytes, to, cut, from, bytes.length - to);
    Files.write(file(), cut);

    assertThatThrownBy(this::reopened).hasMessageContaining("at byte " + from + " step");
  }

  @Test
  void damagedJournalIsSetAsideIfThatIsWished() throws Exception {
    History history = written();
    byte[] bytes = Files.readAllBytes(file());
    bytes[history.sizes().get(2).intValue() + 20] ^= 1;
    Files.write(file(), bytes);

    try (JournalFile journal = open(false, NEVER_COMPACTED)) {
      assertThat(journal.damaged()).isTrue();
      assertThat(journal.records()).isEqualTo(history.states().get(2));
    }

    assertThat(reopened()).isEqualTo(history.states().get(2));
    assertThat(Files.readAllBytes(folder.resolve("checkpoint/journal.damaged-1000")))
        .isEqualTo(bytes);
  }

  @Test
  void fileOfALaterVersionIsNotTakenForDamageOfUnknownKind() throws Exception {
    byte[] head = JournalFrames.head(1);
    head[11] = 2;
    java.util.zip.CRC32C checksum = new java.util.zip.CRC32C();
    checksum.update(head, 0, head.length - 4);
    java.nio.ByteBuffer.wrap(head).putInt(head.length - 4, (int) checksum.getValue());
    Files.createDirectories(folder.resolve("checkpoint"));
    Files.write(file(), head);

    assertThatThrownBy(this::reopened)
        .hasMessageContaining("its format is 2, and this version reads 1");
  }

  @Test
  void frameInsideARecordIsNotTakenForOne() throws Exception {
    byte[] forged = JournalFrames.frame(1, 1, put("tasks/f/evil", "gone"));
    try (JournalFile journal = open(true, NEVER_COMPACTED)) {
      journal.write(put("agent", "a"));
      journal.write(
          new TreeMap<>(java.util.Map.of("tasks/f/t1", Optional.of(ByteString.copyFrom(forged)))));
    }
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length - 1));

    assertThat(reopened()).containsOnlyKeys("agent");
  }

  @Test
  void fileShrinksWhenMostOfItIsOutdated() throws Exception {
    try (JournalFile journal = open(true, 10_000)) {
      journal.write(put("agent", "a"));
      for (int i = 0; i < 1_000; i++) {
        journal.write(put("tasks/f/t", "state " + i));
        assertThat(journal.size()).isLessThan(11_000);
      }
      journal.write(put("tasks/f/u", "new"));
    }

    assertThat(reopened())
        .containsEntry("tasks/f/t", ByteString.copyFromUtf8("state 999"))
        .containsOnlyKeys("agent", "tasks/f/t", "tasks/f/u");
    try (Stream<Path> files = Files.list(folder.resolve("checkpoint"))) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void fileThatIsAllInUseStaysAsItIs() throws Exception {
    try (JournalFile journal = open(true, 1_000)) {
      for (int i = 0; i < 100; i++) {
        journal.write(put("tasks/f/t" + i, "x".repeat(100)));
      }
      assertThat(journal.size()).isGreaterThan(10_000);
    }

    assertThat(reopened()).hasSize(100);
  }

  @Test
  void crashAtAnyByteOfAFreshFileLeavesTheOldOne() throws Exception {
    History history = written();
    byte[] old = Files.readAllBytes(file());
    Path fresh = folder.resolve("checkpoint/journal.new");

    for (int length = 0; length <= old.length; length++) {
      Files.write(file(), old);
      Files.write(fresh, Arrays.copyOf(old, length));
      assertThat(reopened()).isEqualTo(history.states().getLast());
      assertThat(fresh).doesNotExist();
    }
  }

  @Test
  void stateTooLargeForOneFrameSurvivesTheRewriting() throws Exception {
    String large = "x".repeat(3 << 20);
    try (JournalFile journal = open(true, 1)) {
      for (int i = 0; i < 30; i++) {
        journal.write(put("tasks/f/t" + (i % 3), large + i));
      }
      assertThat(journal.size()).isLessThan(5L * 3 * (3 << 20));
    }

    assertThat(reopened())
        .hasSize(3)
        .containsEntry("tasks/f/t2", ByteString.copyFromUtf8(large + 29));
  }

  @Test
  void whatCannotBeWrittenIsToldWithTheRemedy() throws Exception {
    Path full = folder.resolve("full");
    Files.createDirectories(folder.resolve("checkpoint"));
    Files.createFile(full);

    assertThatThrownBy(() -> JournalFile.open(full, true, 1, () -> 1, CLOCK))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write " + full.resolve("journal"))
        .hasMessageContaining("free space");
  }
}
