package io.mesocosm.master;

import static java.lang.System.Logger.Level.INFO;

import io.mesocosm.allocator.HierarchicalAllocator;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Response;
import io.mesocosm.master.api.EventStreams;
import io.mesocosm.master.api.MasterApi;
import io.mesocosm.master.api.MasterFacts;
import io.mesocosm.master.api.MasterProxy;
import io.mesocosm.runtime.EventLoop;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.Address;
import org.apache.mesos.v1.Protos.MasterInfo;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A master that runs: the shell around {@link Master}. It owns the event loop, the timers and the
 * HTTP server, and carries out what the core wants done. Threads: the loop's own runs the core and
 * this class's private methods; HTTP handlers only see {@link MasterProxy} and the streams.
 */
public final class MasterProcess implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MasterProcess.class.getName());
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(15);
  private static final String VERSION_UNPACKAGED = "0.1.0";
  private static final Event HEARTBEAT = Event.newBuilder().setType(Event.Type.HEARTBEAT).build();

  /** What the loop takes: commands for the core, and readers. */
  private sealed interface Input {
    record Command(MasterCommand command) implements Input {}

    record Read(CompletableFuture<MasterSnapshot> reader) implements Input {}
  }

  private sealed interface TimerKey {
    record OfCore(MasterTimer timer) implements TimerKey {}

    record Heartbeat(StreamId stream) implements TimerKey {}
  }

  private final InstantSource clock;
  private final HttpServer server;
  private final Master core;
  private final EventLoop<Input, MasterEffect> loop;
  private final Timers<TimerKey> timers;
  private final MasterProxy proxy;
  private final EventStreams schedulers = new EventStreams();
  private final EventStreams agents = new EventStreams();
  private final Metrics metrics = new Metrics();
  private final Handler routes;

  /** Who wants a snapshot after the batch at hand. Of the loop's thread. */
  private final List<CompletableFuture<MasterSnapshot>> readers = new ArrayList<>();

  /** The last snapshot, if nothing has happened since. Of the loop's thread. */
  private Optional<MasterSnapshot> current = Optional.empty();

  private MasterProcess(
      MasterOptions options,
      HttpServer server,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    this.clock = clock;
    this.server = server;
    Instant started = clock.instant();
    MasterInfo info = masterInfo(options, server.port(), random);
    MasterFacts facts =
        new MasterFacts(info, version(), started, options.cluster(), options.flagTexts());
    // The core's randomness is its own: whoever else draws is on another thread.
    this.core =
        new Master(
            config(options, info),
            new HierarchicalAllocator(new SplittableRandom(random.nextLong())));
    this.timers = new Timers<>("master-timers", clock);
    this.loop =
        new EventLoop<>(
            "master",
            this::handle,
            clock,
            options.commandsWaitingMax(),
            this::perform,
            this::afterBatch,
            crashHandler);
    this.proxy = new MasterProxy(this::post, reader -> loop.post(new Input.Read(reader)));
    metrics.gauge("master/event_queue_messages", loop::depth);
    this.routes = MasterApi.routes(proxy, facts, schedulers, agents, metrics, clock, random);
    LOG.log(
        INFO,
        "master "
            + info.getId()
            + " listens on "
            + options.ip()
            + ":"
            + server.port()
            + " and is known as "
            + info.getHostname());
  }

  /**
   * Starts a master, which leads from the start.
   *
   * @param random draws ids; used by several threads, but never by two at once
   * @param crashHandler told when a rule of the core's state was broken, after which the master
   *     answers nothing more; its duty is to end the process
   * @throws IllegalStateException if the port is taken, or an address or directory is no good
   */
  public static MasterProcess start(
      MasterOptions options,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    options.workDir().ifPresent(MasterProcess::prepare);
    LateHandler root = new LateHandler();
    HttpServer server =
        HttpServer.start(
            HttpServerOptions.of("master-http", options.ip(), options.port())
                .withBodyBytesMax(options.bodyBytesMax()),
            root);
    try {
      MasterProcess process = new MasterProcess(options, server, clock, random, crashHandler);
      process.loop.start();
      root.handler = Optional.of(process.routes);
      return process;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Ends all streams and stops. Idempotent. */
  @Override
  public void close() {
    server.close();
    loop.close();
    proxy.stopped();
    timers.close();
  }

  /**
   * Answers 503 until the master behind it is there: its own port is known only once it listens.
   */
  private static final class LateHandler implements Handler {
    // Written once by the thread that starts the master, read by HTTP threads.
    private volatile Optional<Handler> handler = Optional.empty();

    @Override
    public Response handle(io.mesocosm.http.Request request) throws Exception {
      Optional<Handler> now = handler;
      return now.isPresent()
          ? now.get().handle(request)
          : Response.text(503, "the master is starting");
    }
  }

  private void post(MasterCommand command) {
    loop.post(new Input.Command(command));
  }

  private List<MasterEffect> handle(Input input, Instant now) {
    return switch (input) {
      case Input.Command(MasterCommand command) -> {
        current = Optional.empty();
        yield core.handle(command, now);
      }
      case Input.Read(var reader) -> {
        readers.add(reader);
        yield List.of();
      }
    };
  }

  /** One snapshot serves all who asked during a batch, and nobody's asking costs nothing. */
  private void afterBatch() {
    if (readers.isEmpty()) {
      return;
    }
    MasterSnapshot snapshot = current.orElseGet(core::snapshot);
    current = Optional.of(snapshot);
    readers.forEach(reader -> reader.complete(snapshot));
    readers.clear();
  }

  private void perform(MasterEffect effect) {
    switch (effect) {
      case MasterEffect.SendToScheduler(StreamId stream, Event event) -> {
        schedulers.send(stream, event);
        if (event.getType() == Event.Type.SUBSCRIBED) {
          heartbeat(stream);
        }
      }
      case MasterEffect.CloseSchedulerStream(StreamId stream) -> schedulers.close(stream);
      case MasterEffect.SendToAgent(StreamId stream, var event) -> agents.send(stream, event);
      case MasterEffect.CloseAgentStream(StreamId stream) -> agents.close(stream);
      case MasterEffect.Answer(long request, CallAnswer answer) -> proxy.answered(request, answer);
      case MasterEffect.SetTimer(MasterTimer timer, Instant at) ->
          timers.set(
              new TimerKey.OfCore(timer), at, () -> post(new MasterCommand.TimerFired(timer)));
      case MasterEffect.CancelTimer(MasterTimer timer) -> timers.cancel(new TimerKey.OfCore(timer));
      case MasterEffect.Count(String metric) -> metrics.counter(metric).increment();
    }
  }

  /** S20: one at once, then one every interval for as long as the stream lives. */
  private void heartbeat(StreamId stream) {
    TimerKey key = new TimerKey.Heartbeat(stream);
    if (schedulers.send(stream, HEARTBEAT)) {
      timers.set(key, clock.instant().plus(HEARTBEAT_INTERVAL), () -> heartbeat(stream));
    } else {
      timers.cancel(key);
    }
  }

  private static MasterConfig config(MasterOptions options, MasterInfo info) {
    return new MasterConfig(
        info.getId(),
        info,
        options.agentPingTimeout(),
        options.agentPingTimeoutsMax(),
        options.allocationInterval(),
        options.offerTimeout(),
        options.completedFrameworksMax(),
        options.completedTasksPerFrameworkMax(),
        HEARTBEAT_INTERVAL,
        options.agentReregisterTimeout());
  }

  private static MasterInfo masterInfo(MasterOptions options, int port, RandomGenerator random) {
    InetAddress address = advertised(options.ip());
    String ip = address.getHostAddress();
    String hostname = options.hostname().orElseGet(address::getCanonicalHostName);
    MasterInfo.Builder info =
        MasterInfo.newBuilder()
            .setId(new UUID(random.nextLong(), random.nextLong()).toString())
            // Network byte order, as the wire has always had it.
            .setIp(
                address instanceof Inet4Address
                    ? ByteBuffer.wrap(address.getAddress()).order(ByteOrder.LITTLE_ENDIAN).getInt()
                    : 0)
            .setPort(port)
            .setPid("master@" + ip + ":" + port)
            .setHostname(hostname)
            .setVersion(version())
            .setAddress(Address.newBuilder().setHostname(hostname).setIp(ip).setPort(port));
    return info.build();
  }

  /** The address given, or for "all addresses" the one that this host's own name stands for. */
  private static InetAddress advertised(String ip) {
    try {
      InetAddress given = InetAddress.getByName(ip);
      if (!given.isAnyLocalAddress()) {
        return given;
      }
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "--ip=" + ip + " is no address: give one of this host, or 0.0.0.0", e);
    }
    try {
      return InetAddress.getLocalHost();
    } catch (UnknownHostException e) {
      LOG.log(INFO, "this host's own name has no address: the loopback address is announced", e);
      return InetAddress.getLoopbackAddress();
    }
  }

  private static String version() {
    return Optional.ofNullable(MasterProcess.class.getPackage().getImplementationVersion())
        .orElse(VERSION_UNPACKAGED);
  }

  private static void prepare(Path workDir) {
    try {
      Files.createDirectories(workDir);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "--work_dir=" + workDir + " cannot be made: give a directory that can be written to", e);
    }
    if (!Files.isWritable(workDir)) {
      throw new IllegalStateException(
          "--work_dir=" + workDir + " is not writable: give a directory that is");
    }
  }
}
