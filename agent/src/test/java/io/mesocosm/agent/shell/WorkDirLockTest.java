package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirLockTest {
  @TempDir private Path folder;

  @Test
  void oneAgentAtATimeUsesAWorkDirectory() throws Exception {
    WorkDirLock lock = WorkDirLock.take(folder);

    assertThatThrownBy(() -> WorkDirLock.take(folder))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("another agent, process " + ProcessHandle.current().pid())
        .hasMessageContaining("--work_dir=" + folder);

    lock.close();
    WorkDirLock.take(folder).close();
  }
}
