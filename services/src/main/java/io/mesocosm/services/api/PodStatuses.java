package io.mesocosm.services.api;

import io.mesocosm.services.PodRemains.Departure;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.instance.Reservation;
import io.mesocosm.services.json.PodStatusView;
import io.mesocosm.services.json.PodStatusView.LocalVolume;
import io.mesocosm.services.json.PodStatusView.TaskEnd;
import io.mesocosm.services.json.PodStatusView.TaskView;
import io.mesocosm.services.json.PodStatusView.Termination;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds out of a snapshot what there is to tell of pods (contracts/marathon-pods.md §5). */
final class PodStatuses {
  private PodStatuses() {}

  /** A pod that is asked for, or that is removed and has instances left. */
  static Optional<PodStatusView> of(ServicesSnapshot snapshot, AppId id) {
    Optional<SpecView> present = snapshot.pod(id);
    if (present.isPresent()) {
      SpecView view = present.get();
      return Optional.of(status(snapshot, (PodDefinition) view.spec(), false, view.instances()));
    }
    Collection<InstanceView> left = snapshot.pods().leaving(id);
    return left.stream()
        .map(InstanceView::spec)
        .max(Comparator.comparing(RunSpec::version))
        .map(last -> status(snapshot, (PodDefinition) last, true, left));
  }

  /** In order of their ids. */
  static List<PodStatusView> all(ServicesSnapshot snapshot) {
    List<AppId> ids = new ArrayList<>(snapshot.pods().leavingPods());
    snapshot.specs().values().stream()
        .filter(SpecView::isPod)
        .forEach(view -> ids.add(view.spec().id()));
    return ids.stream().sorted().distinct().flatMap(id -> of(snapshot, id).stream()).toList();
  }

  private static PodStatusView status(
      ServicesSnapshot snapshot,
      PodDefinition pod,
      boolean removed,
      Collection<InstanceView> instances) {
    return new PodStatusView(
        pod,
        removed,
        instances.stream()
            .map(view -> instance(view.instance(), (PodDefinition) view.spec()))
            .toList(),
        snapshot.pods().departed(pod.id()).stream().map(PodStatuses::termination).toList());
  }

  /**
   * @param pod that it was launched with
   */
  static PodStatusView.InstanceView instance(Instance instance, PodDefinition pod) {
    return new PodStatusView.InstanceView(
        pod,
        instance.id(),
        condition(instance),
        instance.conditionSince(),
        instance.placement(),
        instance.tasks().stream().map(PodStatuses::task).toList(),
        instance.reservation().map(Reservation::volumes).orElse(List.of()).stream()
            .map(volume -> new LocalVolume(volume.containerPath(), volume.uuid()))
            .toList());
  }

  /** One that is to end does its work no more, whatever its agent has not heard of yet. */
  private static Condition condition(Instance instance) {
    Condition condition = instance.condition();
    return switch (condition) {
      case PROVISIONED, STAGING, STARTING, RUNNING ->
          instance.wanted() ? condition : Condition.KILLING;
      case SCHEDULED,
          KILLING,
          UNREACHABLE,
          UNREACHABLE_INACTIVE,
          FINISHED,
          FAILED,
          KILLED,
          ERROR,
          DROPPED,
          GONE,
          UNKNOWN ->
          condition;
    };
  }

  private static TaskView task(InstanceTask task) {
    return new TaskView(
        task.container(),
        task.taskId(),
        task.mesosState(),
        task.condition(),
        task.ipAddresses(),
        task.since(),
        task.healthy(),
        Optional.of(task.message()));
  }

  private static Termination termination(Departure departure) {
    Instance instance = departure.instance();
    return new Termination(
        instance.id(),
        instance.startedAt().orElse(instance.stagedAt()),
        departure.at(),
        cause(instance),
        instance.tasks().stream()
            .map(task ->
                new TaskEnd(
                    task.taskId(),
                    task.mesosState(),
                    Optional.of(task.message()).filter(text -> !text.isEmpty())))
            .toList());
  }

  /** What was said of the container that failed first; those killed with it say nothing new. */
  private static Optional<String> cause(Instance instance) {
    return instance.tasks().stream()
        .filter(
            task -> task.condition() != Condition.FINISHED && task.condition() != Condition.KILLED)
        .min(Comparator.comparing(InstanceTask::since))
        .map(InstanceTask::message)
        .filter(text -> !text.isEmpty());
  }
}
