package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Encoding;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.master.Protos.Event;

/** Subscriptions to the master's event stream, closed at the test's end. */
final class Watch {
  private Watch() {}

  /** Subscribes in JSON. */
  static EventStream open(Target target) {
    return open(target, Encoding.JSON);
  }

  /** Subscribes. */
  static EventStream open(Target target, Encoding encoding) {
    EventStream events =
        target.closing(
            target.master().stream(
                Json.object("type", "SUBSCRIBE"),
                encoding,
                Call.getDefaultInstance(),
                Event.getDefaultInstance()));
    Expect.equal(200, events.status(), "SUBSCRIBE answered");
    return events;
  }

  /** Subscribes and waits until the stream has begun: what happens from now on is seen. */
  static EventStream started(Target target) {
    EventStream events = open(target);
    JsonNode first = events.await("SUBSCRIBED", SchedulerSession.SOON);
    Expect.that(first.has("subscribed"), "SUBSCRIBED with a body", first);
    return events;
  }
}
