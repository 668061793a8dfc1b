package io.mesocosm.simulation;

import io.mesocosm.simulation.cluster.PlantedBug;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/** Shows that the promises can be seen to break: makes each planted bug, and looks for a seed. */
public final class PlantedBugs {
  private final SimulateOptions options;
  private final PrintStream out;

  PlantedBugs(SimulateOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Prints the table; true if every one was found. */
  boolean run() throws InterruptedException {
    List<PlantedBug> missed = new ArrayList<>();
    out.println(
        String.format(Locale.ROOT, "%-28s %-14s %6s  %s", "planted", "seed", "tried", "promise"));
    for (PlantedBug bug : PlantedBug.values()) {
      List<SeedRun.Plan> plans =
          LongStream.range(options.first(), options.first() + options.seeds())
              .mapToObj(seed -> options.plan(seed).withPlanted(bug))
              .toList();
      Campaign.Result result =
          new Campaign(options.threads(), false, options.budget(), _ -> {}).run(plans);
      Optional<SeedRun.Outcome> found = result.failed().stream().findFirst();
      out.println(
          String.format(
              Locale.ROOT,
              "%-28s %-14s %6d  %s",
              bug,
              found.map(it -> Long.toString(it.plan().seed())).orElse("MISSED"),
              result.run(),
              found.flatMap(SeedRun.Outcome::failure).map(SeedRun.Failure::invariant).orElse("")));
      if (found.isEmpty()) {
        missed.add(bug);
      }
    }
    int all = PlantedBug.values().length;
    out.println(
        "simulate: "
            + (all - missed.size())
            + " of "
            + all
            + " planted bugs found"
            + (missed.isEmpty() ? "" : ", missed: " + missed));
    return missed.isEmpty();
  }
}
