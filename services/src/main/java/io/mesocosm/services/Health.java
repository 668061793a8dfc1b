package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the health checks of the instances have found (contracts/marathon-api.md §7). */
final class Health {
  private final SortedMap<InstanceId, SortedMap<Integer, HealthResult>> resultsByInstance =
      new TreeMap<>();

  /**
   * Notes a result.
   *
   * @return true if the instance has failed too often and is to be ended (K2)
   */
  boolean report(
      Instance instance, AppDefinition app, int index, boolean alive, String cause, Instant now) {
    HealthCheck check = app.healthChecks().get(index);
    SortedMap<Integer, HealthResult> results =
        resultsByInstance.computeIfAbsent(instance.id(), _ -> new TreeMap<>());
    HealthResult before = results.getOrDefault(index, HealthResult.none(instance.id(), index));
    if (alive) {
      results.put(index, before.succeeded(now));
      return false;
    }
    Instant graceEnd = instance.startedAt().orElse(instance.stagedAt()).plus(check.gracePeriod());
    boolean forgiven = before.firstSuccess().isEmpty() && now.isBefore(graceEnd);
    HealthResult after = before.failed(now, cause, !forgiven);
    results.put(index, after);
    int max = check.maxConsecutiveFailures();
    // Mesos itself ends a task whose own check fails too often (K4).
    return !check.kind().isByAgent() && max > 0 && after.consecutiveFailures() >= max;
  }

  /** Notes what Mesos found, which it tells of all its checks of a task together. */
  void reportByMesos(Instance instance, AppDefinition app, boolean alive, Instant now) {
    for (int i = 0; i < app.healthChecks().size(); i++) {
      if (app.healthChecks().get(i).kind().isByAgent()) {
        report(instance, app, i, alive, alive ? "" : "reported by Mesos", now);
      }
    }
  }

  void forget(InstanceId instance) {
    resultsByInstance.remove(instance);
  }

  List<HealthResult> results(InstanceId instance) {
    SortedMap<Integer, HealthResult> results = resultsByInstance.get(instance);
    return results == null ? List.of() : List.copyOf(results.values());
  }

  /** Alive by all checks, or failing one; nothing while unknown or if there is no check. */
  Optional<Boolean> isHealthy(Instance instance, RunSpec spec) {
    return switch (spec) {
      case AppDefinition app -> isHealthy(instance, app);
      case PodDefinition pod -> isHealthy(instance, pod);
    };
  }

  private Optional<Boolean> isHealthy(Instance instance, AppDefinition app) {
    if (app.healthChecks().isEmpty()) {
      return Optional.empty();
    }
    List<HealthResult> known = results(instance.id());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    if (known.stream().anyMatch(result -> !result.alive())) {
      return Optional.of(false);
    }
    return known.size() < app.healthChecks().size() ? Optional.empty() : Optional.of(true);
  }

  /** Of containers, their agent says it. */
  private static Optional<Boolean> isHealthy(Instance instance, PodDefinition pod) {
    boolean checked = false;
    boolean known = true;
    for (PodContainer container : pod.containers()) {
      if (container.healthCheck().isPresent()) {
        checked = true;
        Optional<Boolean> healthy =
            instance.tasks().stream()
                .filter(task -> task.container().equals(container.name()))
                .findFirst()
                .flatMap(InstanceTask::healthy);
        if (healthy.equals(Optional.of(false))) {
          return healthy;
        }
        known &= healthy.isPresent();
      }
    }
    return checked && known ? Optional.of(true) : Optional.empty();
  }

  /** Whether it has passed all checks, each of them once at least. */
  boolean hasBeenHealthy(Instance instance, RunSpec spec) {
    return switch (spec) {
      case AppDefinition app ->
          results(instance.id()).stream()
                  .filter(result -> result.firstSuccess().isPresent())
                  .count()
              == app.healthChecks().size();
      case PodDefinition pod -> isHealthy(instance, pod).orElse(false);
    };
  }

  static boolean isChecked(RunSpec spec) {
    return switch (spec) {
      case AppDefinition app -> !app.healthChecks().isEmpty();
      case PodDefinition pod ->
          pod.containers().stream().anyMatch(container -> container.healthCheck().isPresent());
    };
  }

  /** Whether it runs and nothing is left to be shown: what a deployment waits for. */
  boolean isReady(Instance instance, RunSpec spec) {
    return instance.isRunning() && (!isChecked(spec) || isHealthy(instance, spec).orElse(false));
  }

  /**
   * Whether it does its work as far as we know: what a deployment must not end too many of. After a
   * restart of ours nothing is known yet, and an instance without results counts.
   */
  boolean isServing(Instance instance, RunSpec spec) {
    return instance.isRunning() && isHealthy(instance, spec).orElse(true);
  }
}
