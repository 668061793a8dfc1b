package io.mesocosm.services;

import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.Deployment.Kind;
import io.mesocosm.services.Deployment.Step;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the steps of a deployment (contracts/marathon-api.md D1 to D6). Pure. */
final class DeploymentPlanner {
  private final SortedMap<AppId, AppDefinition> targets;
  private final SortedMap<AppId, Integer> levels = new TreeMap<>();
  private final List<AppId> path = new ArrayList<>();

  private DeploymentPlanner(SortedMap<AppId, AppDefinition> targets) {
    this.targets = targets;
  }

  /** What came out. */
  sealed interface Plan {
    record Steps(List<Step> steps) implements Plan {}

    /** Apps that wait for each other in a ring. */
    record Cycle(List<AppId> apps) implements Plan {}
  }

  /**
   * @param targets all apps as they are to be after the deployment, changed or not
   */
  static Plan plan(List<Change> changes, SortedMap<AppId, AppDefinition> targets) {
    DeploymentPlanner planner = new DeploymentPlanner(targets);
    for (AppDefinition app : targets.values()) {
      if (!planner.visit(app)) {
        return new Plan.Cycle(List.copyOf(planner.path));
      }
    }
    List<Action> stops = new ArrayList<>();
    List<Action> starts = new ArrayList<>();
    SortedMap<Integer, List<Action>> actionsByLevel = new TreeMap<>();
    for (Change change : changes) {
      if (change.target().isEmpty()) {
        stops.add(new Action(Kind.STOP, change.app()));
        continue;
      }
      if (change.original().isEmpty()) {
        starts.add(new Action(Kind.START, change.app()));
      }
      action(change)
          .ifPresent(action ->
              actionsByLevel
                  .computeIfAbsent(
                      planner.levels.getOrDefault(change.app(), 0), _ -> new ArrayList<>())
                  .add(action));
    }
    List<Step> steps = new ArrayList<>();
    steps.add(new Step(stops));
    steps.add(new Step(starts));
    actionsByLevel.values().forEach(actions -> steps.add(new Step(actions)));
    return new Plan.Steps(steps.stream().filter(step -> !step.actions().isEmpty()).toList());
  }

  private static Optional<Action> action(Change change) {
    AppDefinition target = change.target().orElseThrow();
    if (change.original().isEmpty()) {
      return Optional.of(new Action(Kind.SCALE, change.app()));
    }
    AppDefinition original = change.original().get();
    boolean sameConfiguration =
        original.hasSameConfiguration(target)
            && original.lastConfigChangeAt().equals(target.lastConfigChangeAt());
    if (sameConfiguration && original.instances() == target.instances()) {
      return Optional.empty();
    }
    return Optional.of(
        new Action(
            sameConfiguration || target.instances() == 0 ? Kind.SCALE : Kind.RESTART,
            change.app()));
  }

  /** Finds the longest way down the dependencies; false on a ring, whose apps are then the path. */
  private boolean visit(AppDefinition definition) {
    AppId app = definition.id();
    if (levels.containsKey(app)) {
      return true;
    }
    if (path.contains(app)) {
      path.subList(0, path.indexOf(app)).clear();
      return false;
    }
    path.add(app);
    int level = 0;
    for (AppDefinition dependency : dependencies(definition)) {
      if (!visit(dependency)) {
        return false;
      }
      level = Math.max(level, levels.getOrDefault(dependency.id(), 0) + 1);
    }
    path.remove(app);
    levels.put(app, level);
    return true;
  }

  /** The apps it depends on; a group stands for all apps in it (D5), but never for itself. */
  private List<AppDefinition> dependencies(AppDefinition app) {
    List<AppDefinition> found = new ArrayList<>();
    for (AppDefinition candidate : targets.values()) {
      AppId other = candidate.id();
      for (AppId named : app.dependencies()) {
        if (other.equals(named) || (other.isBelow(named) && !other.equals(app.id()))) {
          found.add(candidate);
        }
      }
    }
    return found;
  }
}
