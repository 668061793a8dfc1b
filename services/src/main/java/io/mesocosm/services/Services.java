package io.mesocosm.services;

import io.mesocosm.runtime.Core;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.matching.OfferMatcher;
import io.mesocosm.services.matching.ResidentMatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * The core of the services scheduler: keeps apps running as their definitions say, on offers of a
 * Mesos master. It takes one {@link ServicesCommand} at a time and returns {@link ServicesEffect}s;
 * after each command what runs and what is wanted are compared for every app that the command
 * touched ({@link Upkeep}).
 *
 * <p>What always holds: a definition is stored before its change is answered and acted upon; an
 * instance is stored before its launch is sent; only tasks of our own id shape are ever killed, and
 * none before the stored state is loaded.
 *
 * <p>One caller at a time; {@link #snapshot} is called by the same thread, its result is for any.
 */
public final class Services implements Core<ServicesCommand, ServicesEffect> {
  /** Between two attempts to have a store that failed hold what it should. */
  private static final Duration REPAIR_INTERVAL = Duration.ofSeconds(1);

  private final ServicesState state;
  private final Outbox outbox = new Outbox();
  private final Subscription subscription;
  private final Endings endings;
  private final Upkeep upkeep;
  private final ReservationCleaner cleaner;
  private final Residents residents;
  private final Launches launches;
  private final StatusUpdates updates;
  private final Changes changes;
  private final Beginnings beginnings;
  private final Loading loading;
  private final HealthReports healthReports;
  private final RouterReports routerReports;
  private final ReadinessReports readinessReports;
  private final LaunchLimits limits;
  private final Autoscaling autoscaling;
  private final Snapshots snapshots;
  // Requests that nobody waits for any more.
  private final Set<Long> abandoned = new HashSet<>();
  private boolean repairTimerSet;
  private boolean loaded;
  private boolean ending;

  /**
   * @param random for ids and ports; the same source and the same commands give the same effects
   */
  public Services(ServicesConfig config, RandomGenerator random) {
    state = new ServicesState(config, random);
    subscription = new Subscription(state, outbox);
    endings = new Endings(state, outbox, subscription);
    readinessReports = new ReadinessReports(state, outbox);
    upkeep = new Upkeep(state, outbox, subscription, endings, readinessReports);
    cleaner = new ReservationCleaner(state, outbox);
    residents =
        new Residents(
            state,
            outbox,
            subscription,
            endings,
            new ResidentMatcher(
                config.resourceRules(),
                config.user(),
                config.environmentPrefix(),
                config.bridgeName(),
                config.principal(),
                random));
    launches =
        new Launches(
            state,
            outbox,
            subscription,
            endings,
            new OfferMatcher(
                config.resourceRules(),
                config.user(),
                config.environmentPrefix(),
                config.bridgeName(),
                random),
            residents,
            cleaner);
    updates = new StatusUpdates(state, outbox, subscription, endings, readinessReports);
    Proposals proposals =
        new Proposals(
            state, new ServicePorts(config.servicePortMin(), config.servicePortMax(), random));
    changes = new Changes(state, outbox, endings, proposals);
    beginnings = new Beginnings(state, outbox, endings, proposals);
    loading = new Loading(state, outbox, subscription, updates, endings);
    healthReports = new HealthReports(state, outbox, endings);
    routerReports = new RouterReports(state, outbox, endings);
    limits = new LaunchLimits(state, outbox, changes);
    autoscaling = new Autoscaling(state, outbox, changes);
    snapshots = new Snapshots(state);
  }

  @Override
  public List<ServicesEffect> handle(ServicesCommand command, Instant now) {
    switch (command) {
      case ServicesCommand.Change change -> {
        if (isReady(change.request())) {
          changes.change(change, now);
        }
      }
      case ServicesCommand.Abandon(long request) -> {
        if (outbox.isAwaited(request)) {
          abandoned.add(request);
        }
      }
      case ServicesCommand.KillInstances kill -> {
        if (isReady(kill.request())) {
          changes.kill(kill, now);
        }
      }
      case ServicesCommand.CancelDeployment cancel -> {
        if (isReady(cancel.request())) {
          changes.cancel(cancel, now);
        }
      }
      case ServicesCommand.ResetDelay reset -> {
        if (isReady(reset.request())) {
          changes.resetDelay(reset);
          subscription.hunger();
        }
      }
      case ServicesCommand.SchedulerEvent event -> onEvent(event.event(), now);
      case ServicesCommand.SchedulerDisconnected lost -> {
        subscription.disconnected(lost.reason());
        launches.disconnected();
      }
      case ServicesCommand.Loaded everything -> {
        state.loaded(now);
        loading.load(everything.records(), now);
        upkeep.finishEmpty();
        autoscaling.watch(state.specs.all().stream().map(RunSpec::id).toList(), now);
        loaded = true;
      }
      case ServicesCommand.Stored stored -> onStored(stored.write(), now);
      case ServicesCommand.StoreFailed failed -> onStoreFailed(failed, now);
      case ServicesCommand.HealthReported report -> healthReports.report(report, now);
      case ServicesCommand.ReadinessReported report -> readinessReports.report(report);
      case ServicesCommand.RouterAttached router -> routerReports.attached(router, now);
      case ServicesCommand.RouterDetached router -> routerReports.detached(router, now);
      case ServicesCommand.ConfirmRouting confirmed -> {
        if (isReady(confirmed.request())) {
          routerReports.confirmed(confirmed, now);
        }
      }
      case ServicesCommand.Measured measured -> autoscaling.measured(measured, now);
      case ServicesCommand.TimerFired fired -> onTimer(fired.timer(), now);
      case ServicesCommand.Shutdown _ -> shutDown();
    }
    if (loaded && !ending) {
      limits.run(now);
      upkeep.run(now);
      if (limits.stopStuck(now)) {
        upkeep.run(now);
      }
      limits.store();
      subscription.settle(state.queue.isAnyDue(now) || !state.leftovers.isEmpty(), now);
      outbox.repair(state::records);
      if (outbox.isAnswerWaiting() && !repairTimerSet) {
        repairTimerSet = true;
        outbox.setTimer(new ServicesTimer.Repair(), now.plus(REPAIR_INTERVAL));
      }
    }
    subscription.flush();
    return outbox.drain();
  }

  private boolean isReady(long request) {
    if (loaded && !ending) {
      return true;
    }
    outbox.answer(request, new ApiAnswer.NotReady());
    return false;
  }

  private void onEvent(Event event, Instant now) {
    switch (event.getType()) {
      case SUBSCRIBED -> onSubscribed(event.getSubscribed().getFrameworkId().getValue(), now);
      case OFFERS -> launches.offered(event.getOffers().getOffersList(), now);
      case RESCIND -> launches.rescinded(event.getRescind().getOfferId().getValue());
      case UPDATE -> updates.update(event.getUpdate().getStatus(), now);
      case ERROR ->
          outbox.announce(
              new ServicesNotice.Warning(
                  "the master refuses us: " + event.getError().getMessage()));
      case FAILURE -> launches.failed(event.getFailure());
      case MESSAGE,
          INVERSE_OFFERS,
          RESCIND_INVERSE_OFFER,
          UPDATE_OPERATION_STATUS,
          HEARTBEAT,
          UNKNOWN -> {
        // nothing follows from them: lost tasks come as updates, and we make no operations
      }
    }
  }

  private void onSubscribed(String frameworkId, Instant now) {
    subscription.subscribed(frameworkId);
    List<Instance> known =
        state.instances.all().stream()
            .filter(instance -> instance.condition() != Condition.UNREACHABLE_INACTIVE)
            .toList();
    subscription.reconcile(known);
    known.stream()
        .filter(instance -> !instance.wanted())
        .forEach(instance -> endings.askAgain(instance.id(), now));
  }

  private void onStored(long write, Instant now) {
    List<String> paths = outbox.pathsOf(write);
    Optional<Deed> deed = outbox.settle(write);
    if (deed.isEmpty()) {
      return;
    }
    switch (deed.get()) {
      case Deed.Nothing _ -> {
        // kept, and nobody waited for it
      }
      case Deed.BeginDeployment begin -> begin(begin, paths, now);
      case Deed.CancelDeployment cancel -> beginnings.cancelled(cancel);
      case Deed.TellFailures failures -> failures.answers().forEach(outbox::add);
      case Deed.Launch launch -> launches.stored(launch, now);
      case Deed.FreeReservation _ -> subscription.hunger();
      case Deed.AdoptFramework _ -> {
        subscription.identityStored();
        launches.useHeld(now);
      }
    }
  }

  private void begin(Deed.BeginDeployment deed, List<String> paths, Instant now) {
    Optional<Long> request = deed.request().map(Deed.Asked::request);
    if (request.filter(abandoned::remove).isPresent()) {
      // Nobody believes in it any more: it is taken out of the store again.
      outbox.doubt(paths);
      changes.notStored(deed, "it took too long, and was given up");
      return;
    }
    beginnings.begin(deed, now);
    autoscaling.watch(deed.deployment().affectedApps(), now);
    if (deed.deployment().changes().isEmpty()) {
      upkeep.finishEmpty();
    }
  }

  private void onStoreFailed(ServicesCommand.StoreFailed failed, Instant now) {
    Optional<Deed> deed = outbox.settleFailed(failed.write());
    if (deed.isEmpty()) {
      return;
    }
    switch (deed.get()) {
      case Deed.Nothing _, Deed.FreeReservation _ ->
          outbox.announce(
              new ServicesNotice.Warning(
                  "write " + failed.write() + " was not stored: " + failed.why()));
      case Deed.BeginDeployment begin -> changes.notStored(begin, failed.why());
      case Deed.CancelDeployment cancel -> changes.notStored(cancel, failed.why());
      case Deed.TellFailures failures ->
          failures
              .answers()
              .forEach(answer -> outbox.answerWhenRepaired(answer.request(), answer.answer()));
      case Deed.Launch launch -> launches.notStored(launch, failed.why(), now);
      case Deed.AdoptFramework adopt ->
          outbox.store(
              List.of(new StoredRecord.FrameworkRecord(adopt.frameworkId())), List.of(), adopt);
    }
  }

  private void onTimer(ServicesTimer timer, Instant now) {
    switch (timer) {
      case ServicesTimer.DelayOver delay -> {
        subscription.hunger();
        state.touch(delay.app());
      }
      case ServicesTimer.Revive _ -> subscription.reviveTimerFired();
      case ServicesTimer.KillRetry kill -> endings.askAgain(kill.instance(), now);
      case ServicesTimer.DrainOver drain -> endings.drained(drain.instance(), false, now);
      case ServicesTimer.RouterGone gone -> routerReports.gone(gone.router(), now);
      case ServicesTimer.LaunchOverdue launch -> launches.overdue(launch.instance(), now);
      case ServicesTimer.ReservationOverdue waiting -> residents.overdue(waiting.instance(), now);
      case ServicesTimer.LeftoverOver leftover -> cleaner.over(leftover.reservation());
      case ServicesTimer.Unreachable lost -> updates.stillOutOfTouch(lost.instance(), now);
      case ServicesTimer.Autoscale measure -> autoscaling.due(measure.app(), now);
      case ServicesTimer.Proven(InstanceId instance) -> state.proven(instance);
      case ServicesTimer.Repair _ -> {
        repairTimerSet = false;
        outbox.repairSoon();
      }
      case ServicesTimer.Reconcile _ -> {
        outbox.setTimer(timer, now.plus(state.config.reconciliationInterval()));
        // A call for offers may have been lost on a subscription that stands.
        subscription.hunger();
        outbox.repairSoon();
        subscription.reconcile(
            state.instances.all().stream().filter(Subscription::isWorthAsking).toList());
        state.specs.all().stream().map(RunSpec::id).forEach(this::lookAgain);
      }
    }
  }

  private void lookAgain(AppId app) {
    state.touch(app);
  }

  private void shutDown() {
    ending = true;
    for (Deed deed : outbox.abandon()) {
      switch (deed) {
        case Deed.BeginDeployment begin ->
            begin
                .request()
                .ifPresent(asked -> {
                  outbox.answer(asked.request(), new ApiAnswer.Unknown());
                  asked
                      .answer()
                      .map(state.answers::settle)
                      .orElse(List.of())
                      .forEach(also -> outbox.answer(also, new ApiAnswer.Unknown()));
                });
        case Deed.CancelDeployment cancel ->
            outbox.answer(cancel.request(), new ApiAnswer.Unknown());
        case Deed.TellFailures failures ->
            failures
                .answers()
                .forEach(answer -> outbox.answer(answer.request(), new ApiAnswer.Unknown()));
        case Deed.Nothing _, Deed.Launch _, Deed.FreeReservation _, Deed.AdoptFramework _ -> {
          // nobody waits for an answer
        }
      }
    }
  }

  /** For tests, that count again what is kept up. */
  ServicesState state() {
    return state;
  }

  /** The state after the last command; what did not change since the last snapshot is shared. */
  public ServicesSnapshot snapshot() {
    return snapshots.take(loaded, subscription.isConnected(), subscription.frameworkId());
  }
}
