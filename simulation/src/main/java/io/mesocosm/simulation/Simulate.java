package io.mesocosm.simulation;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** The command {@code ./simulate}: runs clusters from seeds, and exits with 1 if one fails. */
public final class Simulate {
  private static final int PROGRESS_EVERY = 500;

  private Simulate() {}

  @SuppressWarnings("SystemOut") // a command-line program
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out = System.out;
    try {
      System.exit(run(SimulateOptions.parse(List.of(arguments)), out) ? 0 : 1);
    } catch (SimulateOptions.UsageException e) {
      System.err.println("simulate: " + e.getMessage());
      System.err.print(SimulateOptions.USAGE);
      System.exit(2);
    } catch (IOException e) {
      System.err.println("simulate: cannot read " + e.getMessage());
      System.exit(2);
    }
  }

  private static List<SeedRun.Plan> plans(SimulateOptions options) throws IOException {
    if (options.replay().isPresent()) {
      SeedRun.Plan kept = KeptFailure.parse(Files.readAllLines(options.replay().get()));
      return List.of(kept.ignoring(options.ignored()));
    }
    return options.sweep()
        ? new Sweep(options.plan(options.first())).plans(options.seeds())
        : LongStream.range(options.first(), options.first() + options.seeds())
            .mapToObj(options::plan)
            .toList();
  }

  private static boolean run(SimulateOptions options, PrintStream out)
      throws InterruptedException, IOException {
    if (options.planted()) {
      return new PlantedBugs(options, out).run();
    }
    List<SeedRun.Plan> plans = plans(options);
    long first = plans.getFirst().seed();
    if (options.trace()) {
      SeedRun.run(plans.getFirst(), true).history().forEach(out::println);
    }
    if (options.sweep()) {
      out.println("sweep of seed " + first + ": " + plans.size() + " moments");
    }
    out.println("seeds from " + first + ", " + options.threads() + " at once");
    long begin = System.nanoTime();
    Campaign campaign =
        new Campaign(
            options.threads(),
            options.keepGoing(),
            options.budget(),
            done -> {
              if (done % PROGRESS_EVERY == 0) {
                out.println(done + " seeds");
              }
            });
    Campaign.Result result = campaign.run(plans);
    Duration real = Duration.ofNanos(System.nanoTime() - begin);
    Report report = new Report(out);
    Set<String> shown = new HashSet<>();
    for (SeedRun.Outcome failed : result.failed()) {
      // One of each kind: the others are likely to be the same.
      if (shown.add(failed.failure().orElseThrow().invariant())) {
        report.failure(failed);
      }
    }
    report.summary(result, first, real);
    return result.failed().isEmpty();
  }
}
