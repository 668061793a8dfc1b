package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.agent.ExecutorPhase;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.resource.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.ContainerID;
import org.apache.mesos.v1.Protos.ContainerStatus;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.NetworkInfo;

/** Finds the containers of a snapshot: those of executors, and those of tasks nested in them. */
final class Containers {
  private Containers() {}

  /**
   * One container that runs or is being started.
   *
   * @param id with its parent if it is nested
   * @param started what the engine told of it; absent for the container of task groups, which is a
   *     name only
   * @param processes the first process of each container in it
   * @param resources what it may use
   */
  record Container(
      FrameworkInfo framework,
      AgentSnapshot.Executor executor,
      ContainerID id,
      Optional<StartedContainer> started,
      List<Long> processes,
      Resources resources) {
    Container {
      processes = List.copyOf(processes);
    }

    boolean isNested() {
      return id.hasParent();
    }

    ContainerStatus status() {
      ContainerStatus.Builder status = ContainerStatus.newBuilder().setContainerId(id);
      started.ifPresent(it -> {
        it.pid().ifPresent(pid -> status.setExecutorPid(Math.toIntExact(pid)));
        it.ipAddress().ifPresent(ip -> status.addNetworkInfos(network(ip)));
      });
      return status.build();
    }
  }

  /** Those that may be seen, in the order of their frameworks and executors, nested ones last. */
  static List<Container> of(AgentSnapshot snapshot, Visible visible, boolean nestedToo) {
    List<Container> found = new ArrayList<>();
    for (AgentSnapshot.Framework framework : snapshot.frameworks()) {
      for (AgentSnapshot.Executor executor : framework.executors()) {
        if (isThere(executor) && visible.container(executor, framework.info())) {
          found.add(root(executor, framework.info()));
          if (nestedToo && isGroups(executor)) {
            there(executor).forEach(task -> found.add(nested(task, executor, framework.info())));
          }
        }
      }
    }
    return found;
  }

  /** Whether a container was asked for and has not answered yet. */
  static boolean isStarting(Container container) {
    return container.started().isEmpty()
        && (container.isNested() || !isGroups(container.executor()));
  }

  private static boolean isGroups(AgentSnapshot.Executor executor) {
    return executor.info().isPresent() && !executor.custom();
  }

  private static boolean isThere(AgentSnapshot.Executor executor) {
    return executor.custom()
        ? executor.phase() != ExecutorPhase.TERMINATED
        : there(executor).findAny().isPresent();
  }

  private static Stream<AgentSnapshot.Task> there(AgentSnapshot.Executor executor) {
    return executor.tasks().stream().filter(task -> task.stage() != AgentSnapshot.Stage.TERMINATED);
  }

  private static Container root(AgentSnapshot.Executor executor, FrameworkInfo framework) {
    Optional<StartedContainer> started =
        executor.custom()
            ? executor.container()
            : isGroups(executor)
                ? Optional.empty()
                : there(executor).findFirst().flatMap(AgentSnapshot.Task::container);
    Stream<StartedContainer> all =
        isGroups(executor)
            ? there(executor).flatMap(task -> task.container().stream())
            : started.stream();
    return new Container(
        framework,
        executor,
        ContainerID.newBuilder().setValue(executor.containerId().value()).build(),
        started,
        processes(all),
        UsedResources.of(executor));
  }

  private static Container nested(
      AgentSnapshot.Task task, AgentSnapshot.Executor executor, FrameworkInfo framework) {
    return new Container(
        framework,
        executor,
        ContainerID.newBuilder()
            .setValue(task.containerId().value())
            .setParent(ContainerID.newBuilder().setValue(executor.containerId().value()))
            .build(),
        task.container(),
        processes(task.container().stream()),
        UsedResources.model(task.info().getResourcesList()));
  }

  private static List<Long> processes(Stream<StartedContainer> containers) {
    return containers.flatMap(container -> container.pid().stream().boxed()).toList();
  }

  private static NetworkInfo network(String ip) {
    return NetworkInfo.newBuilder()
        .addIpAddresses(NetworkInfo.IPAddress.newBuilder().setIpAddress(ip))
        .build();
  }
}
