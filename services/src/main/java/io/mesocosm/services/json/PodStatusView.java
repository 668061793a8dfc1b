package io.mesocosm.services.json;

import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What there is to tell of a pod (contracts/marathon-pods.md §5).
 *
 * @param pod as it is asked for; the last that was, if it is removed
 * @param removed whether it is asked for no more
 * @param instances that have not ended, or whose end readers may still see
 * @param terminations the latest first
 */
public record PodStatusView(
    PodDefinition pod,
    boolean removed,
    List<InstanceView> instances,
    List<Termination> terminations) {
  public PodStatusView {
    instances = List.copyOf(instances);
    terminations = List.copyOf(terminations);
  }

  /**
   * One instance.
   *
   * @param pod the definition that it was launched with
   * @param since when it got its present condition
   * @param placement with host ports in the order of {@code pod}'s endpoints, 0 for none
   */
  public record InstanceView(
      PodDefinition pod,
      InstanceId id,
      Condition condition,
      Instant since,
      Placement placement,
      List<TaskView> tasks,
      List<LocalVolume> volumes) {
    public InstanceView {
      tasks = List.copyOf(tasks);
      volumes = List.copyOf(volumes);
    }
  }

  /**
   * The task of one container.
   *
   * @param mesosState e.g. {@code TASK_RUNNING}
   * @param since when it got that state
   * @param healthy as the agent reports; absent if it does not
   */
  public record TaskView(
      String container,
      String taskId,
      String mesosState,
      Condition condition,
      List<String> ipAddresses,
      Instant since,
      Optional<Boolean> healthy,
      Optional<String> message) {
    public TaskView {
      ipAddresses = List.copyOf(ipAddresses);
      message = message.filter(text -> !text.isEmpty());
    }
  }

  /**
   * A persistent volume that an instance owns.
   *
   * @param containerPath the volume's name in the pod
   */
  public record LocalVolume(String containerPath, String uuid) {}

  /** An instance that has ended. */
  public record Termination(
      InstanceId instance,
      Instant startedAt,
      Instant terminatedAt,
      Optional<String> message,
      List<TaskEnd> tasks) {
    public Termination {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * How the task of one container ended.
   *
   * @param mesosState the last that was reported
   */
  public record TaskEnd(String taskId, String mesosState, Optional<String> message) {}
}
