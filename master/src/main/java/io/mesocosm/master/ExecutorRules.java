package io.mesocosm.master;

import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.resource.Resource;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;

/** The rules for frameworks' executors (contracts/mesos-scheduler-api.md V3, V8, V15). Pure. */
final class ExecutorRules {
  private ExecutorRules() {}

  /** An executor that a task of a LAUNCH brings. */
  static Optional<TaskRefusal> own(
      ExecutorInfo executor, MappedTask task, Framework framework, Agent agent) {
    if (executor.hasType()
        && executor.getType() != ExecutorInfo.Type.CUSTOM
        && executor.getType() != ExecutorInfo.Type.UNKNOWN) {
      return TaskRefusal.of("'ExecutorInfo.type' must be 'CUSTOM' for a task of its own");
    }
    return custom(executor)
        .or(() -> basics(executor, task.ofExecutor(), framework, agent))
        .or(() ->
            TaskValidation.resources(
                "task and its executor", List.of(task.resources(), task.executorResources())));
  }

  static Optional<TaskRefusal> custom(ExecutorInfo executor) {
    return executor.hasCommand()
        ? Optional.empty()
        : TaskRefusal.of("'ExecutorInfo.command' must be set for 'CUSTOM' executor");
  }

  /** V15. */
  static Optional<TaskRefusal> builtIn(ExecutorInfo executor) {
    if (executor.hasCommand()) {
      return TaskRefusal.of("'ExecutorInfo.command' must not be set for 'DEFAULT' executor");
    }
    return executor.hasContainer()
            && (executor.getContainer().getType() != ContainerInfo.Type.MESOS
                || executor.getContainer().getMesos().hasImage())
        ? TaskRefusal.of(
            "The container of a 'DEFAULT' executor must be of type MESOS, without image")
        : Optional.empty();
  }

  /** What holds for the executors of tasks and of groups. */
  static Optional<TaskRefusal> basics(
      ExecutorInfo executor, MappedTask.Part resources, Framework framework, Agent agent) {
    String id = executor.getExecutorId().getValue();
    Optional<TaskRefusal> refusal = TaskValidation.identifier("ExecutorID", id);
    if (refusal.isPresent()) {
      return refusal;
    }
    if (!executor.getFrameworkId().getValue().equals(framework.id().value())) {
      return TaskRefusal.of(
          "ExecutorInfo has an invalid FrameworkID (Actual: "
              + executor.getFrameworkId().getValue()
              + " vs Expected: "
              + framework.id()
              + ")");
    }
    if (executor.getShutdownGracePeriod().getNanoseconds() < 0) {
      return TaskRefusal.of("ExecutorInfo's 'shutdown_grace_period' must be non-negative");
    }
    if (resources.problem().isPresent()) {
      return TaskRefusal.of("Executor uses invalid resources: " + resources.problem().get());
    }
    for (Resource entry : resources.resources().entries()) {
      if (entry.shared()) {
        return TaskRefusal.of(
            "Executor resources " + entry + " are shared: only tasks may use them");
      }
    }
    if (executor.getContainer().getLinuxInfo().hasShareCgroups()
        && executor.getContainer().getLinuxInfo().getShareCgroups()) {
      return TaskRefusal.of("The 'share_cgroups' field cannot be set to 'true' on executors");
    }
    return ContainerRules.environment(executor.getCommand().getEnvironment())
        .or(() ->
            executor.hasContainer()
                ? ContainerRules.container(executor.getContainer())
                : Optional.empty())
        .or(() -> TaskValidation.resources("executor", List.of(resources.resources())))
        .or(() -> sameAsRunning(executor, resources, framework, agent));
  }

  /** An executor that runs already is what it is. */
  private static Optional<TaskRefusal> sameAsRunning(
      ExecutorInfo executor, MappedTask.Part resources, Framework framework, Agent agent) {
    ExecutorId id = new ExecutorId(executor.getExecutorId().getValue());
    Optional<ExecutorInfo> running = agent.executor(framework.id(), id);
    boolean differs =
        running.isPresent()
            && !running.get().equals(executor)
            && !(bare(running.get()).equals(bare(executor))
                && MappedTask.map(running.get().getResourcesList())
                    .resources()
                    .unallocated()
                    .equals(resources.resources().unallocated()));
    return differs
        ? TaskRefusal.of(
            "ExecutorInfo is not compatible with that of executor '"
                + id
                + "', which runs on agent "
                + agent.id()
                + " already")
        : Optional.empty();
  }

  private static ExecutorInfo bare(ExecutorInfo executor) {
    return executor.toBuilder().clearResources().build();
  }
}
