package io.mesocosm.simulation.invariant;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every container that runs belongs to a task that its scheduler knows. */
final class NoStrays extends Invariant {
  NoStrays() {
    super("every running container belongs to a task that somebody knows");
  }

  @Override
  public Optional<String> unsettled(ClusterView cluster) {
    Set<String> known = new HashSet<>();
    cluster
        .services()
        .ifPresent(services ->
            services.specs().values().stream()
                .flatMap(app -> app.instances().stream())
                .flatMap(view -> view.instance().tasks().stream())
                .forEach(task -> known.add(task.taskId())));
    cluster.oneOffs().stream()
        .filter(ClusterView.OneOff::known)
        .map(ClusterView.OneOff::task)
        .forEach(known::add);
    List<String> strays =
        cluster.containers().stream()
            .filter(container -> !known.contains(container.task()))
            .map(container -> container.task() + " on " + container.host())
            .toList();
    return strays.isEmpty()
        ? Optional.empty()
        : Optional.of("containers of tasks that nobody knows: " + strays);
  }
}
