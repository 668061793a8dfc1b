package io.mesocosm.simulation.cluster;

import io.mesocosm.master.StreamId;

/** A client's side of its subscription to a master; called on the client's host. */
interface Subscriber<E> {
  /**
   * @param epoch of the master that leads
   */
  void opened(StreamId stream, long epoch);

  void event(E event);

  /** There will be no stream: that master does not lead. */
  void refused(String reason);
}
