package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.Optional;

/** Takes in what our own health checks found; ends instances that fail too often (K2). */
final class HealthReports {
  private final ServicesState state;
  private final Outbox outbox;
  private final Endings endings;

  HealthReports(ServicesState state, Outbox outbox, Endings endings) {
    this.state = state;
    this.outbox = outbox;
    this.endings = endings;
  }

  void report(ServicesCommand.HealthReported report, Instant now) {
    Optional<Instance> found = state.instances.get(report.instance()).filter(Instance::isRunning);
    Optional<AppDefinition> app =
        found
            .flatMap(state.specs::definition)
            .filter(AppDefinition.class::isInstance)
            .map(AppDefinition.class::cast);
    if (found.isEmpty()
        || app.isEmpty()
        || report.check() < 0
        || report.check() >= app.get().healthChecks().size()) {
      // it ended, or is out of touch, while the probe was under way
      return;
    }
    Instance instance = found.get();
    Optional<Boolean> before = state.health.isHealthy(instance, app.get());
    boolean tooOften =
        state.health.report(
            instance, app.get(), report.check(), report.alive(), report.cause(), now);
    Optional<Boolean> after = state.health.isHealthy(instance, app.get());
    state.judge(instance.id());
    if (!report.alive()) {
      outbox.announce(
          new ServicesNotice.HealthCheckFailed(
              instance, app.get().healthChecks().get(report.check()), report.cause()));
    }
    if (!after.equals(before)) {
      outbox.announce(new ServicesNotice.InstanceHealthChanged(instance, after));
    }
    if (tooOften && instance.wanted()) {
      outbox.announce(new ServicesNotice.UnhealthyInstanceKilled(instance, report.cause()));
      state.launchFailed(instance, "a health check: " + report.cause(), now);
      endings.stop(instance, now);
    }
  }
}
