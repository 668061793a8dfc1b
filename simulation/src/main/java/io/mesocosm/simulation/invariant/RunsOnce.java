package io.mesocosm.simulation.invariant;

import java.util.HashMap;
import java.util.Map;

/** A task id never runs twice, not at once and not one after the other. */
final class RunsOnce extends Invariant {
  private final Map<String, String> hostByTask = new HashMap<>();

  RunsOnce() {
    super("a task id never runs twice");
  }

  @Override
  public void containerStarted(String host, String task) {
    String earlier = hostByTask.putIfAbsent(task, host);
    if (earlier != null) {
      violated("task " + task + " starts on " + host + ", and has run on " + earlier);
    }
  }
}
