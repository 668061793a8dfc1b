package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Autoscale;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import java.time.Duration;

/** Writes how an app's instances are launched, replaced, scaled and ended. */
final class AppBehaviourWriter {
  private AppBehaviourWriter() {}

  static void write(AppDefinition app, ObjectNode json) {
    json.put("backoffSeconds", app.backoff().toSeconds());
    AppWriter.putNumber(json, "backoffFactor", app.backoffFactor());
    json.put("maxLaunchDelaySeconds", app.maxLaunchDelay().toSeconds());
    if (app.launchLimit().isLimited()) {
      json.put("maxLaunchAttempts", app.launchLimit().attemptsMax());
      json.put("rollbackOnFailure", app.launchLimit().rollback());
    }
    app.taskKillGracePeriod()
        .map(Duration::toSeconds)
        .ifPresent(seconds -> json.put("taskKillGracePeriodSeconds", seconds));
    write(app.upgradeStrategy(), json.putObject("upgradeStrategy"));
    json.put("killSelection", app.killSelection().name());
    switch (app.unreachableStrategy()) {
      case UnreachableStrategy.Disabled() -> json.put("unreachableStrategy", "disabled");
      case UnreachableStrategy.Enabled(Duration inactive, Duration expunge) ->
          json.putObject("unreachableStrategy")
              .put("inactiveAfterSeconds", inactive.toSeconds())
              .put("expungeAfterSeconds", expunge.toSeconds());
    }
    app.residency()
        .ifPresent(residency ->
            json.putObject("residency")
                .put(
                    "relaunchEscalationTimeoutSeconds",
                    residency.relaunchEscalationTimeout().toSeconds())
                .put("taskLostBehavior", residency.taskLostBehavior().name()));
    app.autoscale().ifPresent(autoscale -> write(autoscale, json.putObject("autoscale")));
    AppWriter.putTexts(json, "dependencies", app.dependencies().stream().map(AppId::path).toList());
  }

  private static void write(UpgradeStrategy strategy, ObjectNode into) {
    AppWriter.putNumber(into, "minimumHealthCapacity", strategy.minimumHealthCapacity());
    AppWriter.putNumber(into, "maximumOverCapacity", strategy.maximumOverCapacity());
    if (strategy.waitForRouting()) {
      into.put("waitForRouting", true);
    }
  }

  private static void write(Autoscale autoscale, ObjectNode into) {
    into.put("min", autoscale.min()).put("max", autoscale.max());
    ObjectNode target = into.putObject("target");
    switch (autoscale.target()) {
      case Autoscale.Target.CpuPercent(double percent) ->
          AppWriter.putNumber(target, "cpuPercent", percent);
      case Autoscale.Target.Metric(String url, double perInstance) -> {
        target.put("metricUrl", url);
        AppWriter.putNumber(target, "value", perInstance);
      }
    }
    into.put("cooldownSeconds", autoscale.cooldown().toSeconds());
  }
}
