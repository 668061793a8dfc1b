package io.mesocosm.master;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.Parameter;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Volume;

/** The rules that a task must keep to be launched (contracts/mesos-scheduler-api.md §7). Pure. */
final class TaskValidation {
  private TaskValidation() {}

  /**
   * What is wrong with a task of a LAUNCH, if anything.
   *
   * @param isKnown whether the framework has a task of that id that has not ended
   */
  static Optional<TaskRefusal> launch(
      TaskInfo task, FrameworkId framework, Agent agent, Predicate<String> isKnown) {
    if (task.hasCommand() == task.hasExecutor()) {
      return refuse(
          "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present");
    }
    return common(task, agent, isKnown)
        .or(() -> task.hasExecutor() ? executor(task.getExecutor(), framework) : Optional.empty());
  }

  /** What is wrong with the tasks of a LAUNCH_GROUP, if anything: then none of them is launched. */
  static Optional<TaskRefusal> group(
      ExecutorInfo executor,
      List<TaskInfo> tasks,
      FrameworkId framework,
      Agent agent,
      Predicate<String> isKnown) {
    if (executor.getType() != ExecutorInfo.Type.DEFAULT
        && executor.getType() != ExecutorInfo.Type.CUSTOM) {
      return refuse("Task group executor must have a type: DEFAULT or CUSTOM");
    }
    if (executor.getType() == ExecutorInfo.Type.DEFAULT && executor.hasCommand()) {
      return refuse("'ExecutorInfo.command' must not be set for 'DEFAULT' executor");
    }
    if (executor.getType() == ExecutorInfo.Type.DEFAULT
        && executor.hasContainer()
        && (executor.getContainer().getType() != ContainerInfo.Type.MESOS
            || executor.getContainer().getMesos().hasImage())) {
      return refuse("The container of a 'DEFAULT' executor must be of type MESOS, without image");
    }
    Optional<TaskRefusal> unfit = executorBasics(executor, framework);
    if (unfit.isPresent()) {
      return unfit;
    }
    if (tasks.isEmpty()) {
      return refuse("Task group cannot be empty");
    }
    Set<String> ids = new HashSet<>();
    for (TaskInfo task : tasks) {
      if (!ids.add(task.getTaskId().getValue())) {
        return refuse("Task " + task.getTaskId().getValue() + " stands twice in the task group");
      }
      if (task.getContainer().getType() == ContainerInfo.Type.DOCKER && task.hasContainer()) {
        return refuse(
            "Docker ContainerInfo is not supported on the task "
                + task.getTaskId().getValue()
                + " of a task group");
      }
      if (task.hasExecutor()
          && !task.getExecutor().getExecutorId().equals(executor.getExecutorId())) {
        return refuse(
            "The executor of task "
                + task.getTaskId().getValue()
                + " is not that of its task group");
      }
      if (!task.hasCommand()) {
        return refuse("Task " + task.getTaskId().getValue() + " of a task group has no command");
      }
      Optional<TaskRefusal> refusal = common(task, agent, isKnown);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return groupExecutorResources(executor);
  }

  private static Optional<TaskRefusal> common(
      TaskInfo task, Agent agent, Predicate<String> isKnown) {
    String id = task.getTaskId().getValue();
    Optional<TaskRefusal> refusal = identifier("TaskID", id);
    if (refusal.isPresent()) {
      return refusal;
    }
    if (isKnown.test(id)) {
      return refuse("Task has duplicate ID: " + id);
    }
    if (!task.getAgentId().getValue().equals(agent.id().value())) {
      return refuse(
          "Task uses invalid agent "
              + task.getAgentId().getValue()
              + " while agent "
              + agent.id()
              + " is expected");
    }
    if (task.getKillPolicy().getGracePeriod().getNanoseconds() < 0) {
      return refuse("Task's 'kill_policy.grace_period' must be non-negative");
    }
    if (task.getMaxCompletionTime().getNanoseconds() < 0) {
      return refuse("Task's 'max_completion_time' must be non-negative");
    }
    if (task.getLimitsCount() > 0) {
      return refuse(
          "Task's 'limits' are not supported by agent "
              + agent.id()
              + ", which lacks TASK_RESOURCE_LIMITS");
    }
    return resources(task)
        .or(() -> check(task))
        .or(() -> healthCheck(task))
        .or(() -> environment(task))
        .or(() -> container(task));
  }

  private static Optional<TaskRefusal> resources(TaskInfo task) {
    try {
      Resources resources = ResourceMapping.toModel(task.getResourcesList());
      if (resources.isEmpty()) {
        return refuse("Task uses no resources");
      }
      long roles =
          resources.entries().stream()
              .flatMap(entry -> entry.allocationRole().stream())
              .distinct()
              .count();
      if (roles > 1) {
        return refuse("The resources of a task must be allocated to one role");
      }
      Set<String> revocable = new HashSet<>();
      Set<String> kept = new HashSet<>();
      resources
          .entries()
          .forEach(entry -> (entry.revocable() ? revocable : kept).add(entry.name()));
      revocable.retainAll(kept);
      return revocable.isEmpty()
          ? Optional.empty()
          : refuse("Task uses both revocable and non-revocable " + revocable);
    } catch (InvalidMessageException e) {
      return refuse("Task uses invalid resources: " + e.getMessage());
    }
  }

  private static Optional<TaskRefusal> check(TaskInfo task) {
    if (!task.hasCheck()) {
      return Optional.empty();
    }
    CheckInfo check = task.getCheck();
    boolean matches =
        switch (check.getType()) {
          case COMMAND -> check.hasCommand() && check.getCommand().getCommand().hasValue();
          case HTTP -> check.hasHttp();
          case TCP -> check.hasTcp();
          case UNKNOWN -> false;
        };
    if (check.hasHttp()
        && check.getHttp().hasPath()
        && !check.getHttp().getPath().startsWith("/")) {
      return refuse(
          "Task uses invalid check: The path '"
              + check.getHttp().getPath()
              + "' of HTTP check must start with '/'");
    }
    if (!matches) {
      return refuse("Task uses invalid check: 'type' must be set, and the member of that name");
    }
    return times(
        "check", check.getDelaySeconds(), check.getIntervalSeconds(), check.getTimeoutSeconds());
  }

  private static Optional<TaskRefusal> healthCheck(TaskInfo task) {
    if (!task.hasHealthCheck()) {
      return Optional.empty();
    }
    HealthCheck check = task.getHealthCheck();
    boolean matches =
        switch (check.getType()) {
          case COMMAND -> check.hasCommand() && check.getCommand().hasValue();
          case HTTP -> check.hasHttp();
          case TCP -> check.hasTcp();
          case UNKNOWN -> false;
        };
    if (!matches) {
      return refuse(
          "Task uses invalid health check: 'type' must be set, and the member of that name");
    }
    if (check.hasHttp()
        && check.getHttp().hasPath()
        && !check.getHttp().getPath().startsWith("/")) {
      return refuse(
          "Task uses invalid health check: The path '"
              + check.getHttp().getPath()
              + "' of HTTP health check must start with '/'");
    }
    if (check.hasHttp()
        && check.getHttp().hasScheme()
        && !Set.of("http", "https").contains(check.getHttp().getScheme())) {
      return refuse(
          "Task uses invalid health check: Unsupported HTTP health check scheme: '"
              + check.getHttp().getScheme()
              + "'");
    }
    if (check.getGracePeriodSeconds() < 0) {
      return refuse(
          "Task uses invalid health check: Expecting 'grace_period_seconds' to be non-negative");
    }
    return times(
        "health check",
        check.getDelaySeconds(),
        check.getIntervalSeconds(),
        check.getTimeoutSeconds());
  }

  private static Optional<TaskRefusal> times(
      String what, double delay, double interval, double timeout) {
    return delay < 0 || interval < 0 || timeout < 0
        ? refuse(
            "Task uses invalid "
                + what
                + ": Expecting delay, interval and timeout to be non-negative")
        : Optional.empty();
  }

  private static Optional<TaskRefusal> environment(TaskInfo task) {
    for (Environment.Variable variable : task.getCommand().getEnvironment().getVariablesList()) {
      boolean valid =
          switch (variable.getType()) {
            case VALUE -> variable.hasValue() && !variable.hasSecret();
            case SECRET -> variable.hasSecret() && !variable.hasValue();
            case UNKNOWN -> false;
          };
      if (!valid) {
        return refuse(
            "Environment variable '"
                + variable.getName()
                + "' of type '"
                + variable.getType()
                + "' must have that, and nothing else, set");
      }
    }
    return Optional.empty();
  }

  private static Optional<TaskRefusal> container(TaskInfo task) {
    if (!task.hasContainer()) {
      return Optional.empty();
    }
    ContainerInfo container = task.getContainer();
    if (container.getType() == ContainerInfo.Type.DOCKER && !container.hasDocker()) {
      return refuse("DockerInfo 'docker' is not set for DOCKER typed ContainerInfo");
    }
    for (Parameter parameter : container.getDocker().getParametersList()) {
      if (parameter.getKey().equals("name")) {
        return refuse("Parameter in DockerInfo must not be 'name'");
      }
    }
    for (Volume volume : container.getVolumesList()) {
      int sources =
          (volume.hasHostPath() ? 1 : 0)
              + (volume.hasImage() ? 1 : 0)
              + (volume.hasSource() ? 1 : 0);
      if (sources != 1) {
        return refuse(
            "Only one of them should be set: 'host_path', 'image', or 'source' of volume "
                + volume.getContainerPath());
      }
    }
    return Optional.empty();
  }

  private static Optional<TaskRefusal> executor(ExecutorInfo executor, FrameworkId framework) {
    if (executor.hasType()
        && executor.getType() != ExecutorInfo.Type.CUSTOM
        && executor.getType() != ExecutorInfo.Type.UNKNOWN) {
      return refuse("'ExecutorInfo.type' must be 'CUSTOM' for a task of its own");
    }
    if (!executor.hasCommand()) {
      return refuse("'ExecutorInfo.command' must be set for 'CUSTOM' executor");
    }
    return executorBasics(executor, framework);
  }

  /** What holds for the executors of tasks and of groups (V3, V8). */
  private static Optional<TaskRefusal> executorBasics(
      ExecutorInfo executor, FrameworkId framework) {
    if (executor.getShutdownGracePeriod().getNanoseconds() < 0) {
      return refuse("ExecutorInfo's 'shutdown_grace_period' must be non-negative");
    }
    if (!executor.getFrameworkId().getValue().equals(framework.value())) {
      return refuse(
          "ExecutorInfo has an invalid FrameworkID (Actual: "
              + executor.getFrameworkId().getValue()
              + " vs Expected: "
              + framework
              + ")");
    }
    try {
      ResourceMapping.toModel(executor.getResourcesList());
    } catch (InvalidMessageException e) {
      return refuse("Executor uses invalid resources: " + e.getMessage());
    }
    return identifier("ExecutorID", executor.getExecutorId().getValue());
  }

  private static Optional<TaskRefusal> groupExecutorResources(ExecutorInfo executor) {
    try {
      Resources resources = ResourceMapping.toModel(executor.getResourcesList());
      boolean enough =
          resources.scalar("cpus").toDouble() >= 0.01
              && resources.scalar("mem").toDouble() >= 32
              && resources.entries().stream().anyMatch(entry -> entry.name().equals("disk"));
      return enough
          ? Optional.empty()
          : refuse(
              "The executor of a task group must use at least cpus:0.01, mem:32 and some disk");
    } catch (InvalidMessageException e) {
      return refuse("Executor uses invalid resources: " + e.getMessage());
    }
  }

  private static Optional<TaskRefusal> identifier(String what, String value) {
    return Identifiers.problem(value)
        .map(problem -> new TaskRefusal("Invalid " + what + ": " + problem));
  }

  private static Optional<TaskRefusal> refuse(String message) {
    return Optional.of(new TaskRefusal(message));
  }
}
