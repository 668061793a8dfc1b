package io.mesocosm.framework;

import org.apache.mesos.v1.scheduler.Protos.Event;

/** Hears of the subscription. Called on one thread at a time, in order; must not block for long. */
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
}
