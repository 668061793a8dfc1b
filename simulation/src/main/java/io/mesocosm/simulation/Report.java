package io.mesocosm.simulation;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints what has come of runs. */
final class Report {
  /** How much of the history before a failure is shown. */
  private static final int TAIL_LINES = 40;

  private static final int SHRINKING_RUNS_MAX = 300;

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  /** A failure, with the fewest faults that lead to it. */
  void failure(SeedRun.Outcome failed) {
    SeedRun.Failure failure = failed.failure().orElseThrow();
    long seed = failed.plan().seed();
    out.println();
    out.println("seed " + seed + " fails: " + failure.message());
    out.println("  promise: " + failure.invariant() + ", at " + seconds(failure.at()));
    SeedRun.Plan fewest = new Shrinker(SHRINKING_RUNS_MAX).shrink(failed.plan(), failure);
    out.println(
        "  faults that it takes: "
            + fewest.faults().size()
            + " of "
            + failed.plan().faults().size());
    out.println("  as a file for --replay, to keep in simulation/src/test/resources/failures:");
    out.println("# " + failure.invariant());
    KeptFailure.lines(fewest).forEach(out::println);
    SeedRun.Outcome traced = SeedRun.run(fewest, true);
    List<String> history = traced.history();
    out.println("  the last of what happens then:");
    history
        .subList(Math.max(0, history.size() - TAIL_LINES), history.size())
        .forEach(line -> out.println("    " + line));
    traced.failure().ifPresent(again -> out.println("  " + again.message()));
    traced
        .failure()
        .filter(again -> again.invariant().startsWith("no core fails"))
        .ifPresent(again -> again.cause().printStackTrace(out));
    out.println(
        "  replay: ./simulate --seed "
            + seed
            + " --minutes "
            + failed.plan().storm().toMinutes()
            + " --agents "
            + failed.plan().size().agents()
            + " --trace");
  }

  /** The table of faults and, as the last line, all in one. */
  void summary(Campaign.Result result, long first, Duration real) {
    double realSeconds = Math.max(0.001, real.toNanos() / 1e9);
    long faults = result.faults().values().stream().mapToLong(Long::longValue).sum();
    out.println("faults by kind:");
    result
        .faults()
        .forEach(
            (kind, count) -> out.println(String.format(Locale.ROOT, "  %-20s %8d", kind, count)));
    String failures =
        result.failed().isEmpty()
            ? "no failure"
            : result.failed().size()
                + " failed: "
                + result.failed().stream()
                    .map(failed -> Long.toString(failed.plan().seed()))
                    .collect(Collectors.joining(", "));
    out.println(
        String.format(
            Locale.ROOT,
            "simulate: %d seeds from %d, %.1f simulated hours, %d steps, %d faults, %s; %.1f s,"
                + " %.1f seeds/s, %.0f simulated hours an hour",
            result.run(),
            first,
            result.simulated().toSeconds() / 3600.0,
            result.steps(),
            faults,
            failures,
            realSeconds,
            result.run() / realSeconds,
            result.simulated().toSeconds() / realSeconds));
  }

  private static String seconds(Duration at) {
    return String.format(Locale.ROOT, "%.3f s", at.toMillis() / 1000.0);
  }
}
