package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long each app waits before it launches again, after instances that ended by themselves
 * (contracts/marathon-api.md B3 to B5). A delay belongs to a configuration: another one starts
 * afresh.
 */
final class Backoff {
  private record Delay(Instant configVersion, Duration length, Instant from, Duration max) {
    Instant until() {
      return from.plus(length);
    }
  }

  private final SortedMap<AppId, Delay> delayByApp = new TreeMap<>();

  /** An instance of the app ended in a way that calls for patience (B4). */
  void increase(RunSpec app, Instant now) {
    Duration max = app.maxLaunchDelay();
    Duration length = app.backoff();
    Delay earlier = delayByApp.get(app.id());
    if (earlier != null && isAlive(earlier, app, now)) {
      double longer = earlier.length().toMillis() * app.backoffFactor();
      length = Duration.ofMillis((long) Math.min(longer, max.toMillis()));
    }
    length = length.compareTo(max) > 0 ? max : length;
    delayByApp.put(app.id(), new Delay(app.lastConfigChangeAt(), length, now, max));
  }

  /** An instance is on its way: the delay keeps its length, and counts from now (B5). */
  void refresh(RunSpec app, Instant now) {
    Delay earlier = delayByApp.get(app.id());
    if (earlier != null && earlier.configVersion().equals(app.lastConfigChangeAt())) {
      delayByApp.put(
          app.id(), new Delay(earlier.configVersion(), earlier.length(), now, earlier.max()));
    }
  }

  /** True if there was a delay. */
  boolean reset(AppId app) {
    return delayByApp.remove(app) != null;
  }

  /** When the app may launch again, if that is not now. */
  Optional<Instant> delayUntil(RunSpec app, Instant now) {
    Delay delay = delayByApp.get(app.id());
    if (delay == null || !isAlive(delay, app, now) || !delay.until().isAfter(now)) {
      return Optional.empty();
    }
    return Optional.of(delay.until());
  }

  /** Forgotten once nothing happened for the longest delay there may be. */
  private static boolean isAlive(Delay delay, RunSpec app, Instant now) {
    return delay.configVersion().equals(app.lastConfigChangeAt())
        && !now.isAfter(delay.from().plus(delay.max()));
  }
}
