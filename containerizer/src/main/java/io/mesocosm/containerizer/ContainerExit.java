package io.mesocosm.containerizer;

import io.mesocosm.model.ContainerId;

/**
 * How a container ended.
 *
 * @param waitStatus as wait(2) reports: exit code times 256, or the number of the signal that
 *     killed it
 * @param outOfMemory true if it was killed for exceeding its memory limit
 */
public record ContainerExit(ContainerId id, int waitStatus, boolean outOfMemory) {
  public static ContainerExit exited(ContainerId id, int exitCode) {
    return new ContainerExit(id, exitCode << 8, false);
  }

  public boolean isSignaled() {
    return (waitStatus & 0x7f) != 0;
  }

  /** Only meaningful unless {@link #isSignaled}. */
  public int exitCode() {
    return (waitStatus >> 8) & 0xff;
  }

  /** Only meaningful if {@link #isSignaled}. */
  public int signal() {
    return waitStatus & 0x7f;
  }
}
