package io.mesocosm.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Simulated time: a queue of things to happen, taken one by one in the order of their time. The
 * seed decides everything that is random, so the same seed gives the same history to the last line.
 * One thread.
 */
public final class Simulation {
  /** All histories begin here; the date itself means nothing. */
  private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  private record Happening(Instant at, long sequence, Runnable action) {}

  private final long seed;
  private final SplittableRandom random;
  private final PriorityQueue<Happening> queue =
      new PriorityQueue<>(
          Comparator.comparing(Happening::at).thenComparingLong(Happening::sequence));
  private final List<String> history = new ArrayList<>();
  private final List<Runnable> checkers = new ArrayList<>();
  private Instant now = BEGINNING;
  private long sequence;

  public Simulation(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  public long seed() {
    return seed;
  }

  public Instant now() {
    return now;
  }

  /** A generator for one part of the world, independent of how much the other parts draw. */
  RandomGenerator newRandom() {
    return random.split();
  }

  /** A random duration from {@code min} to {@code max}, in whole milliseconds. */
  static Duration between(RandomGenerator random, Duration min, Duration max) {
    return Duration.ofMillis(random.nextLong(min.toMillis(), max.toMillis() + 1));
  }

  /**
   * Has something happen later; what is due at the same time happens in the order of these calls.
   */
  void after(Duration delay, Runnable action) {
    at(now.plus(delay), action);
  }

  void at(Instant time, Runnable action) {
    queue.add(new Happening(time.isBefore(now) ? now : time, sequence++, action));
  }

  /** Adds a line to the history. */
  void note(String line) {
    history.add(Duration.between(BEGINNING, now).toMillis() + " ms  " + line);
  }

  /** Everything noted so far: what two runs of one seed must agree on. */
  public List<String> history() {
    return List.copyOf(history);
  }

  /** Looks at the world after every step; throws AssertionError if a promise is broken. */
  void check(Runnable checker) {
    checkers.add(checker);
  }

  /** Lets time pass. A failure names the seed that replays it. */
  public void run(Duration duration) {
    Instant end = now.plus(duration);
    try {
      while (!queue.isEmpty() && !queue.peek().at().isAfter(end)) {
        Happening next = queue.poll();
        now = next.at();
        next.action().run();
        checkers.forEach(Runnable::run);
      }
      now = end;
    } catch (AssertionError | RuntimeException e) {
      List<String> tail = history.subList(Math.max(0, history.size() - 40), history.size());
      throw new AssertionError(
          "seed "
              + seed
              + " fails: "
              + e.getMessage()
              + "\nreplay: mvn -q test -pl simulation -am -Dsimulation.seed="
              + seed
              + "\nlast of its history:\n"
              + String.join("\n", tail),
          e);
    }
  }
}
