package io.mesocosm.services;

import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.matching.Maintenance;
import io.mesocosm.services.matching.MatchResult;
import io.mesocosm.services.matching.OfferMatcher;
import io.mesocosm.services.matching.OfferedAgent;
import io.mesocosm.services.matching.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * Uses offers: finds instances that fit, has them stored, and only then accepts the offer. What
 * fits nothing is declined for long (contracts/marathon-api.md S2 to S4).
 */
final class Launches {
  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final Endings endings;
  private final OfferMatcher matcher;
  private final Residents residents;
  private final ReservationCleaner cleaner;
  // Offers that came before our identity was stored.
  private final List<Offer> held = new ArrayList<>();
  // Offers that a store is under way for.
  private final SortedSet<String> beingUsed = new TreeSet<>();

  Launches(
      ServicesState state,
      Outbox outbox,
      Subscription subscription,
      Endings endings,
      OfferMatcher matcher,
      Residents residents,
      ReservationCleaner cleaner) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.endings = endings;
    this.matcher = matcher;
    this.residents = residents;
    this.cleaner = cleaner;
  }

  void offered(List<Offer> offers, Instant now) {
    for (Offer offer : offers) {
      if (subscription.isReadyForOffers()) {
        maintenance(offer, now)
            .ifPresentOrElse(why -> leaveAlone(offer, why, now), () -> consider(offer, now));
      } else {
        held.add(offer);
      }
    }
  }

  private void consider(Offer offer, Instant now) {
    if (state.queue.isAnyDue(now) || hasReservations(offer)) {
      use(OfferedAgent.of(offer), now);
    } else {
      subscription.decline(offer.getId().getValue());
    }
  }

  private Optional<Refusal> maintenance(Offer offer, Instant now) {
    return state.config.maintenanceMode()
        ? Maintenance.refusal(offer, now, state.config.drainingLead())
        : Optional.empty();
  }

  /** Nothing new comes to an agent that is to be worked on. */
  private void leaveAlone(Offer offer, Refusal why, Instant now) {
    OfferedAgent agent = OfferedAgent.of(offer);
    for (RunSpec app : state.queue.due(now)) {
      state.queue.unused(app.id(), agent, List.of(why), now);
      state.showAgain(app.id());
    }
    subscription.decline(offer.getId().getValue());
  }

  /** Some of them may be ours, and left over. */
  private static boolean hasReservations(Offer offer) {
    for (Resource resource : offer.getResourcesList()) {
      if (resource.getReservationsCount() > 0 || resource.hasReservation()) {
        return true;
      }
    }
    return false;
  }

  /** Our identity is stored: the offers that waited for that are used. */
  void useHeld(Instant now) {
    List<Offer> offers = List.copyOf(held);
    held.clear();
    offered(offers, now);
  }

  void rescinded(String offerId) {
    held.removeIf(offer -> offer.getId().getValue().equals(offerId));
    beingUsed.remove(offerId);
  }

  /** What an agent has offered that is no more says nothing; of executors, status updates tell. */
  void failed(Event.Failure failure) {
    if (!failure.hasExecutorId()) {
      state.queue.forgetAgent(failure.getAgentId().getValue()).forEach(state::showAgain);
    }
  }

  /** All offers are void. */
  void disconnected() {
    held.clear();
    beingUsed.clear();
  }

  private void use(OfferedAgent offer, Instant now) {
    List<Operation> freeing = cleaner.look(offer, now);
    if (!freeing.isEmpty()) {
      // what is left comes again at once
      subscription.accept(offer.offerId(), freeing, state.queue.isAnyDue(now));
      return;
    }
    List<Deed.Planned> planned = new ArrayList<>();
    List<StoredRecord> records = new ArrayList<>();
    OfferedAgent left = offer;
    for (RunSpec app : state.queue.due(now)) {
      boolean fits = true;
      while (fits
          && planned.size() < state.config.instancesPerOfferMax()
          && state.queue.isDue(app.id(), now)) {
        Optional<Instance> earlier =
            app.isResident() ? residents.waiting(left, app) : Optional.empty();
        InstanceId id =
            earlier.map(Instance::id).orElseGet(() -> new InstanceId(app.id(), state.nextUuid()));
        switch (match(left, app, id, earlier)) {
          case MatchResult.Match match -> {
            int attempt = earlier.map(Instance::attempt).orElse(0) + 1;
            Instance instance = instance(app, id, attempt, match, now);
            state.instances.put(instance);
            state.queue.used(app.id(), now);
            state.showAgain(app.id());
            records.add(new StoredRecord.InstanceRecord(instance));
            planned.add(new Deed.Planned(id, app.id(), match.operations()));
            left = match.left();
          }
          case MatchResult.Refusals refusals -> {
            state.queue.unused(app.id(), left, refusals.refusals(), now);
            state.showAgain(app.id());
            fits = false;
          }
        }
      }
    }
    if (planned.isEmpty()) {
      subscription.decline(offer.offerId());
      return;
    }
    beingUsed.add(offer.offerId());
    boolean moreWanted = state.queue.isAnyDue(now);
    outbox.store(records, List.of(), new Deed.Launch(offer, planned, moreWanted));
  }

  private MatchResult match(
      OfferedAgent offer, RunSpec app, InstanceId id, Optional<Instance> earlier) {
    return app.isResident()
        ? residents.match(offer, app, id, earlier)
        : matcher.match(
            offer,
            app,
            id,
            state.instances.placed(app.id()),
            state.specs.isRoleEnforcedFor(app.id()));
  }

  private static Instance instance(
      RunSpec app, InstanceId id, int attempt, MatchResult.Match match, Instant now) {
    List<InstanceTask> tasks = new ArrayList<>();
    match
        .taskIdsByContainer()
        .forEach((container, taskId) ->
            tasks.add(InstanceTask.fresh(container, taskId, Condition.PROVISIONED, now)));
    return new Instance(
        id,
        attempt,
        app.version(),
        app.lastConfigChangeAt(),
        Condition.PROVISIONED,
        Goal.RUNNING,
        match.placement(),
        tasks,
        now,
        Optional.empty(),
        now,
        match.reservation());
  }

  /** The instances are stored: they are launched, unless the offer or the wish is gone. */
  void stored(Deed.Launch launch, Instant now) {
    boolean offerStands = beingUsed.remove(launch.offer().offerId());
    List<Operation> operations = new ArrayList<>();
    for (Deed.Planned planned : launch.planned()) {
      Optional<Instance> instance = state.instances.get(planned.instance());
      if (instance.isEmpty()) {
        continue;
      }
      if (offerStands && instance.get().wanted()) {
        operations.addAll(planned.operations());
        outbox.setTimer(
            new ServicesTimer.LaunchOverdue(planned.instance()),
            now.plus(state.config.launchTimeout()));
        outbox.announce(new ServicesNotice.InstanceChanged(instance.get()));
      } else {
        endings.notLaunched(instance.get(), now);
      }
    }
    if (!operations.isEmpty()) {
      subscription.accept(launch.offer().offerId(), operations, launch.moreWanted());
    } else if (offerStands) {
      subscription.decline(launch.offer().offerId());
    }
  }

  /** Nothing is launched that would not be remembered. */
  void notStored(Deed.Launch launch, String why, Instant now) {
    for (Deed.Planned planned : launch.planned()) {
      state.instances.get(planned.instance()).ifPresent(is -> endings.notLaunched(is, now));
    }
    if (beingUsed.remove(launch.offer().offerId())) {
      subscription.decline(launch.offer().offerId());
    }
    outbox.announce(
        new ServicesNotice.Warning(
            "cannot store "
                + launch.planned().size()
                + " instances for offer "
                + launch.offer().offerId()
                + " of "
                + launch.offer().hostname()
                + ": "
                + why
                + "; they are launched with a later offer"));
  }

  /** The instance had its time to come up (S6). */
  void overdue(InstanceId id, Instant now) {
    state
        .instances
        .get(id)
        .filter(Launches::isComingUp)
        .ifPresent(instance -> {
          outbox.announce(
              new ServicesNotice.Warning(
                  "instance "
                      + id
                      + " is ended: it is "
                      + instance.condition().text()
                      + " and should run within "
                      + state.config.launchTimeout()));
          state.launchFailed(
              instance,
              "not running within " + state.config.launchTimeout().toSeconds() + " s",
              now);
          endings.stop(instance, now);
        });
  }

  private static boolean isComingUp(Instance instance) {
    return switch (instance.condition()) {
      case PROVISIONED, STAGING, STARTING -> true;
      case SCHEDULED,
          RUNNING,
          KILLING,
          UNREACHABLE,
          UNREACHABLE_INACTIVE,
          FINISHED,
          FAILED,
          KILLED,
          ERROR,
          DROPPED,
          GONE,
          UNKNOWN ->
          false;
    };
  }
}
