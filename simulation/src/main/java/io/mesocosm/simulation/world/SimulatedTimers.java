package io.mesocosm.simulation.world;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Timers by key of one process, by its own clock: what {@code io.mesocosm.runtime.Timers} is on
 * real time.
 *
 * @param <K> a value with equals and hashCode
 */
public final class SimulatedTimers<K> {
  private final Host host;
  private final ProcessClock clock;
  private final Consumer<K> fired;
  private final Map<K, Long> setByKey = new HashMap<>();
  private long sets;

  public SimulatedTimers(Host host, ProcessClock clock, Consumer<K> fired) {
    this.host = host;
    this.clock = clock;
    this.fired = fired;
  }

  /** Replaces the key's earlier timer. */
  public void set(K key, Instant at) {
    long set = sets++;
    setByKey.put(key, set);
    host.after(
        Duration.between(clock.now(), at),
        () -> {
          if (setByKey.remove(key, set)) {
            fired.accept(key);
          }
        });
  }

  public void cancel(K key) {
    setByKey.remove(key);
  }

  /** Nothing fires any more. */
  public void stop() {
    setByKey.clear();
  }
}
