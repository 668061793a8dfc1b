package io.mesocosm.master;

import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * A task with its resources as we calculate with them, read off the message once.
 *
 * @param own of the task itself
 * @param ofExecutor of the executor that it brings; nothing without one
 */
record MappedTask(TaskInfo info, Part own, Part ofExecutor) {
  /**
   * Resources, or why they are none.
   *
   * @param resources nothing if there is a problem
   */
  record Part(Resources resources, Optional<String> problem) {
    static final Part NOTHING = new Part(Resources.NONE, Optional.empty());
  }

  static MappedTask of(TaskInfo info) {
    return new MappedTask(
        info,
        map(info.getResourcesList()),
        info.hasExecutor() ? map(info.getExecutor().getResourcesList()) : Part.NOTHING);
  }

  static Part map(List<Resource> resources) {
    try {
      return new Part(ResourceMapping.toModel(resources), Optional.empty());
    } catch (InvalidMessageException e) {
      return new Part(Resources.NONE, Optional.of(String.valueOf(e.getMessage())));
    }
  }

  Resources resources() {
    return own.resources();
  }

  Resources executorResources() {
    return ofExecutor.resources();
  }

  List<Resources> parts() {
    return List.of(resources(), executorResources());
  }

  /** Only of a task whose executor's id is valid. */
  Optional<ExecutorId> executor() {
    return info.hasExecutor()
        ? Optional.of(new ExecutorId(info.getExecutor().getExecutorId().getValue()))
        : Optional.empty();
  }
}
