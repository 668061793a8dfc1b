package io.mesocosm.simulation.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How long the processes of tasks last by themselves; those not named here last for ever. */
final class TaskLives {
  record Life(Duration lasts, int exitCode) {}

  private final Map<String, Life> lifeByTask = new HashMap<>();

  void plan(String task, Life life) {
    lifeByTask.put(task, life);
  }

  Optional<Life> of(String task) {
    return Optional.ofNullable(lifeByTask.get(task));
  }
}
