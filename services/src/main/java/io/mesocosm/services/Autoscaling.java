package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Autoscale;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Has apps measured that ask for it, and makes deployments of what {@link Autoscaler} says. While a
 * deployment of an app is under way, or its launches are halted, nothing is decided.
 */
final class Autoscaling {
  /** So many readings in a row that bring nothing are told, once; the first never brings any. */
  private static final int SILENCES_MAX = 2;

  /** What was last told of an app. */
  private record Told(int to, boolean heldAtMax) {}

  private static final class Watched {
    Autoscaler.Past past = Autoscaler.Past.NONE;
    Optional<Told> told = Optional.empty();
    int silences;
  }

  private final ServicesState state;
  private final Outbox outbox;
  private final Changes changes;
  private final SortedMap<AppId, Watched> watchedByApp = new TreeMap<>();

  Autoscaling(ServicesState state, Outbox outbox, Changes changes) {
    this.state = state;
    this.outbox = outbox;
    this.changes = changes;
  }

  /** Definitions have changed: begins and ends the watch over the apps. */
  void watch(Collection<AppId> apps, Instant now) {
    for (AppId app : apps) {
      ServicesTimer timer = new ServicesTimer.Autoscale(app);
      if (scaled(app).isEmpty()) {
        if (watchedByApp.remove(app) != null) {
          outbox.cancelTimer(timer);
        }
      } else if (watchedByApp.putIfAbsent(app, new Watched()) == null) {
        outbox.setTimer(timer, now.plus(state.config.autoscaleInterval()));
      }
    }
  }

  /** The present definition, if it asks for it. */
  private Optional<AppDefinition> scaled(AppId app) {
    return state
        .specs
        .get(app)
        .filter(AppDefinition.class::isInstance)
        .map(AppDefinition.class::cast)
        .filter(is -> is.autoscale().isPresent());
  }

  private boolean isSettled(AppDefinition app) {
    return state.deployments.affecting(app.id()).isEmpty()
        && state.deployments.storing(app.id()).isEmpty()
        && state.attempts.halt(app).isEmpty();
  }

  /** Time to measure. */
  void due(AppId app, Instant now) {
    if (!watchedByApp.containsKey(app)) {
      return;
    }
    outbox.setTimer(new ServicesTimer.Autoscale(app), now.plus(state.config.autoscaleInterval()));
    scaled(app).filter(this::isSettled).ifPresent(this::measure);
  }

  private void measure(AppDefinition app) {
    Autoscale.Target target = app.autoscale().orElseThrow().target();
    switch (target) {
      case Autoscale.Target.Metric _ ->
          outbox.add(new ServicesEffect.Measure(app.id(), target, app.cpus(), List.of()));
      case Autoscale.Target.CpuPercent _ -> {
        List<ServicesEffect.Measure.Site> sites =
            state.instances.of(app.id()).stream()
                .filter(instance -> instance.wanted() && instance.isRunning())
                .map(Autoscaling::site)
                .toList();
        if (!sites.isEmpty()) {
          outbox.add(new ServicesEffect.Measure(app.id(), target, app.cpus(), sites));
        }
      }
    }
  }

  private static ServicesEffect.Measure.Site site(Instance instance) {
    return new ServicesEffect.Measure.Site(
        instance.taskId(), instance.placement().agentId(), instance.placement().hostname());
  }

  /** The measurement is done, or has failed. */
  void measured(ServicesCommand.Measured report, Instant now) {
    Watched watched = watchedByApp.get(report.app());
    Optional<AppDefinition> found = scaled(report.app()).filter(this::isSettled);
    if (watched == null || found.isEmpty()) {
      return;
    }
    AppDefinition app = found.get();
    double value = report.value().orElse(-1);
    if (!Double.isFinite(value) || value < 0) {
      // Nobody knows what was needed meanwhile: the wait for fewer instances begins anew.
      watched.past = Autoscaler.Past.NONE;
      watched.silences++;
      if (watched.silences == SILENCES_MAX) {
        outbox.announce(
            new ServicesNotice.Warning(
                "cannot measure "
                    + app.id()
                    + ", which keeps its "
                    + app.instances()
                    + " instances: "
                    + report.why()));
      }
      return;
    }
    watched.silences = 0;
    Autoscaler.Outcome outcome =
        Autoscaler.decide(
            app.autoscale().orElseThrow(),
            new Autoscaler.Reading(
                app.instances(),
                app.versionInfo().lastScalingAt(),
                state.instances.tally(app.id()).ready(),
                value),
            watched.past,
            now);
    watched.past = outcome.past();
    carryOut(app, outcome.decision(), value, watched, now);
  }

  private void carryOut(
      AppDefinition app, Autoscaler.Decision decision, double value, Watched watched, Instant now) {
    Autoscale rule = app.autoscale().orElseThrow();
    boolean heldAtMax = decision.desired() > rule.max();
    if (decision.isChange()) {
      Wish wish = new Wish.Put(app.withInstances(decision.to()), Optional.of(app.version()));
      if (changes.ofOurOwn(List.of(wish), false, now).isEmpty()) {
        // refused for now; the next measurement decides again
        return;
      }
    } else if (!heldAtMax || decision.to() != rule.max()) {
      watched.told = Optional.empty();
      return;
    }
    Told telling = new Told(decision.to(), heldAtMax);
    if (watched.told.equals(Optional.of(telling))) {
      return;
    }
    watched.told = Optional.of(telling);
    outbox.announce(
        new ServicesNotice.Own.AutoscaleDecided(
            app.id(),
            decision.from(),
            decision.to(),
            decision.desired(),
            rule.min(),
            rule.max(),
            value,
            target(rule.target()),
            decision.reason()));
  }

  private static double target(Autoscale.Target target) {
    return switch (target) {
      case Autoscale.Target.CpuPercent cpu -> cpu.percent();
      case Autoscale.Target.Metric metric -> metric.perInstance();
    };
  }
}
