package io.mesocosm.framework;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
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
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;

/** The executor endpoint of an agent that takes everything. Thread-safe. */
final class FakeAgent implements AutoCloseable {
  /** One subscription, from the agent's side. */
  record Stream(Call call, Optional<String> authorization, MediaType type, StreamSink sink) {
    Stream send(Event.Builder event) {
      sink.send(RecordIo.frame(type.encode(event.build())));
      return this;
    }

    Stream subscribed() {
      return send(
          Event.newBuilder()
              .setType(Event.Type.SUBSCRIBED)
              .setSubscribed(
                  Event.Subscribed.newBuilder()
                      .setExecutorInfo(
                          ExecutorInfo.newBuilder()
                              .setExecutorId(ExecutorID.newBuilder().setValue("e-1"))
                              .setCommand(CommandInfo.newBuilder().setValue("x")))
                      .setFrameworkInfo(FrameworkInfo.newBuilder().setUser("u").setName("n"))
                      .setAgentInfo(AgentInfo.newBuilder().setHostname("h"))));
    }

    Stream launch(String id) {
      return send(
          Event.newBuilder()
              .setType(Event.Type.LAUNCH)
              .setLaunch(
                  Event.Launch.newBuilder()
                      .setTask(
                          TaskInfo.newBuilder()
                              .setName(id)
                              .setTaskId(TaskID.newBuilder().setValue(id))
                              .setAgentId(AgentID.newBuilder().setValue("a-1")))));
    }

    Stream acknowledge(TaskStatus status) {
      return send(
          Event.newBuilder()
              .setType(Event.Type.ACKNOWLEDGED)
              .setAcknowledged(
                  Event.Acknowledged.newBuilder()
                      .setTaskId(status.getTaskId())
                      .setUuid(status.getUuid())));
    }

    Stream message(String text) {
      return send(
          Event.newBuilder()
              .setType(Event.Type.MESSAGE)
              .setMessage(Event.Message.newBuilder().setData(ByteString.copyFromUtf8(text))));
    }
  }

  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final HttpServer server =
      HttpServer.start(
          HttpServerOptions.of("fake-agent", "127.0.0.1", 0),
          new Router().route("POST", "/api/v1/executor", this::answer));

  String endpoint() {
    return "127.0.0.1:" + server.port();
  }

  Stream stream() throws InterruptedException {
    Stream stream = streams.poll(10, TimeUnit.SECONDS);
    assertThat(stream).as("a subscription within 10 s").isNotNull();
    return stream;
  }

  Call call() throws InterruptedException {
    Call call = calls.poll(10, TimeUnit.SECONDS);
    assertThat(call).as("a call within 10 s").isNotNull();
    return call;
  }

  private Response answer(Request request) throws InvalidMessageException {
    MediaType type = MediaType.of(request.header("Content-Type").orElse("")).orElseThrow();
    Call call = type.decode(request.body(), Call.newBuilder()).build();
    if (call.getType() != Call.Type.SUBSCRIBE) {
      calls.add(call);
      return Response.empty(202);
    }
    return new Response.Stream(
        200,
        Map.of("Content-Type", type.contentType()),
        sink -> streams.add(new Stream(call, request.header("Authorization"), type, sink)));
  }

  @Override
  public void close() {
    server.close();
  }
}
