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
import io.mesocosm.http.security.AuthenticationFilter;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.http.security.Realms;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.model.AgentId;
import io.mesocosm.runtime.EventLoop;
import io.mesocosm.runtime.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A running agent: the core on its event loop, and everything that carries its effects out. To be
 * closed; leaves no container behind then.
 */
public final class AgentProcess implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentProcess.class.getName());
  private static final String VERSION = "0.1.0";
  private static final int MAILBOX_MAX = 10_000;
  private static final Duration STOP_MAX = Duration.ofSeconds(30);
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
  private final HttpServer server;
  private final CountDownLatch registered = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch crashed = new CountDownLatch(1);
  private final Consumer<Throwable> crashHandler;
  // The event loop publishes, HTTP threads read.
  private volatile AgentSnapshot snapshot;

  private AgentProcess(
      AgentOptions options,
      AgentConfig config,
      Containerizers containerizers,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler,
      HttpServer server,
      ClientAccess access) {
    this.server = server;
    this.crashHandler = crashHandler;
    this.core = new Agent(config, random, tokens(options.security()));
    this.snapshot = core.snapshot();
    this.timers = new Timers<>("agent-timers", clock);
    this.link = new MasterLink(options.masters(), access, this::post);
    this.fetcher = new Fetcher(options.fetcherStallTimeout(), options.frameworksHome());
    this.containers = new ContainerRunner(containerizers, fetcher, this::post);
    this.prober = new Prober(containers::execute, this::post);
    this.executorApi = new ExecutorApi(this::post);
    this.stateKeeper = new StateKeeper(new StateFile(options.workDir()), this::post);
    this.loop =
        new EventLoop<>(
            "agent", core, clock, MAILBOX_MAX, this::perform, this::publish, this::crash);
  }

  /**
   * Rids the machine of what an earlier agent of this work directory left behind, starts to serve
   * HTTP, and begins to look for the master.
   *
   * @param random draws ids and back-offs; used by one thread
   * @param crashHandler told when a rule of the agent's state was broken: it must end the process
   * @throws IllegalArgumentException naming the flag that is not valid
   * @throws IllegalStateException in one line, if the port is taken, or if what an earlier agent
   *     wrote down is damaged or does not fit the resources any more, or if the agent is only to
   *     clean up
   * @throws IOException if the work directory cannot be made
   * @throws ContainerException if an engine does not answer
   */
  public static AgentProcess start(
      AgentOptions options,
      Containerizers containerizers,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler)
      throws IOException, ContainerException, InterruptedException {
    Files.createDirectories(options.workDir());
    containerizers.removeOrphans(options.dockerKillOrphans());
    if (options.onlyCleansUp()) {
      throw new IllegalStateException(
          "--recover=cleanup: no container of an earlier agent of "
              + options.workDir()
              + " is left; start again without --recover");
    }
    Recovered recovered = Recovered.from(options.workDir(), options.strict());
    // Requests that come before the agent is complete wait for it.
    CompletableFuture<Handler> api = new CompletableFuture<>();
    Optional<Tls> tls = options.security().tls();
    HttpServer server =
        HttpServer.start(options.server().withTls(tls), request -> api.get().handle(request));
    try {
      AgentConfig config =
          Machine.config(options, containerizers, server.port(), VERSION, recovered.state());
      AgentProcess process =
          new AgentProcess(
              options,
              config,
              containerizers,
              clock,
              random,
              crashHandler,
              server,
              options.security().clientAccess(tls));
      api.complete(process.api(options, config, recovered.errors(), clock));
      process.loop.start();
      process.post(new AgentCommand.Start());
      LOG.log(INFO, "agent serves {0}:{1,number,#}", config.ip(), server.port());
      return process;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private Handler api(
      AgentOptions options, AgentConfig config, int recoveryErrors, InstantSource clock) {
    SecurityOptions security = options.security();
    AgentFacts facts =
        new AgentFacts(
            config,
            options.flags(),
            clock.instant(),
            clock,
            this::snapshot,
            fetcher::counts,
            recoveryErrors,
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

  /** Kills all containers, waits for their end, takes leave of the master, and lets go. */
  @Override
  public void close() {
    post(new AgentCommand.Shutdown());
    try {
      if (crashed.getCount() > 0 && !stopped.await(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
        LOG.log(WARNING, "containers still run after {0}; the next start kills them", STOP_MAX);
      }
      loop.close();
      link.close();
      prober.close();
      stateKeeper.close();
      if (!containers.awaitIdle(REMOVAL_MAX)) {
        LOG.log(WARNING, "engines are still busy after {0}", REMOVAL_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      loop.close();
      timers.close();
      server.close();
    }
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
      case AgentEffect.SetTimer(AgentTimer timer, var at) ->
          timers.set(timer, at, () -> post(new AgentCommand.TimerFired(timer)));
      case AgentEffect.CancelTimer(AgentTimer timer) -> timers.cancel(timer);
      case AgentEffect.Stopped() -> stopped.countDown();
    }
  }
}
