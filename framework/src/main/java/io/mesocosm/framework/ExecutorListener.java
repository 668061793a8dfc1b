package io.mesocosm.framework;

import org.apache.mesos.v1.executor.Protos.Event;

/**
 * Hears what the agent wants of an executor. Events come on one thread at a time, in order; no
 * method may block for long.
 */
public interface ExecutorListener {
  /**
   * Every event but HEARTBEAT: SUBSCRIBED first, again with every subscription. Updates can be sent
   * from here. A SHUTDOWN says to end all tasks, report that, and close the client; when the agent
   * ends the stream after it, or says ERROR, the client ends by itself
   * (contracts/mesos-executor-api.md T8–T10). A SHUTDOWN may be the client's own, when the agent
   * stays away for too long.
   */
  void onEvent(Event event);

  /**
   * The subscription ended, or an attempt at one failed; the client tries again by itself.
   *
   * @param reason for a log line
   */
  default void onDisconnected(String reason) {}
}
