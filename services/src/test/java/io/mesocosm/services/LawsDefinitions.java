package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.LaunchLimit;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.UnreachableStrategy;
import io.mesocosm.services.app.UpgradeStrategy;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.PodReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Draws apps and pods. */
final class LawsDefinitions {
  static final List<AppId> APPS =
      List.of(
          new AppId("/a"),
          new AppId("/g/b"),
          new AppId("/g/c"),
          new AppId("/g/h/d"),
          new AppId("/g/h/e"));
  static final List<AppId> PODS = List.of(new AppId("/p"), new AppId("/g/q"));
  static final List<AppId> GROUPS = List.of(AppId.ROOT, new AppId("/g"), new AppId("/g/h"));
  private static final List<UpgradeStrategy> STRATEGIES =
      List.of(
          new UpgradeStrategy(1, 1),
          new UpgradeStrategy(1, 0),
          new UpgradeStrategy(0.5, 0),
          new UpgradeStrategy(0, 0),
          new UpgradeStrategy(0.5, 0.5),
          new UpgradeStrategy(0, 1),
          new UpgradeStrategy(0.3, 0.2));
  private static final List<UnreachableStrategy> UNREACHABLE =
      List.of(
          UnreachableStrategy.USUAL,
          new UnreachableStrategy.Disabled(),
          new UnreachableStrategy.Enabled(Duration.ofSeconds(30), Duration.ofSeconds(90)));

  private final RandomGenerator random;
  private int commands;

  LawsDefinitions(RandomGenerator random) {
    this.random = random;
  }

  <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  AppId anyId() {
    return random.nextInt(4) == 0 ? any(PODS) : any(APPS);
  }

  int count() {
    return random.nextInt(6);
  }

  RunSpec anew(AppId id) {
    return PODS.contains(id) ? pod(id, count()) : app(id);
  }

  private AppDefinition app(AppId id) {
    return AppDefinition.builder(id)
        .cmd(Optional.of("serve " + commands++))
        .instances(count())
        .cpus(0.5)
        .mem(64)
        .backoff(Duration.ofSeconds(1))
        .maxLaunchDelay(Duration.ofSeconds(20))
        .upgradeStrategy(any(STRATEGIES))
        .unreachableStrategy(any(UNREACHABLE))
        .dependencies(dependencies())
        .healthChecks(random.nextInt(3) == 0 ? List.of(check()) : List.of())
        .build();
  }

  List<AppId> dependencies() {
    List<AppId> drawn = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      drawn.add(random.nextInt(5) == 0 ? any(GROUPS.subList(1, 3)) : any(APPS));
    }
    return drawn;
  }

  private static HealthCheck check() {
    return new HealthCheck(
        HealthCheck.Kind.TCP,
        Optional.empty(),
        Optional.empty(),
        Optional.of(80),
        Optional.empty(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        3,
        Duration.ZERO,
        false);
  }

  private PodDefinition pod(AppId id, int instances) {
    UpgradeStrategy strategy = any(STRATEGIES);
    String json =
        """
        {'id': '%s', 'containers': [
           {'name': 'web', 'exec': {'command': {'shell': 'serve %d'}},
            'resources': {'cpus': 0.3, 'mem': 64}},
           {'name': 'side', 'exec': {'command': {'shell': 'watch'}},
            'resources': {'cpus': 0.1, 'mem': 32}}],
         'scaling': {'kind': 'fixed', 'instances': %d},
         'scheduling': {'backoff': {'backoff': 1, 'maxLaunchDelay': 20},
            'upgrade': {'minimumHealthCapacity': %s, 'maximumOverCapacity': %s}}}
        """
            .formatted(
                id.path(),
                commands++,
                instances,
                strategy.minimumHealthCapacity(),
                strategy.maximumOverCapacity())
            .replace('\'', '"');
    return new PodReader("*", Optional.empty())
        .read(Json.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Another configuration, another number of instances, or both. */
  RunSpec changed(RunSpec present) {
    int drawn = random.nextInt(6);
    if (drawn < 2) {
      return present.withInstances(count());
    }
    return switch (present) {
      case PodDefinition pod -> pod(pod.id(), drawn < 4 ? pod.instances() : count());
      case AppDefinition app -> {
        var builder = app.toBuilder().cmd(Optional.of("serve " + commands++));
        if (drawn >= 4) {
          builder =
              builder
                  .instances(count())
                  .upgradeStrategy(any(STRATEGIES))
                  .dependencies(dependencies())
                  .launchLimit(LaunchLimit.NONE);
        }
        yield builder.build();
      }
    };
  }
}
