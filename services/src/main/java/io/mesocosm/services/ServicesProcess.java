package io.mesocosm.services;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.security.AuthenticationFilter;
import io.mesocosm.http.security.BasicAuthenticator;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.runtime.EventLoop;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.ShutdownOrder;
import io.mesocosm.runtime.Timers;
import io.mesocosm.services.api.PendingRequests;
import io.mesocosm.services.api.ServicesApi;
import io.mesocosm.services.api.ServicesIdentity;
import io.mesocosm.services.health.HealthCheckers;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.RecordCodec;
import io.mesocosm.services.shell.MasterLink;
import io.mesocosm.services.shell.StoreWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A services scheduler that runs: its core on an event loop, and around it the HTTP API, the link
 * to the master, the store, timers and health checks. Thread-safe.
 */
public final class ServicesProcess implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ServicesProcess.class.getName());

  /** The release whose API this is: clients decide by it what they may ask for. */
  private static final String API_VERSION = "1.11.24";

  /** As the original names it. */
  private static final String REALM = "Mesosphere";

  /** Load balancers ask there, without a password, and learn nothing but that someone listens. */
  private static final Set<String> UNGUARDED_PATHS = Set.of("/ping");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ShutdownOrder running = new ShutdownOrder();
  private final Services core;
  private final EventLoop<ServicesCommand, ServicesEffect> loop;
  private final StoreWriter writer;
  private final Timers<ServicesTimer> timers;
  private final HealthCheckers checkers;
  private final MasterLink master;
  private final PendingRequests requests;
  private final HttpServer http;
  // Answers wait for the snapshot that shows what they promise. Event loop only.
  private final List<ServicesEffect.Answer> answers = new ArrayList<>();
  // The event loop writes, HTTP threads read.
  private volatile ServicesSnapshot snapshot =
      new ServicesSnapshot(false, false, Optional.empty(), new TreeMap<>(), List.of());

  private ServicesProcess(
      ServicesOptions options,
      VersionedStore store,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    CompletableFuture<ServicesApi> api = new CompletableFuture<>();
    Optional<Tls> tls = options.security().tls();
    Handler guarded = guarded(options, request -> api.join().handle(request));
    http =
        running.add(
            "HTTP server",
            HttpServer.start(options.http().withTls(tls), guarded, ServicesApi::error));
    AppReader reader = new AppReader(options.config().role());
    core = new Services(options.configServedAt(http.port()), random);
    loop =
        new EventLoop<>(
            "services",
            core,
            clock,
            options.commandsWaitingMax(),
            this::perform,
            this::publish,
            crashHandler);
    running.add("event loop", loop);
    writer =
        running.add(
            "store writer",
            new StoreWriter(
                store, new RecordCodec(reader), options.commandsWaitingMax(), loop::post));
    timers = running.add("timers", new Timers<>("services-timers", clock));
    checkers =
        running.add(
            "health checks",
            new HealthCheckers(
                options.probesMax(),
                (instance, check, alive, cause) ->
                    loop.post(new ServicesCommand.HealthReported(instance, check, alive, cause))));
    master =
        running.add(
            "link to the master",
            new MasterLink(options.masters(), options.masterAccess(tls), loop::post));
    requests = running.add("requests", new PendingRequests(loop::post, () -> snapshot, PATIENCE));
    api.complete(new ServicesApi(requests, reader, identity(options), metrics(clock), clock));
  }

  /**
   * Starts, with the state that the store holds.
   *
   * @param store of this scheduler alone; not closed by it
   * @param random for ids and ports
   * @param crashHandler told of a broken invariant: its duty is to end the process
   * @throws IllegalArgumentException naming a stored record that cannot be read, or a TLS file that
   *     is no good
   * @throws IllegalStateException if the port cannot be listened on
   */
  public static ServicesProcess start(
      ServicesOptions options,
      VersionedStore store,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    ServicesProcess process = new ServicesProcess(options, store, clock, random, crashHandler);
    try {
      List<StoredRecord> records = process.writer.load();
      process.writer.start();
      process.loop.start();
      process.loop.post(new ServicesCommand.Loaded(records));
      LOG.log(
          INFO,
          "serving the Marathon API on port {0,number,#}, with {1} stored records",
          process.port(),
          records.size());
      return process;
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  /** With the credential before it that the options ask for, if they do. */
  private static Handler guarded(ServicesOptions options, Handler api) {
    return options
        .apiCredential()
        .<Handler>map(credential -> {
          AuthenticationFilter filter =
              new AuthenticationFilter(
                  REALM,
                  List.of(new BasicAuthenticator(List.of(credential))),
                  UNGUARDED_PATHS,
                  ServicesApi::error);
          return request -> filter.apply(request, api);
        })
        .orElse(api);
  }

  /** The port that the API is served on. */
  public int port() {
    return http.port();
  }

  private ServicesIdentity identity(ServicesOptions options) {
    return new ServicesIdentity(
        options.config().frameworkName(),
        API_VERSION,
        options.config().hostname(),
        http.port(),
        options.flagTexts());
  }

  /** Under the original's names. Suppliers run on the reader's thread, and read a snapshot. */
  private Metrics metrics(InstantSource clock) {
    Metrics metrics = new Metrics();
    long started = clock.millis();
    metrics.gauge("marathon.uptime.gauge.seconds", () -> (clock.millis() - started) / 1000.0);
    metrics.gauge("marathon.apps.active.gauge", () -> snapshot.apps().size());
    metrics.gauge("marathon.deployments.active.gauge", () -> snapshot.deployments().size());
    metrics.gauge(
        "marathon.instances.running.gauge",
        () ->
            snapshot.apps().values().stream()
                .mapToInt(ServicesSnapshot.AppView::tasksRunning)
                .sum());
    metrics.gauge(
        "marathon.instances.staged.gauge",
        () ->
            snapshot.apps().values().stream()
                .mapToInt(ServicesSnapshot.AppView::tasksStaged)
                .sum());
    metrics.gauge("services.commands.waiting", () -> loop.depth());
    return metrics;
  }

  /** Carries out one effect; on the event loop, so nothing here blocks. */
  private void perform(ServicesEffect effect) {
    switch (effect) {
      case ServicesEffect.Subscribe subscribe -> master.subscribe(subscribe.framework());
      case ServicesEffect.SendCall send -> master.send(send.call());
      case ServicesEffect.Store write -> writer.write(write);
      case ServicesEffect.Answer answer -> answers.add(answer);
      case ServicesEffect.StartHealthChecks start -> checkers.start(start.instance(), start.app());
      case ServicesEffect.StopHealthChecks stop -> checkers.stop(stop.instance());
      case ServicesEffect.SetTimer set ->
          timers.set(
              set.timer(), set.at(), () -> loop.post(new ServicesCommand.TimerFired(set.timer())));
      case ServicesEffect.CancelTimer cancel -> timers.cancel(cancel.timer());
      case ServicesEffect.Announce announce -> log(announce.notice());
    }
  }

  private void publish() {
    snapshot = core.snapshot();
    answers.forEach(answer -> requests.answered(answer.request(), answer.answer()));
    answers.clear();
  }

  private static void log(ServicesNotice notice) {
    switch (notice) {
      case ServicesNotice.Warning(String message) -> LOG.log(WARNING, message);
      case ServicesNotice.Disconnected(String reason) ->
          LOG.log(WARNING, "not subscribed any more: " + reason);
      case ServicesNotice.DeploymentFailed(Deployment deployment, String reason) ->
          LOG.log(WARNING, "deployment " + deployment.id() + " ended: " + reason);
      case ServicesNotice.UnhealthyInstanceKilled killed ->
          LOG.log(WARNING, "ended " + killed.instance().id() + " as unhealthy: " + killed.reason());
      case ServicesNotice.Subscribed subscribed ->
          LOG.log(INFO, "subscribed as framework " + subscribed.frameworkId());
      case ServicesNotice.DeploymentStarted started ->
          LOG.log(INFO, "deployment " + started.deployment().id() + " begins");
      case ServicesNotice.DeploymentSucceeded succeeded ->
          LOG.log(INFO, "deployment " + succeeded.deployment().id() + " is done");
      case ServicesNotice.UnknownInstanceTerminated unknown ->
          LOG.log(INFO, "task " + unknown.taskId() + " that nobody knew of ended");
      case ServicesNotice.StatusUpdated _,
          ServicesNotice.InstanceChanged _,
          ServicesNotice.InstanceHealthChanged _,
          ServicesNotice.HealthCheckFailed _,
          ServicesNotice.HealthCheckAdded _,
          ServicesNotice.HealthCheckRemoved _,
          ServicesNotice.AppTerminated _,
          ServicesNotice.AppsChanged _,
          ServicesNotice.StepSucceeded _ ->
          LOG.log(DEBUG, () -> notice.toString());
    }
  }

  /** Ends this process's part; the tasks go on, and the next one finds them. */
  @Override
  public void close() {
    loop.post(new ServicesCommand.Shutdown());
    running.close();
  }
}
