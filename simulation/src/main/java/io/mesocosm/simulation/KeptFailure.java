package io.mesocosm.simulation;

import io.mesocosm.simulation.cluster.SimulatedCluster;
import io.mesocosm.simulation.nemesis.Fault;
import io.mesocosm.simulation.nemesis.FaultKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run in a text file, with each of its faults: what a seed alone would draw changes whenever the
 * drawing of faults does, and these stay.
 *
 * <pre>
 * # what it was
 * run 42 storm PT10M agents 10
 * fault PT1M2.5S PARTITION 17 4711 for PT20S
 * </pre>
 */
final class KeptFailure {
  private static final int RUN_WORDS = 6;
  private static final int FAULT_WORDS = 7;

  private KeptFailure() {}

  /** The lines of a file of the run. */
  static List<String> lines(SeedRun.Plan plan) {
    List<String> lines = new ArrayList<>();
    lines.add("run " + plan.seed() + " storm " + plan.storm() + " agents " + plan.size().agents());
    for (Fault fault : plan.faults()) {
      lines.add(
          "fault "
              + fault.at()
              + " "
              + fault.kind()
              + " "
              + fault.target()
              + " "
              + fault.other()
              + " for "
              + fault.lasts());
    }
    return lines;
  }

  /**
   * The run of a file.
   *
   * @throws IllegalArgumentException naming a line that it cannot read
   */
  static SeedRun.Plan parse(List<String> lines) {
    Optional<SeedRun.Plan> run = Optional.empty();
    List<Fault> faults = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        if (words[0].equals("run") && words.length == RUN_WORDS) {
          run = Optional.of(run(words));
        } else if (words[0].equals("fault") && words.length == FAULT_WORDS) {
          faults.add(fault(words));
        } else {
          throw new IllegalArgumentException("neither a run nor a fault");
        }
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("'" + line + "': " + e.getMessage(), e);
      }
    }
    return run.orElseThrow(() -> new IllegalArgumentException("no line 'run …'"))
        .withFaults(faults);
  }

  private static SeedRun.Plan run(String[] words) {
    return SeedRun.Plan.of(
        Long.parseLong(words[1]),
        Duration.parse(words[3]),
        SimulatedCluster.Size.USUAL.withAgents(Integer.parseInt(words[5])));
  }

  private static Fault fault(String[] words) {
    return new Fault(
        Duration.parse(words[1]),
        FaultKind.valueOf(words[2]),
        Integer.parseInt(words[3]),
        Integer.parseInt(words[4]),
        Duration.parse(words[6]));
  }
}
