package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessUsageTest {
  private Path folder;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void clear(@TempDir Path made) {
    folder = made;
  }

  private void process(long pid, long parent, long session, int ticks) throws Exception {
    Path place = Files.createDirectories(folder.resolve(Long.toString(pid)));
    Files.writeString(
        place.resolve("stat"),
        ("%d (a) b c) S %d 1 %d 0 -1 4194560 1 2 3 4 %d %d 1 1 20 0 2 0 100 4096 10 18446\n")
            .formatted(pid, parent, session, ticks, ticks));
  }

  @Test
  void childrenAndMembersOfTheSessionCount() throws Exception {
    process(10, 1, 10, 100);
    process(11, 10, 10, 200);
    process(12, 1, 10, 300);
    process(13, 11, 13, 400);
    process(20, 1, 20, 5000);

    ProcessUsage.Usage usage = new ProcessUsage(folder, () -> now).of(List.of(10L)).orElseThrow();

    assertThat(usage.processes()).isEqualTo(4);
    assertThat(usage.threads()).isEqualTo(8);
    assertThat(usage.userSeconds()).isEqualTo(10.04);
    assertThat(usage.systemSeconds()).isEqualTo(10.04);
    assertThat(usage.memoryBytes()).isEqualTo(4 * 10 * 4096);
  }

  @Test
  void processesThatAreGoneUseNothing() {
    assertThat(new ProcessUsage(folder, () -> now).of(List.of(10L))).isEmpty();
    assertThat(new ProcessUsage(folder.resolve("missing"), () -> now).of(List.of(1L))).isEmpty();
  }

  @Test
  void machineIsLookedAtTwiceASecondAtMost() throws Exception {
    ProcessUsage usage = new ProcessUsage(folder, () -> now);
    assertThat(usage.of(List.of(10L))).isEmpty();
    process(10, 1, 10, 1);

    now = now.plusMillis(499);
    assertThat(usage.of(List.of(10L))).isEmpty();
    now = now.plus(Duration.ofMillis(1));
    assertThat(usage.of(List.of(10L))).isPresent();
  }
}
