package io.mesocosm.master;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** Everything that a master can want done. */
public sealed interface MasterEffect {
  /** Send an event down a scheduler's stream; a stream that is gone swallows it. */
  record SendToScheduler(StreamId stream, Event event) implements MasterEffect {}

  /** End a scheduler's stream after what was sent. */
  record CloseSchedulerStream(StreamId stream) implements MasterEffect {}

  record SendToAgent(StreamId stream, LinkEvent event) implements MasterEffect {}

  record CloseAgentStream(StreamId stream) implements MasterEffect {}

  /** Answer the request of a call. */
  record Answer(long request, CallAnswer answer) implements MasterEffect {}

  /** Fire the timer at a time; replaces an earlier one of the same key. */
  record SetTimer(MasterTimer timer, Instant at) implements MasterEffect {}

  record CancelTimer(MasterTimer timer) implements MasterEffect {}

  /** Count something by a name of {@code /metrics/snapshot}, e.g. {@code master/tasks_finished}. */
  record Count(String metric) implements MasterEffect {}
}
