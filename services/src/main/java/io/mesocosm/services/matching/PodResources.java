package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.PodContainer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What an instance of a pod takes of an offer.
 *
 * @param containers by name
 * @param executor beside the containers: host ports and volumes are its
 */
record PodResources(SortedMap<String, Resources> containers, Resources executor) {
  PodResources {
    containers = Collections.unmodifiableSortedMap(new TreeMap<>(containers));
  }

  /** One kind of what containers ask for. */
  private record Kind(
      String name, Reason reason, ToDoubleFunction<PodContainer> needed, Scalar ofExecutor) {
    Scalar total(PodDefinition pod) {
      return pod.containers().stream()
          .map(container -> Scalar.of(needed.applyAsDouble(container)))
          .reduce(ofExecutor, Scalar::plus);
    }
  }

  private static List<Kind> kinds(PodDefinition pod) {
    return List.of(
        new Kind(
            "cpus",
            Reason.INSUFFICIENT_CPUS,
            PodContainer::cpus,
            Scalar.of(pod.executorResources().cpus())),
        new Kind(
            "mem",
            Reason.INSUFFICIENT_MEMORY,
            PodContainer::mem,
            Scalar.of(pod.executorResources().mem())),
        new Kind(
            "disk",
            Reason.INSUFFICIENT_DISK,
            PodContainer::disk,
            Scalar.of(pod.executorResources().disk())),
        new Kind("gpus", Reason.INSUFFICIENT_GPUS, PodContainer::gpus, Scalar.ZERO));
  }

  /**
   * Takes cpus, memory, disk and gpus; host ports are to be added.
   *
   * @param usable those of an offer that the pod may have
   * @param refusals where it is told what there is too little of, for all containers and the
   *     executor together
   * @return nothing if there is too little
   */
  static Optional<PodResources> take(PodDefinition pod, Resources usable, List<Refusal> refusals) {
    List<Refusal> own = new ArrayList<>();
    List<Kind> kinds = kinds(pod);
    for (Kind kind : kinds) {
      Scalar total = kind.total(pod);
      if (OfferedResources.take(usable, kind.name(), total).isEmpty()) {
        own.add(
            Refusal.insufficient(
                kind.reason(),
                kind.name(),
                total.toString(),
                usable.scalar(kind.name()).toString()));
      }
    }
    refusals.addAll(own);
    return own.isEmpty() ? Optional.of(split(pod, usable, kinds)) : Optional.empty();
  }

  private static PodResources split(PodDefinition pod, Resources usable, List<Kind> kinds) {
    Resources left = usable;
    Resources executor = Resources.NONE;
    for (Kind kind : kinds) {
      Resources part = OfferedResources.take(left, kind.name(), kind.ofExecutor()).orElseThrow();
      executor = executor.plus(part);
      left = left.minus(part);
    }
    SortedMap<String, Resources> containers = new TreeMap<>();
    for (PodContainer container : pod.containers()) {
      Resources taken = Resources.NONE;
      for (Kind kind : kinds) {
        Scalar needed = Scalar.of(kind.needed().applyAsDouble(container));
        Resources part = OfferedResources.take(left, kind.name(), needed).orElseThrow();
        taken = taken.plus(part);
        left = left.minus(part);
      }
      containers.put(container.name(), taken);
    }
    return new PodResources(containers, executor);
  }

  /** The same with host ports, or volumes, for the executor. */
  PodResources plus(Resources more) {
    return new PodResources(containers, executor.plus(more));
  }

  /** Of all containers and the executor. */
  Resources sum() {
    return Resources.sum(containers.values()).plus(executor);
  }

  Resources of(String container) {
    Resources resources = containers.get(container);
    if (resources == null) {
      throw new IllegalArgumentException("nothing was taken for container " + container);
    }
    return resources;
  }
}
