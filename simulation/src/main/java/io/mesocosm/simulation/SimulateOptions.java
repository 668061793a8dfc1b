package io.mesocosm.simulation;

import io.mesocosm.simulation.cluster.SimulatedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * The command line of {@code ./simulate}.
 *
 * @param seeds how many, from {@code first} on
 * @param storm simulated time in which faults happen, for each seed
 * @param trace whether to print the whole history; of one seed only
 * @param keepGoing whether to go on after a failure
 * @param planted whether to look for the planted bugs instead
 * @param sweep whether to crash one seed's run at every moment that counts instead; {@code seeds}
 *     is then how many moments
 * @param ignored names of promises that are not watched
 * @param budget of real time; no seed is begun after it
 * @param replay file of the run to make instead of any seed's
 */
record SimulateOptions(
    int seeds,
    long first,
    Duration storm,
    int agents,
    int threads,
    boolean trace,
    boolean keepGoing,
    boolean planted,
    boolean sweep,
    SortedSet<String> ignored,
    Optional<Duration> budget,
    Optional<Path> replay) {

  static final String USAGE =
      """
      usage: ./simulate [--seeds N] [--minutes M] [--agents K] [--seed S [--trace]] [options]
        --seeds N        how many fresh seeds to run, default 100
        --minutes M      simulated minutes of faults a seed, default 10; healing comes on top
        --agents K       agents of a cluster, default 10 (3 masters, 2 services schedulers)
        --seed S         run this seed alone
        --first S        run the seeds from this one on, not fresh ones
        --trace          with --seed: print everything that happens
        --seconds T      begin no seed after so many seconds of real time
        --threads T      seeds at once, default the number of processors
        --keep-going     do not stop at the first failure
        --ignore NAME    do not watch this promise, or leave out this kind of fault; may be repeated
        --replay FILE    make the run that is described in a file; --trace prints it
        --sweep          crash at every durable write and between any two steps of one run; --seeds
                         says how many of these moments at most, --first of which seed
        --planted        make each planted bug in turn, and fail unless every one is found
      """;

  SimulateOptions {
    ignored = Collections.unmodifiableSortedSet(new TreeSet<>(ignored));
  }

  /** What the command line says is wrong. */
  static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /**
   * @throws UsageException naming the argument
   */
  static SimulateOptions parse(List<String> arguments) {
    SimulateOptions options =
        new SimulateOptions(
            100,
            new SplittableRandom().nextLong(1, 1L << 40),
            Duration.ofMinutes(10),
            SimulatedCluster.Size.USUAL.agents(),
            Runtime.getRuntime().availableProcessors(),
            false,
            false,
            false,
            false,
            Collections.emptySortedSet(),
            Optional.empty(),
            Optional.empty());
    Deque<String> left = new ArrayDeque<>(arguments);
    while (!left.isEmpty()) {
      options = options.with(left.removeFirst(), left);
    }
    if (options.trace && options.seeds != 1) {
      throw new UsageException("--trace is for one seed: name it by --seed");
    }
    return options;
  }

  private SimulateOptions with(String flag, Deque<String> left) {
    return switch (flag) {
      case "--seeds" -> withSeeds(first, (int) number(flag, left));
      case "--first" -> withSeeds(number(flag, left), seeds);
      case "--seed" -> withSeeds(number(flag, left), 1);
      case "--minutes" -> withStorm(Duration.ofMinutes(number(flag, left)));
      case "--agents" -> withAgents((int) number(flag, left));
      case "--threads" -> withThreads((int) number(flag, left));
      case "--seconds" -> withBudget(Duration.ofSeconds(number(flag, left)));
      case "--trace" -> withModes(true, keepGoing, planted);
      case "--keep-going" -> withModes(trace, true, planted);
      case "--planted" -> withModes(trace, keepGoing, true);
      case "--sweep" ->
          new SimulateOptions(
              seeds, first, storm, agents, threads, trace, keepGoing, planted, true, ignored,
              budget, replay);
      case "--replay" -> withReplay(Path.of(value(flag, left)));
      case "--ignore" -> withIgnored(value(flag, left));
      default -> throw new UsageException("unknown argument " + flag);
    };
  }

  private static String value(String flag, Deque<String> left) {
    if (left.isEmpty()) {
      throw new UsageException(flag + " needs a value");
    }
    return left.removeFirst();
  }

  private static long number(String flag, Deque<String> left) {
    String text = value(flag, left);
    try {
      long number = Long.parseLong(text);
      if (number > 0) {
        return number;
      }
      throw new UsageException(flag + " must be above 0, not " + text);
    } catch (NumberFormatException e) {
      throw new UsageException(flag + " needs a whole number, not '" + text + "'");
    }
  }

  private SimulateOptions withSeeds(long from, int count) {
    return new SimulateOptions(
        count, from, storm, agents, threads, trace, keepGoing, planted, sweep, ignored, budget,
        replay);
  }

  private SimulateOptions withStorm(Duration duration) {
    return new SimulateOptions(
        seeds, first, duration, agents, threads, trace, keepGoing, planted, sweep, ignored, budget,
        replay);
  }

  private SimulateOptions withAgents(int count) {
    return new SimulateOptions(
        seeds, first, storm, count, threads, trace, keepGoing, planted, sweep, ignored, budget,
        replay);
  }

  private SimulateOptions withThreads(int count) {
    return new SimulateOptions(
        seeds, first, storm, agents, count, trace, keepGoing, planted, sweep, ignored, budget,
        replay);
  }

  private SimulateOptions withBudget(Duration real) {
    return new SimulateOptions(
        seeds,
        first,
        storm,
        agents,
        threads,
        trace,
        keepGoing,
        planted,
        sweep,
        ignored,
        Optional.of(real),
        replay);
  }

  private SimulateOptions withModes(boolean traced, boolean going, boolean bugs) {
    return new SimulateOptions(
        seeds, first, storm, agents, threads, traced, going, bugs, sweep, ignored, budget, replay);
  }

  private SimulateOptions withIgnored(String invariant) {
    SortedSet<String> more = new TreeSet<>(ignored);
    more.add(invariant);
    return new SimulateOptions(
        seeds, first, storm, agents, threads, trace, keepGoing, planted, sweep, more, budget,
        replay);
  }

  private SimulateOptions withReplay(Path file) {
    return new SimulateOptions(
        1,
        first,
        storm,
        agents,
        threads,
        trace,
        keepGoing,
        planted,
        sweep,
        ignored,
        budget,
        Optional.of(file));
  }

  SeedRun.Plan plan(long seed) {
    SeedRun.Plan all =
        SeedRun.Plan.of(seed, storm, SimulatedCluster.Size.USUAL.withAgents(agents))
            .ignoring(ignored);
    return all.withFaults(
        all.faults().stream().filter(fault -> !ignored.contains(fault.kind().name())).toList());
  }
}
