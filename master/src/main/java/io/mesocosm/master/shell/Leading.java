package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.http.Handler;
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
import io.mesocosm.master.api.MasterEdge;
import io.mesocosm.master.api.MasterFacts;
import io.mesocosm.master.api.MasterProxy;
import io.mesocosm.master.api.OperatorStreams;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.runtime.EventLoop;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.Timers;
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
 * All of a master that is there only while it leads: the shell around {@link Master}. It owns the
 * event loop, the timers and the streams, and carries out what the core wants done. Threads: the
 * loop's own runs the core and this class's private methods; HTTP handlers only see {@link
 * MasterProxy} and the streams.
 */
final class Leading implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Leading.class.getName());
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
  private final Master core;
  private final Handler routes;
  private final Consumer<String> abort;

  /** Who wants a snapshot after the batch at hand. Of the loop's thread. */
  private final List<CompletableFuture<MasterSnapshot>> waiting = new ArrayList<>();

  /** Whether anything has happened since the readers were told. Of the loop's thread. */
  private boolean changed = true;

  private Leading(
      MasterOptions options,
      MasterFacts facts,
      MasterEdge edge,
      RegistryStorage registry,
      RandomGenerator random,
      Consumer<String> abort,
      Consumer<Throwable> crashHandler) {
    this.abort = abort;
    this.clock = edge.clock();
    this.registry = registry;
    this.metrics = edge.metrics();
    this.allocations = new AllocationTimings(metrics, clock);
    this.operators = new OperatorStreams(options.core().authorizer(), options.operatorStreamsMax());
    this.readers =
        new Readers(
            new MasterMirror(
                options.core().completedFrameworksMax(),
                options.core().completedTasksPerFrameworkMax()));
    // The core's randomness is its own: whoever else draws is on another thread.
    this.core = core(options, facts.info(), new SplittableRandom(random.nextLong()));
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
    metrics.gauge("master/operator_event_stream_subscribers", operators::size);
    this.routes =
        MasterApi.routes(
            proxy, facts, edge, schedulers, agents, operators, () -> loop.depth() > 0, random);
  }

  private static Master core(MasterOptions options, MasterInfo info, RandomGenerator random) {
    Allocator allocator = Allocators.named(options.allocator(), options.allocation(), random);
    options.weights().forEach(allocator::setWeight);
    return new Master(options.core().forMaster(info), allocator);
  }

  /**
   * The state of a master that nobody has come to.
   *
   * @throws IllegalArgumentException if the flags name an allocator that is none
   */
  static MasterSnapshot nothing(MasterOptions options, MasterInfo info) {
    MasterMirror mirror = new MasterMirror(0, 0);
    mirror.apply(core(options, info, new SplittableRandom()).changes());
    return mirror.snapshot();
  }

  /**
   * Begins to lead.
   *
   * @param registry closed with this
   * @param records all that is in it
   * @param random draws ids; used by several threads, but never by two at once
   * @param abort told why the master must end; has to {@link #cut} this before it returns
   */
  static Leading begin(
      MasterOptions options,
      MasterFacts facts,
      MasterEdge edge,
      RegistryStorage registry,
      List<RegistryRecord> records,
      RandomGenerator random,
      Consumer<String> abort,
      Consumer<Throwable> crashHandler) {
    Leading leading = new Leading(options, facts, edge, registry, random, abort, crashHandler);
    leading.loop.start();
    leading.post(new MasterCommand.RegistryRead(records));
    options
        .whitelist()
        .ifPresent(file ->
            leading.watch(
                new WhitelistFile(
                    file, names -> leading.post(new MasterCommand.WhitelistRead(names)))));
    leading.mirrorSoon();
    return leading;
  }

  /** Answers all requests. */
  Handler routes() {
    return routes;
  }

  /**
   * Stops to act as the leader, at once: when this returns nothing is sent to schedulers, agents or
   * operators any more, not even what was decided before, and their streams are closed.
   */
  void cut() {
    schedulers.cut();
    agents.cut();
    operators.cut();
    close();
  }

  /** Stops; streams that are still open are ended by the server. Idempotent. */
  @Override
  public void close() {
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
        if (!registry.mayAct()) {
          yield List.of();
        }
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
    return command instanceof MasterCommand.TimerFired(var timer)
        && (timer instanceof MasterTimer.Allocate || timer instanceof MasterTimer.AllocateLater);
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
      case MasterEffect.Warn(String message) -> LOG.log(WARNING, message);
      case MasterEffect.Abort(String why) -> abort.accept(why);
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
}
