package io.mesocosm.simulation;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The timers of one core's life: setting a key anew replaces its timer.
 *
 * @param <K> the core's own type of timers
 */
final class SimulatedTimers<K> {
  private final Simulation simulation;
  private final Consumer<K> fired;
  private final Map<K, Long> pending = new LinkedHashMap<>();
  private long sequence;
  private boolean stopped;

  SimulatedTimers(Simulation simulation, Consumer<K> fired) {
    this.simulation = simulation;
    this.fired = fired;
  }

  void set(K key, Instant at) {
    long number = sequence++;
    pending.put(key, number);
    simulation.at(
        at,
        () -> {
          if (!stopped && Long.valueOf(number).equals(pending.get(key))) {
            pending.remove(key);
            fired.accept(key);
          }
        });
  }

  void cancel(K key) {
    pending.remove(key);
  }

  /** The core is dead: nothing fires any more. */
  void stop() {
    stopped = true;
  }
}
