package io.mesocosm.master;

import io.mesocosm.model.Identifiers;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;

/**
 * The rules that a task must keep to be launched (contracts/mesos-scheduler-api.md §7); those of
 * checks and containers are in {@link CheckRules} and {@link ContainerRules}. Pure.
 */
final class TaskValidation {
  private static final List<String> LIMITED = List.of("cpus", "mem");

  private TaskValidation() {}

  /** What is wrong with a task of a LAUNCH, if anything. */
  static Optional<TaskRefusal> launch(MappedTask task, Framework framework, Agent agent) {
    TaskInfo info = task.info();
    if (info.hasCommand() == info.hasExecutor()) {
      return TaskRefusal.of(
          "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present");
    }
    Optional<TaskRefusal> refusal = common(task, framework, agent);
    if (refusal.isEmpty() && info.getContainer().hasLinuxInfo()) {
      refusal =
          info.getContainer().getLinuxInfo().hasShareCgroups()
                  && !info.getContainer().getLinuxInfo().getShareCgroups()
              ? TaskRefusal.of("Only tasks in a task group may have 'share_cgroups' set to 'false'")
              : Optional.empty();
    }
    return refusal.isEmpty() && info.hasExecutor()
        ? ExecutorRules.own(info.getExecutor(), task, framework, agent)
        : refusal;
  }

  /** What holds for tasks alone and in groups. */
  static Optional<TaskRefusal> common(MappedTask task, Framework framework, Agent agent) {
    TaskInfo info = task.info();
    String id = info.getTaskId().getValue();
    Optional<TaskRefusal> refusal = identifier("TaskID", id);
    if (refusal.isPresent()) {
      return refusal;
    }
    if (framework.knows(new TaskId(id))) {
      return TaskRefusal.of("Task has duplicate ID: " + id);
    }
    if (!info.getAgentId().getValue().equals(agent.id().value())) {
      return TaskRefusal.of(
          "Task uses invalid agent "
              + info.getAgentId().getValue()
              + " while agent "
              + agent.id()
              + " is expected");
    }
    if (info.getKillPolicy().getGracePeriod().getNanoseconds() < 0) {
      return TaskRefusal.of("Task's 'kill_policy.grace_period' must be non-negative");
    }
    if (info.getMaxCompletionTime().getNanoseconds() < 0) {
      return TaskRefusal.of("Task's 'max_completion_time' must be non-negative");
    }
    return resources(task)
        .or(() -> limits(info, task.resources(), agent))
        .or(() -> CheckRules.problem(info))
        .or(() -> ContainerRules.environment(info.getCommand().getEnvironment()))
        .or(() ->
            info.hasContainer() ? ContainerRules.container(info.getContainer()) : Optional.empty());
  }

  static Optional<TaskRefusal> identifier(String what, String value) {
    return Identifiers.problem(value)
        .map(problem -> new TaskRefusal("Invalid " + what + ": " + problem));
  }

  private static Optional<TaskRefusal> resources(MappedTask task) {
    if (task.own().problem().isPresent()) {
      return TaskRefusal.of("Task uses invalid resources: " + task.own().problem().get());
    }
    return task.resources().isEmpty()
        ? TaskRefusal.of("Task uses no resources")
        : resources("task", List.of(task.resources()));
  }

  /** V6, for a task, an executor or all of a group together. */
  static Optional<TaskRefusal> resources(String whose, List<Resources> parts) {
    Optional<String> role = Optional.empty();
    boolean anyRevocable = false;
    boolean anyVolume = false;
    for (Resources part : parts) {
      for (Resource entry : part.entries()) {
        if (role.isPresent() && !role.equals(entry.allocationRole())) {
          return TaskRefusal.of("The resources of a " + whose + " must be allocated to one role");
        }
        role = entry.allocationRole();
        anyRevocable |= entry.revocable();
        anyVolume |= entry.isPersistentVolume();
      }
    }
    Optional<TaskRefusal> refusal = Optional.empty();
    if (anyVolume) {
      refusal = volumes(whose, parts);
    }
    return refusal.isEmpty() && anyRevocable ? mixed(whose, parts) : refusal;
  }

  private static Optional<TaskRefusal> volumes(String whose, List<Resources> parts) {
    for (Resources part : parts) {
      Set<String> seen = new HashSet<>();
      for (Resource entry : part.entries()) {
        if (entry.isPersistentVolume()
            && !seen.add(entry.role() + " " + entry.volumeId().orElseThrow())) {
          return TaskRefusal.of(
              "The persistence ID '"
                  + entry.volumeId().orElseThrow()
                  + "' stands twice in the resources of the "
                  + whose);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<TaskRefusal> mixed(String whose, List<Resources> parts) {
    Set<String> revocable = new HashSet<>();
    Set<String> kept = new HashSet<>();
    for (Resources part : parts) {
      part.entries().forEach(entry -> (entry.revocable() ? revocable : kept).add(entry.name()));
    }
    revocable.retainAll(kept);
    return revocable.isEmpty()
        ? Optional.empty()
        : TaskRefusal.of("The " + whose + " uses both revocable and non-revocable " + revocable);
  }

  /** V10. */
  private static Optional<TaskRefusal> limits(TaskInfo task, Resources resources, Agent agent) {
    if (task.getLimitsCount() == 0) {
      return Optional.empty();
    }
    if (!agent.capabilities().contains("TASK_RESOURCE_LIMITS")) {
      return TaskRefusal.of(
          "Task's 'limits' are not supported by agent "
              + agent.id()
              + ", which lacks TASK_RESOURCE_LIMITS");
    }
    for (var limit : task.getLimitsMap().entrySet()) {
      String name = limit.getKey();
      Value.Scalar given = limit.getValue();
      if (!LIMITED.contains(name)) {
        return TaskRefusal.of(
            "Task's limit of '" + name + "' is not allowed: only cpus and mem have limits");
      }
      Scalar request = resources.scalar(name);
      if (request.isEmpty()) {
        return TaskRefusal.of(
            "Task has a limit of " + name + " and no such resource: request some too");
      }
      // Also false for what is no number; infinity is no limit.
      if (!(given.getValue() >= request.toDouble())) {
        return TaskRefusal.of(
            "Task's limit of "
                + name
                + " is "
                + given.getValue()
                + ", less than the "
                + request
                + " that it requests");
      }
    }
    return Optional.empty();
  }
}
