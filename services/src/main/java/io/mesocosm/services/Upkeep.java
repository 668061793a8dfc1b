package io.mesocosm.services;

import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.Tally.OfConfiguration;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings what runs towards what is wanted. It compares the two afresh whenever something about an
 * app changed, and never relies on having heard of every single event: a lost one costs delay, not
 * truth. Deployments differ from everyday life only in the {@link Goal} that they set. What it
 * costs does not depend on how many instances there are, unless some are to be ended.
 */
final class Upkeep {
  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final Endings endings;
  private final ReadinessReports readiness;

  Upkeep(
      ServicesState state,
      Outbox outbox,
      Subscription subscription,
      Endings endings,
      ReadinessReports readiness) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.endings = endings;
    this.readiness = readiness;
  }

  /** What is wanted of an app at present. */
  private sealed interface Goal {
    /** So many instances, of whatever configuration; new ones of this. */
    record Keep(RunSpec app, int count) implements Goal {}

    /** At least so many until its turn comes; none is ended that may be wanted again then. */
    record Await(RunSpec app, int count) implements Goal {}

    /** All instances of this configuration, step by step (X4 to X6). */
    record Replace(RunSpec app) implements Goal {}

    /** No instance. */
    record End() implements Goal {}
  }

  /** Looks after all apps that were touched, until nothing more is to be done at once. */
  void run(Instant now) {
    List<AppId> touched = state.takeTouched();
    while (!touched.isEmpty()) {
      for (AppId app : touched) {
        readiness.look(app);
        switch (goal(app)) {
          case Goal.Keep keep -> keep(keep.app(), keep.count(), now);
          case Goal.Await await -> launchMissing(await.app(), await.count(), now);
          case Goal.Replace replace -> replace(replace.app(), now);
          case Goal.End _ -> end(app, now);
        }
      }
      Set<DeploymentId> advanced = new LinkedHashSet<>();
      for (AppId app : touched) {
        Optional<Deployment> deployment = state.deployments.affecting(app);
        deployment.filter(is -> isStepOver(is, app)).map(Deployment::id).ifPresent(advanced::add);
      }
      advanced.forEach(this::advance);
      touched = state.takeTouched();
    }
  }

  /** Whether nothing is left to do in the deployment's step, now that the app was looked after. */
  private boolean isStepOver(Deployment deployment, AppId app) {
    Optional<Action> action = state.deployments.openAction(app);
    if (action.isPresent() && isDone(action.get())) {
      return state.deployments.reached(app);
    }
    return deployment.currentActions().isEmpty();
  }

  private Goal goal(AppId app) {
    Optional<RunSpec> present = state.specs.get(app);
    Optional<Change> change = state.deployments.change(app);
    if (change.isEmpty()) {
      return present.<Goal>map(is -> new Goal.Keep(is, is.instances())).orElse(new Goal.End());
    }
    Optional<Action> action = state.deployments.reachedAction(app);
    if (action.isEmpty()) {
      // its turn has not come: what was, stays
      return change
          .get()
          .original()
          .flatMap(at -> state.specs.history().version(app, at))
          .<Goal>map(was -> new Goal.Await(was, was.instances()))
          .orElse(new Goal.End());
    }
    return switch (action.get().kind()) {
      case START, STOP -> new Goal.End();
      case SCALE -> new Goal.Keep(present.orElseThrow(), present.orElseThrow().instances());
      case RESTART -> new Goal.Replace(present.orElseThrow());
    };
  }

  private void keep(RunSpec app, int count, Instant now) {
    Tally tally = state.instances.tally(app.id());
    int surplus = tally.active() - count;
    if (surplus > 0) {
      List<Instance> active =
          state.instances.of(app.id()).stream().filter(Instance::isActive).toList();
      choose(app, active, surplus).forEach(instance -> endings.end(instance, now));
    }
    launchMissing(app, count, now);
  }

  private void launchMissing(RunSpec app, int count, Instant now) {
    Tally tally = state.instances.tally(app.id());
    // those that are stopped come back
    int missing = count - tally.active() - tally.stopped();
    launch(app, Math.max(0, missing) + tally.scheduled(), now);
  }

  /** Of a halted configuration, what has not come up goes before anything that does its work. */
  private List<Instance> choose(RunSpec app, List<Instance> active, int surplus) {
    if (state.attempts.halt(app).isEmpty()) {
      return KillOrder.choose(app, active, surplus);
    }
    List<Instance> broken = new ArrayList<>();
    List<Instance> others = new ArrayList<>();
    for (Instance instance : active) {
      boolean isBroken =
          instance.configVersion().equals(app.lastConfigChangeAt()) && !state.isReady(instance);
      (isBroken ? broken : others).add(instance);
    }
    List<Instance> chosen = new ArrayList<>(KillOrder.choose(app, broken, surplus));
    chosen.addAll(KillOrder.choose(app, others, surplus - chosen.size()));
    return chosen;
  }

  private void end(AppId app, Instant now) {
    state.queue.drop(app);
    if (state.specs.get(app).isEmpty() && state.instances.of(app).isEmpty()) {
      state.departures.forget(app);
    }
    Tally tally = state.instances.tally(app);
    if (tally.active() > 0 || tally.stopped() > 0) {
      List.copyOf(state.instances.of(app)).forEach(instance -> endings.end(instance, now));
    } else {
      // those that are given up for lost
      List<Instance> left =
          state.instances.of(app).stream().filter(Instance::isOutOfTouch).toList();
      left.forEach(instance -> endings.end(instance, now));
    }
  }

  private void launch(RunSpec app, int count, Instant now) {
    Optional<Instant> delay = state.backoff.delayUntil(app, now);
    Optional<LaunchHalt> halt = state.attempts.halt(app);
    boolean more = state.queue.want(app, count, delay, now);
    state.queue.halt(app.id(), halt.map(LaunchHalt::text));
    if (halt.isPresent()) {
      if (count > 0 && state.deployments.affecting(app.id()).isPresent()) {
        state.attempts.stuck(app.id());
      }
      return;
    }
    if (more) {
      subscription.join(state.roleOf(app));
      subscription.hunger();
    }
    if (count > 0 && delay.isPresent()) {
      outbox.setTimer(new ServicesTimer.DelayOver(app.id()), delay.get());
    }
  }

  /**
   * Keeps at least so many instances up and lets at most so many exist (X4). Old instances make
   * room for new ones that are ready, those that do no work first; where both limits meet, one more
   * than allowed may exist, or nothing would ever happen. Instances with reservations are renewed
   * where they are: there, one less than asked for may be up instead.
   */
  private void replace(RunSpec app, Instant now) {
    int wanted = app.instances();
    int healthyMin = (int) Math.ceil(wanted * app.upgradeStrategy().minimumHealthCapacity() - 1e-9);
    int capacityMax =
        (int) Math.floor(wanted * (1 + app.upgradeStrategy().maximumOverCapacity()) + 1e-9);
    if (healthyMin >= capacityMax && app.isResident()) {
      healthyMin = capacityMax - 1;
    } else if (healthyMin >= capacityMax) {
      capacityMax = healthyMin + 1;
    }
    Tally tally = state.instances.tally(app.id());
    OfConfiguration fresh = tally.of(app.lastConfigChangeAt());
    int surplus = fresh.active() - wanted;
    if (surplus > 0) {
      KillOrder.choose(app, active(app, true), surplus)
          .forEach(instance -> endings.end(instance, now));
    }
    if (state.attempts.halt(app).isEmpty()) {
      endOld(app, tally, healthyMin, now);
    }
    int comingBack = app.isResident() ? tally.resident() - fresh.resident() + tally.stopped() : 0;
    int missing = Math.min(wanted - fresh.active() - comingBack, capacityMax - tally.existing());
    launch(app, Math.max(0, missing) + tally.scheduled(), now);
  }

  private List<Instance> active(RunSpec app, boolean fresh) {
    return state.instances.of(app.id()).stream()
        .filter(Instance::isActive)
        .filter(is -> is.configVersion().equals(app.lastConfigChangeAt()) == fresh)
        .toList();
  }

  private void endOld(RunSpec app, Tally tally, int healthyMin, Instant now) {
    OfConfiguration fresh = tally.of(app.lastConfigChangeAt());
    int ready = fresh.ready();
    int old = tally.active() - fresh.active();
    int servingOld = tally.serving() - fresh.serving();
    int idleOld = old - servingOld;
    int mayEnd = Math.max(0, old - Math.max(0, healthyMin - ready));
    int idleEnding = Math.min(mayEnd, idleOld);
    int servingEnding = Math.min(mayEnd - idleEnding, Math.max(0, servingOld + ready - healthyMin));
    if (idleEnding + servingEnding <= 0) {
      return;
    }
    List<Instance> serving = new ArrayList<>();
    List<Instance> idle = new ArrayList<>();
    active(app, false)
        .forEach(instance -> (state.isServing(instance) ? serving : idle).add(instance));
    List<Instance> ending = new ArrayList<>(KillOrder.choose(app, idle, idleEnding));
    ending.addAll(KillOrder.choose(app, serving, servingEnding));
    ending.forEach(instance -> endings.renew(instance, app, now));
  }

  private void advance(DeploymentId id) {
    Optional<Deployment> running = state.deployments.get(id);
    if (running.isEmpty()) {
      return;
    }
    Deployment current = running.get();
    if (!current.isDone()) {
      outbox.announce(new ServicesNotice.StepSucceeded(current));
      current.currentActions().stream()
          .filter(action -> action.kind() == Deployment.Kind.STOP)
          .forEach(action -> forget(action.app()));
      current = current.advanced();
      state.deployments.advanced(current);
      current.affectedApps().forEach(state::touch);
      if (!current.isDone()) {
        outbox.store(new StoredRecord.DeploymentRecord(current));
        // the next step begins with a look at its apps, which is for the next round
        return;
      }
    }
    finish(current);
  }

  private void finish(Deployment deployment) {
    state.deployments.remove(deployment.id());
    deployment.affectedApps().forEach(state::touch);
    outbox.remove(StoredRecord.DeploymentRecord.pathOf(deployment.id()));
    outbox.announce(new ServicesNotice.DeploymentSucceeded(deployment));
  }

  /** Deployments without any step, e.g. of groups alone, are done when they begin. */
  void finishEmpty() {
    state.deployments.running().stream().filter(Deployment::isDone).forEach(this::finish);
  }

  private void forget(AppId app) {
    state.specs.forget(app);
    state.queue.drop(app);
    state.backoff.reset(app);
    state.attempts.reset(app);
    outbox.announce(new ServicesNotice.AppTerminated(app));
  }

  private boolean isDone(Action action) {
    Tally tally = state.instances.tally(action.app());
    return switch (action.kind()) {
      case START -> true;
      case STOP -> state.instances.of(action.app()).isEmpty();
      case SCALE, RESTART ->
          state
              .specs
              .get(action.app())
              .map(app -> isReached(action.kind(), app, tally))
              .orElse(true);
    };
  }

  private static boolean isReached(Deployment.Kind kind, RunSpec app, Tally tally) {
    boolean old =
        kind == Deployment.Kind.RESTART
            && tally.of(app.lastConfigChangeAt()).active() != tally.active();
    return tally.active() == app.instances()
        && tally.ending() == 0
        && !old
        && tally.ready() == tally.active();
  }
}
