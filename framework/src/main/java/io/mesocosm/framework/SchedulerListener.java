package io.mesocosm.framework;

import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Hears of the subscription. Events come on one thread at a time, in order; no method may block for
 * long.
 */
public interface SchedulerListener {
  /** Every event of the stream, SUBSCRIBED first and HEARTBEATs left out. */
  void onEvent(Event event);

  /**
   * The subscription ended: connection lost, heartbeats missed, or refused. The client goes on
   * trying by itself.
   *
   * @param reason for a log line
   */
  void onDisconnected(String reason);

  /**
   * The master did not take a call; what it was about goes on as if it had never been sent. On a
   * sender's thread.
   */
  default void onCallRefused(Call call, int status, String body) {}
}
