package io.mesocosm.services;

import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings what runs towards what is wanted. It compares the two afresh whenever something about an
 * app changed, and never relies on having heard of every single event: a lost one costs delay, not
 * truth. Deployments differ from everyday life only in the {@link Goal} that they set.
 */
final class Upkeep {
  private final ServicesState state;
  private final Outbox outbox;
  private final Subscription subscription;
  private final Endings endings;

  Upkeep(ServicesState state, Outbox outbox, Subscription subscription, Endings endings) {
    this.state = state;
    this.outbox = outbox;
    this.subscription = subscription;
    this.endings = endings;
  }

  /** What is wanted of an app at present. */
  private sealed interface Goal {
    /** So many instances, of whatever configuration; new ones of this. */
    record Keep(AppDefinition app, int count) implements Goal {}

    /** All instances of this configuration, step by step (X4 to X6). */
    record Replace(AppDefinition app) implements Goal {}

    /** No instance. */
    record End() implements Goal {}
  }

  /** Looks after all apps that were touched, until nothing more is to be done at once. */
  void run(Instant now) {
    List<AppId> touched = state.takeTouched();
    while (!touched.isEmpty()) {
      for (AppId app : touched) {
        switch (goal(app)) {
          case Goal.Keep keep -> keep(keep.app(), keep.count(), now);
          case Goal.Replace replace -> replace(replace.app(), now);
          case Goal.End _ -> end(app, now);
        }
      }
      state.deployments.running().forEach(this::advance);
      touched = state.takeTouched();
    }
  }

  private Goal goal(AppId app) {
    Optional<AppDefinition> present = state.apps.get(app);
    Optional<Deployment> deployment = state.deployments.affecting(app);
    if (deployment.isEmpty()) {
      return present.<Goal>map(is -> new Goal.Keep(is, is.instances())).orElse(new Goal.End());
    }
    Change change = deployment.get().change(app).orElseThrow();
    Optional<Action> action = deployment.get().reachedAction(app);
    Optional<AppDefinition> target = change.target();
    if (action.isEmpty()) {
      // its turn has not come: what was, stays
      return change
          .original()
          .<Goal>map(was -> new Goal.Keep(was, was.instances()))
          .orElse(new Goal.End());
    }
    return switch (action.get().kind()) {
      case START, STOP -> new Goal.End();
      case SCALE -> new Goal.Keep(target.orElseThrow(), target.orElseThrow().instances());
      case RESTART -> new Goal.Replace(target.orElseThrow());
    };
  }

  private void keep(AppDefinition app, int count, Instant now) {
    List<Instance> active =
        state.instances.of(app.id()).stream().filter(Instance::isActive).toList();
    int surplus = active.size() - count;
    if (surplus > 0) {
      KillOrder.choose(app, active, surplus).forEach(instance -> endings.end(instance, now));
    }
    launch(app, count - active.size(), now);
  }

  private void end(AppId app, Instant now) {
    state.queue.drop(app);
    state.instances.of(app).forEach(instance -> endings.end(instance, now));
  }

  private void launch(AppDefinition app, int count, Instant now) {
    Optional<Instant> delay = state.backoff.delayUntil(app, now);
    if (state.queue.want(app, count, delay, now)) {
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
   * than allowed may exist, or nothing would ever happen.
   */
  private void replace(AppDefinition app, Instant now) {
    int wanted = app.instances();
    int healthyMin = (int) Math.ceil(wanted * app.upgradeStrategy().minimumHealthCapacity() - 1e-9);
    int capacityMax =
        (int) Math.floor(wanted * (1 + app.upgradeStrategy().maximumOverCapacity()) + 1e-9);
    capacityMax = healthyMin >= capacityMax ? healthyMin + 1 : capacityMax;
    List<Instance> fresh = new ArrayList<>();
    List<Instance> old = new ArrayList<>();
    int total = 0;
    for (Instance instance : state.instances.of(app.id())) {
      // one that is given up for lost takes no room that we could use
      total += instance.condition() == Condition.UNREACHABLE_INACTIVE ? 0 : 1;
      if (instance.isActive()) {
        boolean isFresh = instance.configVersion().equals(app.lastConfigChangeAt());
        (isFresh ? fresh : old).add(instance);
      }
    }
    if (fresh.size() > wanted) {
      KillOrder.choose(app, fresh, fresh.size() - wanted)
          .forEach(instance -> endings.end(instance, now));
    }
    endOld(app, fresh, old, healthyMin, now);
    launch(app, Math.min(wanted - fresh.size(), capacityMax - total), now);
  }

  private void endOld(
      AppDefinition app, List<Instance> fresh, List<Instance> old, int healthyMin, Instant now) {
    int ready = (int) fresh.stream().filter(state::isReady).count();
    List<Instance> serving = old.stream().filter(state::isServing).toList();
    List<Instance> idle = old.stream().filter(instance -> !state.isServing(instance)).toList();
    int mayEnd = Math.max(0, old.size() - Math.max(0, healthyMin - ready));
    int idleEnding = Math.min(mayEnd, idle.size());
    int servingEnding =
        Math.min(mayEnd - idleEnding, Math.max(0, serving.size() + ready - healthyMin));
    List<Instance> ending = new ArrayList<>(KillOrder.choose(app, idle, idleEnding));
    ending.addAll(KillOrder.choose(app, serving, servingEnding));
    ending.forEach(instance -> endings.end(instance, now));
  }

  private void advance(Deployment deployment) {
    Deployment current = deployment;
    if (!current.isDone() && current.currentActions().stream().allMatch(this::isDone)) {
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
    if (current.isDone()) {
      state.deployments.remove(current.id());
      current.affectedApps().forEach(state::touch);
      outbox.remove(StoredRecord.DeploymentRecord.pathOf(current.id()));
      outbox.announce(new ServicesNotice.DeploymentSucceeded(current));
    }
  }

  private void forget(AppId app) {
    state.apps.forget(app);
    state.queue.drop(app);
    state.backoff.reset(app);
    outbox.announce(new ServicesNotice.AppTerminated(app));
  }

  private boolean isDone(Action action) {
    List<Instance> all = state.instances.of(action.app());
    return switch (action.kind()) {
      case START -> true;
      case STOP -> all.isEmpty();
      case SCALE, RESTART ->
          state.apps.get(action.app()).map(app -> isReached(action.kind(), app, all)).orElse(true);
    };
  }

  private boolean isReached(Deployment.Kind kind, AppDefinition app, List<Instance> all) {
    List<Instance> active = all.stream().filter(Instance::isActive).toList();
    boolean ending = all.stream().anyMatch(instance -> !instance.wanted());
    boolean old =
        kind == Deployment.Kind.RESTART
            && active.stream()
                .anyMatch(instance -> !instance.configVersion().equals(app.lastConfigChangeAt()));
    return active.size() == app.instances()
        && !ending
        && !old
        && active.stream().allMatch(state::isReady);
  }
}
