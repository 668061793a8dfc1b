package io.mesocosm.agent;

import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.Optional;
import org.apache.mesos.v1.Protos.TaskInfo;

/** A task's resources as values to calculate with. */
final class TaskResources {
  private TaskResources() {}

  /** Says what is wrong with a task's resources; such a task must be refused. */
  static Optional<String> problem(TaskInfo task) {
    try {
      Resources unused = ResourceMapping.toModel(task.getResourcesList());
      return unused.isEmpty() ? Optional.of("the task has no resources") : Optional.empty();
    } catch (InvalidMessageException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Of a task that was not refused. */
  static Resources of(TaskInfo task) {
    try {
      return ResourceMapping.toModel(task.getResourcesList());
    } catch (InvalidMessageException e) {
      throw new IllegalStateException(
          "task " + task.getTaskId().getValue() + " should have been refused", e);
    }
  }
}
