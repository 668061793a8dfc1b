package io.mesocosm.services;

import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The deployments under way, oldest first, and those that are being stored. Either kind locks the
 * apps that it affects (contracts/marathon-api.md L1). Whatever is asked of one app costs the same
 * however many a deployment has.
 */
final class Deployments {
  private record Reached(int step, Action action) {}

  /** A deployment and what it is to each of its apps. */
  private static final class Running {
    Deployment deployment;
    final SortedMap<AppId, Change> changeByApp = new TreeMap<>();
    final SortedMap<AppId, List<Reached>> actionsByApp = new TreeMap<>();
    // Of the current step, those whose action has not reached its end.
    final SortedSet<AppId> open = new TreeSet<>();

    Running(Deployment deployment) {
      this.deployment = deployment;
      deployment.changes().forEach(change -> changeByApp.put(change.app(), change));
      for (int i = 0; i < deployment.steps().size(); i++) {
        int step = i;
        deployment
            .steps()
            .get(i)
            .actions()
            .forEach(action ->
                actionsByApp
                    .computeIfAbsent(action.app(), _ -> new ArrayList<>())
                    .add(new Reached(step, action)));
      }
      begin();
    }

    void begin() {
      open.clear();
      deployment.currentActions().forEach(action -> open.add(action.app()));
    }
  }

  private final SequencedMap<DeploymentId, Running> runningById = new LinkedHashMap<>();
  private final Map<DeploymentId, Deployment> storingById = new LinkedHashMap<>();
  private final SortedMap<AppId, Running> runningByApp = new TreeMap<>();
  // Oldest first: by force, one may be stored to take the place of one that is being stored.
  private final SortedMap<AppId, List<Deployment>> storingByApp = new TreeMap<>();

  List<Deployment> running() {
    return runningById.values().stream().map(running -> running.deployment).toList();
  }

  Optional<Deployment> get(DeploymentId id) {
    return Optional.ofNullable(runningById.get(id)).map(running -> running.deployment);
  }

  /** Those that stand in the way of changing the apps. */
  List<DeploymentId> conflicts(Collection<AppId> apps) {
    Set<DeploymentId> conflicts = new LinkedHashSet<>();
    for (AppId app : apps) {
      affecting(app).map(Deployment::id).ifPresent(conflicts::add);
      storingByApp.getOrDefault(app, List.of()).forEach(other -> conflicts.add(other.id()));
    }
    return List.copyOf(conflicts);
  }

  int count() {
    return runningById.size() + storingById.size();
  }

  /** Those that are being stored. */
  Collection<Deployment> storing() {
    return storingById.values();
  }

  /** What is being stored for the app, the last of it. */
  Optional<Change> storing(AppId app) {
    List<Deployment> all = storingByApp.getOrDefault(app, List.of());
    return all.isEmpty()
        ? Optional.empty()
        : all.getLast().changes().stream().filter(change -> change.app().equals(app)).findFirst();
  }

  Optional<Deployment> affecting(AppId app) {
    return Optional.ofNullable(runningByApp.get(app)).map(running -> running.deployment);
  }

  /** What the deployment that runs changes about the app. */
  Optional<Change> change(AppId app) {
    return Optional.ofNullable(runningByApp.get(app)).map(running -> running.changeByApp.get(app));
  }

  /** The action on an app that runs now or was the last to run, if one was reached. */
  Optional<Action> reachedAction(AppId app) {
    Running running = runningByApp.get(app);
    Optional<Action> reached = Optional.empty();
    if (running != null) {
      for (Reached action : running.actionsByApp.getOrDefault(app, List.of())) {
        if (action.step() <= running.deployment.currentStep()) {
          reached = Optional.of(action.action());
        }
      }
    }
    return reached;
  }

  /** The app's action of the current step, while it has not reached its end. */
  Optional<Action> openAction(AppId app) {
    Running running = runningByApp.get(app);
    return running != null && running.open.contains(app) ? reachedAction(app) : Optional.empty();
  }

  /** The action has reached its end. Returns whether that ends the step. */
  boolean reached(AppId app) {
    Running running = runningByApp.get(app);
    return running != null && running.open.remove(app) && running.open.isEmpty();
  }

  /** How many actions of the current step have not reached their end. */
  int openCount(DeploymentId id) {
    Running running = runningById.get(id);
    return running == null ? 0 : running.open.size();
  }

  /** The versions of an app that a deployment may go to or back to. */
  SortedSet<Instant> versionsInUse(AppId app) {
    SortedSet<Instant> versions = new TreeSet<>();
    List<Change> changes = new ArrayList<>();
    change(app).ifPresent(changes::add);
    storing(app).ifPresent(changes::add);
    for (Change change : changes) {
      change.original().ifPresent(versions::add);
      change.target().ifPresent(versions::add);
    }
    return versions;
  }

  SortedSet<AppId> appsInUse() {
    SortedSet<AppId> apps = new TreeSet<>(runningByApp.keySet());
    apps.addAll(storingByApp.keySet());
    return apps;
  }

  void storing(Deployment deployment) {
    storingById.put(deployment.id(), deployment);
    for (AppId app : deployment.affectedApps()) {
      storingByApp.computeIfAbsent(app, _ -> new ArrayList<>()).add(deployment);
    }
  }

  void notStored(DeploymentId id) {
    Deployment deployment = storingById.remove(id);
    if (deployment != null) {
      for (AppId app : deployment.affectedApps()) {
        storingByApp.computeIfPresent(
            app,
            (_, all) -> {
              all.remove(deployment);
              return all.isEmpty() ? null : all;
            });
      }
    }
  }

  void begin(Deployment deployment) {
    notStored(deployment.id());
    Running running = new Running(deployment);
    runningById.put(deployment.id(), running);
    deployment.affectedApps().forEach(app -> runningByApp.put(app, running));
  }

  void advanced(Deployment deployment) {
    Running running = runningById.get(deployment.id());
    if (running != null) {
      running.deployment = deployment;
      running.begin();
    }
  }

  Optional<Deployment> remove(DeploymentId id) {
    Running running = runningById.remove(id);
    if (running == null) {
      return Optional.empty();
    }
    running.deployment.affectedApps().forEach(app -> runningByApp.remove(app, running));
    return Optional.of(running.deployment);
  }
}
