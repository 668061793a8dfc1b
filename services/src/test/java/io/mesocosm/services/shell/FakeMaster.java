package io.mesocosm.services.shell;

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
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** A master that takes every subscription and remembers every call. Thread-safe. */
final class FakeMaster implements AutoCloseable {
  /** One subscription: who asked for it, and when it ended. */
  record Subscribed(String frameworkId, CompletableFuture<Void> ended) {}

  final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final BlockingQueue<Subscribed> subscriptions = new LinkedBlockingQueue<>();
  private final HttpServer server =
      HttpServer.start(
          HttpServerOptions.of("fake-master", "127.0.0.1", 0),
          new Router().route("POST", "/api/v1/scheduler", this::answer));

  String address() {
    return "127.0.0.1:" + server.port();
  }

  int port() {
    return server.port();
  }

  /** The next subscription. */
  Subscribed subscribed() throws InterruptedException {
    Subscribed next = subscriptions.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("a subscription within 20 s").isNotNull();
    return next;
  }

  private Response answer(Request request) {
    Call call;
    try {
      call = MediaType.PROTOBUF.decode(request.body(), Call.newBuilder()).build();
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, String.valueOf(e.getMessage()));
    }
    if (call.getType() != Call.Type.SUBSCRIBE) {
      calls.add(call);
      return Response.empty(202);
    }
    return new Response.Stream(
        200,
        Map.of("Mesos-Stream-Id", "s", "Content-Type", MediaType.PROTOBUF.contentType()),
        sink -> open(call, sink));
  }

  private void open(Call subscribe, StreamSink sink) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    sink.onClosed(() -> ended.complete(null));
    Event.Builder event = Event.newBuilder().setType(Event.Type.SUBSCRIBED);
    event
        .getSubscribedBuilder()
        .setFrameworkId(FrameworkID.newBuilder().setValue("f-1"))
        .setHeartbeatIntervalSeconds(60);
    sink.send(RecordIo.frame(MediaType.PROTOBUF.encode(event.build())));
    subscriptions.add(new Subscribed(subscribe.getFrameworkId().getValue(), ended));
  }

  @Override
  public void close() {
    server.close();
  }
}
