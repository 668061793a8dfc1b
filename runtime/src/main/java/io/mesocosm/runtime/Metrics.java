package io.mesocosm.runtime;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Counters, gauges and timings by name, as {@code /metrics/snapshot} shows them. Thread-safe. */
public final class Metrics {
  // Any thread counts, HTTP threads read.
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
  private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
  private final Map<String, Timings> timings = new ConcurrentHashMap<>();

  /** The counter of that name, made at first use; starts at 0. */
  public LongAdder counter(String name) {
    return counters.computeIfAbsent(name, _ -> new LongAdder());
  }

  /**
   * Adds a gauge, or replaces the one of that name. The supplier is called on the reader's thread.
   */
  public void gauge(String name, DoubleSupplier value) {
    gauges.put(name, value);
  }

  /** The timings of that name, made at first use. */
  public Timings timings(String name) {
    return timings.computeIfAbsent(name, _ -> new Timings());
  }

  /** Every metric's present value, by name. */
  public SortedMap<String, Double> snapshot() {
    SortedMap<String, Double> values = new TreeMap<>();
    counters.forEach((name, counter) -> values.put(name, (double) counter.sum()));
    gauges.forEach((name, gauge) -> values.put(name, gauge.getAsDouble()));
    timings.forEach((name, taken) -> taken.show(name, values));
    return values;
  }
}
