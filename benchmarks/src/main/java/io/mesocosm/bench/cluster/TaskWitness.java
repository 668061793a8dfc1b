package io.mesocosm.bench.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/** Counts tasks that come to run, and then those that do anything else. Of the loop's thread. */
final class TaskWitness implements Witness {
  private final int wanted;
  private final Map<TaskID, AgentID> tasks = new HashMap<>();
  private final Set<TaskID> known = new HashSet<>();
  private final Set<TaskID> disturbed = new HashSet<>();
  private final CompletableFuture<Long> allRun = new CompletableFuture<>();
  private final CompletableFuture<Long> allKnown = new CompletableFuture<>();
  private long firstOffer;

  /**
   * @param wanted how many tasks there will be
   */
  TaskWitness(int wanted) {
    this.wanted = wanted;
  }

  Map<TaskID, AgentID> tasks() {
    return tasks;
  }

  /** When the scheduler was told that the last of them runs. */
  CompletableFuture<Long> allRun() {
    return allRun;
  }

  /** When the scheduler, having asked how they are, has heard of all that they run. */
  CompletableFuture<Long> allKnown() {
    return allKnown;
  }

  long firstOffer() {
    return firstOffer;
  }

  /** Tasks of which anything was heard but that they run. */
  long disturbed() {
    return disturbed.size();
  }

  @Override
  public void offered(List<Offer> offers) {
    firstOffer = firstOffer == 0 ? System.nanoTime() : firstOffer;
  }

  @Override
  public void updated(TaskStatus status) {
    boolean runs = status.getState() == TaskState.TASK_RUNNING;
    if (!allRun.isDone()) {
      if (runs) {
        tasks.put(status.getTaskId(), status.getAgentId());
      }
      if (tasks.size() == wanted) {
        allRun.complete(System.nanoTime());
      }
    } else if (!runs) {
      disturbed.add(status.getTaskId());
    } else if (status.getReason() == TaskStatus.Reason.REASON_RECONCILIATION) {
      known.add(status.getTaskId());
      if (known.size() == wanted) {
        allKnown.complete(System.nanoTime());
      }
    }
  }

  @Override
  public String toString() {
    return tasks.size()
        + " of "
        + wanted
        + " tasks have come to run, "
        + known.size()
        + " were reconciled, "
        + disturbed.size()
        + " were disturbed";
  }
}
