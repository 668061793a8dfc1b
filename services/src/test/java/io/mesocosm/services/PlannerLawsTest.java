package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.Deployment.Kind;
import io.mesocosm.services.Deployment.Step;
import io.mesocosm.services.DeploymentPlanner.Move;
import io.mesocosm.services.DeploymentPlanner.Plan;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.app.VersionInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** The laws of the planner alone (contracts/marathon-api.md D1 to D7), for drawn definitions. */
class PlannerLawsTest {
  private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");
  private static final Instant NOW = THEN.plusSeconds(1);

  /** Two sets of definitions, and what is said of groups. */
  private static final class Case {
    final NavigableMap<AppId, RunSpec> before = new TreeMap<>();
    final NavigableMap<AppId, RunSpec> after = new TreeMap<>();
    final SortedMap<AppId, GroupDefinition> groups = new TreeMap<>();

    Case(long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      LawsDefinitions definitions = new LawsDefinitions(random);
      List<AppId> ids = new ArrayList<>(LawsDefinitions.APPS);
      ids.addAll(LawsDefinitions.PODS);
      for (AppId id : ids) {
        if (random.nextInt(3) > 0) {
          before.put(id, at(definitions.anew(id), THEN, THEN));
        }
        @Nullable RunSpec was = before.get(id);
        switch (random.nextInt(4)) {
          case 0 -> after.remove(id);
          case 1 -> {
            if (was != null) {
              after.put(id, was);
            }
          }
          default -> after.put(id, next(was, id, definitions));
        }
      }
      for (AppId group : LawsDefinitions.GROUPS.subList(1, 3)) {
        if (random.nextInt(3) == 0) {
          List<AppId> depends = definitions.dependencies();
          groups.put(group, new GroupDefinition(group, depends, false, NOW));
        }
      }
    }

    private static RunSpec next(@Nullable RunSpec was, AppId id, LawsDefinitions definitions) {
      if (was == null) {
        return at(definitions.anew(id), NOW, NOW);
      }
      RunSpec drawn = definitions.changed(was);
      return at(drawn, NOW, was.hasSameConfiguration(drawn) ? THEN : NOW);
    }

    private static RunSpec at(RunSpec spec, Instant version, Instant configured) {
      return spec.withVersion(version, new VersionInfo(version, configured));
    }

    List<Move> moves() {
      Set<AppId> ids = new TreeSet<>(before.keySet());
      ids.addAll(after.keySet());
      return ids.stream()
          .map(id ->
              new Move(id, Optional.ofNullable(before.get(id)), Optional.ofNullable(after.get(id))))
          .toList();
    }

    Plan plan() {
      return DeploymentPlanner.plan(
          moves(), after, id -> Optional.ofNullable(groups.get(id)), after.keySet());
    }

    /** What an app waits for by itself or by groups around it, directly. */
    Set<AppId> dependencies(AppId app) {
      Set<AppId> found = new TreeSet<>();
      List<AppId> own =
          after.get(app) instanceof AppDefinition definition
              ? definition.dependencies()
              : List.of();
      own.forEach(named -> named(named, app, found));
      for (AppId group : groups.keySet()) {
        if (app.isBelow(group)) {
          groups.get(group).dependencies().forEach(named -> named(named, group, found));
        }
      }
      return found;
    }

    private void named(AppId named, AppId by, Set<AppId> found) {
      for (AppId id : after.keySet()) {
        boolean inGroup = id.isBelow(named) && !by.isBelow(named) && !by.equals(named);
        if (id.equals(named) || inGroup) {
          found.add(id);
        }
      }
    }

    boolean leads(AppId from, AppId to, Set<AppId> seen) {
      for (AppId next : dependencies(from)) {
        if (next.equals(to) || seen.add(next) && leads(next, to, seen)) {
          return true;
        }
      }
      return false;
    }
  }

  @Property(tries = 3000)
  void whatIsDependedUponComesInAnEarlierStep(@ForAll("seeds") long seed) {
    Case drawn = new Case(seed);
    if (drawn.plan() instanceof Plan.Steps steps) {
      SortedMap<AppId, Integer> stepByApp = new TreeMap<>();
      for (int i = 0; i < steps.steps().size(); i++) {
        for (Action action : steps.steps().get(i).actions()) {
          if (action.kind() == Kind.SCALE || action.kind() == Kind.RESTART) {
            stepByApp.put(action.app(), i);
          }
        }
      }
      stepByApp.forEach((app, step) -> {
        for (AppId other : stepByApp.keySet()) {
          if (drawn.leads(app, other, new HashSet<>())) {
            assertThat(stepByApp.get(other)).as("%s waits for %s", app, other).isLessThan(step);
          }
        }
      });
    }
  }

  @Property(tries = 3000)
  void aRingIsToldIfThereIsOneAndOnlyThen(@ForAll("seeds") long seed) {
    Case drawn = new Case(seed);
    boolean ring =
        drawn.after.keySet().stream().anyMatch(app -> drawn.leads(app, app, new HashSet<>()));
    switch (drawn.plan()) {
      case Plan.Cycle(List<AppId> apps) -> {
        assertThat(ring).isTrue();
        for (int i = 0; i < apps.size(); i++) {
          assertThat(drawn.dependencies(apps.get(i))).contains(apps.get((i + 1) % apps.size()));
        }
      }
      case Plan.Steps _ -> assertThat(ring).isFalse();
    }
  }

  @Property(tries = 3000)
  void everyChangeHasItsActionsAndNothingElseHas(@ForAll("seeds") long seed) {
    Case drawn = new Case(seed);
    if (!(drawn.plan() instanceof Plan.Steps(List<Step> steps))) {
      return;
    }
    assertThat(steps).noneMatch(step -> step.actions().isEmpty());
    for (Move move : drawn.moves()) {
      List<Kind> kinds =
          steps.stream()
              .flatMap(step -> step.actions().stream())
              .filter(action -> action.app().equals(move.app()))
              .map(Action::kind)
              .toList();
      assertThat(kinds).as(move.app().path()).isEqualTo(expected(move));
    }
  }

  private static List<Kind> expected(Move move) {
    if (move.target().isEmpty()) {
      return List.of(Kind.STOP);
    }
    if (move.original().isEmpty()) {
      return List.of(Kind.START, Kind.SCALE);
    }
    RunSpec was = move.original().get();
    RunSpec is = move.target().get();
    if (was.equals(is)) {
      return List.of();
    }
    boolean configured = !was.lastConfigChangeAt().equals(is.lastConfigChangeAt());
    if (configured) {
      return List.of(is.instances() == 0 ? Kind.SCALE : Kind.RESTART);
    }
    return was.instances() == is.instances() ? List.of() : List.of(Kind.SCALE);
  }

  @Provide
  Arbitrary<Long> seeds() {
    return Arbitraries.longs().between(1, Integer.MAX_VALUE);
  }
}
