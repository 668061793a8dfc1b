package io.mesocosm.simulation.invariant;

import io.mesocosm.protocol.TaskStates;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.mesos.v1.Protos.TaskStatus;

/** A task that was reported terminal by its agent does not run then, and never again. */
final class EndedStaysEnded extends Invariant {
  private final Map<String, String> hostByRunning = new HashMap<>();
  private final Set<String> ended = new HashSet<>();

  EndedStaysEnded() {
    super("a task reported terminal never runs again");
  }

  @Override
  public void containerStarted(String host, String task) {
    hostByRunning.put(task, host);
    if (ended.contains(task)) {
      violated("task " + task + " starts on " + host + ", though its end was reported before");
    }
  }

  @Override
  public void containerEnded(String host, String task, boolean byItself) {
    hostByRunning.remove(task, host);
  }

  @Override
  public void agentSaid(String host, TaskStatus status) {
    String task = status.getTaskId().getValue();
    if (TaskStates.isTerminal(status.getState())) {
      ended.add(task);
      if (host.equals(hostByRunning.get(task))) {
        violated(host + " reports " + status.getState() + " of " + task + ", which runs there");
      }
    }
  }
}
