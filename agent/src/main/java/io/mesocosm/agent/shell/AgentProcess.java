package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.agent.Agent;
import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentEffect;
import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.agent.AgentTimer;
import io.mesocosm.agent.ExecutorTokens;
import io.mesocosm.agent.api.AgentApi;
import io.mesocosm.agent.api.AgentFacts;
import io.mesocosm.agent.api.ExecutorApi;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.http.ErrorBody;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.security.AuthenticationFilter;
import io.mesocosm.http.security.Realms;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.model.AgentId;
import io.mesocosm.runtime.EventLoop;
import io.mesocosm.runtime.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A running agent: the core on its event loop, and everything that carries its effects out. To be
 * closed, which leaves no container behind, or detached, which leaves all of them.
 */
public final class AgentProcess implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentProcess.class.getName());
  private static final String VERSION = "0.1.0";
  private static final int MAILBOX_MAX = 10_000;
  private static final Duration STOP_MAX = Duration.ofSeconds(30);
  private static final Duration LAUNCHES_MAX = Duration.ofSeconds(5);
  private static final Duration REMOVAL_MAX = Duration.ofSeconds(20);

  private final Agent core;
  private final EventLoop<AgentCommand, AgentEffect> loop;
  private final Timers<AgentTimer> timers;
  private final MasterLink link;
  private final Fetcher fetcher;
  private final ContainerRunner containers;
  private final Prober prober;
  private final ExecutorApi executorApi;
  private final StateKeeper stateKeeper;
  private final CheckpointJournal journal;
  private final EarlierRun earlier;
  private final MasterLocator locator;
  private final HttpServer server;
  private final CountDownLatch registered = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch gone = new CountDownLatch(1);
  private final CountDownLatch crashed = new CountDownLatch(1);
  private final Consumer<Throwable> crashHandler;
  // Whoever ends the agent first does; a signal may meet an orderly end.
  private final AtomicBoolean ended = new AtomicBoolean();
  // The event loop publishes, HTTP threads read.
  private volatile AgentSnapshot snapshot;
  private MasterLocator.Watch watch = () -> {};

  private AgentProcess(
      AgentOptions options,
      AgentConfig config,
      Containerizers containerizers,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler,
      HttpServer server,
      EarlierRun earlier) {
    this.server = server;
    this.crashHandler = crashHandler;
    this.core = new Agent(config, random, tokens(options.security()));
    this.snapshot = core.snapshot();
    this.timers = new Timers<>("agent-timers", clock);
    this.locator = options.masters();
    this.link =
        new MasterLink(
            locator, options.security().clientAccess(options.security().tls()), this::post);
    this.fetcher = new Fetcher(options.fetcherStallTimeout(), options.frameworksHome());
    this.containers = new ContainerRunner(containerizers, fetcher, this::post);
    this.prober = new Prober(containers::execute, this::post);
    this.executorApi = new ExecutorApi(this::post);
    this.stateKeeper = new StateKeeper(new StateFile(options.workDir()), this::post);
    this.earlier = earlier;
    this.journal = new CheckpointJournal(earlier.journal(), this::post, this::crash);
    this.loop =
        new EventLoop<>(
            "agent", core, clock, MAILBOX_MAX, this::perform, this::publish, this::crash);
  }

  /**
   * Finds what an earlier run of this agent has left running, starts to serve HTTP, and begins to
   * look for the master.
   *
   * @param random draws ids and back-offs; used by one thread
   * @param crashHandler told when a rule of the agent's state was broken, or when what it has to
   *     remember cannot be written: it must end the process, and leave containers alone
   * @throws IllegalArgumentException naming the flag that is not valid
   * @throws IllegalStateException in one line, if the port or the work directory is taken, or if
   *     what an earlier run wrote down is damaged or does not fit any more, or if the agent is only
   *     to clean up
   * @throws IOException if the work directory cannot be made or written to
   * @throws ContainerException if an engine does not answer
   */
  public static AgentProcess start(
      AgentOptions options,
      Containerizers containerizers,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler)
      throws IOException, ContainerException, InterruptedException {
    Instant begun = clock.instant();
    Files.createDirectories(options.workDir());
    EarlierRun earlier = EarlierRun.read(options.workDir(), options.strict(), clock);
    try {
      if (options.onlyCleansUp()) {
        cleanUp(earlier, containerizers, options.workDir());
      }
      return start(options, containerizers, clock, random, crashHandler, earlier, begun);
    } catch (IOException | ContainerException | InterruptedException | RuntimeException e) {
      earlier.close();
      throw e;
    }
  }

  private static void cleanUp(EarlierRun earlier, Containerizers containerizers, Path workDir)
      throws IOException, ContainerException, InterruptedException {
    earlier.cleanUp(containerizers);
    throw new IllegalStateException(
        "--recover=cleanup: no container of an earlier agent of "
            + workDir
            + " is left; start again without --recover");
  }

  private static AgentProcess start(
      AgentOptions options,
      Containerizers containerizers,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler,
      EarlierRun earlier,
      Instant begun)
      throws IOException, ContainerException, InterruptedException {
    // Requests that come before the agent is complete wait for it.
    CompletableFuture<Handler> api = new CompletableFuture<>();
    HttpServer server = serve(options, earlier, request -> api.get().handle(request));
    AgentConfig config;
    try {
      config = Machine.config(options, containerizers, server.port(), VERSION, earlier.state());
      earlier.requireFitting(config.agentInfo(), config.bootId(), options.reconfigurationPolicy());
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    AgentProcess process =
        new AgentProcess(
            options, config, containerizers, clock, random, crashHandler, server, earlier);
    try {
      AgentCommand.Recover found = earlier.recover(containerizers, process.containers);
      Duration recovery = Duration.between(begun, clock.instant());
      process.post(found);
      process.post(new AgentCommand.Start());
      process.loop.start();
      // Executors that come back must not meet a core that does not know them yet.
      api.complete(process.api(options, config, recovery, clock));
      process.follow();
      LOG.log(INFO, "agent serves {0}:{1,number,#}", config.ip(), server.port());
      return process;
    } catch (ContainerException | InterruptedException | RuntimeException e) {
      process.letGo();
      throw e;
    }
  }

  /**
   * If the operator left the port to the agent, an earlier run's is taken again: executors that
   * live on know no other.
   */
  private static HttpServer serve(AgentOptions options, EarlierRun earlier, Handler handler) {
    HttpServerOptions server = options.server().withTls(options.security().tls());
    Optional<Integer> before =
        earlier.identity().map(identity -> identity.getAgentInfo().getPort());
    if (server.port() == 0 && before.isPresent()) {
      try {
        return HttpServer.start(withPort(server, before.get()), handler);
      } catch (IllegalStateException e) {
        LOG.log(
            WARNING,
            "the port of this agent''s earlier run is taken: {0}; set --port, so that executors"
                + " find the agent again",
            e.getMessage());
      }
    }
    return HttpServer.start(server, handler);
  }

  private static HttpServerOptions withPort(HttpServerOptions options, int port) {
    return new HttpServerOptions(
        options.name(),
        options.bindAddress(),
        port,
        options.bodyBytesMax(),
        options.headerBytesMax(),
        options.streamBacklogBytesMax(),
        options.idleTimeout(),
        options.concurrentRequestsMax(),
        options.openStreamsMax(),
        options.tls());
  }

  /** A link to a master that does not lead any more is left at once. */
  private void follow() throws InterruptedException {
    watch =
        locator.watch(leader -> {
          link.leaderChanged(leader);
          post(new AgentCommand.MasterDetected());
        });
  }

  private Handler api(
      AgentOptions options, AgentConfig config, Duration recovery, InstantSource clock) {
    SecurityOptions security = options.security();
    AgentFacts facts =
        new AgentFacts(
            config,
            options.flags(),
            clock.instant(),
            clock,
            this::snapshot,
            fetcher::counts,
            earlier.errors(),
            recovery,
            security.authorizer());
    return AgentApi.handler(
        facts,
        new AuthenticationFilter(Realms.agent(security, clock), ErrorBody.TEXT),
        executorApi);
  }

  private static ExecutorTokens tokens(SecurityOptions security) {
    return (framework, executor, container) ->
        security
            .executorTokens()
            .map(tokens -> {
              SortedMap<String, String> claims = new TreeMap<>();
              claims.put("fid", framework.value());
              claims.put("eid", executor.value());
              claims.put("cid", container.value());
              return tokens.issue(claims, Optional.empty());
            });
  }

  /** The port of the HTTP API. */
  public int port() {
    return server.port();
  }

  /** The id that the master gave; absent before the first registration. */
  public Optional<AgentId> agentId() {
    return snapshot.agentId();
  }

  /** All of the agent a moment ago. */
  public AgentSnapshot snapshot() {
    return snapshot;
  }

  /** Waits for the first registration; false if it has not come in time. */
  public boolean awaitRegistered(Duration timeout) throws InterruptedException {
    return registered.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** To be told when another master has come to lead: the agent goes to it without delay. */
  public void masterDetected() {
    post(new AgentCommand.MasterDetected());
  }

  /**
   * Kills all containers, waits for their end, takes leave of the master, and lets go. Nothing is
   * left to be found again. After {@link #detach} it only waits for that.
   */
  @Override
  public void close() {
    if (!ended.compareAndSet(false, true)) {
      awaitGone();
      return;
    }
    post(new AgentCommand.Shutdown());
    try {
      if (crashed.getCount() > 0 && !stopped.await(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        LOG.log(WARNING, "containers still run after {0}; the next start kills them", STOP_MAX);
      }
      letGo();
      if (!containers.awaitIdle(REMOVAL_MAX)) {
        LOG.log(WARNING, "engines are still busy after {0}", REMOVAL_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      letGo();
      gone.countDown();
    }
  }

  /**
   * Stops, and leaves the containers, and the master's belief in this agent, as they are: the next
   * agent of the work directory goes on where this one was. After {@link #close} it only waits for
   * that.
   */
  public void detach() {
    if (!ended.compareAndSet(false, true)) {
      awaitGone();
      return;
    }
    try {
      watch.close();
      loop.close();
      containers.settleLaunches(LAUNCHES_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      letGo();
      gone.countDown();
    }
  }

  private void awaitGone() {
    try {
      if (!gone.await(STOP_MAX.plus(REMOVAL_MAX).toSeconds(), TimeUnit.SECONDS)) {
        LOG.log(WARNING, "the agent's end takes longer than {0}", STOP_MAX.plus(REMOVAL_MAX));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void letGo() {
    watch.close();
    loop.close();
    link.close();
    prober.close();
    stateKeeper.close();
    journal.close();
    timers.close();
    server.close();
    earlier.close();
  }

  private void post(AgentCommand command) {
    loop.post(command);
  }

  private void publish() {
    snapshot = core.snapshot();
    if (snapshot.registered() && registered.getCount() > 0) {
      LOG.log(INFO, "registered with the master as agent {0}", snapshot.agentId().orElseThrow());
      registered.countDown();
    }
  }

  private void crash(Throwable cause) {
    crashed.countDown();
    crashHandler.accept(cause);
  }

  private void perform(AgentEffect effect) {
    switch (effect) {
      case AgentEffect.Connect(long number, var subscribe) -> link.connect(number, subscribe);
      case AgentEffect.Disconnect(long number, String reason) -> link.disconnect(number, reason);
      case AgentEffect.SendToMaster(long number, var call) -> link.send(number, call);
      case AgentEffect.LaunchContainer(var launch) -> {
        LOG.log(INFO, "launching container {0} in {1}", launch.id(), launch.sandbox());
        containers.launch(launch);
      }
      case AgentEffect.StopContainer(var id, Duration grace) -> containers.stop(id, grace);
      case AgentEffect.DestroyContainer(var id) -> containers.destroy(id);
      case AgentEffect.StartChecks(var id, var probes) -> prober.start(id, probes);
      case AgentEffect.StopChecks(var id) -> prober.stop(id);
      case AgentEffect.AnswerExecutor(long request, var answer) ->
          executorApi.answer(request, answer);
      case AgentEffect.SendToExecutor(long stream, var event) -> executorApi.send(stream, event);
      case AgentEffect.CloseExecutorStream(long stream) -> executorApi.close(stream);
      case AgentEffect.Store store -> stateKeeper.store(store);
      case AgentEffect.Checkpoint checkpoint -> journal.write(checkpoint);
      case AgentEffect.AwaitContainer(var id) -> containers.awaitAgain(id);
      case AgentEffect.SetTimer(AgentTimer timer, var at) ->
          timers.set(timer, at, () -> post(new AgentCommand.TimerFired(timer)));
      case AgentEffect.CancelTimer(AgentTimer timer) -> timers.cancel(timer);
      case AgentEffect.Stopped() -> stopped.countDown();
    }
  }
}
