package io.mesocosm.simulation.invariant;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.TaskState;

/** What has become of each task is known to its scheduler in the end. */
final class UpdatesDelivered extends Invariant {
  UpdatesDelivered() {
    super("status updates delivered in the end");
  }

  @Override
  public Optional<String> unsettled(ClusterView cluster) {
    Set<String> running = new HashSet<>();
    cluster.containers().stream()
        .filter(ClusterView.Container::running)
        .forEach(container -> running.add(container.task()));
    List<String> problems = new ArrayList<>();
    for (ClusterView.OneOff task : cluster.oneOffs()) {
      boolean runs = running.contains(task.task());
      if (runs != (task.state() == TaskState.TASK_RUNNING) && task.launched() && task.known()) {
        problems.add(
            task.task() + (runs ? " runs" : " does not run") + ", and was told as " + task.state());
      }
    }
    cluster.undelivered().forEach(update -> problems.add("not acknowledged: " + update));
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }
}
