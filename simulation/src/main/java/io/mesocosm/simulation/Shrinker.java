package io.mesocosm.simulation;

import io.mesocosm.simulation.nemesis.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for the fewest faults with which a run still breaks the same promise. */
final class Shrinker {
  private final int runsMax;
  private int runs;

  /**
   * @param runsMax how often to try
   */
  Shrinker(int runsMax) {
    this.runsMax = runsMax;
  }

  /** The smallest failing plan found; the given one if none is smaller. */
  SeedRun.Plan shrink(SeedRun.Plan failing, SeedRun.Failure failure) {
    List<Fault> faults = new ArrayList<>(failing.faults());
    // What comes after the failure has no part in it, unless the failure is that of the end.
    List<Fault> before =
        faults.stream().filter(fault -> fault.at().compareTo(failure.at()) <= 0).toList();
    if (fails(failing, before, failure)) {
      faults = new ArrayList<>(before);
    }
    int chunk = Math.max(1, faults.size() / 2);
    while (runs < runsMax) {
      boolean smaller = false;
      for (int from = 0; from < faults.size() && runs < runsMax; ) {
        List<Fault> fewer = new ArrayList<>(faults);
        fewer.subList(from, Math.min(from + chunk, faults.size())).clear();
        if (fails(failing, fewer, failure)) {
          faults = fewer;
          smaller = true;
        } else {
          from += chunk;
        }
      }
      if (chunk == 1 && !smaller) {
        break;
      }
      chunk = Math.max(1, chunk / 2);
    }
    return failing.withFaults(faults);
  }

  private boolean fails(SeedRun.Plan plan, List<Fault> faults, SeedRun.Failure failure) {
    runs++;
    Optional<SeedRun.Failure> found = SeedRun.run(plan.withFaults(faults), false).failure();
    return found.filter(now -> now.invariant().equals(failure.invariant())).isPresent();
  }
}
