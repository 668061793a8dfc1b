package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.ERROR;

import io.mesocosm.agent.StoredState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What an earlier agent of a work directory left behind (contracts/mesos-executor-api.md R2).
 *
 * @param errors how many parts of it were damaged and are given up
 */
record Recovered(StoredState state, int errors) {
  private static final System.Logger LOG = System.getLogger(Recovered.class.getName());

  /**
   * @param strict whether damage is fatal; without, what is damaged is set aside
   * @throws IllegalStateException in one line, if it is and there is some
   */
  static Recovered from(Path workDir, boolean strict, InstantSource clock) throws IOException {
    StateFile file = new StateFile(workDir);
    try {
      return new Recovered(file.read(), 0);
    } catch (IllegalStateException e) {
      if (strict) {
        throw e;
      }
      LOG.log(
          ERROR,
          "reservations, volumes and operations are lost; the file is kept as {0}: {1}",
          file.setAside(clock),
          e.getMessage());
      return new Recovered(StoredState.NONE, 1);
    }
  }
}
