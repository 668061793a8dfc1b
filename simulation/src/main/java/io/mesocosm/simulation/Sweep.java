package io.mesocosm.simulation;

import io.mesocosm.simulation.invariant.Observer;
import io.mesocosm.simulation.nemesis.Fault;
import io.mesocosm.simulation.nemesis.FaultKind;
import io.mesocosm.simulation.world.Simulation;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Crashes at every moment that counts: records a run in which apps are deployed, a master, an agent
 * and a scheduler fail over, and then makes one plan for each durable write of it and for each
 * instant between two of its steps, with one crash more.
 */
final class Sweep {
  private static final Duration STORM = Duration.ofMinutes(2);
  private static final Duration DOWN = Duration.ofSeconds(4);
  private static final Duration INSTANT = Duration.of(1, ChronoUnit.MICROS);

  /** Between two steps this far from a scripted event everything has been seen before. */
  private static final Duration WINDOW = Duration.ofSeconds(12);

  /** The script: when what dies, so that the sweep goes through failover and recovery as well. */
  private static final List<Fault> SCRIPT =
      List.of(
          fault(Duration.ofSeconds(40), FaultKind.AGENT_CRASH, 1),
          fault(Duration.ofSeconds(55), FaultKind.MASTER_CRASH, 1),
          fault(Duration.ofSeconds(80), FaultKind.SERVICES_CRASH, 1));

  private final SeedRun.Plan script;

  Sweep(SeedRun.Plan plan) {
    this.script =
        new SeedRun.Plan(plan.seed(), STORM, plan.size(), SCRIPT, plan.ignored(), plan.planted());
  }

  private static Fault fault(Duration at, FaultKind kind, int target) {
    return new Fault(at, kind, target, 0, DOWN);
  }

  /**
   * Plans of one crash each.
   *
   * @param plansMax if there are more moments, so many of them, evenly spread
   */
  List<SeedRun.Plan> plans(int plansMax) {
    Recorder recorder = new Recorder(new Simulation(script.seed(), false));
    SeedRun.run(script, recorder.simulation, recorder);
    List<Fault> crashes = new ArrayList<>(recorder.crashes);
    crashes.addAll(betweenSteps(recorder.steps));
    List<SeedRun.Plan> plans = new ArrayList<>();
    double stride = Math.max(1.0, crashes.size() / (double) plansMax);
    for (double i = 0; i < crashes.size(); i += stride) {
      List<Fault> faults = new ArrayList<>(SCRIPT);
      faults.add(crashes.get((int) i));
      plans.add(script.withFaults(faults));
    }
    return plans;
  }

  /** One after the other of the roles dies between any two steps near the script's events. */
  private static List<Fault> betweenSteps(SortedSet<Duration> steps) {
    List<FaultKind> kinds =
        List.of(
            FaultKind.MASTER_CRASH,
            FaultKind.SERVICES_CRASH,
            FaultKind.AGENT_CRASH,
            FaultKind.MACHINE_CRASH,
            FaultKind.ONE_OFF_CRASH);
    List<Duration> events = new ArrayList<>(List.of(Duration.ofSeconds(5)));
    SCRIPT.forEach(fault -> {
      events.add(fault.at());
      events.add(fault.at().plus(fault.lasts()));
    });
    List<Fault> crashes = new ArrayList<>();
    int number = 0;
    for (Duration step : steps) {
      boolean near =
          events.stream()
              .anyMatch(
                  event -> step.compareTo(event) >= 0 && step.compareTo(event.plus(WINDOW)) < 0);
      if (near) {
        int drawn = number++;
        // A target that is no multiple of four means whoever leads.
        crashes.add(fault(step.plus(INSTANT), kinds.get(drawn % kinds.size()), 4 * drawn + 1));
      }
    }
    return crashes;
  }

  /** Takes down when something was written, and by whom. */
  private static final class Recorder implements Observer {
    private final Simulation simulation;
    private final SequencedSet<Fault> crashes = new LinkedHashSet<>();
    private final SortedSet<Duration> steps = new TreeSet<>();

    Recorder(Simulation simulation) {
      this.simulation = simulation;
      simulation.check(this::step);
    }

    private void step() {
      if (simulation.elapsed().compareTo(STORM) < 0) {
        steps.add(simulation.elapsed());
      }
    }

    private void crash(FaultKind kind, int target, Duration after) {
      if (simulation.elapsed().compareTo(STORM) < 0) {
        crashes.add(fault(simulation.elapsed().plus(after), kind, target));
      }
    }

    @Override
    public void journalWritten(String host) {
      int agent = Integer.parseInt(host.substring(host.indexOf('-') + 1));
      crash(FaultKind.AGENT_CRASH, agent, INSTANT);
      crash(FaultKind.MACHINE_CRASH, agent, INSTANT);
    }

    @Override
    public void journalFlushed(String host) {
      int agent = Integer.parseInt(host.substring(host.indexOf('-') + 1));
      crash(FaultKind.AGENT_CRASH, agent, Duration.ZERO);
      crash(FaultKind.AGENT_CRASH, agent, INSTANT);
      crash(FaultKind.MACHINE_CRASH, agent, INSTANT);
    }

    @Override
    public void written(String election, String path, long epoch, long newest) {
      FaultKind kind =
          election.equals("masters") ? FaultKind.MASTER_CRASH : FaultKind.SERVICES_CRASH;
      crash(kind, 1, Duration.ZERO);
      crash(kind, 1, INSTANT);
    }
  }
}
