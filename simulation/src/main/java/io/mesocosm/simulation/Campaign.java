package io.mesocosm.simulation;

import io.mesocosm.simulation.nemesis.Fault;
import io.mesocosm.simulation.nemesis.FaultKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Many seeds, several at once, each on one thread. Some are run a second time, to see that a seed
 * has one history, and some a second time without faults, to see that both end alike.
 */
public final class Campaign {
  /** Every so many-th seed is run again as it was. */
  private static final int REPEATED_EVERY = 40;

  /** Every so many-th seed is run again without faults. */
  private static final int TWIN_EVERY = 15;

  /**
   * What came of it.
   *
   * @param run how many seeds
   * @param failed outcomes with a failure, in the order of their seeds
   */
  public record Result(
      int run,
      long steps,
      Duration simulated,
      Map<FaultKind, Long> faults,
      List<SeedRun.Outcome> failed) {
    public Result {
      faults = Collections.unmodifiableMap(faults);
      failed = List.copyOf(failed);
    }
  }

  private final int threads;
  private final boolean keepGoing;
  private final long deadlineNanos;
  private final Consumer<Integer> progress;

  /**
   * @param budget of real time: no seed is begun after it
   * @param progress told how many seeds are done, now and then
   */
  public Campaign(
      int threads, boolean keepGoing, Optional<Duration> budget, Consumer<Integer> progress) {
    this.threads = threads;
    this.keepGoing = keepGoing;
    this.deadlineNanos =
        System.nanoTime() + budget.map(Duration::toNanos).orElse(Long.MAX_VALUE / 2);
    this.progress = progress;
  }

  /** Runs the plans. */
  public Result run(List<SeedRun.Plan> plans) throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<Optional<SeedRun.Outcome>>> futures = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < plans.size(); i++) {
        int index = i;
        Callable<Optional<SeedRun.Outcome>> task =
            () -> {
              if (stop.get() || System.nanoTime() - deadlineNanos > 0) {
                return Optional.empty();
              }
              SeedRun.Outcome outcome = runOne(plans.get(index), index);
              if (outcome.failure().isPresent() && !keepGoing) {
                stop.set(true);
              }
              return Optional.of(outcome);
            };
        futures.add(executor.submit(task));
      }
      return gather(futures);
    }
  }

  private Result gather(List<Future<Optional<SeedRun.Outcome>>> futures)
      throws InterruptedException {
    int run = 0;
    long steps = 0;
    Duration simulated = Duration.ZERO;
    Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
    List<SeedRun.Outcome> failed = new ArrayList<>();
    for (Future<Optional<SeedRun.Outcome>> future : futures) {
      Optional<SeedRun.Outcome> outcome = get(future);
      if (outcome.isEmpty()) {
        continue;
      }
      run++;
      steps += outcome.get().steps();
      simulated = simulated.plus(outcome.get().simulated());
      for (Fault fault : outcome.get().plan().faults()) {
        faults.merge(fault.kind(), 1L, Long::sum);
      }
      outcome.filter(it -> it.failure().isPresent()).ifPresent(failed::add);
      progress.accept(run);
    }
    return new Result(run, steps, simulated, faults, failed);
  }

  private static Optional<SeedRun.Outcome> get(Future<Optional<SeedRun.Outcome>> future)
      throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run has failed outside of its world", e.getCause());
    }
  }

  private static SeedRun.Outcome runOne(SeedRun.Plan plan, int index) {
    SeedRun.Outcome outcome = SeedRun.run(plan, false);
    if (outcome.failure().isPresent()) {
      return outcome;
    }
    if (index % REPEATED_EVERY == 0
        && SeedRun.run(plan, false).fingerprint() != outcome.fingerprint()) {
      return outcome.withFailure("same seed, same history", "two runs of this seed differ");
    }
    if (index % TWIN_EVERY == 0) {
      SeedRun.Outcome calm = SeedRun.run(plan.withFaults(List.of()), false);
      if (calm.failure().isPresent()) {
        return calm;
      }
      if (!calm.end().equals(outcome.end())) {
        return outcome.withFailure(
            "the same end as without faults",
            "it ends as " + outcome.end() + ", and without faults as " + calm.end());
      }
    }
    return outcome;
  }
}
