package io.mesocosm.framework;

import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Hears of the subscription. Events come on one thread at a time, in order; no method may block for
 * long.
 */
public interface SchedulerListener {
  /**
   * Every event of the stream, SUBSCRIBED first and HEARTBEATs left out. Calls can be sent from
   * here. An ERROR is the last of its subscription.
   */
  void onEvent(Event event);

  /**
   * The subscription ended, or an attempt at one failed: connection lost, heartbeats missed, or
   * refused. The client goes on trying by itself. Not called once the client is closed.
   *
   * @param reason for a log line
   */
  void onDisconnected(String reason);

  /**
   * The master answered a call with neither 200 nor 202: it goes on as if the call had never been
   * sent. Comes on another thread than events do.
   *
   * @param call as it was sent, framework id filled in
   * @param body the master's words
   */
  default void onCallRefused(Call call, int status, String body) {}
}
