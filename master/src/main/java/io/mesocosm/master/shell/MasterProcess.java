package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.INFO;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.coordination.FileStore;
import io.mesocosm.coordination.MemoryStore;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.ZooKeeperStore;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.ClusterEvent;
import io.mesocosm.master.Master;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.MasterEffect;
import io.mesocosm.master.MasterMirror;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterTimer;
import io.mesocosm.master.StreamId;
import io.mesocosm.master.api.EventStreams;
import io.mesocosm.master.api.MasterApi;
import io.mesocosm.master.api.MasterFacts;
import io.mesocosm.master.api.MasterProxy;
import io.mesocosm.master.api.OperatorStreams;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.runtime.EventLoop;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
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
  private static final Duration MIRROR_INTERVAL = Duration.ofSeconds(5);
  private static final Event HEARTBEAT = Event.newBuilder().setType(Event.Type.HEARTBEAT).build();

  /** What the loop takes: commands for the core, and readers. */
  private sealed interface Input {
    record Command(MasterCommand command) implements Input {}

    record Read(CompletableFuture<MasterSnapshot> reader) implements Input {}

    /** Time to bring the readers' copy up to date. */
    record Mirror() implements Input {}
  }

  private sealed interface TimerKey {
    record OfCore(MasterTimer timer) implements TimerKey {}

    record Heartbeat(StreamId stream) implements TimerKey {}

    /** What changed must reach the readers' copy before it grows large. */
    record Mirror() implements TimerKey {}

    record Whitelist() implements TimerKey {}
  }

  private final InstantSource clock;
  private final HttpServer server;
  private final Master core;
  private final EventLoop<Input, MasterEffect> loop;
  private final Timers<TimerKey> timers;
  private final MasterProxy proxy;
  private final EventStreams schedulers = new EventStreams("master-to-schedulers");
  private final EventStreams agents = new EventStreams("master-to-agents");
  private final OperatorStreams operators;
  private final RegistryStorage registry;
  private final Readers readers;
  private final Metrics metrics;
  private final AllocationTimings allocations;
  private final Handler routes;

  /** Who wants a snapshot after the batch at hand. Of the loop's thread. */
  private final List<CompletableFuture<MasterSnapshot>> waiting = new ArrayList<>();

  /** Whether anything has happened since the readers were told. Of the loop's thread. */
  private boolean changed = true;

  private MasterProcess(
      MasterOptions options,
      HttpServer server,
      RegistryStorage registry,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    this.clock = clock;
    this.server = server;
    this.registry = registry;
    this.metrics = metrics;
    this.allocations = new AllocationTimings(metrics, clock);
    Instant started = clock.instant();
    MasterInfo info = MasterIdentity.draw(options, server.port(), random);
    MasterFacts facts =
        new MasterFacts(
            info,
            MasterIdentity.version(),
            started,
            options.cluster(),
            options.core().authorizer(),
            options.frameworkMetrics(),
            options.flagTexts());
    this.operators = new OperatorStreams(options.core().authorizer(), options.operatorStreamsMax());
    this.readers =
        new Readers(
            new MasterMirror(
                options.core().completedFrameworksMax(),
                options.core().completedTasksPerFrameworkMax()));
    // The core's randomness is its own: whoever else draws is on another thread.
    Allocator allocator =
        Allocators.named(
            options.allocator(), options.allocation(), new SplittableRandom(random.nextLong()));
    options.weights().forEach(allocator::setWeight);
    this.core = new Master(options.core().forMaster(info), allocator);
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
    metrics.gauge("master/event_queue_dispatches", () -> 0);
    metrics.gauge("master/event_queue_http_requests", () -> 0);
    metrics.gauge("master/operator_event_stream_subscribers", operators::size);
    this.routes =
        MasterApi.routes(
            proxy,
            facts,
            options.security(),
            schedulers,
            agents,
            operators,
            metrics,
            () -> loop.depth() > 0,
            clock,
            random);
    options
        .whitelist()
        .ifPresent(file ->
            watch(new WhitelistFile(file, names -> post(new MasterCommand.WhitelistRead(names)))));
    mirrorSoon();
    LOG.log(
        INFO,
        "master "
            + info.getId()
            + " listens on "
            + options.http().bindAddress()
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
   * @throws IllegalStateException if the port is taken, an address or directory is no good, or the
   *     registry cannot be read
   * @throws IllegalArgumentException if it would listen where it must not, or a flag names what is
   *     not there
   */
  public static MasterProcess start(
      MasterOptions options,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    SecurityOptions.refusalToListen(options.http().bindAddress(), options.security())
        .ifPresent(refusal -> {
          throw new IllegalArgumentException(refusal);
        });
    options.workDir().ifPresent(MasterProcess::prepare);
    LateHandler root = new LateHandler();
    HttpServer server = HttpServer.start(options.http().withTls(options.security().tls()), root);
    try {
      VersionedStore store = store(options);
      Metrics metrics = new Metrics();
      int servers = options.zooKeeper().map(zk -> zk.servers().split(",", -1).length).orElse(1);
      RegistryStorage registry = new RegistryStorage(store, servers, metrics, clock);
      List<RegistryRecord> records = new ArrayList<>(registry.read());
      if (store instanceof MemoryStore) {
        // What an earlier master knew is forgotten: agents of its time may come back.
        records.add(
            RegistryRecord.newBuilder()
                .setCluster(RegistryProtos.Cluster.newBuilder().setHadAgents(true))
                .build());
      }
      MasterProcess process =
          new MasterProcess(options, server, registry, metrics, clock, random, crashHandler);
      process.loop.start();
      process.post(new MasterCommand.RegistryRead(records));
      root.serve(process.routes);
      return process;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static VersionedStore store(MasterOptions options) {
    if (options.registryInMemory()) {
      return new MemoryStore();
    }
    if (options.zooKeeper().isPresent()) {
      return ZooKeeperStore.connect(options.zooKeeper().get());
    }
    if (options.workDir().isPresent()) {
      return FileStore.open(options.workDir().get().resolve("registry"));
    }
    LOG.log(
        INFO,
        "quotas, weights, maintenance and drains will be forgotten when this master ends: give"
            + " --work_dir or --zk to keep them");
    return new MemoryStore();
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
    schedulers.close();
    agents.close();
    proxy.stopped();
    timers.close();
    readers.close();
    registry.close();
  }

  private void post(MasterCommand command) {
    loop.post(new Input.Command(command));
  }

  private List<MasterEffect> handle(Input input, Instant now) {
    return switch (input) {
      case Input.Command(MasterCommand command) -> {
        changed = true;
        yield isAllocation(command)
            ? allocations.measure(() -> core.handle(command, now))
            : core.handle(command, now);
      }
      case Input.Read(var reader) -> {
        waiting.add(reader);
        yield List.of();
      }
      case Input.Mirror() -> {
        tellReaders();
        yield List.of();
      }
    };
  }

  private static boolean isAllocation(MasterCommand command) {
    return command instanceof MasterCommand.TimerFired(MasterTimer.Allocate());
  }

  /** One look at the changes serves all who asked during a batch. */
  private void afterBatch() {
    schedulers.flush();
    agents.flush();
    if (!waiting.isEmpty()) {
      tellReaders();
      waiting.forEach(readers::complete);
      waiting.clear();
    }
  }

  private void tellReaders() {
    if (changed) {
      readers.apply(core.changes());
      changed = false;
    }
  }

  /** Nobody may be reading for days, and what changes must not pile up in the core. */
  private void mirrorSoon() {
    timers.set(
        new TimerKey.Mirror(),
        clock.instant().plus(MIRROR_INTERVAL),
        () -> {
          loop.post(new Input.Mirror());
          mirrorSoon();
        });
  }

  private void watch(WhitelistFile file) {
    file.read();
    timers.set(
        new TimerKey.Whitelist(), clock.instant().plus(WhitelistFile.INTERVAL), () -> watch(file));
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
      case MasterEffect.SetTimer(MasterTimer timer, Instant at) -> {
        if (timer instanceof MasterTimer.Allocate) {
          allocations.asked();
        }
        timers.set(new TimerKey.OfCore(timer), at, () -> post(new MasterCommand.TimerFired(timer)));
      }
      case MasterEffect.CancelTimer(MasterTimer timer) -> timers.cancel(new TimerKey.OfCore(timer));
      case MasterEffect.Store store -> registry.write(store, this::post);
      case MasterEffect.OpenOperatorStream(StreamId stream) -> {
        tellReaders();
        readers.show(snapshot -> operators.begin(stream, snapshot));
        readers.run(() -> heartbeatOperator(stream));
      }
      case MasterEffect.Publish(ClusterEvent event) -> readers.run(() -> operators.publish(event));
      case MasterEffect.Count(String metric) -> metrics.counter(metric).increment();
    }
  }

  /** S20: one at once, then one every interval for as long as the stream lives. */
  private void heartbeat(StreamId stream) {
    TimerKey key = new TimerKey.Heartbeat(stream);
    boolean open = schedulers.send(stream, HEARTBEAT);
    schedulers.flush();
    if (open) {
      timers.set(key, clock.instant().plus(HEARTBEAT_INTERVAL), () -> heartbeat(stream));
    } else {
      timers.cancel(key);
    }
  }

  /** V2: as to schedulers. */
  private void heartbeatOperator(StreamId stream) {
    TimerKey key = new TimerKey.Heartbeat(stream);
    if (operators.heartbeat(stream)) {
      timers.set(key, clock.instant().plus(HEARTBEAT_INTERVAL), () -> heartbeatOperator(stream));
    } else {
      timers.cancel(key);
    }
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
