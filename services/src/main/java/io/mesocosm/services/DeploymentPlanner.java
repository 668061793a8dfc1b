package io.mesocosm.services;

import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.Deployment.Kind;
import io.mesocosm.services.Deployment.Step;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Finds the steps of a deployment (contracts/marathon-api.md D1 to D7). Pure. Looks only at what
 * the changed apps lead to by their dependencies.
 */
final class DeploymentPlanner {
  private final NavigableMap<AppId, RunSpec> targets;
  private final Function<AppId, Optional<GroupDefinition>> groups;
  private final SortedMap<AppId, Integer> levels = new TreeMap<>();

  private DeploymentPlanner(
      NavigableMap<AppId, RunSpec> targets, Function<AppId, Optional<GroupDefinition>> groups) {
    this.targets = targets;
    this.groups = groups;
  }

  /** One app or pod before and after. */
  record Move(AppId app, Optional<RunSpec> original, Optional<RunSpec> target) {
    boolean isPod() {
      return target.or(() -> original).filter(PodDefinition.class::isInstance).isPresent();
    }
  }

  /** What came out. */
  sealed interface Plan {
    record Steps(List<Step> steps) implements Plan {}

    /** Apps that wait for each other in a ring. */
    record Cycle(List<AppId> apps) implements Plan {}
  }

  /**
   * @param targets all apps and pods as they are to be after the deployment, changed or not
   * @param groups what is said of a group, after the deployment
   * @param changed ids whose dependencies, their own or those of groups around them, may be others
   *     than before: no other can be in a new ring
   */
  static Plan plan(
      List<Move> moves,
      NavigableMap<AppId, RunSpec> targets,
      Function<AppId, Optional<GroupDefinition>> groups,
      Collection<AppId> changed) {
    DeploymentPlanner planner = new DeploymentPlanner(targets, groups);
    for (AppId app : changed) {
      Optional<List<AppId>> ring = planner.visit(app);
      if (ring.isPresent()) {
        return new Plan.Cycle(ring.get());
      }
    }
    List<Action> stops = new ArrayList<>();
    List<Action> starts = new ArrayList<>();
    SortedMap<Integer, List<Action>> actionsByLevel = new TreeMap<>();
    for (Move move : moves) {
      if (move.target().isEmpty()) {
        stops.add(new Action(Kind.STOP, move.app(), move.isPod()));
        continue;
      }
      if (move.original().isEmpty()) {
        starts.add(new Action(Kind.START, move.app(), move.isPod()));
      }
      action(move)
          .ifPresent(action ->
              actionsByLevel
                  .computeIfAbsent(
                      planner.levels.getOrDefault(move.app(), 0), _ -> new ArrayList<>())
                  .add(action));
    }
    List<Step> steps = new ArrayList<>();
    steps.add(new Step(stops));
    steps.add(new Step(starts));
    actionsByLevel.values().forEach(actions -> steps.add(new Step(actions)));
    return new Plan.Steps(steps.stream().filter(step -> !step.actions().isEmpty()).toList());
  }

  private static Optional<Action> action(Move move) {
    RunSpec target = move.target().orElseThrow();
    if (move.original().isEmpty()) {
      return Optional.of(new Action(Kind.SCALE, move.app(), move.isPod()));
    }
    RunSpec original = move.original().get();
    boolean sameConfiguration =
        original.hasSameConfiguration(target)
            && original.lastConfigChangeAt().equals(target.lastConfigChangeAt());
    if (sameConfiguration && original.instances() == target.instances()) {
      return Optional.empty();
    }
    Kind kind = sameConfiguration || target.instances() == 0 ? Kind.SCALE : Kind.RESTART;
    return Optional.of(new Action(kind, move.app(), move.isPod()));
  }

  /** One app on the way down, and which of its dependencies are still to be looked at. */
  private static final class Visit {
    final AppId app;
    final Iterator<AppId> left;
    int level;

    Visit(AppId app, Iterator<AppId> left) {
      this.app = app;
      this.left = left;
    }
  }

  /** Finds the longest way down the dependencies; a ring if there is one. Chains may be long. */
  private Optional<List<AppId>> visit(AppId first) {
    Deque<Visit> path = new ArrayDeque<>();
    SortedSet<AppId> onPath = new TreeSet<>();
    descend(first, path, onPath);
    while (!path.isEmpty()) {
      Visit visit = path.getLast();
      if (!visit.left.hasNext()) {
        path.removeLast();
        onPath.remove(visit.app);
        levels.put(visit.app, visit.level);
        if (!path.isEmpty()) {
          path.getLast().level = Math.max(path.getLast().level, visit.level + 1);
        }
        continue;
      }
      AppId next = visit.left.next();
      if (onPath.contains(next)) {
        return Optional.of(
            path.stream().map(one -> one.app).dropWhile(one -> !one.equals(next)).toList());
      }
      Integer known = levels.get(next);
      if (known != null) {
        visit.level = Math.max(visit.level, known + 1);
      } else {
        descend(next, path, onPath);
      }
    }
    return Optional.empty();
  }

  private void descend(AppId app, Deque<Visit> path, SortedSet<AppId> onPath) {
    RunSpec spec = targets.get(app);
    if (spec == null || levels.containsKey(app)) {
      return;
    }
    path.addLast(new Visit(app, dependencies(spec).iterator()));
    onPath.add(app);
  }

  /**
   * What it depends on, itself or by a group that it is in; a group stands for all in it (D5), but
   * never for those that name it from inside.
   */
  private SortedSet<AppId> dependencies(RunSpec spec) {
    SortedSet<AppId> found = new TreeSet<>();
    spec.dependencies().forEach(named -> add(named, spec.id(), found));
    for (Optional<AppId> group = spec.id().parent();
        group.isPresent();
        group = group.get().parent()) {
      AppId around = group.get();
      groups
          .apply(around)
          .ifPresent(said -> said.dependencies().forEach(named -> add(named, around, found)));
    }
    return found;
  }

  private void add(AppId named, AppId by, SortedSet<AppId> into) {
    if (targets.containsKey(named)) {
      into.add(named);
    }
    if (!by.isBelow(named) && !by.equals(named)) {
      into.addAll(AppId.below(targets, named).keySet());
    }
  }
}
