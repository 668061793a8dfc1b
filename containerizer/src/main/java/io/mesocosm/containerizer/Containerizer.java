package io.mesocosm.containerizer;

import io.mesocosm.model.ContainerId;
import java.time.Duration;

/**
 * Runs containers. Every method blocks and is thread-safe; an agent calls each on a virtual thread
 * of its own.
 *
 * <p>A container goes through launch, await and destroy, in this order; stop may come at any time
 * after launch began.
 */
public interface Containerizer extends AutoCloseable {
  /**
   * Starts a container and returns once its first process runs.
   *
   * @throws ContainerException if it cannot be started; then nothing of it is left behind
   */
  StartedContainer launch(ContainerSpec spec) throws ContainerException, InterruptedException;

  /** Waits for a launched container to end. */
  ContainerExit await(ContainerId id) throws ContainerException, InterruptedException;

  /**
   * Asks a container to end: SIGTERM to all its processes, SIGKILL after the grace period. Returns
   * when it has ended. A second call may only shorten a running grace period. Stopping what has
   * ended, or is unknown, does nothing.
   */
  void stop(ContainerId id, Duration grace) throws ContainerException, InterruptedException;

  /**
   * Removes what is left of an ended container, except its sandbox; kills it first if it still
   * runs. Idempotent.
   */
  void destroy(ContainerId id) throws ContainerException, InterruptedException;

  /**
   * Runs a command inside a running container and returns its exit code; kills it at the time-out
   * (exit code 124).
   */
  int execute(ContainerId id, java.util.List<String> command, Duration timeout)
      throws ContainerException, InterruptedException;

  /**
   * Kills and removes every container that an earlier run of this agent left behind, told by the
   * work directory that it was started for.
   */
  void removeOrphans() throws ContainerException, InterruptedException;

  /** Lets go of the engine's connections. Containers go on running. */
  @Override
  void close();
}
