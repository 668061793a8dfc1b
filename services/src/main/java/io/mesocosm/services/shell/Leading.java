package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.framework.MasterLocator;
import io.mesocosm.http.Handler;
import io.mesocosm.http.StreamSink;
import io.mesocosm.http.security.AuthenticationFilter;
import io.mesocosm.http.security.BasicAuthenticator;
import io.mesocosm.http.security.ClientAccess;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.runtime.EventLoop;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.ShutdownOrder;
import io.mesocosm.runtime.Timers;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.Services;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesTimer;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.api.LogLevels;
import io.mesocosm.services.api.OperationsRoutes;
import io.mesocosm.services.api.PendingRequests;
import io.mesocosm.services.api.RouterAttachment;
import io.mesocosm.services.api.ServicesApi;
import io.mesocosm.services.api.ServicesIdentity;
import io.mesocosm.services.autoscale.Measurer;
import io.mesocosm.services.event.AlertHook;
import io.mesocosm.services.event.EventStreamLimits;
import io.mesocosm.services.event.EventStreams;
import io.mesocosm.services.event.EventWriter;
import io.mesocosm.services.event.ServicesEvent;
import io.mesocosm.services.health.HealthCheckers;
import io.mesocosm.services.health.ReadinessCheckers;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.AppRoles;
import io.mesocosm.services.json.AppSettings;
import io.mesocosm.services.json.PodReader;
import io.mesocosm.services.json.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The scheduler itself, for as long as it leads: its core on an event loop, and around it the API's
 * routes, the link to the master, the store's writer, timers and health checks. Thread-safe.
 */
final class Leading implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Leading.class.getName());

  /** The release whose API this is: clients decide by it what they may ask for. */
  private static final String API_VERSION = "1.11.24";

  /** Load balancers ask there, without a password, and learn nothing but that someone listens. */
  private static final Set<String> UNGUARDED_PATHS = Set.of("/ping");

  private static final Duration STEP_MAX = Duration.ofSeconds(5);

  /** The store takes thousands a second: more than that means that it is stuck. */
  private static final int WRITES_WAITING_MAX = 1_000_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** An explanation is worth no longer wait: it can go without what the master says. */
  private static final Duration CLUSTER_PATIENCE = Duration.ofSeconds(2);

  /**
   * What it needs of the process around it.
   *
   * @param fenced told, on a thread that must not be kept, that another leads
   * @param abdication hands the leadership over, if somebody can take it
   * @param logLevels of the process
   * @param crashHandler told of a broken invariant: its duty is to end the process
   */
  record Surroundings(
      ServicesOptions options,
      int port,
      Optional<Tls> tls,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> fenced,
      Optional<Runnable> abdication,
      LogLevels logLevels,
      Consumer<Throwable> crashHandler) {}

  private final ServicesOptions options;
  private final int port;
  private final ShutdownOrder running = new ShutdownOrder();
  private final Services core;
  private final EventLoop<ServicesCommand, ServicesEffect> loop;
  private final StoreWriter writer;
  private final Timers<ServicesTimer> timers;
  private final HealthCheckers checkers;
  private final ReadinessCheckers readiness;
  private final MasterLink master;
  private final Measurer measurer;
  private final PendingRequests requests;
  private final EventStreams events;
  private final Optional<AlertHook> alerts;
  private final Handler routes;
  // The event loop tells whoever closes that it carries nothing out any more.
  private final CountDownLatch done = new CountDownLatch(1);
  // It tells whoever begins that what the store holds is to be seen.
  private final CountDownLatch ready = new CountDownLatch(1);
  private volatile boolean started;
  // Event loop only.
  private boolean shutDown;
  // Answers wait for the snapshot that shows what they promise. Event loop only.
  private final List<ServicesEffect.Answer> answers = new ArrayList<>();
  // So do events. Event loop only.
  private final List<ServicesNotice> notices = new ArrayList<>();
  // The event loop writes, HTTP threads read.
  private volatile ServicesSnapshot snapshot = ServicesSnapshot.empty();

  private Leading(Surroundings around, VersionedStore store) {
    options = around.options();
    port = around.port();
    InstantSource clock = around.clock();
    AppReader reader =
        new AppReader(
            new AppSettings(
                AppRoles.unenforced(options.config().role()),
                options.config().defaultNetwork(),
                options.config().bridgeName()));
    core = new Services(options.configServedAt(port), around.random());
    loop =
        running.add(
            "event loop",
            new EventLoop<>(
                "services",
                this::handle,
                clock,
                options.commandsWaitingMax(),
                this::perform,
                this::publish,
                cause -> {
                  ready.countDown();
                  done.countDown();
                  around.crashHandler().accept(cause);
                }));
    writer =
        running.add(
            "store writer",
            new StoreWriter(
                store,
                new RecordCodec(
                    reader,
                    new PodReader(options.config().role(), options.config().defaultNetwork())),
                WRITES_WAITING_MAX,
                loop::post,
                around.fenced()));
    timers = running.add("timers", new Timers<>("services-timers", clock));
    checkers =
        running.add(
            "health checks",
            new HealthCheckers(
                options.probesMax(),
                (instance, check, alive, cause) ->
                    loop.post(new ServicesCommand.HealthReported(instance, check, alive, cause))));
    readiness =
        running.add(
            "readiness checks",
            new ReadinessCheckers(
                options.probesMax(),
                (instance, check, ready, response) ->
                    loop.post(
                        new ServicesCommand.ReadinessReported(instance, check, ready, response))));
    ClientAccess access = options.masterAccess(around.tls());
    MasterLocator locator = options.locator(access);
    master = running.add("link to the master", new MasterLink(locator, access, loop::post));
    measurer =
        running.add(
            "measurements",
            new Measurer(locator, access, clock, options.config().autoscaleInterval(), loop::post));
    MasterClusterView cluster =
        running.add(
            "questions to the master", new MasterClusterView(locator, access, CLUSTER_PATIENCE));
    requests = running.add("requests", new PendingRequests(loop::post, () -> snapshot, PATIENCE));
    EventWriter eventWriter = new EventWriter(master::masterHost);
    ApiOptions api = options.api();
    events =
        running.add(
            "event streams",
            new EventStreams(
                eventWriter,
                EventStreamLimits.of(api.eventStreamsMax(), api.eventsWaitingMax()),
                StreamSink::backlogBytes,
                new RouterAttachment(loop::post),
                clock));
    alerts =
        api.alerts()
            .map(target -> running.add("alerts", new AlertHook(target, eventWriter, clock)));
    Metrics metrics = metrics(clock);
    OperationsRoutes operations =
        new OperationsRoutes(
            requests,
            identity(),
            options.settings(),
            metrics,
            options.api().prometheus(),
            around.logLevels());
    routes =
        guarded(
            options.api(),
            operations.before(
                new ServicesApi(
                    requests,
                    reader,
                    options.config(),
                    identity(),
                    metrics,
                    clock,
                    around.abdication(),
                    this::tell,
                    events::answer,
                    cluster)));
  }

  /**
   * Begins to lead, with the state that the store holds.
   *
   * @throws RuntimeException in one line, if the store cannot be read
   */
  static Leading begin(Surroundings around, VersionedStore store) {
    Leading leading = new Leading(around, store);
    boolean begun = false;
    try {
      List<StoredRecord> records = leading.writer.load();
      leading.writer.start();
      leading.started = true;
      leading.loop.start();
      leading.loop.post(new ServicesCommand.Loaded(records));
      // Requests wait for it better where they wait for the election's end than here.
      leading.await(leading.ready, "taken in what the store holds");
      LOG.log(
          INFO,
          "serving the Marathon API on port {0,number,#}, with {1} stored records",
          leading.port,
          records.size());
      begun = true;
      return leading;
    } finally {
      if (!begun) {
        leading.cut();
        leading.close();
      }
    }
  }

  private List<ServicesEffect> handle(ServicesCommand command, Instant now) {
    if (shutDown) {
      return List.of(); // what would carry it out is being closed
    }
    if (command instanceof ServicesCommand.Shutdown) {
      shutDown = true;
      return core.handle(command, now); // whoever is told to end may still do so
    }
    return writer.mayAct() ? core.handle(command, now) : List.of();
  }

  /** Answers the API's requests. */
  Handler routes() {
    return routes;
  }

  /** With the credential before it that the options ask for, if they do. */
  private static Handler guarded(ApiOptions options, Handler api) {
    return options
        .credential()
        .<Handler>map(credential -> {
          AuthenticationFilter filter =
              new AuthenticationFilter(
                  options.realm(),
                  List.of(new BasicAuthenticator(List.of(credential))),
                  UNGUARDED_PATHS,
                  ServicesApi::error);
          return request -> filter.apply(request, api);
        })
        .orElse(api);
  }

  private ServicesIdentity identity() {
    return new ServicesIdentity(
        options.config().frameworkName(),
        API_VERSION,
        options.scheme(),
        options.config().hostname(),
        port,
        Collections.emptySortedMap());
  }

  /** Under the original's names. Suppliers run on the reader's thread, and read a snapshot. */
  private Metrics metrics(InstantSource clock) {
    Metrics metrics = new Metrics();
    long started = clock.millis();
    metrics.gauge("marathon.uptime.gauge.seconds", () -> (clock.millis() - started) / 1000.0);
    metrics.gauge("marathon.apps.active.gauge", () -> snapshot.specs().size());
    metrics.gauge("marathon.deployments.active.gauge", () -> snapshot.deployments().size());
    metrics.gauge(
        "marathon.instances.running.gauge",
        () -> snapshot.specs().values().stream().mapToInt(view -> view.counts().running()).sum());
    metrics.gauge(
        "marathon.instances.staged.gauge",
        () -> snapshot.specs().values().stream().mapToInt(view -> view.counts().staged()).sum());
    metrics.gauge("services.commands.waiting", () -> loop.depth());
    metrics.gauge("services.events.streams", () -> events.count());
    metrics.gauge("services.events.lost", () -> events.lost());
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
      case ServicesEffect.Measure measure -> measurer.measure(measure);
      case ServicesEffect.StartReadinessChecks start ->
          readiness.start(start.instance(), start.app());
      case ServicesEffect.StopReadinessChecks stop -> readiness.stop(stop.instance());
      case ServicesEffect.SetTimer set ->
          timers.set(
              set.timer(), set.at(), () -> loop.post(new ServicesCommand.TimerFired(set.timer())));
      case ServicesEffect.CancelTimer cancel -> timers.cancel(cancel.timer());
      case ServicesEffect.Announce announce -> {
        log(announce.notice());
        notices.add(announce.notice());
      }
    }
  }

  /** Tells whoever listens; never blocks. On any thread. */
  private void tell(ServicesEvent event) {
    events.publish(event);
    alerts.ifPresent(hook -> hook.publish(event));
  }

  private void publish() {
    snapshot = core.snapshot();
    // Whoever came too late to hear of it finds it in what it asks for then.
    notices.forEach(notice -> tell(new ServicesEvent.Noticed(notice)));
    notices.clear();
    answers.forEach(answer -> requests.answered(answer.request(), answer.answer()));
    answers.clear();
    if (snapshot.loaded()) {
      ready.countDown();
    }
    if (shutDown) {
      ready.countDown();
      done.countDown();
    }
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
      case ServicesNotice.Own own -> LOG.log(INFO, () -> own.toString());
      case ServicesNotice.StatusUpdated _,
          ServicesNotice.InstanceChanged _,
          ServicesNotice.InstanceHealthChanged _,
          ServicesNotice.HealthCheckFailed _,
          ServicesNotice.HealthCheckAdded _,
          ServicesNotice.HealthCheckRemoved _,
          ServicesNotice.AppTerminated _,
          ServicesNotice.SpecsChanged _,
          ServicesNotice.GroupChanged _,
          ServicesNotice.StepSucceeded _ ->
          LOG.log(DEBUG, () -> notice.toString());
    }
  }

  /**
   * Stops to act at once, because another does: nothing is sent to the master any more, and what
   * the core still wants done is not. May be called on any thread, and by whoever it closes.
   */
  void cut() {
    master.cut();
    boolean told = loop.offer(new ServicesCommand.Shutdown());
    LOG.log(DEBUG, () -> "cut off from the master; the core is " + (told ? "told" : "too busy"));
  }

  /** Ends in good order; the tasks go on, and the next one that leads finds them. */
  @Override
  public void close() {
    loop.post(new ServicesCommand.Shutdown());
    if (started) {
      // Until then the loop carries out effects, with parts that are closed before it.
      await(done, "come to its end");
    }
    running.close();
  }

  private void await(CountDownLatch latch, String what) {
    try {
      if (!latch.await(STEP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(
            WARNING,
            "the core has not {0} within {1} ms: going on without waiting for it",
            what,
            STEP_MAX.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
