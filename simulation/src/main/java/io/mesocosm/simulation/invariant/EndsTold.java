package io.mesocosm.simulation.invariant;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * How a task has ended is told as it was: an end that its agent has seen, and that no machine has
 * taken with it, does not become a task that nobody knows anything of.
 */
final class EndsTold extends Invariant {
  private final Map<String, String> hostByEnded = new HashMap<>();
  private final Set<String> told = new HashSet<>();

  EndsTold() {
    super("how a task has ended is told");
  }

  @Override
  public void containerEnded(String host, String task, boolean byItself) {
    if (byItself) {
      hostByEnded.put(task, host);
    }
  }

  @Override
  public void machineLost(String host) {
    hostByEnded.values().removeIf(host::equals);
  }

  @Override
  public void schedulerTold(String scheduler, TaskStatus status) {
    String task = status.getTaskId().getValue();
    switch (status.getState()) {
      case TASK_LOST, TASK_DROPPED, TASK_GONE -> {
        if (hostByEnded.containsKey(task) && !told.contains(task)) {
          violated(
              scheduler
                  + " is told "
                  + status.getState()
                  + " of "
                  + task
                  + ", which has ended by itself on "
                  + hostByEnded.get(task));
        }
      }
      case TASK_FINISHED, TASK_FAILED, TASK_KILLED, TASK_ERROR, TASK_GONE_BY_OPERATOR ->
          told.add(task);
      case TASK_STAGING,
          TASK_STARTING,
          TASK_RUNNING,
          TASK_KILLING,
          TASK_UNREACHABLE,
          TASK_UNKNOWN -> {
        // not over
      }
    }
  }
}
