package io.mesocosm.master;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.Optional;
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

  /**
   * Write a record of the registry down, or remove it; answer with {@link MasterCommand.Stored} or
   * {@link MasterCommand.StoreFailed}. Writes are carried out in order.
   *
   * @param name the record's, e.g. {@code quotas} or {@code agents/<agent id>}
   */
  record Store(long write, String name, Optional<RegistryRecord> record) implements MasterEffect {}

  /**
   * Begin an operator's stream with the state as it is now; what is published from now on follows.
   */
  record OpenOperatorStream(StreamId stream) implements MasterEffect {}

  /** Tell all operators' streams, each as far as its principal may see. */
  record Publish(ClusterEvent event) implements MasterEffect {}

  /** Count something by a name of {@code /metrics/snapshot}, e.g. {@code master/tasks_finished}. */
  record Count(String metric) implements MasterEffect {}

  /** Tell the operator, in the log, what he should look into. */
  record Warn(String message) implements MasterEffect {}

  /**
   * Carrying on would do harm: say why, loudly, and end the process at once. Nothing after it may
   * be carried out.
   *
   * @param why one line that names the remedy
   */
  record Abort(String why) implements MasterEffect {}
}
