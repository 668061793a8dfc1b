package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.ExecutorResources;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Takes cpus, memory, disk and gpus for an instance of a resident app or pod. Pure. */
final class ResidentAmounts {
  private static final ExecutorResources NOTHING = new ExecutorResources(0, 0, 0);

  private ResidentAmounts() {}

  /**
   * @param usable divisible resources of one kind of reservation, volumes not among them
   * @param refusals where it is told what there is too little of
   * @return by container, that of an app being {@link InstanceTask#APP}; nothing if there is too
   *     little
   */
  static Optional<PodResources> take(RunSpec spec, Resources usable, List<Refusal> refusals) {
    return switch (spec) {
      case AppDefinition app -> take(app, usable, refusals);
      case PodDefinition pod -> PodResources.take(pod, usable, refusals);
    };
  }

  private static Optional<PodResources> take(
      AppDefinition app, Resources usable, List<Refusal> refusals) {
    ExecutorResources executor =
        TaskBuilder.hasOwnExecutor(app)
            ? app.executorResources().orElse(ExecutorResources.USUAL)
            : NOTHING;
    Taking taking = new Taking(usable, refusals);
    taking.take("cpus", app.cpus(), executor.cpus(), Reason.INSUFFICIENT_CPUS);
    taking.take("mem", app.mem(), executor.mem(), Reason.INSUFFICIENT_MEMORY);
    taking.take("disk", app.disk(), executor.disk(), Reason.INSUFFICIENT_DISK);
    taking.take("gpus", app.gpus(), 0, Reason.INSUFFICIENT_GPUS);
    SortedMap<String, Resources> tasks = new TreeMap<>();
    tasks.put(InstanceTask.APP, taking.task);
    return taking.enough ? Optional.of(new PodResources(tasks, taking.executor)) : Optional.empty();
  }

  /** What was taken so far. */
  private static final class Taking {
    private final Resources usable;
    private final List<Refusal> refusals;
    Resources task = Resources.NONE;
    Resources executor = Resources.NONE;
    boolean enough = true;

    Taking(Resources usable, List<Refusal> refusals) {
      this.usable = usable;
      this.refusals = refusals;
    }

    void take(String name, double ofTask, double ofExecutor, Reason reason) {
      Optional<Resources> first = OfferedResources.take(usable, name, Scalar.of(ofTask));
      Optional<Resources> second =
          first.flatMap(
              taken -> OfferedResources.take(usable.minus(taken), name, Scalar.of(ofExecutor)));
      if (first.isEmpty() || second.isEmpty()) {
        enough = false;
        refusals.add(
            Refusal.insufficient(
                reason,
                name,
                Scalar.of(ofTask).plus(Scalar.of(ofExecutor)).toString(),
                usable.scalar(name).toString()));
        return;
      }
      task = task.plus(first.get());
      executor = executor.plus(second.get());
    }
  }

  /** The same with each resource changed. */
  static PodResources map(PodResources amounts, UnaryOperator<Resource> change) {
    SortedMap<String, Resources> containers = new TreeMap<>();
    amounts.containers().forEach((name, taken) -> containers.put(name, taken.map(change)));
    return new PodResources(containers, amounts.executor().map(change));
  }
}
