package io.mesocosm.containerizer.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
  private final ProcessTable table = new ProcessTable();

  @Test
  void nameMayHoldBracketsAndSpaces() {
    ProcessTable.Entry entry =
        ProcessTable.parse(
            "42 (a) b) S 7 8 9 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 1 2 3 4 5");
    assertThat(entry).isEqualTo(new ProcessTable.Entry(42, 'S', 7, 8, 9, 12345));
  }

  @Test
  void whoeverAsksSeesWhatRanBefore() throws Exception {
    List<Callable<Boolean>> looks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      looks.add(() -> {
        Process process = new ProcessBuilder("sleep", "1000").start();
        try {
          return table.all().stream().anyMatch(entry -> entry.pid() == process.pid());
        } finally {
          process.destroyForcibly();
        }
      });
    }
    try (ExecutorService askers = Executors.newFixedThreadPool(20)) {
      for (Future<Boolean> seen : askers.invokeAll(looks)) {
        assertThat(seen.get()).isTrue();
      }
    }
  }
}
