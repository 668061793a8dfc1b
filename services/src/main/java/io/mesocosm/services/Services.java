package io.mesocosm.services;

import io.mesocosm.runtime.Core;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.matching.OfferMatcher;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
  private final ServicesState state;
  private final Outbox outbox = new Outbox();
  private final Subscription subscription;
  private final Endings endings;
  private final Upkeep upkeep;
  private final Launches launches;
  private final StatusUpdates updates;
  private final Changes changes;
  private final Loading loading;
  private final HealthReports healthReports;
  private final Snapshots snapshots;
  private boolean loaded;
  private boolean ending;

  /**
   * @param random for ids and ports; the same source and the same commands give the same effects
   */
  public Services(ServicesConfig config, RandomGenerator random) {
    state = new ServicesState(config, random);
    subscription = new Subscription(state, outbox);
    endings = new Endings(state, outbox, subscription);
    upkeep = new Upkeep(state, outbox, subscription, endings);
    launches =
        new Launches(
            state,
            outbox,
            subscription,
            endings,
            new OfferMatcher(
                config.role(),
                config.user(),
                config.environmentPrefix(),
                config.bridgeName(),
                random));
    updates = new StatusUpdates(state, outbox, subscription, endings);
    changes =
        new Changes(
            state,
            outbox,
            endings,
            new ServicePorts(config.servicePortMin(), config.servicePortMax(), random));
    loading = new Loading(state, outbox, subscription, updates);
    healthReports = new HealthReports(state, outbox, endings);
    snapshots = new Snapshots(state);
  }

  @Override
  public List<ServicesEffect> handle(ServicesCommand command, Instant now) {
    switch (command) {
      case ServicesCommand.CreateApp create -> {
        if (isReady(create.request())) {
          changes.create(create, now);
        }
      }
      case ServicesCommand.ChangeApps change -> {
        if (isReady(change.request())) {
          changes.change(change, now);
        }
      }
      case ServicesCommand.DeleteApp delete -> {
        if (isReady(delete.request())) {
          changes.delete(delete, now);
        }
      }
      case ServicesCommand.RestartApp restart -> {
        if (isReady(restart.request())) {
          changes.restart(restart, now);
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
        loading.load(everything.records(), now);
        loaded = true;
      }
      case ServicesCommand.Stored stored -> onStored(stored.write(), now);
      case ServicesCommand.StoreFailed failed -> onStoreFailed(failed);
      case ServicesCommand.HealthReported report -> healthReports.report(report, now);
      case ServicesCommand.TimerFired fired -> onTimer(fired.timer(), now);
      case ServicesCommand.Shutdown _ -> shutDown();
    }
    if (loaded && !ending) {
      upkeep.run(now);
      subscription.settle(!state.queue.due(now).isEmpty(), now);
      outbox.repair(state::records);
    }
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
      case FAILURE,
          MESSAGE,
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
    Optional<Deed> deed = outbox.settle(write);
    if (deed.isEmpty()) {
      return;
    }
    switch (deed.get()) {
      case Deed.Nothing _ -> {
        // kept, and nobody waited for it
      }
      case Deed.BeginDeployment begin -> changes.begin(begin, now);
      case Deed.CancelDeployment cancel -> changes.cancelled(cancel);
      case Deed.Launch launch -> launches.stored(launch, now);
      case Deed.AdoptFramework _ -> {
        subscription.identityStored();
        launches.useHeld(now);
      }
    }
  }

  private void onStoreFailed(ServicesCommand.StoreFailed failed) {
    Optional<Deed> deed = outbox.settleFailed(failed.write());
    if (deed.isEmpty()) {
      return;
    }
    switch (deed.get()) {
      case Deed.Nothing _ ->
          outbox.announce(
              new ServicesNotice.Warning(
                  "write " + failed.write() + " was not stored: " + failed.why()));
      case Deed.BeginDeployment begin -> changes.notStored(begin, failed.why());
      case Deed.CancelDeployment cancel -> changes.notStored(cancel, failed.why());
      case Deed.Launch launch -> launches.notStored(launch, failed.why());
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
      case ServicesTimer.LaunchOverdue launch -> launches.overdue(launch.instance(), now);
      case ServicesTimer.Unreachable lost -> updates.stillOutOfTouch(lost.instance(), now);
      case ServicesTimer.Reconcile _ -> {
        outbox.setTimer(timer, now.plus(state.config.reconciliationInterval()));
        // A call for offers may have been lost on a subscription that stands.
        subscription.hunger();
        outbox.repairSoon();
        subscription.reconcile(
            state.instances.all().stream().filter(Subscription::isWorthAsking).toList());
        state.apps.all().stream().map(AppDefinition::id).forEach(this::lookAgain);
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
            begin.request().ifPresent(request -> outbox.answer(request, new ApiAnswer.NotReady()));
        case Deed.CancelDeployment cancel ->
            outbox.answer(cancel.request(), new ApiAnswer.NotReady());
        case Deed.Nothing _, Deed.Launch _, Deed.AdoptFramework _ -> {
          // nobody waits for an answer
        }
      }
    }
  }

  /** The state after the last command; what did not change since the last snapshot is shared. */
  public ServicesSnapshot snapshot() {
    return snapshots.take(loaded, subscription.isConnected(), subscription.frameworkId());
  }
}
