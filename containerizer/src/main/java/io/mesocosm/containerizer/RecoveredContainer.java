package io.mesocosm.containerizer;

import io.mesocosm.model.ContainerId;

/** What has become of a container of an earlier run of this agent. */
public sealed interface RecoveredContainer {
  ContainerId id();

  /**
   * It runs, undisturbed; {@link Containerizer#await} and the rest work on it as if launched here.
   */
  record Running(StartedContainer container) implements RecoveredContainer {
    @Override
    public ContainerId id() {
      return container.id();
    }
  }

  /** It ran and has ended meanwhile; still to be destroyed. */
  record Ended(ContainerExit exit) implements RecoveredContainer {
    @Override
    public ContainerId id() {
      return exit.id();
    }
  }

  /** Its launch was asked for, and it never came to run; nothing of it is left. */
  record NeverStarted(ContainerId id) implements RecoveredContainer {}

  /**
   * It does not run any more, and how it ended cannot be told; nothing of it is left.
   *
   * @param why for the task's owner, e.g. that the machine was restarted
   */
  record Vanished(ContainerId id, String why) implements RecoveredContainer {}
}
