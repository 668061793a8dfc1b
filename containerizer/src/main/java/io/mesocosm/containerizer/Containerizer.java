package io.mesocosm.containerizer;

import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

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
   * Finds the containers of an earlier run of this agent again, told by the work directory that it
   * was started for. Those wanted go on; every other is killed and removed. To be called once,
   * before anything is launched.
   *
   * @param wanted the ids whose launch was asked for and whose end was not yet dealt with
   * @return one for each of those wanted that this engine knows of; what none of the engines knows
   *     has never started
   */
  Map<ContainerId, RecoveredContainer> recover(Set<ContainerId> wanted)
      throws ContainerException, InterruptedException;

  /** Lets go of the engine's connections. Containers go on running. */
  @Override
  void close();
}
