package io.mesocosm.agent.shell;

import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.StreamSink;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.protocol.RecordIo;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;

/** As much of a master as an agent needs: registers anybody, notes every call, acknowledges. */
public final class FakeMaster implements AutoCloseable {
  static final FrameworkID FRAMEWORK = FrameworkID.newBuilder().setValue("m-0000").build();

  private final HttpServer server;
  private final BlockingQueue<LinkCall> calls = new LinkedBlockingQueue<>();
  private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
  private final AtomicReference<StreamSink> stream = new AtomicReference<>();
  private final AtomicInteger subscriptions = new AtomicInteger();
  private final AtomicInteger posts = new AtomicInteger();

  public FakeMaster() {
    this(Optional.empty());
  }

  /** A master that speaks TLS, if it is given. */
  FakeMaster(Optional<Tls> tls) {
    server =
        HttpServer.start(
            HttpServerOptions.of("fake-master", "127.0.0.1", 0).withTls(tls), this::handle);
  }

  /** What each request showed of its sender, in order; empty for nothing. */
  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  public String address() {
    return "127.0.0.1:" + server.port();
  }

  /** Has a task run, of the one framework that there is. */
  void run(TaskInfo task) {
    send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.RUN_TASKS)
            .setRunTasks(
                LinkEvent.RunTasks.newBuilder()
                    .setFrameworkInfo(
                        FrameworkInfo.newBuilder().setId(FRAMEWORK).setName("f").setUser("u"))
                    .addTasks(task))
            .build());
  }

  void kill(String task) {
    send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.KILL_TASK)
            .setKillTask(
                LinkEvent.KillTask.newBuilder()
                    .setFrameworkId(FRAMEWORK)
                    .setTaskId(TaskID.newBuilder().setValue(task)))
            .build());
  }

  public void send(LinkEvent event) {
    send(event.toByteArray());
  }

  /** One record, whatever it holds. */
  public void send(byte[] record) {
    stream.get().send(RecordIo.frame(record));
  }

  /** How many requests came after subscriptions. */
  int posts() {
    return posts.get();
  }

  /** Ends the link, as a master that fails would. */
  void dropLink() {
    stream.get().close();
  }

  /** The next call of any kind; absent if none comes for a second. */
  public Optional<LinkCall> poll() throws InterruptedException {
    return Optional.ofNullable(calls.poll(1, TimeUnit.SECONDS));
  }

  public LinkCall next(LinkCall.Type type) throws InterruptedException {
    while (true) {
      LinkCall call = calls.poll(20, TimeUnit.SECONDS);
      if (call == null) {
        throw new AssertionError("no " + type + " came within 20 s");
      }
      if (call.getType() == type) {
        return call;
      }
    }
  }

  /** The next status, acknowledged. */
  public TaskStatus nextStatus() throws InterruptedException {
    LinkCall.Update update = next(LinkCall.Type.UPDATE).getUpdate();
    send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.UPDATE_ACKNOWLEDGED)
            .setUpdateAcknowledged(
                LinkEvent.UpdateAcknowledged.newBuilder()
                    .setFrameworkId(update.getFrameworkId())
                    .setTaskId(update.getStatus().getTaskId())
                    .setUuid(update.getStatus().getUuid()))
            .build());
    return update.getStatus();
  }

  private Response handle(Request request) throws Exception {
    authorizations.add(request.header("Authorization").orElse(""));
    LinkCall call = LinkCall.parseFrom(request.body());
    if (call.getType() != LinkCall.Type.SUBSCRIBE) {
      boolean known =
          request.header("Mesos-Stream-Id").equals(Optional.of("stream-" + subscriptions.get()));
      posts.incrementAndGet();
      calls.addAll(call.getType() == LinkCall.Type.BATCH ? call.getBatchList() : List.of(call));
      return Response.empty(known ? 202 : 400);
    }
    String id = "stream-" + subscriptions.incrementAndGet();
    LinkEvent.Subscribed subscribed =
        LinkEvent.Subscribed.newBuilder()
            .setAgentId(
                call.hasAgentId()
                    ? call.getAgentId()
                    : AgentID.newBuilder().setValue("m-S0").build())
            .setPingIntervalSeconds(Duration.ofSeconds(15).toSeconds())
            .setPingsMissedMax(5)
            .build();
    return new Response.Stream(
        200,
        Map.of("Content-Type", "application/x-protobuf", "Mesos-Stream-Id", id),
        sink -> {
          stream.set(sink);
          send(
              LinkEvent.newBuilder()
                  .setType(LinkEvent.Type.SUBSCRIBED)
                  .setSubscribed(subscribed)
                  .build());
          // Last: whoever has taken the call may send.
          calls.add(call);
        });
  }

  @Override
  public void close() {
    server.close();
  }
}
