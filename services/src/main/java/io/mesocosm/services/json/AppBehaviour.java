package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.app.AppDefinitionBuilder;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.Autoscale;
import io.mesocosm.services.app.KillSelection;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.Residency;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.app.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an app's instances are launched, replaced, scaled and ended (contracts/marathon-api.md §4).
 */
final class AppBehaviour {
  private static final Duration USUAL_COOLDOWN = Duration.ofSeconds(60);

  private AppBehaviour() {}

  /**
   * @param app has its labels and its container already
   */
  static void read(Fields fields, AppId id, AppDefinitionBuilder app) {
    AppId group = id.parent().orElse(AppId.ROOT);
    boolean resident = app.build().isResident();
    Optional<Autoscale> autoscale = fields.object("autoscale").flatMap(AppBehaviour::autoscale);
    app.backoff(AppReader.seconds(fields, "backoffSeconds").orElse(Duration.ofSeconds(1)))
        .backoffFactor(fields.number("backoffFactor", 1, Double.MAX_VALUE).orElse(1.15))
        .maxLaunchDelay(
            AppReader.seconds(fields, "maxLaunchDelaySeconds").orElse(Duration.ofSeconds(300)))
        .launchLimit(launchLimit(fields))
        .taskKillGracePeriod(AppReader.seconds(fields, "taskKillGracePeriodSeconds"))
        .upgradeStrategy(upgradeStrategy(fields, app))
        .killSelection(
            fields
                .choice("killSelection", KillSelection.class)
                .orElse(KillSelection.YOUNGEST_FIRST))
        .unreachableStrategy(unreachableStrategy(fields, resident))
        .residency(residency(fields, resident))
        .autoscale(autoscale)
        .instances(
            fields
                .integer("instances", 0)
                .orElse(autoscale.map(scale -> Math.clamp(1, scale.min(), scale.max())).orElse(1)))
        .dependencies(
            fields.texts("dependencies").orElse(List.of()).stream().map(group::resolve).toList());
  }

  private static LaunchLimit launchLimit(Fields fields) {
    LaunchLimit limit =
        new LaunchLimit(
            fields.integer("maxLaunchAttempts", 0).orElse(0),
            fields.bool("rollbackOnFailure", false));
    fields
        .problems()
        .ruleUnless(
            limit.isLimited() || !limit.rollback(),
            "/rollbackOnFailure",
            "needs maxLaunchAttempts: without, no failure is the last");
    return limit;
  }

  private static UpgradeStrategy upgradeStrategy(Fields fields, AppDefinitionBuilder app) {
    boolean single = app.build().isSingleInstance();
    UpgradeStrategy usual = usual(app, single);
    Optional<Fields> given = fields.object("upgradeStrategy");
    if (given.isEmpty()) {
      return usual;
    }
    UpgradeStrategy unsaid = single ? UpgradeStrategy.USUAL : usual;
    UpgradeStrategy strategy =
        new UpgradeStrategy(
            given
                .get()
                .number("minimumHealthCapacity", 0, 1)
                .orElse(unsaid.minimumHealthCapacity()),
            given.get().number("maximumOverCapacity", 0, 1).orElse(unsaid.maximumOverCapacity()),
            given.get().bool("waitForRouting", false));
    if (single) {
      Problems problems = fields.problems();
      problems.ruleUnless(
          strategy.minimumHealthCapacity() == 0,
          "/upgradeStrategy/minimumHealthCapacity",
          "got " + strategy.minimumHealthCapacity() + ", expected 0.0");
      problems.ruleUnless(
          strategy.maximumOverCapacity() == 0,
          "/upgradeStrategy/maximumOverCapacity",
          "got " + strategy.maximumOverCapacity() + ", expected 0.0");
    }
    return strategy;
  }

  /** What only one instance can have at a time leaves no room for one more beside it. */
  private static UpgradeStrategy usual(AppDefinitionBuilder app, boolean single) {
    if (single) {
      return UpgradeStrategy.SINGLE_INSTANCE;
    }
    boolean bound =
        app.build().container().map(present -> present.volumes()).orElse(List.of()).stream()
            .anyMatch(volume ->
                volume instanceof Volume.Persistent
                    || volume instanceof Volume.External external
                        && !VolumeOptions.isShared(external));
    return bound ? UpgradeStrategy.RESIDENT : UpgradeStrategy.USUAL;
  }

  private static UnreachableStrategy unreachableStrategy(Fields fields, boolean resident) {
    JsonNode node = fields.node().path("unreachableStrategy");
    if (node.isTextual()) {
      fields
          .problems()
          .ruleUnless(
              node.textValue().equals("disabled"),
              "/unreachableStrategy",
              "got " + node.textValue() + ", expected disabled, or an object");
      return new UnreachableStrategy.Disabled();
    }
    Optional<Fields> given = fields.object("unreachableStrategy");
    if (given.isEmpty()) {
      return resident ? new UnreachableStrategy.Disabled() : UnreachableStrategy.USUAL;
    }
    fields
        .problems()
        .ruleUnless(
            !resident,
            "/unreachableStrategy",
            "unreachableStrategy must be disabled for resident tasks");
    Duration inactive =
        AppReader.seconds(given.get(), "inactiveAfterSeconds").orElse(Duration.ZERO);
    // Said alone, a time to replacement must not come after that to forgetting.
    Duration expunge = AppReader.seconds(given.get(), "expungeAfterSeconds").orElse(inactive);
    fields
        .problems()
        .ruleUnless(
            inactive.compareTo(expunge) <= 0,
            "/unreachableStrategy/inactiveAfterSeconds",
            "got "
                + inactive.toSeconds()
                + ", expected no more than expungeAfterSeconds, "
                + expunge.toSeconds());
    return new UnreachableStrategy.Enabled(inactive, expunge);
  }

  private static Optional<Residency> residency(Fields fields, boolean resident) {
    Optional<Fields> given = fields.object("residency");
    fields
        .problems()
        .ruleUnless(
            resident || given.isEmpty(),
            "/",
            "AppDefinition must contain persistent volumes and define residency");
    if (!resident) {
      return Optional.empty();
    }
    Residency usual = Residency.USUAL;
    return Optional.of(
        given
            .map(residency ->
                new Residency(
                    AppReader.seconds(residency, "relaunchEscalationTimeoutSeconds")
                        .orElse(usual.relaunchEscalationTimeout()),
                    residency
                        .choice("taskLostBehavior", Residency.TaskLostBehavior.class)
                        .orElse(usual.taskLostBehavior())))
            .orElse(usual));
  }

  private static Optional<Autoscale> autoscale(Fields fields) {
    Problems problems = fields.problems();
    int min = fields.integer("min", 0).orElse(1);
    if (!fields.has("max")) {
      problems.wrongType(fields.pathOf("max"), "error.path.missing");
    }
    int max = fields.integer("max", 0).orElse(min);
    problems.ruleUnless(
        min <= max, fields.pathOf("max"), "got " + max + ", expected no less than min, " + min);
    Duration cooldown =
        fields.integer("cooldownSeconds", 1).map(Duration::ofSeconds).orElse(USUAL_COOLDOWN);
    return target(fields.objectOrEmpty("target"))
        .filter(_ -> min <= max)
        .map(target -> new Autoscale(min, max, target, cooldown));
  }

  private static Optional<Autoscale.Target> target(Fields target) {
    Problems problems = target.problems();
    Optional<Double> percent = target.number("cpuPercent");
    Optional<String> url = target.text("metricUrl");
    Optional<Double> value = target.number("value");
    if (percent.isPresent() == url.isPresent()) {
      problems.brokenRule(
          target.path(), "expected either cpuPercent, or metricUrl with the value for an instance");
      return Optional.empty();
    }
    if (percent.isPresent()) {
      checkPositive(target, "cpuPercent", percent.get());
      return Optional.of(new Autoscale.Target.CpuPercent(percent.get()));
    }
    String address = url.orElse("");
    problems.ruleUnless(
        address.startsWith("http://") || address.startsWith("https://"),
        target.pathOf("metricUrl"),
        "got " + address + ", expected an address with http:// or https://");
    checkPositive(target, "value", value.orElse(0.0));
    return Optional.of(new Autoscale.Target.Metric(address, value.orElse(0.0)));
  }

  private static void checkPositive(Fields target, String name, double value) {
    target
        .problems()
        .ruleUnless(
            value > 0 && value <= Double.MAX_VALUE,
            target.pathOf(name),
            "got " + value + ", expected more than 0");
  }
}
