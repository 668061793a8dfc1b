package io.mesocosm.services.app;

import java.util.Optional;
import java.util.OptionalInt;

/** Settings of containers that only Linux has. */
public record LinuxInfo(Optional<Seccomp> seccomp, Optional<IpcInfo> ipcInfo) {
  /**
   * @param profileName absent for the agent's own, or with {@code unconfined}
   */
  public record Seccomp(Optional<String> profileName, boolean unconfined) {}

  /**
   * @param shmSize of {@code /dev/shm} in megabytes
   */
  public record IpcInfo(Mode mode, OptionalInt shmSize) {}

  /** The names are those of the API. */
  public enum Mode {
    /** Its own inter-process communication. */
    PRIVATE,
    /** That of whatever it runs in. */
    SHARE_PARENT
  }
}
