package io.mesocosm.simulation.invariant;

import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.instance.InstanceTask;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An app has its instances again, and they run. */
final class AppsWhole extends Invariant {
  AppsWhole() {
    super("an app has its instances again");
  }

  @Override
  public Optional<String> unsettled(ClusterView cluster) {
    Optional<ServicesSnapshot> services = cluster.services();
    if (services.isEmpty() || !services.get().connected()) {
      return Optional.of("no services scheduler is subscribed");
    }
    List<String> problems = new ArrayList<>();
    if (!services.get().deployments().isEmpty()) {
      problems.add("deployments go on: " + services.get().deployments());
      services.get().specs().values().forEach(app -> whyNot(app, problems));
    }
    Set<String> running = new HashSet<>();
    cluster.containers().stream()
        .filter(ClusterView.Container::running)
        .forEach(container -> running.add(container.task()));
    services.get().specs().values().forEach(app -> check(app, running, problems));
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  /** Whoever waits can say for what. */
  private static void whyNot(ServicesSnapshot.SpecView app, List<String> problems) {
    app.waiting()
        .ifPresent(waiting ->
            problems.add(
                app.spec().id()
                    + " waits for "
                    + waiting.count()
                    + " since "
                    + waiting.since()
                    + ", offers refused: "
                    + waiting.rejections()
                    + waiting.delayUntil().map(until -> ", backs off until " + until).orElse("")));
  }

  private static void check(
      ServicesSnapshot.SpecView app, Set<String> running, List<String> problems) {
    int wanted = app.spec().instances();
    List<String> instances =
        app.instances().stream().map(view -> view.instance().taskId()).toList();
    if (instances.size() != wanted || app.counts().running() != wanted) {
      problems.add(
          app.spec().id()
              + " wants "
              + wanted
              + ", has instances "
              + instances
              + ", of which it believes "
              + app.counts().running()
              + " to run");
    }
    app.instances().stream()
        .flatMap(view -> view.instance().tasks().stream())
        // One container of a pod may end well before the others.
        .filter(task -> !task.condition().isTerminal())
        .map(InstanceTask::taskId)
        .filter(task -> !running.contains(task))
        .forEach(task -> problems.add("instance " + task + " has no container"));
  }
}
