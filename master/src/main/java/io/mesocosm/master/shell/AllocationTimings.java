package io.mesocosm.master.shell;

import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.Timings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** How long allocations take, and how long they were waited for. Of the loop's thread. */
final class AllocationTimings {
  private final InstantSource clock;
  private final Timings run;
  private final Timings latency;
  private Optional<Instant> asked = Optional.empty();

  AllocationTimings(Metrics metrics, InstantSource clock) {
    this.clock = clock;
    this.run = metrics.timings("allocator/mesos/allocation_run_ms");
    this.latency = metrics.timings("allocator/mesos/allocation_run_latency_ms");
  }

  /** Something may be offered that could not before. */
  void asked() {
    asked = Optional.of(clock.instant());
  }

  /** Carries one out, offers and all. */
  <E> List<E> measure(Supplier<List<E>> allocation) {
    Instant begin = clock.instant();
    asked.ifPresent(since -> latency.record(Duration.between(since, begin)));
    asked = Optional.empty();
    List<E> effects = allocation.get();
    run.record(Duration.between(begin, clock.instant()));
    return effects;
  }
}
