package io.mesocosm.simulation.world;

import java.time.Duration;
import java.time.Instant;

/**
 * The time over one life of a process: the host's when it begins, and steady from then on, however
 * the host's is stepped. What {@code io.mesocosm.runtime.SteadyClock} is on real time.
 */
public final class ProcessClock {
  private final Simulation simulation;
  private final Duration offset;

  public ProcessClock(Host host) {
    this.simulation = host.simulation();
    this.offset = Duration.between(simulation.now(), host.now());
  }

  public Instant now() {
    return simulation.now().plus(offset);
  }
}
