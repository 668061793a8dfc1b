package io.mesocosm.master.api;

import io.mesocosm.http.RecordStream;
import io.mesocosm.master.shell.MasterOptions;
import io.mesocosm.master.shell.MasterProcess;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** A master on a free port, and clients for it. */
final class MasterFixture implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final FrameworkInfo.Builder INFO =
      FrameworkInfo.newBuilder()
          .setUser("nobody")
          .setName("test")
          .setFailoverTimeout(3600)
          .addRoles("web")
          .addCapabilities(
              FrameworkInfo.Capability.newBuilder()
                  .setType(FrameworkInfo.Capability.Type.MULTI_ROLE));

  final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  final MasterProcess master =
      MasterProcess.start(
          MasterOptions.parse(
              List.of("--port=0", "--ip=127.0.0.1", "--hostname=localhost", "--cluster=lab")),
          InstantSource.system(),
          new Random(1),
          crash::complete);

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + master.port() + path);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  /** Posts with the headers given and no others. */
  HttpResponse<String> post(String path, Map<String, String> headers, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return http.send(request.build(), BodyHandlers.ofString());
  }

  Scheduler subscribe(MediaType type, FrameworkInfo info) throws Exception {
    Call.Builder call =
        Call.newBuilder()
            .setType(Call.Type.SUBSCRIBE)
            .setSubscribe(Call.Subscribe.newBuilder().setFrameworkInfo(info));
    if (info.hasId()) {
      call.setFrameworkId(info.getId());
    }
    return new Scheduler(
        RecordStream.open(
            http,
            uri("/api/v1/scheduler"),
            type.contentType(),
            type.contentType(),
            type.encode(call.build()),
            Map.of(),
            PATIENCE),
        type);
  }

  Agent agent(double cpus, double mem) throws Exception {
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname("localhost")
            .setPort(5051)
            .addResources(scalar("cpus", cpus))
            .addResources(scalar("mem", mem))
            .build();
    LinkCall call =
        LinkCall.newBuilder()
            .setType(LinkCall.Type.SUBSCRIBE)
            .setSubscribe(
                LinkCall.Subscribe.newBuilder()
                    .setProtocolVersion(1)
                    .setVersion("0.1.0")
                    .addCapabilities("MULTI_ROLE")
                    .setAgentInfo(info))
            .build();
    return new Agent(
        RecordStream.open(
            http,
            uri("/api/v1/agent-link"),
            MediaType.PROTOBUF.contentType(),
            MediaType.PROTOBUF.contentType(),
            call.toByteArray(),
            Map.of(),
            PATIENCE));
  }

  static Resource scalar(String name, double amount) {
    return Resource.newBuilder()
        .setName(name)
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(amount))
        .build();
  }

  @Override
  public void close() {
    master.close();
    http.close();
  }

  /** A subscribed scheduler's end of its stream. */
  record Scheduler(RecordStream stream, MediaType type) implements AutoCloseable {
    String streamId() {
      return stream.header("Mesos-Stream-Id").orElseThrow();
    }

    Event next() throws IOException, InvalidMessageException {
      Optional<byte[]> record = stream.next();
      return type.decode(record.orElseThrow(), Event.newBuilder()).build();
    }

    /** Skips what comes before. */
    Event next(Event.Type wanted) throws IOException, InvalidMessageException {
      Event event = next();
      while (event.getType() != wanted) {
        event = next();
      }
      return event;
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  /** A registered agent's end of its link. */
  record Agent(RecordStream stream) implements AutoCloseable {
    LinkEvent next() throws IOException, InvalidMessageException {
      return MediaType.PROTOBUF.decode(stream.next().orElseThrow(), LinkEvent.newBuilder()).build();
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
