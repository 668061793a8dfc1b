package io.mesocosm.services.event;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.StreamSink;
import io.mesocosm.services.json.Json;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/**
 * {@code GET /v2/events} (contracts/marathon-api.md §8): whoever asks gets all events from then on.
 * Thread-safe; {@link #publish} never blocks and costs next to nothing while nobody listens. One
 * virtual thread writes down and sends, since sending to a {@link StreamSink} does not block
 * either: so all clients see the same order.
 */
public final class EventStreams implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventStreams.class.getName());
  private static final Duration END_MAX = Duration.ofSeconds(2);

  /** How much is queued before it is flushed. */
  private static final int BATCH_MAX = 512;

  private final EventStreamLimits limits;
  private final InstantSource clock;
  private final StreamHub hub;
  private final Thread thread;
  // Whoever publishes, opens and ends streams writes here, the streams' thread reads.
  private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>();
  private final AtomicInteger eventsWaiting = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong lostToAll = new AtomicLong();
  // The streams' thread writes, readers of metrics read.
  private volatile long lostToSlow;
  // The closing thread writes, request threads and the streams' thread read.
  private volatile boolean closed;

  private sealed interface Message {
    record Published(ServicesEvent event, Instant at) implements Message {}

    record Opened(StreamClient client) implements Message {}

    record Ended(long id) implements Message {}

    record Closed() implements Message {}
  }

  /**
   * Begins to serve.
   *
   * @param backlogBytes how much of what was sent to a stream its client has not taken; if nobody
   *     knows, 0: slow clients then lose their stream at the server's limit instead of events
   * @param attachment hears who comes and goes
   */
  public EventStreams(
      EventWriter writer,
      EventStreamLimits limits,
      ToLongFunction<StreamSink> backlogBytes,
      Attachment attachment,
      InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
    this.hub = new StreamHub(writer, limits, backlogBytes, attachment, clock.instant());
    this.thread = Thread.ofVirtual().name("event-streams").start(this::run);
  }

  /** Shows the event to all who listen now; it is lost if too many wait to be shown already. */
  public void publish(ServicesEvent event) {
    if (streams.get() == 0 || closed) {
      return;
    }
    if (eventsWaiting.incrementAndGet() > limits.publishedMax()) {
      eventsWaiting.decrementAndGet();
      if (lostToAll.getAndIncrement() == 0) {
        LOG.log(
            WARNING,
            "{0,number,#} events wait to be sent, the limit, and further ones are lost to all"
                + " streams until those are out: fewer streams, or streams that ask for fewer"
                + " events by event_type, would help",
            limits.publishedMax());
      }
      return;
    }
    inbox.add(new Message.Published(event, clock.instant()));
  }

  /** Answers {@code GET /v2/events}: with a stream, or with why there is none. */
  public Response answer(Request request) {
    List<String> accept = request.headers().getOrDefault("Accept", List.of());
    if (!AcceptedTypes.of(accept).allowEventStream()) {
      return refusal(
          406,
          "Accept: "
              + String.join(", ", accept)
              + ": there is text/event-stream only: ask for it, or for */*");
    }
    if (closed) {
      return refusal(503, "this scheduler does not lead any more: ask again, the leader answers");
    }
    if (streams.get() >= limits.streamsMax()) {
      return refusal(
          503,
          limits.streamsMax()
              + " event streams are open, which is --event_streams_max: end one, or raise the"
              + " limit");
    }
    InetAddress address = request.remote().getAddress();
    String remote = address == null ? request.remote().getHostString() : address.getHostAddress();
    return new Response.Stream(
        200,
        Map.of("Content-Type", "text/event-stream;charset=UTF-8"),
        sink -> open(sink, remote, request.query()));
  }

  private static Response refusal(int status, String message) {
    return Response.of(
        status,
        "application/json",
        Json.bytes(JsonNodeFactory.instance.objectNode().put("message", message)));
  }

  private void open(StreamSink sink, String remote, Map<String, List<String>> query) {
    long id = ids.incrementAndGet();
    streams.incrementAndGet();
    // In this order: it must be known before its end is.
    inbox.add(
        new Message.Opened(new StreamClient(new Attachment.Listener(id, remote, query), sink)));
    sink.onClosed(() -> {
      streams.decrementAndGet();
      inbox.add(new Message.Ended(id));
    });
    if (closed) {
      sink.close();
    }
  }

  /** How many streams are open. */
  public int count() {
    return streams.get();
  }

  /** Events that were not sent, counted once for each stream they were lost to, or for all. */
  public long lost() {
    return lostToSlow + lostToAll.get();
  }

  private void run() {
    List<Message> batch = new ArrayList<>();
    try {
      while (!closed) {
        Duration patience = hub.patience(clock.instant());
        Message first = inbox.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
          batch.add(first);
          inbox.drainTo(batch, BATCH_MAX - 1);
          batch.forEach(this::take);
          batch.clear();
        }
        hub.flush(clock.instant());
        lostToSlow = hub.lost();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      hub.end();
    }
  }

  private void take(Message message) {
    switch (message) {
      case Message.Published(ServicesEvent event, Instant at) -> {
        eventsWaiting.decrementAndGet();
        hub.publish(event, at);
      }
      case Message.Opened(StreamClient client) -> hub.attach(client, clock.instant());
      case Message.Ended(long id) -> hub.detach(id, clock.instant());
      case Message.Closed() -> {}
    }
  }

  /** Ends all streams; their clients ask again, and find whoever leads then. */
  @Override
  public void close() {
    closed = true;
    inbox.add(new Message.Closed());
    boolean ended;
    try {
      ended = thread.join(END_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    if (!ended) {
      LOG.log(WARNING, "event streams did not end within {0} s", END_MAX.toSeconds());
      thread.interrupt();
    }
    for (Message message : inbox) {
      if (message instanceof Message.Opened(StreamClient client)) {
        client.sink().close();
      }
    }
  }
}
