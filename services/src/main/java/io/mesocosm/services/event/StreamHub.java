package io.mesocosm.services.event;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.StreamSink;
import io.mesocosm.services.ServicesNotice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Brings events to all streams, in the same order to each. Confined to one thread, and told the
 * time: whoever runs it hands over what came, flushes, and comes back after {@link #patience} at
 * the latest.
 */
final class StreamHub {
  private static final System.Logger LOG = System.getLogger(StreamHub.class.getName());
  private static final byte[] BLANK_LINE = "\r\n".getBytes(StandardCharsets.US_ASCII);

  /** How soon a slow client is looked at again. */
  private static final Duration CATCH_UP = Duration.ofMillis(20);

  private final EventWriter writer;
  private final EventStreamLimits limits;
  private final ToLongFunction<StreamSink> backlogBytes;
  private final Attachment attachment;
  private final Map<Long, StreamClient> clientById = new LinkedHashMap<>();
  private Instant nextKeepAlive;
  private long lost;

  /**
   * @param backlogBytes how much of what was sent to a stream its client has not taken
   */
  StreamHub(
      EventWriter writer,
      EventStreamLimits limits,
      ToLongFunction<StreamSink> backlogBytes,
      Attachment attachment,
      Instant now) {
    this.writer = writer;
    this.limits = limits;
    this.backlogBytes = backlogBytes;
    this.attachment = attachment;
    this.nextKeepAlive = now.plus(limits.keepAlive());
  }

  /** Tells all of the newcomer, itself among them (row E3). */
  void attach(StreamClient client, Instant now) {
    clientById.put(client.listener().id(), client);
    tell("attached", () -> attachment.attached(client.listener()));
    publish(new ServicesEvent.StreamAttached(client.listener().remoteAddress()), now);
  }

  /**
   * @return false if it was not attached
   */
  boolean detach(long id, Instant now) {
    StreamClient client = clientById.remove(id);
    if (client == null) {
      return false;
    }
    client.ended();
    tell("detached", () -> attachment.detached(client.listener()));
    publish(new ServicesEvent.StreamDetached(client.listener().remoteAddress()), now);
    return true;
  }

  private static void tell(String what, Runnable hook) {
    try {
      hook.run();
    } catch (RuntimeException e) {
      LOG.log(WARNING, "what was to be done when a stream was " + what + " failed", e);
    }
  }

  /** Queues the event to all that want it; it is written down once, and only if anyone does. */
  void publish(ServicesEvent event, Instant at) {
    if (clientById.isEmpty()) {
      return;
    }
    try {
      for (EventFrame frame : writer.write(event)) {
        publish(frame, at);
      }
    } catch (RuntimeException e) {
      // One event that cannot be shown must not end the streams. What it holds may be secret.
      LOG.log(WARNING, "an event is not shown, because writing it failed: " + name(event), e);
    }
  }

  private static String name(ServicesEvent event) {
    Object what = event instanceof ServicesEvent.Noticed(ServicesNotice notice) ? notice : event;
    return what.getClass().getSimpleName();
  }

  private void publish(EventFrame frame, Instant at) {
    byte[] bytes = {};
    for (StreamClient client : clientById.values()) {
      if (client.wants(frame.type())) {
        if (bytes.length == 0) {
          bytes = frame.bytes(at);
        }
        if (!client.take(bytes, limits, backlogBytes)) {
          lost++;
        }
      }
    }
  }

  /** Sends what is queued, what waited for room, and keep-alives that are due. */
  void flush(Instant now) {
    boolean due = !now.isBefore(nextKeepAlive);
    if (due) {
      nextKeepAlive = now.plus(limits.keepAlive());
    }
    for (StreamClient client : clientById.values()) {
      client.catchUp(limits, backlogBytes);
      if (due) {
        client.keepAlive(BLANK_LINE, limits, backlogBytes);
      }
      client.flush();
    }
  }

  /** When to flush again though nothing comes. */
  Duration patience(Instant now) {
    Duration untilKeepAlive = Duration.between(now, nextKeepAlive);
    boolean anyBehind = clientById.values().stream().anyMatch(StreamClient::isBehind);
    return anyBehind && CATCH_UP.compareTo(untilKeepAlive) < 0 ? CATCH_UP : untilKeepAlive;
  }

  /** Events lost to slow clients so far, counted once for each client. */
  long lost() {
    return lost;
  }

  /** Ends all streams; what waits for slow clients is lost. */
  void end() {
    clientById.values().forEach(client -> client.sink().close());
    clientById.clear();
  }
}
