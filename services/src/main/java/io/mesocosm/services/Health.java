package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.ArrayList;
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
  Optional<Boolean> isHealthy(Instance instance, AppDefinition app) {
    List<HealthResult> known = new ArrayList<>(results(instance.id()));
    if (app.healthChecks().isEmpty() || known.isEmpty()) {
      return Optional.empty();
    }
    if (known.stream().anyMatch(result -> !result.alive())) {
      return Optional.of(false);
    }
    return known.size() < app.healthChecks().size() ? Optional.empty() : Optional.of(true);
  }

  /** Whether it runs and nothing is left to be shown: what a deployment waits for. */
  boolean isReady(Instance instance, AppDefinition app) {
    return instance.isRunning()
        && (app.healthChecks().isEmpty() || isHealthy(instance, app).orElse(false));
  }

  /**
   * Whether it does its work as far as we know: what a deployment must not end too many of. After a
   * restart of ours nothing is known yet, and an instance without results counts.
   */
  boolean isServing(Instance instance, AppDefinition app) {
    return instance.isRunning() && isHealthy(instance, app).orElse(true);
  }
}
