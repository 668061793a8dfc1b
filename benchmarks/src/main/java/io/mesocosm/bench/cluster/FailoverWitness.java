package io.mesocosm.bench.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * Notes when each part of a recovery has come to pass, and what should not have. Times are of
 * {@link System#nanoTime}; 0 while it has not been. Of the loop's thread.
 */
final class FailoverWitness implements Witness {
  private static final String STATUS = "status ";
  private static final int STATUS_LENGTH = STATUS.length() + 3;

  private final int agents;
  private final Map<TaskID, AgentID> tasks = new HashMap<>();
  private final Set<String> agentsBack = new HashSet<>();
  private final Set<String> agentsOffered = new HashSet<>();
  private final Set<TaskID> known = new HashSet<>();
  private final Set<TaskID> disturbed = new HashSet<>();
  private final SortedMap<String, Integer> triesInVain = new TreeMap<>();
  private Runnable onSchedulerBack = () -> {};
  private CompletableFuture<Long> all = new CompletableFuture<>();
  private boolean watches;
  private long touched;
  private long firstAgent;
  private long halfOfAgents;
  private long lastAgent;
  private long schedulerBack;
  private long firstOffer;
  private long lastOffer;
  private long lastTask;

  /**
   * @param agents how many have to come back
   */
  FailoverWitness(int agents) {
    this.agents = agents;
  }

  /** The tasks that were seen to run, and where. */
  Map<TaskID, AgentID> tasks() {
    return tasks;
  }

  /**
   * Forgets what has been, and watches from now on.
   *
   * @param schedulerIsBack done as soon as the scheduler is subscribed
   * @return completed when all have come back
   */
  CompletableFuture<Long> begin(Runnable schedulerIsBack) {
    agentsBack.clear();
    agentsOffered.clear();
    known.clear();
    disturbed.clear();
    touched = 0;
    firstAgent = 0;
    halfOfAgents = 0;
    lastAgent = 0;
    schedulerBack = 0;
    firstOffer = 0;
    lastOffer = 0;
    lastTask = 0;
    triesInVain.clear();
    onSchedulerBack = schedulerIsBack;
    all = new CompletableFuture<>();
    watches = true;
    return all;
  }

  @Override
  public void agentSubscribed(String agentId) {
    if (!watches || !agentsBack.add(agentId)) {
      return;
    }
    long now = System.nanoTime();
    firstAgent = agentsBack.size() == 1 ? now : firstAgent;
    halfOfAgents = agentsBack.size() == (agents + 1) / 2 ? now : halfOfAgents;
    lastAgent = agentsBack.size() == agents ? now : lastAgent;
    look();
  }

  @Override
  public void agentFailed(String reason) {
    if (watches) {
      triesInVain.merge(
          reason.startsWith(STATUS) ? reason.substring(0, STATUS_LENGTH) : reason, 1, Integer::sum);
    }
  }

  /** What was tried before could not succeed. */
  void leaderFound() {
    triesInVain.clear();
  }

  /** What agents heard that could not subscribe, and how often. */
  SortedMap<String, Integer> triesInVain() {
    return new TreeMap<>(triesInVain);
  }

  @Override
  public void schedulerSubscribed() {
    if (watches && schedulerBack == 0) {
      schedulerBack = System.nanoTime();
      onSchedulerBack.run();
      look();
    }
  }

  @Override
  public void offered(List<Offer> offers) {
    // What an old leader had sent before it was killed is not an offer of the new one.
    if (!watches || schedulerBack == 0) {
      return;
    }
    long now = System.nanoTime();
    firstOffer = firstOffer == 0 ? now : firstOffer;
    offers.forEach(offer -> agentsOffered.add(offer.getAgentId().getValue()));
    if (lastOffer == 0 && agentsOffered.size() >= agents) {
      lastOffer = now;
    }
    look();
  }

  @Override
  public void updated(TaskStatus status) {
    if (!watches) {
      if (status.getState() == TaskState.TASK_RUNNING) {
        tasks.put(status.getTaskId(), status.getAgentId());
      }
      return;
    }
    if (status.getState() != TaskState.TASK_RUNNING
        || status.getReason() != TaskStatus.Reason.REASON_RECONCILIATION) {
      disturbed.add(status.getTaskId());
    } else if (tasks.containsKey(status.getTaskId()) && known.add(status.getTaskId())) {
      lastTask = known.size() == tasks.size() ? System.nanoTime() : lastTask;
      look();
    }
  }

  @Override
  public void tasksTouched(int number) {
    touched += watches ? number : 0;
  }

  private void look() {
    if (agentsBack.size() >= agents
        && lastOffer != 0
        && schedulerBack != 0
        && known.size() == tasks.size()) {
      all.complete(System.nanoTime());
    }
  }

  /** Tasks of which the scheduler, or an agent, heard anything but that they run; must be 0. */
  long disturbed() {
    return disturbed.size() + touched;
  }

  long firstAgent() {
    return firstAgent;
  }

  long halfOfAgents() {
    return halfOfAgents;
  }

  long lastAgent() {
    return lastAgent;
  }

  long schedulerBack() {
    return schedulerBack;
  }

  long firstOffer() {
    return firstOffer;
  }

  /** When the last agent that had not been offered was. */
  long lastOffer() {
    return lastOffer;
  }

  /** When the scheduler had heard of every task that it runs; absent if there is none. */
  Optional<Long> lastTask() {
    return tasks.isEmpty() ? Optional.empty() : Optional.of(lastTask);
  }

  @Override
  public String toString() {
    return agentsBack.size()
        + " of "
        + agents
        + " agents are back, "
        + agentsOffered.size()
        + " were offered, "
        + known.size()
        + " of "
        + tasks.size()
        + " tasks are known, "
        + disturbed()
        + " were disturbed, the scheduler is "
        + (schedulerBack == 0 ? "not back" : "back");
  }
}
