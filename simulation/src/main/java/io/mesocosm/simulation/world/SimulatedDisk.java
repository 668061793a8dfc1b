package io.mesocosm.simulation.world;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The disk of one machine with a journal of records: groups of changes are appended at once and
 * made durable together, one flush after the other. A crash loses what was not flushed, but for
 * some that came first: a group is there or it is not.
 *
 * @param <R> immutable
 */
public final class SimulatedDisk<R> {
  private static final Duration FLUSH_MIN = Duration.ofNanos(300_000);
  private static final Duration FLUSH_MAX = Duration.ofMillis(12);

  /** How many groups a lying disk keeps to itself. */
  private static final int CACHED_MAX = 3;

  /** The writer's side. */
  public interface Writer {
    /** All groups up to this number are durable. */
    void flushed(long number);

    /** There is no room. */
    void failed();
  }

  private record Group<R>(long number, SortedMap<String, Optional<R>> changes, Writer writer) {}

  private final Host host;
  private final RandomGenerator random;
  private final SortedMap<String, R> durable = new TreeMap<>();
  private final Deque<Group<R>> waiting = new ArrayDeque<>();
  private final Deque<Group<R>> cached = new ArrayDeque<>();
  private List<Group<R>> flushing = List.of();
  private Duration slowness = Duration.ZERO;
  private boolean full;
  private boolean lying;
  private long life;
  private long flushes;

  public SimulatedDisk(Host host) {
    this.host = host;
    this.random = host.simulation().newRandom();
  }

  /** Appends a group; the writer hears of it later, on the host. */
  public void append(long number, SortedMap<String, Optional<R>> changes, Writer writer) {
    if (full) {
      long begun = life;
      host.after(
          FLUSH_MIN,
          () -> {
            if (begun == life) {
              writer.failed();
            }
          });
      return;
    }
    waiting.add(new Group<>(number, changes, writer));
    if (flushing.isEmpty()) {
      flush();
    }
  }

  private void flush() {
    flushing = List.copyOf(waiting);
    waiting.clear();
    long begun = life;
    flushes++;
    Duration duration = Simulation.between(random, FLUSH_MIN, FLUSH_MAX).plus(slowness);
    host.after(
        duration,
        () -> {
          if (begun != life) {
            return;
          }
          Group<R> last = flushing.getLast();
          if (lying) {
            cached.addAll(flushing);
            while (cached.size() > CACHED_MAX) {
              keep(cached.remove());
            }
          } else {
            flushing.forEach(this::keep);
          }
          flushing = List.of();
          last.writer().flushed(last.number());
          if (begun == life && flushing.isEmpty() && !waiting.isEmpty()) {
            flush();
          }
        });
  }

  private void keep(Group<R> group) {
    group
        .changes()
        .forEach((name, change) ->
            change.ifPresentOrElse(
                record -> durable.put(name, record), () -> durable.remove(name)));
  }

  /** The writer has died, or its machine: of what was not flushed a beginning is there. */
  public void crash() {
    List<Group<R>> unflushed = new ArrayList<>(cached);
    cached.clear();
    unflushed.addAll(flushing);
    unflushed.addAll(waiting);
    waiting.clear();
    flushing = List.of();
    life++;
    if (!unflushed.isEmpty()) {
      int kept = random.nextInt(unflushed.size() + 1);
      host.simulation()
          .note(() ->
              host.name() + ": of " + unflushed.size() + " unflushed groups " + kept + " are kept");
      unflushed.subList(0, kept).forEach(this::keep);
    }
  }

  /** What is there after a crash, by name. */
  public SortedMap<String, R> records() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(durable));
  }

  /** How often something was made durable. */
  public long flushes() {
    return flushes;
  }

  /** Every flush takes so much longer. */
  public void slow(Duration more) {
    slowness = more;
  }

  /** From now on the newest groups are lost in a crash, flushed or not: a planted bug. */
  public void lie() {
    lying = true;
  }

  public void fill(boolean isFull) {
    full = isFull;
  }
}
