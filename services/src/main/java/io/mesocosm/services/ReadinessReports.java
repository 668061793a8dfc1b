package io.mesocosm.services;

import io.mesocosm.services.Readiness.Watch;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import java.util.Optional;

/**
 * Begins and ends the polls of new instances as deployments do, and takes in what they found.
 * Whether a deployment runs is looked up whenever its app is looked after: no beginning and no end
 * of one can be missed.
 */
final class ReadinessReports {
  private final ServicesState state;
  private final Outbox outbox;

  ReadinessReports(ServicesState state, Outbox outbox) {
    this.state = state;
    this.outbox = outbox;
  }

  /** Costs next to nothing unless a deployment of the app has begun or ended since. */
  void look(AppId app) {
    Optional<Watch> before = state.readiness.watch(app);
    Optional<Watch> after = watch(app);
    if (after.equals(before)) {
      return;
    }
    state.readiness.watch(app, after);
    for (Instance instance : state.instances.of(app)) {
      state.readiness.dropResults(instance.id());
      if (state.readiness.end(instance.id())) {
        outbox.add(new ServicesEffect.StopReadinessChecks(instance.id()));
      }
      begin(instance);
      // What it counts for is another thing within a deployment.
      state.instances.judge(instance.id());
    }
    state.showAgain(app);
  }

  private Optional<Watch> watch(AppId app) {
    Optional<RunSpec> spec = state.specs.get(app);
    if (spec.isEmpty()) {
      return Optional.empty();
    }
    boolean polled =
        spec.get() instanceof AppDefinition definition && !definition.readinessChecks().isEmpty();
    if (!polled && !spec.get().upgradeStrategy().waitForRouting()) {
      return Optional.empty();
    }
    return state
        .deployments
        .affecting(app)
        .map(running -> new Watch(running.id(), spec.get().lastConfigChangeAt(), polled));
  }

  /** Asks for the polls of a running instance, if a deployment waits for them. */
  void begin(Instance instance) {
    Optional<AppDefinition> app = app(instance);
    if (app.isPresent() && state.readiness.begin(instance)) {
      outbox.add(new ServicesEffect.StartReadinessChecks(instance, app.get()));
    }
  }

  private Optional<AppDefinition> app(Instance instance) {
    return state
        .specs
        .definition(instance)
        .filter(AppDefinition.class::isInstance)
        .map(AppDefinition.class::cast);
  }

  void report(ServicesCommand.ReadinessReported report) {
    Optional<Instance> found =
        state
            .instances
            .get(report.instance())
            .filter(Instance::isRunning)
            .filter(instance -> state.readiness.isPolled(instance.id()));
    Optional<AppDefinition> app = found.flatMap(this::app);
    if (found.isEmpty() || app.isEmpty()) {
      // it ended, or the deployment did, while the poll was under way
      return;
    }
    Instance instance = found.get();
    Optional<ReadinessCheck> check =
        app.get().readinessChecks().stream()
            .filter(is -> is.name().equals(report.name()))
            .findFirst();
    if (check.isPresent()) {
      if (state.readiness.report(
          instance, app.get(), check.get(), report.ready(), report.response())) {
        outbox.add(new ServicesEffect.StopReadinessChecks(instance.id()));
      }
      state.judge(instance.id());
    }
  }
}
