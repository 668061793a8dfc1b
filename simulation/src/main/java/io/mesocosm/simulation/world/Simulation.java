package io.mesocosm.simulation.world;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Simulated time: a queue of things to happen, taken one by one in the order of their time. The
 * seed decides everything that is random, so the same seed gives the same history to the last line.
 * Where nothing happens, time passes at no cost. One thread.
 */
public final class Simulation {
  /** All histories begin here; the date itself means nothing. */
  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private record Happening(long atMicros, long sequence, Runnable action)
      implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      int byTime = Long.compare(atMicros, other.atMicros);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final long seed;
  private final boolean traced;
  private final SplittableRandom random;
  private final PriorityQueue<Happening> queue = new PriorityQueue<>();
  private final List<String> history = new ArrayList<>();
  private final List<Runnable> checkers = new ArrayList<>();
  private long nowMicros;
  private long sequence;
  private long steps;
  private long fingerprint;

  /**
   * @param traced whether to write the history down, which takes most of the time of a run
   */
  public Simulation(long seed, boolean traced) {
    this.seed = seed;
    this.traced = traced;
    this.random = new SplittableRandom(seed);
  }

  public long seed() {
    return seed;
  }

  /** True time, which no host knows. */
  public Instant now() {
    return BEGINNING.plus(nowMicros, ChronoUnit.MICROS);
  }

  /** Since the beginning. */
  public Duration elapsed() {
    return Duration.of(nowMicros, ChronoUnit.MICROS);
  }

  /** How many things have happened. */
  public long steps() {
    return steps;
  }

  /**
   * A digest of when everything happened, the same for two runs of one seed. Says less than {@link
   * #history}, but comes for free.
   */
  public long fingerprint() {
    return fingerprint;
  }

  /** A generator for one part of the world, independent of how much the other parts draw. */
  public RandomGenerator newRandom() {
    return random.split();
  }

  /** A random duration from {@code min} to {@code max}, in whole microseconds. */
  public static Duration between(RandomGenerator random, Duration min, Duration max) {
    return Duration.of(random.nextLong(micros(min), micros(max) + 1), ChronoUnit.MICROS);
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }

  /**
   * Has something happen later; what is due at the same time happens in the order of these calls.
   */
  public void after(Duration delay, Runnable action) {
    queue.add(new Happening(nowMicros + Math.max(0, micros(delay)), sequence++, action));
  }

  /** As {@link #after}, at a point of true time; at once if that has passed. */
  public void at(Instant time, Runnable action) {
    after(Duration.between(now(), time), action);
  }

  /** Adds a line to the history, if one is written. */
  public void note(Supplier<String> line) {
    if (traced) {
      history.add(nowMicros / 1000 + " ms  " + line.get());
    }
  }

  /** Everything noted so far: what two runs of one seed must agree on. Empty unless traced. */
  public List<String> history() {
    return List.copyOf(history);
  }

  /** Looks at the world after every step; throws {@link AssertionError} if a promise is broken. */
  public void check(Runnable checker) {
    checkers.add(checker);
  }

  /**
   * Lets time pass.
   *
   * @throws AssertionError of a checker, or of the world, as it was thrown
   */
  public void run(Duration duration) {
    long end = nowMicros + micros(duration);
    while (!queue.isEmpty() && queue.element().atMicros() <= end) {
      Happening next = queue.remove();
      nowMicros = next.atMicros();
      steps++;
      fingerprint = fingerprint * 31 + nowMicros;
      next.action().run();
      for (Runnable checker : checkers) {
        checker.run();
      }
    }
    nowMicros = end;
  }
}
