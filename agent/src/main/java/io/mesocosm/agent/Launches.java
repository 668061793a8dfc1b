package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;

/** Works out how the containers of tasks and executors are started, and where sandboxes lie. */
final class Launches {
  private static final double MEMORY_MIN_MEGABYTES = 32;
  private static final double CPUS_MIN = 0.01;

  private final AgentConfig config;
  private final ExecutorTokens tokens;

  Launches(AgentConfig config, ExecutorTokens tokens) {
    this.config = config;
    this.tokens = tokens;
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
    ContainerWish wish = GroupVolumes.wish(task);
    Resources resources = TaskResources.of(wish);
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("io.mesocosm.agent-id", agentId.value());
    labels.put("io.mesocosm.framework-id", task.key().frameworkId().value());
    labels.put("io.mesocosm.task-id", task.key().taskId().value());
    return new ContainerLaunch(
        task.containerId(),
        task.sandbox(),
        LaunchRules.command(wish.command()),
        TaskEnvironment.of(task, framework, agentId, config),
        Math.max(CPUS_MIN, resources.scalar("cpus").toDouble()),
        Math.max(MEMORY_MIN_MEGABYTES, resources.scalar("mem").toDouble()),
        mounts(
            wish, task.isInGroup() ? Optional.of(task.executor().directory()) : Optional.empty()),
        docker(wish),
        user(wish, framework),
        labels,
        config.launchTimeout(),
        links(task),
        persistentFolders(wish),
        Volumes.folders(
            wish.container(),
            task.sandbox(),
            task.isInGroup() ? Optional.of(task.executor().directory()) : Optional.empty()),
        wish.command().getUrisList());
  }

  /**
   * The container of a framework's executor.
   *
   * @param tasks that it is started for
   */
  ContainerLaunch launch(
      Executor executor, List<Task> tasks, FrameworkInfo framework, AgentId agentId) {
    ContainerWish wish = ContainerWish.of(executor.info().orElseThrow(), tasks);
    Resources resources = TaskResources.of(wish);
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put("io.mesocosm.agent-id", agentId.value());
    labels.put("io.mesocosm.framework-id", executor.frameworkId().value());
    labels.put("io.mesocosm.executor-id", executor.id().value());
    SortedMap<String, String> environment =
        TaskEnvironment.ofExecutor(executor, wish, framework, agentId, config);
    tokens
        .token(executor.frameworkId(), executor.id(), executor.containerId())
        .ifPresent(token -> environment.put("MESOS_EXECUTOR_AUTHENTICATION_TOKEN", token));
    return new ContainerLaunch(
        executor.containerId(),
        executor.directory(),
        LaunchRules.command(wish.command()),
        environment,
        Math.max(CPUS_MIN, resources.scalar("cpus").toDouble()),
        Math.max(MEMORY_MIN_MEGABYTES, resources.scalar("mem").toDouble()),
        mounts(wish, Optional.empty()),
        docker(wish),
        user(wish, framework),
        labels,
        config.launchTimeout(),
        List.of(latestLink(executor)),
        persistentFolders(wish),
        Volumes.folders(wish.container(), executor.directory(), Optional.empty()),
        wish.command().getUrisList());
  }

  private List<ContainerSpec.VolumeMount> mounts(ContainerWish wish, Optional<String> parent) {
    List<ContainerSpec.VolumeMount> mounts =
        new ArrayList<>(Volumes.mounts(wish.container(), parent));
    mounts.addAll(PersistentVolumes.mounts(wish.resources(), config.workDir()));
    return mounts;
  }

  /** The folders of all persistent volumes in the container of a framework's executor. */
  List<String> volumes(Executor executor, List<Task> tasks) {
    return folders(ContainerWish.of(executor.info().orElseThrow(), tasks), _ -> true);
  }

  /** A shared volume stays whose it is: others may be using it. */
  private List<String> persistentFolders(ContainerWish wish) {
    return folders(wish, volume -> !volume.hasShared());
  }

  private List<String> folders(ContainerWish wish, Predicate<Resource> which) {
    return wish.resources().stream()
        .filter(PersistentVolumes::isVolume)
        .filter(which)
        .map(volume -> PersistentVolumes.path(volume, config.workDir()))
        .distinct()
        .toList();
  }

  private Optional<ContainerSpec.Docker> docker(ContainerWish wish) {
    return wish.isDocker()
        ? Optional.of(DockerOptionsOfTask.options(wish.container(), config.publishAddress()))
        : Optional.empty();
  }

  private static ContainerLaunch.SandboxLink latestLink(Executor executor) {
    String directory = executor.directory();
    String run = executor.containerId().value();
    String runs = directory.substring(0, directory.length() - run.length());
    return new ContainerLaunch.SandboxLink(runs + "latest", run);
  }

  private static List<ContainerLaunch.SandboxLink> links(Task task) {
    String directory = task.executor().directory();
    List<ContainerLaunch.SandboxLink> links = new ArrayList<>();
    links.add(latestLink(task.executor()));
    if (task.isInGroup()) {
      links.add(
          new ContainerLaunch.SandboxLink(
              directory + "/tasks/" + task.key().taskId().value(),
              "../containers/" + task.containerId().value()));
    }
    return links;
  }

  /** Docker images bring their own user; a plain process runs as its framework says. */
  private Optional<String> user(ContainerWish wish, FrameworkInfo framework) {
    if (!config.switchUser() || wish.isDocker()) {
      return Optional.empty();
    }
    CommandInfo command = wish.command();
    String user = command.hasUser() ? command.getUser() : framework.getUser();
    return user.isEmpty() ? Optional.empty() : Optional.of(user);
  }
}
