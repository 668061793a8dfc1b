package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.LinuxInfo;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.Secret;
import org.apache.mesos.v1.Protos.TaskInfo;

/** What this agent can do for a container, and what it cannot, in words for its owner. */
final class LaunchRules {
  private LaunchRules() {}

  static boolean isDocker(TaskInfo task) {
    return task.hasContainer() && task.getContainer().getType() == ContainerInfo.Type.DOCKER;
  }

  /** Whether the task's ports are the machine's. */
  static boolean sharesHostNetwork(TaskInfo task) {
    return !isDocker(task) || DockerOptionsOfTask.network(task.getContainer()).equals("host");
  }

  /** The network that the task asks for by name. */
  static Optional<String> networkName(TaskInfo task) {
    return task.getContainer().getNetworkInfosList().stream()
        .filter(NetworkInfo::hasName)
        .map(NetworkInfo::getName)
        .findFirst();
  }

  /** Everything that this agent cannot do for the container; empty if it can be tried. */
  static Optional<String> problem(ContainerWish wish, AgentConfig config) {
    Optional<String> badResources = TaskResources.problem(wish);
    if (badResources.isPresent()) {
      return badResources;
    }
    List<String> problems = new ArrayList<>();
    CommandInfo command = wish.command();
    for (Environment.Variable variable : command.getEnvironment().getVariablesList()) {
      if (variable.getType() == Environment.Variable.Type.SECRET
          && variable.getSecret().getType() != Secret.Type.VALUE) {
        problems.add(
            "environment variable "
                + variable.getName()
                + " refers to a secret, and this agent has no secret resolver");
      }
    }
    if (wish.isDocker()) {
      if (!config.runsDocker()) {
        problems.add("container type DOCKER needs the agent's --containerizers to have docker");
      }
      problems.addAll(DockerOptionsOfTask.problems(wish));
    } else {
      problems.addAll(processProblems(wish, config));
    }
    problems.addAll(Volumes.problems(wish.container()));
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  private static List<String> processProblems(ContainerWish wish, AgentConfig config) {
    List<String> problems = new ArrayList<>();
    CommandInfo command = wish.command();
    if (!config.runsProcesses()) {
      problems.add("container type MESOS needs the agent's --containerizers to have mesos");
    }
    if (wish.container().getMesos().hasImage()) {
      problems.add("an image needs container type DOCKER: type MESOS runs plain processes");
    }
    problems.addAll(unheeded(wish.container()));
    if (!command.hasValue()) {
      problems.add(
          command.getShell()
              ? "Shell specified but no command value provided"
              : "Executable not specified: command.value is empty");
    }
    return problems;
  }

  /** What a plain process cannot be given: better refused than passed over in silence. */
  private static List<String> unheeded(ContainerInfo container) {
    List<String> problems = new ArrayList<>();
    if (container.getNetworkInfosList().stream().anyMatch(NetworkInfo::hasName)) {
      problems.add("a named network needs container type DOCKER: plain processes share the host's");
    }
    if (container.hasHostname()) {
      problems.add("a hostname needs container type DOCKER: plain processes have the machine's");
    }
    if (!saysOnlyWhoseCgroups(container.getLinuxInfo())) {
      problems.add(
          "linux_info other than share_cgroups is not supported for plain processes by this agent");
    }
    if (container.hasRlimitInfo()) {
      problems.add("rlimit_info is not supported for plain processes by this agent");
    }
    if (container.hasTtyInfo()) {
      problems.add("tty_info is not supported for plain processes by this agent");
    }
    return problems;
  }

  /**
   * Whether tasks of a group share a cgroup makes no difference here: no process gets one of its
   * own.
   */
  private static boolean saysOnlyWhoseCgroups(LinuxInfo info) {
    return info.toBuilder().clearShareCgroups().build().equals(LinuxInfo.getDefaultInstance());
  }

  /** The command as engines take it; absent if the image's own is to run. */
  static Optional<ContainerSpec.Command> command(CommandInfo command) {
    if (command.getShell()) {
      return command.hasValue()
          ? Optional.of(new ContainerSpec.Command.Shell(command.getValue()))
          : Optional.empty();
    }
    if (!command.hasValue() && command.getArgumentsCount() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new ContainerSpec.Command.Exec(
            command.hasValue() ? Optional.of(command.getValue()) : Optional.empty(),
            List.copyOf(command.getArgumentsList())));
  }
}
