package io.mesocosm.agent;

import java.util.ArrayList;
import java.util.List;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * What a task or a framework's executor wants of its container.
 *
 * @param container the default instance if it names none
 */
record ContainerWish(CommandInfo command, ContainerInfo container, List<Resource> resources) {
  ContainerWish {
    resources = List.copyOf(resources);
  }

  static ContainerWish of(TaskInfo task) {
    return new ContainerWish(task.getCommand(), task.getContainer(), task.getResourcesList());
  }

  /** With the tasks that it is started for, as nothing can be added later. */
  static ContainerWish of(ExecutorInfo executor, List<Task> tasks) {
    List<Resource> resources = new ArrayList<>(executor.getResourcesList());
    tasks.forEach(task -> resources.addAll(task.info().getResourcesList()));
    return new ContainerWish(executor.getCommand(), executor.getContainer(), resources);
  }

  boolean isDocker() {
    // The first of the types is what an absent one reads as.
    return container.hasType() && container.getType() == ContainerInfo.Type.DOCKER;
  }
}
