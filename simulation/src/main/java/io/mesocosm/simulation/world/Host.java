package io.mesocosm.simulation.world;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A machine as its processes know it: with a clock of its own, which may be stepped, and with
 * pauses in which nothing of it moves. All that happens to a process happens through its host.
 */
public final class Host {
  private final Simulation simulation;
  private final String name;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private Duration clockOffset = Duration.ZERO;
  private Instant pausedUntil = Instant.MIN;
  private boolean paused;

  public Host(Simulation simulation, String name) {
    this.simulation = simulation;
    this.name = name;
  }

  public String name() {
    return name;
  }

  public Simulation simulation() {
    return simulation;
  }

  /** What the host's clock shows; it may have been stepped back. */
  public Instant now() {
    return simulation.now().plus(clockOffset);
  }

  /** Steps the clock by so much, either way. */
  public void step(Duration jump) {
    simulation.note(() -> name + ": the clock is stepped by " + jump);
    clockOffset = clockOffset.plus(jump);
  }

  /** The clock is right again. */
  public void correctClock() {
    clockOffset = Duration.ZERO;
  }

  /** Runs something on this host: now, or in turn when the pause is over. */
  public void perform(Runnable action) {
    if (paused) {
      held.add(action);
    } else {
      action.run();
    }
  }

  /** As {@link #perform}, after a delay that the host's clock has no say in. */
  public void after(Duration delay, Runnable action) {
    simulation.after(delay, () -> perform(action));
  }

  /** Whether all of it stands still. */
  public boolean isPaused() {
    return paused;
  }

  /** Stops everything here for a while; a pause within a pause can only make it longer. */
  public void pause(Duration duration) {
    Instant until = simulation.now().plus(duration);
    if (until.isBefore(pausedUntil)) {
      return;
    }
    pausedUntil = until;
    paused = true;
    simulation.note(() -> name + ": stands still for " + duration);
    simulation.at(
        until,
        () -> {
          if (paused && !simulation.now().isBefore(pausedUntil)) {
            resume();
          }
        });
  }

  /** Ends a pause early, or does nothing. */
  public void resume() {
    if (!paused) {
      return;
    }
    paused = false;
    pausedUntil = Instant.MIN;
    simulation.note(() -> name + ": moves again");
    while (!paused && !held.isEmpty()) {
      held.remove().run();
    }
  }
}
