package io.mesocosm.agent.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps requests to an endpoint at least so far apart: those that come sooner wait for their turn,
 * and where the queue is too long they are refused. Thread-safe.
 */
final class Pace {
  private final Duration interval;
  private final Duration waitMax;
  // Requests meet here.
  private final AtomicReference<Instant> nextTurn = new AtomicReference<>(Instant.MIN);

  Pace(Duration interval, Duration waitMax) {
    this.interval = interval;
    this.waitMax = waitMax;
  }

  /**
   * Takes the next turn.
   *
   * @return how long to wait for it; absent if that is too long, and then no turn is taken
   */
  Optional<Duration> reserve(Instant now) {
    while (true) {
      Instant next = nextTurn.get();
      Instant turn = next.isAfter(now) ? next : now;
      Duration wait = Duration.between(now, turn);
      if (wait.compareTo(waitMax) > 0) {
        return Optional.empty();
      }
      if (nextTurn.compareAndSet(next, turn.plus(interval))) {
        return Optional.of(wait);
      }
    }
  }
}
