package io.mesocosm.services.explain;

import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What one instance takes of an agent, by the resource's name; nothing that it takes none of. */
final class Needs {
  private Needs() {}

  static SortedMap<String, Scalar> of(RunSpec spec) {
    SortedMap<String, Scalar> needs = new TreeMap<>();
    switch (spec) {
      case AppDefinition app -> {
        needs.put("cpus", Scalar.of(app.cpus()));
        needs.put("mem", Scalar.of(app.mem()));
        needs.put("disk", Scalar.of(app.disk()));
        needs.put("gpus", Scalar.of(app.gpus()));
      }
      case PodDefinition pod -> {
        needs.put("cpus", sum(pod, PodContainer::cpus, pod.executorResources().cpus()));
        needs.put("mem", sum(pod, PodContainer::mem, pod.executorResources().mem()));
        needs.put("disk", sum(pod, PodContainer::disk, pod.executorResources().disk()));
        needs.put("gpus", sum(pod, PodContainer::gpus, 0));
      }
    }
    needs.values().removeIf(Scalar::isEmpty);
    return Collections.unmodifiableSortedMap(needs);
  }

  private static Scalar sum(
      PodDefinition pod, ToDoubleFunction<PodContainer> needed, double ofExecutor) {
    return pod.containers().stream()
        .map(container -> Scalar.of(needed.applyAsDouble(container)))
        .reduce(Scalar.of(ofExecutor), Scalar::plus);
  }
}
