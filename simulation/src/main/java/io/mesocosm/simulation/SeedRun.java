package io.mesocosm.simulation;

import io.mesocosm.simulation.cluster.PlantedBug;
import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.invariant.Invariants;
import io.mesocosm.simulation.invariant.Observer;
import io.mesocosm.simulation.invariant.Violation;
import io.mesocosm.simulation.nemesis.Fault;
import io.mesocosm.simulation.nemesis.FaultPlan;
import io.mesocosm.simulation.nemesis.Nemesis;
import io.mesocosm.simulation.nemesis.Workload;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The life of one cluster: it starts, whatever can fail does while users change their minds, then
 * all faults are healed, and everything must become as it was promised. The seed decides all of it.
 */
public final class SeedRun {
  private static final Duration QUIET_BEGINNING = Duration.ofSeconds(20);

  /** As long as the longest time-out of the cluster, and time to act on it. */
  private static final Duration SETTLE_MAX = Duration.ofMinutes(30);

  /**
   * What a run is.
   *
   * @param storm how long faults happen
   * @param ignored names of promises that are not watched
   */
  public record Plan(
      long seed,
      Duration storm,
      SimulatedCluster.Size size,
      List<Fault> faults,
      SortedSet<String> ignored,
      Optional<PlantedBug> planted) {
    public Plan {
      faults = List.copyOf(faults);
      ignored = Collections.unmodifiableSortedSet(new TreeSet<>(ignored));
    }

    /** With the faults that the seed draws. */
    public static Plan of(long seed, Duration storm, SimulatedCluster.Size size) {
      return new Plan(
          seed,
          storm,
          size,
          FaultPlan.of(seed, QUIET_BEGINNING, storm),
          Collections.emptySortedSet(),
          Optional.empty());
    }

    /** The same run with other faults. */
    public Plan withFaults(List<Fault> others) {
      return new Plan(seed, storm, size, others, ignored, planted);
    }

    /** The same run with an eye closed. */
    public Plan ignoring(SortedSet<String> invariants) {
      return new Plan(seed, storm, size, faults, invariants, planted);
    }

    /** The same run with a mistake in the shells. */
    public Plan withPlanted(PlantedBug bug) {
      return new Plan(seed, storm, size, faults, ignored, Optional.of(bug));
    }
  }

  /**
   * A promise that was broken.
   *
   * @param invariant its name; the exception's class where the cluster itself broke
   * @param at since the beginning
   * @param history up to then, if it was traced
   */
  public record Failure(
      String invariant, String message, Duration at, List<String> history, Throwable cause) {}

  /**
   * What came of a run.
   *
   * @param fingerprint equal for equal runs
   * @param simulated how long the cluster has lived
   * @param end absent if it failed
   */
  public record Outcome(
      Plan plan,
      Optional<Failure> failure,
      Optional<EndState> end,
      long steps,
      long fingerprint,
      Duration simulated,
      List<String> history) {
    /** The same, found wrong afterwards. */
    Outcome withFailure(String invariant, String message) {
      Failure found =
          new Failure(invariant, message, simulated, history, new AssertionError(message));
      return new Outcome(plan, Optional.of(found), end, steps, fingerprint, simulated, history);
    }
  }

  private SeedRun() {}

  /**
   * Runs it to its end or its failure.
   *
   * @param traced whether to keep the history
   */
  public static Outcome run(Plan plan, boolean traced) {
    return run(plan, new Simulation(plan.seed(), traced), new Observer() {});
  }

  /** As above, while somebody looks on. */
  static Outcome run(Plan plan, Simulation simulation, Observer observer) {
    Optional<Failure> failure = Optional.empty();
    Optional<EndState> end = Optional.empty();
    try {
      end = Optional.of(live(plan, simulation, observer));
    } catch (Violation e) {
      failure = Optional.of(failure(simulation, e.invariant(), e));
    } catch (AssertionError | RuntimeException e) {
      failure = Optional.of(failure(simulation, "no core fails: " + e.getClass().getName(), e));
    }
    return new Outcome(
        plan,
        failure,
        end,
        simulation.steps(),
        simulation.fingerprint(),
        simulation.elapsed(),
        simulation.history());
  }

  private static Failure failure(Simulation simulation, String invariant, Throwable cause) {
    return new Failure(
        invariant,
        Optional.ofNullable(cause.getMessage()).orElseGet(cause::toString),
        simulation.elapsed(),
        simulation.history(),
        cause);
  }

  private static EndState live(Plan plan, Simulation simulation, Observer observer) {
    Invariants watched = Invariants.ofEverything().without(plan.ignored()).with(observer);
    SimulatedCluster cluster =
        new SimulatedCluster(simulation, plan.size(), watched, plan.planted());
    Workload.carryOut(cluster, plan.seed(), plan.storm());
    Nemesis nemesis = new Nemesis(cluster);
    nemesis.carryOut(plan.faults());
    cluster.run(plan.storm());
    nemesis.end();
    cluster.settle(SETTLE_MAX);
    return EndState.of(cluster);
  }
}
