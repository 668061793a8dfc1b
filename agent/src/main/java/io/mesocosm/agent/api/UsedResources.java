package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.agent.ExecutorPhase;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.List;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskState;

/** What the executors of a snapshot hold of the agent's resources. */
final class UsedResources {
  private UsedResources() {}

  /** The executor's own resources and those of its tasks that have not ended. */
  static Resources of(AgentSnapshot.Executor executor) {
    Resources sum =
        executor.phase() == ExecutorPhase.TERMINATED
            ? Resources.NONE
            : executor.info().map(info -> model(info.getResourcesList())).orElse(Resources.NONE);
    for (AgentSnapshot.Task task : executor.tasks()) {
      if (holds(task.state())) {
        sum = sum.plus(model(task.info().getResourcesList()));
      }
    }
    return sum;
  }

  /** As values; resources that are not valid, for which a task was refused, count as none. */
  static Resources model(List<Resource> resources) {
    try {
      return ResourceMapping.toModel(resources);
    } catch (InvalidMessageException e) {
      return Resources.NONE;
    }
  }

  private static boolean holds(TaskState state) {
    return state == TaskState.TASK_STAGING
        || state == TaskState.TASK_STARTING
        || state == TaskState.TASK_RUNNING
        || state == TaskState.TASK_KILLING;
  }
}
