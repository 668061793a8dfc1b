package io.mesocosm.framework;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.StreamSink;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The scheduler endpoint of a master that takes every subscription, and for the rest does what the
 * test says. Thread-safe.
 */
final class FakeMaster implements AutoCloseable {
  private static final int BACKLOG_BYTES = 1 << 20;

  /** One open subscription, from the master's side. */
  static final class Stream {
    private final Call subscribe;
    private final MediaType type;
    private final StreamSink sink;
    private final Optional<String> authorization;
    final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Stream(
        Call subscribe, MediaType type, StreamSink sink, Optional<String> authorization) {
      this.authorization = authorization;
      this.subscribe = subscribe;
      this.type = type;
      this.sink = sink;
      sink.onClosed(() -> ended.complete(null));
    }

    Call subscribe() {
      return subscribe;
    }

    Optional<String> authorization() {
      return authorization;
    }

    Stream send(Event event) {
      sink.send(RecordIo.frame(type.encode(event)));
      return this;
    }

    Stream subscribed(String id, double heartbeatSeconds) {
      return send(
          Event.newBuilder()
              .setType(Event.Type.SUBSCRIBED)
              .setSubscribed(
                  Event.Subscribed.newBuilder()
                      .setFrameworkId(FrameworkID.newBuilder().setValue(id))
                      .setHeartbeatIntervalSeconds(heartbeatSeconds))
              .build());
    }

    Stream heartbeat() {
      return send(Event.newBuilder().setType(Event.Type.HEARTBEAT).build());
    }

    Stream rescind(String offer) {
      return send(
          Event.newBuilder()
              .setType(Event.Type.RESCIND)
              .setRescind(
                  Event.Rescind.newBuilder().setOfferId(OfferID.newBuilder().setValue(offer)))
              .build());
    }

    Stream error(String message) {
      return send(
          Event.newBuilder()
              .setType(Event.Type.ERROR)
              .setError(Event.Error.newBuilder().setMessage(message))
              .build());
    }

    Stream garbage() {
      sink.send(RecordIo.frame(new byte[] {1, 2, 3}));
      return this;
    }

    void end() {
      sink.close();
    }
  }

  /** A call beside the stream. */
  record Received(Call call, Optional<String> streamId, Optional<String> authorization) {}

  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final BlockingQueue<Received> calls = new LinkedBlockingQueue<>();
  // Set by the test, read by request threads.
  private volatile Optional<Response> answerToCalls = Optional.empty();
  private volatile Optional<Response> answerToSubscribe = Optional.empty();
  private volatile boolean callsBreak;
  private final HttpServer server;

  FakeMaster() {
    server =
        HttpServer.start(
            new HttpServerOptions(
                "fake-master",
                "127.0.0.1",
                0,
                64 << 20,
                64 << 10,
                BACKLOG_BYTES,
                Duration.ofSeconds(60),
                2000),
            new Router().route("POST", "/api/v1/scheduler", this::answer));
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** Answers every call but SUBSCRIBE with this from now on. */
  void answerCalls(Response response) {
    answerToCalls = Optional.of(response);
  }

  /** Whether calls get no proper answer. */
  void breakCalls(boolean breaks) {
    callsBreak = breaks;
  }

  void answerSubscribe(Response response) {
    answerToSubscribe = Optional.of(response);
  }

  void takeSubscriptionsAgain() {
    answerToSubscribe = Optional.empty();
  }

  /** The next subscription. */
  Stream stream() throws InterruptedException {
    Stream stream = streams.poll(10, TimeUnit.SECONDS);
    assertThat(stream).as("a subscription within 10 s").isNotNull();
    return stream;
  }

  Received call() throws InterruptedException {
    Received call = calls.poll(10, TimeUnit.SECONDS);
    assertThat(call).as("a call within 10 s").isNotNull();
    return call;
  }

  boolean hasCalls() {
    return !calls.isEmpty();
  }

  private Response answer(Request request) {
    MediaType type = MediaType.of(request.header("Content-Type").orElse("")).orElseThrow();
    Call call = decode(request, type);
    Optional<String> authorization = request.header("Authorization");
    if (call.getType() != Call.Type.SUBSCRIBE) {
      if (callsBreak) {
        // A reply that breaks off, as when the master dies in the middle of it.
        return new Response.Stream(
            202,
            Map.of(),
            sink ->
                assertThat(sink.send(new byte[2 * BACKLOG_BYTES])).as("more than fits").isFalse());
      }
      calls.add(new Received(call, request.header("Mesos-Stream-Id"), authorization));
      return answerToCalls.orElse(Response.empty(202));
    }
    assertThat(request.header("Mesos-Stream-Id")).isEmpty();
    return answerToSubscribe.orElse(
        new Response.Stream(
            200,
            Map.of("Mesos-Stream-Id", "stream-1", "Content-Type", type.contentType()),
            sink -> streams.add(new Stream(call, type, sink, authorization))));
  }

  private static Call decode(Request request, MediaType type) {
    try {
      return type.decode(request.body(), Call.newBuilder()).build();
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
