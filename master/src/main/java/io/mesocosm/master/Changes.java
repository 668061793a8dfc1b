package io.mesocosm.master;

import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.OfferId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Supplier;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * Notes what readers do not know yet, and tells those who follow events. Noting is all that a
 * change costs the master; what is noted twice is told once. Owned by the master's thread.
 */
final class Changes {
  private final Outbox outbox;
  private final SequencedSet<StreamId> listeners = new LinkedHashSet<>();
  private final Map<AgentId, Agent> agents = new LinkedHashMap<>();
  private final SequencedSet<AgentId> removedAgents = new LinkedHashSet<>();
  private final Map<FrameworkId, Framework> frameworks = new LinkedHashMap<>();
  private final List<FrameworkView> completedFrameworks = new ArrayList<>();

  /** By identity: a task that is launched under the id of a completed one is another. */
  private final Map<Task, Boolean> unreachableByTask = new LinkedHashMap<>();

  private final List<TaskView> completedTasks = new ArrayList<>();
  private final Map<OfferId, Offer> offers = new LinkedHashMap<>();
  private final List<OfferId> goneOffers = new ArrayList<>();

  Changes(Outbox outbox) {
    this.outbox = outbox;
  }

  void listened(StreamId stream) {
    listeners.add(stream);
  }

  void unheard(StreamId stream) {
    listeners.remove(stream);
  }

  void agent(Agent agent) {
    agents.put(agent.id(), agent);
    removedAgents.remove(agent.id());
  }

  void agentAdded(Agent agent) {
    agent(agent);
    publish(() -> new ClusterEvent.AgentAdded(agent.view()));
  }

  void agentRemoved(AgentId id) {
    agents.remove(id);
    removedAgents.add(id);
    publish(() -> new ClusterEvent.AgentRemoved(id));
  }

  void framework(Framework framework) {
    frameworks.put(framework.id(), framework);
  }

  void frameworkAdded(Framework framework) {
    framework(framework);
    publish(() -> new ClusterEvent.FrameworkAdded(framework.view()));
  }

  void frameworkUpdated(Framework framework) {
    framework(framework);
    publish(() -> new ClusterEvent.FrameworkUpdated(framework.view()));
  }

  void frameworkCompleted(Framework framework) {
    // Readers may never have heard of it, and its tasks are told of as parts of it.
    frameworks.put(framework.id(), framework);
    completedFrameworks.add(framework.view());
    publish(() -> new ClusterEvent.FrameworkRemoved(framework.info()));
  }

  void task(Task task) {
    unreachableByTask.put(task, false);
  }

  void taskAdded(Task task) {
    task(task);
    publish(() -> new ClusterEvent.TaskAdded(task.view()));
  }

  /** A status has changed the task, or its checks say something new. */
  void taskUpdated(Task task, TaskStatus status) {
    unreachableByTask.putIfAbsent(task, false);
    publish(() -> new ClusterEvent.TaskUpdated(task.view(), status, task.latestState()));
  }

  void taskUnreachable(Task task) {
    unreachableByTask.put(task, true);
  }

  void taskCompleted(Task task, TaskView last) {
    unreachableByTask.remove(task);
    completedTasks.add(last);
  }

  void offered(Offer offer) {
    offers.put(offer.id(), offer);
  }

  void offerGone(Offer offer) {
    if (offers.remove(offer.id()) == null) {
      goneOffers.add(offer.id());
    }
  }

  MasterChanges take(MasterSnapshot.DecisionsView decisions, MasterSnapshot.AllocationView shares) {
    List<TaskView> tasks = new ArrayList<>(unreachableByTask.size());
    List<TaskView> unreachable = new ArrayList<>();
    unreachableByTask.forEach(
        (task, isUnreachable) -> (isUnreachable ? unreachable : tasks).add(task.view()));
    MasterChanges changes =
        new MasterChanges(
            agents.values().stream().map(Agent::view).toList(),
            List.copyOf(removedAgents),
            frameworks.values().stream().map(Framework::view).toList(),
            List.copyOf(completedFrameworks),
            List.copyOf(completedTasks),
            tasks,
            unreachable,
            List.copyOf(offers.values()),
            List.copyOf(goneOffers),
            decisions,
            shares);
    agents.clear();
    removedAgents.clear();
    frameworks.clear();
    completedFrameworks.clear();
    unreachableByTask.clear();
    completedTasks.clear();
    offers.clear();
    goneOffers.clear();
    return changes;
  }

  private void publish(Supplier<ClusterEvent> event) {
    if (!listeners.isEmpty()) {
      outbox.add(new MasterEffect.Publish(event.get()));
    }
  }
}
