package io.mesocosm.simulation.invariant;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.TaskStates;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * The updates that a scheduler gets of one task are in the order of the task's life: none goes
 * back, and after the end comes nothing but the end again.
 */
final class UpdatesInOrder extends Invariant {
  private static final class Told {
    private TaskState newest = TaskState.TASK_STAGING;
    private final Set<ByteString> seen = new HashSet<>();
  }

  private final Map<String, Told> toldByTask = new HashMap<>();

  UpdatesInOrder() {
    super("status updates in order");
  }

  @Override
  public void schedulerTold(String scheduler, TaskStatus status) {
    if (status.getUuid().isEmpty()) {
      // The master's own word, of reconciliation or of a lost agent: may be ahead or behind.
      return;
    }
    String task = status.getTaskId().getValue();
    Told told = toldByTask.computeIfAbsent(task, _ -> new Told());
    if (!told.seen.add(status.getUuid())) {
      return;
    }
    boolean isBack = rank(status.getState()) < rank(told.newest);
    if (isBack || TaskStates.isTerminal(told.newest)) {
      violated(
          scheduler
              + " is told "
              + status.getState()
              + " of "
              + task
              + " by a new update, after "
              + told.newest);
    }
    told.newest = status.getState();
  }

  /** How far a task has come by what its agent says; an update never goes back. */
  private static int rank(TaskState state) {
    return switch (state) {
      case TASK_STAGING -> 0;
      case TASK_STARTING -> 1;
      case TASK_RUNNING -> 2;
      case TASK_KILLING -> 3;
      case TASK_UNREACHABLE, TASK_UNKNOWN -> 0;
      case TASK_FINISHED,
          TASK_FAILED,
          TASK_KILLED,
          TASK_ERROR,
          TASK_LOST,
          TASK_DROPPED,
          TASK_GONE,
          TASK_GONE_BY_OPERATOR ->
          4;
    };
  }
}
