package io.mesocosm.master;

import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.TaskInfo;

/** The rules for task groups (contracts/mesos-scheduler-api.md V14, V15). Pure. */
final class GroupValidation {
  private static final double CPUS_MIN = 0.01;
  private static final double MEM_MIN = 32;

  private GroupValidation() {}

  /** What is wrong with any of it: then none of the tasks is launched. */
  static Optional<TaskRefusal> problem(
      ExecutorInfo executor,
      MappedTask.Part executorResources,
      List<MappedTask> tasks,
      Framework framework,
      Agent agent) {
    Optional<TaskRefusal> refusal =
        switch (executor.getType()) {
          case DEFAULT -> ExecutorRules.builtIn(executor);
          case CUSTOM -> ExecutorRules.custom(executor);
          case UNKNOWN -> TaskRefusal.of("Task group executor must have a type: DEFAULT or CUSTOM");
        };
    if (refusal.isEmpty() && isDocker(executor.getContainer())) {
      refusal = TaskRefusal.of("Docker ContainerInfo is not supported on the executor of a group");
    }
    refusal =
        refusal
            .or(() -> ExecutorRules.basics(executor, executorResources, framework, agent))
            .or(() -> enough(executorResources.resources()));
    if (refusal.isPresent()) {
      return refusal;
    }
    if (tasks.isEmpty()) {
      return TaskRefusal.of("Task group cannot be empty");
    }
    Set<String> ids = new HashSet<>();
    List<Resources> all = new ArrayList<>();
    all.add(executorResources.resources());
    for (MappedTask task : tasks) {
      if (!ids.add(task.info().getTaskId().getValue())) {
        return TaskRefusal.of(
            "Task " + task.info().getTaskId().getValue() + " stands twice in the task group");
      }
      refusal =
          member(task.info(), executor).or(() -> TaskValidation.common(task, framework, agent));
      if (refusal.isPresent()) {
        return refusal;
      }
      all.add(task.resources());
    }
    return TaskValidation.resources("task group", all)
        .or(() -> sameCgroups(executor, tasks, framework, agent));
  }

  private static Optional<TaskRefusal> enough(Resources resources) {
    boolean enough =
        resources.scalar("cpus").toDouble() >= CPUS_MIN
            && resources.scalar("mem").toDouble() >= MEM_MIN
            && resources.entries().stream().anyMatch(entry -> entry.name().equals("disk"));
    return enough
        ? Optional.empty()
        : TaskRefusal.of(
            "The executor of a task group must use at least cpus:0.01, mem:32 and some disk");
  }

  private static Optional<TaskRefusal> member(TaskInfo task, ExecutorInfo executor) {
    String id = task.getTaskId().getValue();
    if (task.hasContainer() && isDocker(task.getContainer())) {
      return TaskRefusal.of(
          "Docker ContainerInfo is not supported on the task " + id + " of a task group");
    }
    if (task.hasExecutor() && !task.getExecutor().equals(executor)) {
      return TaskRefusal.of("The executor of task " + id + " is not that of its task group");
    }
    if (!task.hasCommand()) {
      return TaskRefusal.of("Task " + id + " of a task group has no command");
    }
    boolean ownNetwork = task.getContainer().getNetworkInfosCount() > 0;
    boolean overNetwork =
        task.getHealthCheck().getType() == HealthCheck.Type.HTTP
            || task.getHealthCheck().getType() == HealthCheck.Type.TCP
            || task.getCheck().getType() == CheckInfo.Type.HTTP
            || task.getCheck().getType() == CheckInfo.Type.TCP;
    if (ownNetwork && overNetwork) {
      return TaskRefusal.of(
          "HTTP and TCP checks are not supported for task "
              + id
              + " of a task group, which joins networks of its own");
    }
    return task.getLimitsCount() > 0 && sharesCgroups(task)
        ? TaskRefusal.of(
            "Task " + id + " of a task group may have limits only with 'share_cgroups' false")
        : Optional.empty();
  }

  /** All tasks of an executor share its cgroups, or none does. */
  private static Optional<TaskRefusal> sameCgroups(
      ExecutorInfo executor, List<MappedTask> tasks, Framework framework, Agent agent) {
    boolean shares = sharesCgroups(tasks.getFirst().info());
    boolean differs = tasks.stream().anyMatch(task -> sharesCgroups(task.info()) != shares);
    String id = executor.getExecutorId().getValue();
    for (Task running : agent.tasks()) {
      differs |=
          running.framework().equals(framework.id())
              && running.executor().filter(own -> own.value().equals(id)).isPresent()
              && running.holdsResources()
              && sharesCgroups(running.info()) != shares;
    }
    return differs
        ? TaskRefusal.of(
            "All tasks under executor '" + id + "' must have the same value of 'share_cgroups'")
        : Optional.empty();
  }

  private static boolean sharesCgroups(TaskInfo task) {
    return !task.getContainer().getLinuxInfo().hasShareCgroups()
        || task.getContainer().getLinuxInfo().getShareCgroups();
  }

  private static boolean isDocker(ContainerInfo container) {
    return container.hasType() && container.getType() == ContainerInfo.Type.DOCKER;
  }
}
