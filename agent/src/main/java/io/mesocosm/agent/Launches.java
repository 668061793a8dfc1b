package io.mesocosm.agent;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;

/** Works out how a task's container is started, and where its sandbox lies. */
final class Launches {
  private static final double MEMORY_MIN_MEGABYTES = 32;
  private static final double CPUS_MIN = 0.01;

  private final AgentConfig config;

  Launches(AgentConfig config) {
    this.config = config;
  }

  /** The sandbox of an executor (contracts/mesos-containerization.md §10). */
  String executorDirectory(
      AgentId agentId, String frameworkId, String executorId, String containerId) {
    return String.join(
        "/",
        config.workDir(),
        "slaves",
        agentId.value(),
        "frameworks",
        frameworkId,
        "executors",
        executorId,
        "runs",
        containerId);
  }

  ContainerLaunch launch(Task task, FrameworkInfo framework, AgentId agentId) {
    Resources resources = TaskResources.of(task.info());
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("io.mesocosm.agent-id", agentId.value());
    labels.put("io.mesocosm.framework-id", task.key().frameworkId().value());
    labels.put("io.mesocosm.task-id", task.key().taskId().value());
    return new ContainerLaunch(
        task.containerId(),
        task.sandbox(),
        LaunchRules.command(task.info()),
        TaskEnvironment.of(task, framework, agentId, config),
        Math.max(CPUS_MIN, resources.scalar("cpus").toDouble()),
        Math.max(MEMORY_MIN_MEGABYTES, resources.scalar("mem").toDouble()),
        Volumes.mounts(task.info().getContainer()),
        task.isDocker()
            ? Optional.of(DockerOptionsOfTask.options(task.info(), config.publishAddress()))
            : Optional.empty(),
        user(task, framework),
        labels,
        config.launchTimeout(),
        links(task));
  }

  private static List<ContainerLaunch.SandboxLink> links(Task task) {
    String directory = task.executor().directory();
    String run = task.executor().containerId().value();
    String runs = directory.substring(0, directory.length() - run.length());
    List<ContainerLaunch.SandboxLink> links = new ArrayList<>();
    links.add(new ContainerLaunch.SandboxLink(runs + "latest", run));
    if (task.isInGroup()) {
      links.add(
          new ContainerLaunch.SandboxLink(
              directory + "/tasks/" + task.key().taskId().value(),
              "../containers/" + task.containerId().value()));
    }
    return links;
  }

  /** Docker images bring their own user; a plain process runs as its framework says. */
  private Optional<String> user(Task task, FrameworkInfo framework) {
    if (!config.switchUser() || task.isDocker()) {
      return Optional.empty();
    }
    CommandInfo command = task.info().getCommand();
    String user = command.hasUser() ? command.getUser() : framework.getUser();
    return user.isEmpty() ? Optional.empty() : Optional.of(user);
  }
}
