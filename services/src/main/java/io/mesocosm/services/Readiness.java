package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.ReadinessResult;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the readiness checks of new instances have found (contracts/marathon-api.md §7). They are
 * polled while a deployment of their app runs, until each has been ready once; at other times they
 * count for nothing. Nothing of it is stored: a restarted scheduler polls anew.
 */
final class Readiness {
  /**
   * A deployment of an app whose instances have more to show than that they run.
   *
   * @param configVersion of the instances that it is to bring
   * @param isPolled whether they have readiness checks
   */
  record Watch(DeploymentId deployment, Instant configVersion, boolean isPolled) {}

  private final SortedMap<AppId, Watch> watchByApp = new TreeMap<>();
  private final SortedMap<InstanceId, SortedMap<String, ReadinessResult>> resultsByInstance =
      new TreeMap<>();
  // Neither is ever iterated.
  private final Set<InstanceId> polled = new HashSet<>();
  private final Set<InstanceId> proven = new HashSet<>();

  Optional<Watch> watch(AppId app) {
    return Optional.ofNullable(watchByApp.get(app));
  }

  void watch(AppId app, Optional<Watch> watch) {
    watch.ifPresentOrElse(is -> watchByApp.put(app, is), () -> watchByApp.remove(app));
  }

  /** Whether a deployment that waits for it need not wait for its readiness. */
  boolean isReady(Instance instance) {
    return !isConcerned(instance) || proven.contains(instance.id());
  }

  private boolean isConcerned(Instance instance) {
    Watch watch = watchByApp.get(instance.id().app());
    return watch != null
        && watch.isPolled()
        && watch.configVersion().equals(instance.configVersion());
  }

  /** Returns whether it is to be polled from now on, and was not. */
  boolean begin(Instance instance) {
    return instance.isRunning()
        && instance.wanted()
        && isConcerned(instance)
        && !proven.contains(instance.id())
        && polled.add(instance.id());
  }

  /** Returns whether it was polled. */
  boolean end(InstanceId instance) {
    return polled.remove(instance);
  }

  boolean isPolled(InstanceId instance) {
    return polled.contains(instance);
  }

  /**
   * Notes a result of an instance that is polled.
   *
   * @return true if all its checks have been ready by now
   */
  boolean report(
      Instance instance,
      AppDefinition app,
      ReadinessCheck check,
      boolean ready,
      Optional<ReadinessResult.Response> response) {
    SortedMap<String, ReadinessResult> results =
        resultsByInstance.computeIfAbsent(instance.id(), _ -> new TreeMap<>());
    ReadinessResult before = results.get(check.name());
    results.put(
        check.name(),
        new ReadinessResult(
            instance.taskId(),
            check.name(),
            ready || (before != null && before.ready()),
            response.filter(_ -> check.preserveLastResponse())));
    boolean all =
        app.readinessChecks().stream()
            .map(ReadinessCheck::name)
            .map(name -> Optional.ofNullable(results.get(name)))
            .allMatch(result -> result.filter(ReadinessResult::ready).isPresent());
    if (all) {
      proven.add(instance.id());
      polled.remove(instance.id());
    }
    return all;
  }

  /** Of the deployment that runs, sorted by name. */
  List<ReadinessResult> results(InstanceId instance) {
    SortedMap<String, ReadinessResult> results = resultsByInstance.get(instance);
    return results == null ? List.of() : List.copyOf(results.values());
  }

  void dropResults(InstanceId instance) {
    resultsByInstance.remove(instance);
  }

  void forget(InstanceId instance) {
    resultsByInstance.remove(instance);
    polled.remove(instance);
    proven.remove(instance);
  }
}
