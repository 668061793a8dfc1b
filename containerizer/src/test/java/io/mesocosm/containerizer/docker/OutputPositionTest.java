package io.mesocosm.containerizer.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputPositionTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path folder;

  @Test
  void confirmedWriteIsCounted() throws IOException {
    OutputPosition position = open();
    position.announce(false, 5, 100, NOW);
    position.confirm();
    position.announce(true, 7, 0, NOW);
    position.confirm();
    position.confirm();
    assertThat(open().stdoutBytes()).isEqualTo(5);
    assertThat(open().stderrBytes()).isEqualTo(7);
    assertThat(open().last()).isEqualTo(NOW);
  }

  @Test
  void announcedWriteIsCountedIfTheFileHasIt() throws IOException {
    open().announce(true, 5, 100, NOW);
    OutputPosition later = open();
    later.settle(0, 105);
    assertThat(later.stderrBytes()).isEqualTo(5);
  }

  @Test
  void announcedWriteIsNotCountedIfTheFileLacksIt() throws IOException {
    open().announce(true, 5, 100, NOW);
    OutputPosition later = open();
    later.settle(1000, 100);
    assertThat(later.stderrBytes()).isZero();
    later.settle(1000, 105);
    assertThat(later.stderrBytes()).isZero();
  }

  private OutputPosition open() throws IOException {
    return OutputPosition.open(folder.resolve("sub/position"));
  }
}
