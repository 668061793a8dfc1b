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
import io.mesocosm.protocol.RecordIoReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
  private static final String BATCH = "Mesocosm-Batch";

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

  /**
   * A call beside the stream.
   *
   * @param batch how many calls came in the same request
   */
  record Received(
      Call call, Optional<String> streamId, Optional<String> authorization, int batch) {}

  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final BlockingQueue<Received> calls = new LinkedBlockingQueue<>();
  // Set by the test, read by request threads.
  private volatile Optional<Response> answerToCalls = Optional.empty();
  private volatile Optional<Response> answerToSubscribe = Optional.empty();
  private volatile boolean callsBreak;
  private volatile boolean takesBatches;
  private volatile CountDownLatch mayAnswer = new CountDownLatch(0);
  private volatile Function<List<Call>, Response> answerToBatches = _ -> Response.empty(202);
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

  /** Says of itself, on later subscriptions, that it takes several calls in one request. */
  void takeBatches() {
    takesBatches = true;
  }

  /** Answers requests of several calls with this from now on; what is refused is not received. */
  void answerBatches(Function<List<Call>, Response> answer) {
    answerToBatches = answer;
  }

  /** Holds back the answers to calls from now on, until the latch is down. */
  void answerAfter(CountDownLatch latch) {
    mayAnswer = latch;
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

  private Response answer(Request request) throws InterruptedException {
    MediaType type = MediaType.of(request.header("Content-Type").orElse("")).orElseThrow();
    List<Call> all = decodeAll(request, type);
    Optional<String> authorization = request.header("Authorization");
    Call first = all.getFirst();
    if (first.getType() != Call.Type.SUBSCRIBE) {
      if (callsBreak) {
        // A reply that breaks off, as when the master dies in the middle of it.
        return new Response.Stream(
            202,
            Map.of(),
            sink ->
                assertThat(sink.send(new byte[2 * BACKLOG_BYTES])).as("more than fits").isFalse());
      }
      Response answer =
          all.size() > 1 ? answerToBatches.apply(all) : answerToCalls.orElse(Response.empty(202));
      if (all.size() == 1 || answer.status() == 202) {
        Optional<String> stream = request.header("Mesos-Stream-Id");
        all.forEach(call -> calls.add(new Received(call, stream, authorization, all.size())));
      }
      assertThat(mayAnswer.await(10, TimeUnit.SECONDS)).as("a test that lets it answer").isTrue();
      return answer;
    }
    assertThat(request.header("Mesos-Stream-Id")).isEmpty();
    Map<String, String> headers = new TreeMap<>();
    headers.put("Mesos-Stream-Id", "stream-1");
    headers.put("Content-Type", type.contentType());
    if (takesBatches) {
      headers.put(BATCH, "records");
    }
    return answerToSubscribe.orElse(
        new Response.Stream(
            200, headers, sink -> streams.add(new Stream(first, type, sink, authorization))));
  }

  private List<Call> decodeAll(Request request, MediaType type) {
    if (request.header(BATCH).isEmpty()) {
      return List.of(decode(request.body(), type));
    }
    assertThat(takesBatches).as("batches come to those only that take them").isTrue();
    List<Call> all = new ArrayList<>();
    try (RecordIoReader records =
        new RecordIoReader(new ByteArrayInputStream(request.body()), request.body().length)) {
      Optional<byte[]> record = records.next();
      while (record.isPresent()) {
        all.add(decode(record.get(), type));
        record = records.next();
      }
    } catch (IOException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
    return all;
  }

  private static Call decode(byte[] body, MediaType type) {
    try {
      return type.decode(body, Call.newBuilder()).build();
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
