package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.StartedContainer;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.ContainerID;
import org.apache.mesos.v1.Protos.ContainerStatus;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.Label;
import org.apache.mesos.v1.Protos.Labels;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskResourceLimitation;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.apache.mesos.v1.Protos.TaskStatus.Source;

/**
 * Words what happens to tasks as statuses, as the executors and the agent of Mesos do
 * (contracts/mesos-executor-api.md U2, C6, C7, D3, D5).
 */
final class Statuses {
  private final AgentConfig config;
  private final Registration registration;
  private final RandomIds ids;

  Statuses(AgentConfig config, Registration registration, RandomIds ids) {
    this.config = config;
    this.registration = registration;
    this.ids = ids;
  }

  TaskStatus starting(Task task, Instant now) {
    return fromExecutor(task, TaskState.TASK_STARTING, now).build();
  }

  TaskStatus running(Task task, Instant now) {
    TaskStatus.Builder status = fromExecutor(task, TaskState.TASK_RUNNING, now);
    Optional<StartedContainer> container = task.container();
    container
        .flatMap(StartedContainer::inspection)
        .ifPresent(inspection -> status.setData(ByteString.copyFromUtf8(inspection)));
    container
        .filter(_ -> task.isDocker())
        .flatMap(StartedContainer::ipAddress)
        .ifPresent(ip ->
            status.setLabels(
                Labels.newBuilder()
                    .addLabels(
                        Label.newBuilder()
                            .setKey("Docker.NetworkSettings.IPAddress")
                            .setValue(ip))));
    return status.build();
  }

  TaskStatus killing(Task task, Instant now) {
    return fromExecutor(task, TaskState.TASK_KILLING, now).build();
  }

  TaskStatus checkReported(Task task, Instant now) {
    return fromExecutor(task, TaskState.TASK_RUNNING, now)
        .setReason(Reason.REASON_TASK_CHECK_STATUS_UPDATED)
        .build();
  }

  TaskStatus healthReported(Task task, String message, Instant now) {
    TaskStatus.Builder status =
        fromExecutor(task, TaskState.TASK_RUNNING, now)
            .setReason(Reason.REASON_TASK_HEALTH_CHECK_STATUS_UPDATED);
    if (!message.isEmpty()) {
      status.setMessage(message);
    }
    return status.build();
  }

  /** A task that never came to run. */
  TaskStatus launchFailed(Task task, String message, Instant now) {
    return launchFailed(fromAgent(task, TaskState.TASK_FAILED, now), message);
  }

  /** A task of a group that never came to run: its executor is told so, and tells (P5). */
  TaskStatus nestedLaunchFailed(Task task, String message, Instant now) {
    return launchFailed(fromExecutor(task, TaskState.TASK_FAILED, now), message);
  }

  private static TaskStatus launchFailed(TaskStatus.Builder status, String message) {
    return status
        .setReason(Reason.REASON_CONTAINER_LAUNCH_FAILED)
        .setMessage("Failed to launch container: " + message)
        .build();
  }

  /** A task that never came to anything because of what the agent is about. */
  TaskStatus dropped(
      Task task, boolean partitionAware, Reason reason, String message, Instant now) {
    return fromAgent(task, partitionAware ? TaskState.TASK_DROPPED : TaskState.TASK_LOST, now)
        .setReason(reason)
        .setMessage(message)
        .build();
  }

  /** The end of a task because its executor's process has ended (T6, T7). */
  TaskStatus executorEnded(Task task, ExecutorProcess.Cause cause, Instant now) {
    TaskStatus.Builder status =
        fromAgent(task, cause.state(), now).setReason(cause.reason()).setMessage(cause.message());
    return status.build();
  }

  /** What an executor says, with what only the agent can add (U2). */
  TaskStatus completed(Task task, TaskStatus given, Instant now) {
    TaskStatus.Builder status = given.toBuilder();
    TaskStatus own = fromExecutor(task, given.getState(), now).build();
    if (!given.hasTimestamp()) {
      status.setTimestamp(own.getTimestamp());
    }
    ContainerStatus.Builder container = given.getContainerStatus().toBuilder();
    ContainerStatus known = own.getContainerStatus();
    if (known.hasContainerId()) {
      container.setContainerId(known.getContainerId());
    }
    if (known.hasExecutorPid()) {
      container.setExecutorPid(known.getExecutorPid());
    }
    if (container.getNetworkInfosCount() == 0) {
      container.addAllNetworkInfos(known.getNetworkInfosList());
    } else {
      fillAddress(container.getNetworkInfosBuilder(0), known);
    }
    if (own.hasAgentId()) {
      status.setAgentId(own.getAgentId());
    }
    return status
        .setSource(Source.SOURCE_EXECUTOR)
        .setExecutorId(own.getExecutorId())
        .setContainerStatus(container)
        .build();
  }

  /** The address that an executor has left open: its container's own, or else the agent's. */
  private void fillAddress(NetworkInfo.Builder network, ContainerStatus known) {
    if (network.getIpAddressesCount() == 0) {
      network.addIpAddressesBuilder();
    }
    NetworkInfo.IPAddress.Builder address = network.getIpAddressesBuilder(0);
    if (!address.hasIpAddress()) {
      address.setIpAddress(
          known.getNetworkInfosList().stream()
              .flatMap(it -> it.getIpAddressesList().stream())
              .map(NetworkInfo.IPAddress::getIpAddress)
              .findFirst()
              .orElse(config.ip()));
    }
  }

  TaskStatus killedDuringLaunch(Task task, Instant now) {
    return fromAgent(task, TaskState.TASK_KILLED, now)
        .setReason(Reason.REASON_TASK_KILLED_DURING_LAUNCH)
        .setMessage("Killed before delivery to the executor")
        .build();
  }

  /** A task that ran and whose end nobody saw. */
  TaskStatus lostSight(Task task, String message, Instant now) {
    if (task.stopCause().filter(Task.StopCause.KILLED::equals).isPresent()) {
      return fromAgent(task, TaskState.TASK_KILLED, now).setMessage(message).build();
    }
    return fromAgent(task, TaskState.TASK_FAILED, now)
        .setReason(Reason.REASON_EXECUTOR_TERMINATED)
        .setMessage(message)
        .build();
  }

  /**
   * The end of a task that an earlier run of this agent has launched, or was about to, and whose
   * container does not run (contracts/mesos-executor-api.md R5, R10).
   *
   * @param found what its engine knows; absent if none knows the container
   */
  TaskStatus afterRestart(
      Task task,
      Optional<RecoveredContainer> found,
      Optional<FrameworkInfo> framework,
      Instant now) {
    if (found.isPresent()
        && found.get() instanceof RecoveredContainer.Ended(ContainerExit exit)
        && !task.wasStoppedDuringLaunch()) {
      return exited(task, exit, now);
    }
    if (task.wasStoppedDuringLaunch()) {
      return killedDuringLaunch(task, now);
    }
    if (found.isPresent() && found.get() instanceof RecoveredContainer.Vanished(_, String why)) {
      return lostSight(task, why, now);
    }
    if (task.phase() == TaskPhase.LAUNCHING) {
      return dropped(
          task,
          Frameworks.has(framework, Capability.Type.PARTITION_AWARE),
          Reason.REASON_AGENT_RESTARTED,
          "the agent was restarted before the task's container was started",
          now);
    }
    return lostSight(task, "the container was gone when the agent was restarted", now);
  }

  TaskStatus exited(Task task, ContainerExit exit, Instant now) {
    boolean killed = task.stopCause().filter(Task.StopCause.KILLED::equals).isPresent();
    boolean overdue = task.stopCause().filter(Task.StopCause.OVERDUE::equals).isPresent();
    if (exit.outOfMemory() && !killed) {
      return outOfMemory(task, now);
    }
    TaskState state;
    if (killed) {
      state = TaskState.TASK_KILLED;
    } else if (overdue || exit.isSignaled() || exit.exitCode() != 0) {
      state = TaskState.TASK_FAILED;
    } else {
      state = TaskState.TASK_FINISHED;
    }
    TaskStatus.Builder status = fromExecutor(task, state, now).setMessage(exitMessage(task, exit));
    if (overdue) {
      status.setReason(Reason.REASON_MAX_COMPLETION_TIME_REACHED);
    }
    return status.build();
  }

  private TaskStatus outOfMemory(Task task, Instant now) {
    TaskResourceLimitation.Builder limitation = TaskResourceLimitation.newBuilder();
    String limit = "none";
    for (Resource resource : task.info().getResourcesList()) {
      if (resource.getName().equals("mem")) {
        limitation.addResources(resource);
        limit = (long) resource.getScalar().getValue() + "MB";
      }
    }
    return fromAgent(task, TaskState.TASK_FAILED, now)
        .setReason(Reason.REASON_CONTAINER_LIMITATION_MEMORY)
        .setMessage("Memory limit exceeded: Requested: " + limit)
        .setLimitation(limitation)
        .build();
  }

  private static String exitMessage(Task task, ContainerExit exit) {
    return (task.isDocker() ? "Container " : "Command ")
        + (exit.isSignaled()
            ? "terminated with signal " + Signals.name(exit.signal())
            : "exited with status " + exit.exitCode());
  }

  private TaskStatus.Builder fromExecutor(Task task, TaskState state, Instant now) {
    TaskStatus.Builder status = status(task, state, now).setSource(Source.SOURCE_EXECUTOR);
    // Schedulers may count on it in each status of a task that has a check.
    task.check().ifPresent(check -> status.setCheckStatus(check.latest()));
    return status;
  }

  private TaskStatus.Builder fromAgent(Task task, TaskState state, Instant now) {
    return status(task, state, now).setSource(Source.SOURCE_AGENT);
  }

  private TaskStatus.Builder status(Task task, TaskState state, Instant now) {
    TaskStatus.Builder status =
        TaskStatus.newBuilder()
            .setTaskId(task.info().getTaskId())
            .setState(state)
            .setUuid(ids.updateUuid())
            .setTimestamp(now.getEpochSecond() + now.getNano() / 1e9)
            .setExecutorId(ExecutorID.newBuilder().setValue(task.executor().id().value()))
            .setContainerStatus(containerStatus(task));
    registration
        .agentId()
        .ifPresent(id -> status.setAgentId(AgentID.newBuilder().setValue(id.value())));
    task.health().flatMap(Health::reported).ifPresent(status::setHealthy);
    return status;
  }

  private ContainerStatus containerStatus(Task task) {
    ContainerID.Builder id = ContainerID.newBuilder().setValue(task.containerId().value());
    if (task.isInGroup() && !task.executor().isCustom()) {
      id.setParent(ContainerID.newBuilder().setValue(task.executor().containerId().value()));
    }
    ContainerStatus.Builder status = ContainerStatus.newBuilder().setContainerId(id);
    Optional<StartedContainer> container =
        task.executor().isCustom() ? task.executor().process().container() : task.container();
    container
        .map(StartedContainer::pid)
        .ifPresent(pid -> pid.ifPresent(number -> status.setExecutorPid((int) number)));
    Optional<String> own = container.flatMap(StartedContainer::ipAddress);
    // Before a container with a network of its own runs, no address of it is the true one.
    if (own.isPresent() || container.isPresent() || LaunchRules.sharesHostNetwork(task.info())) {
      NetworkInfo.Builder network =
          NetworkInfo.newBuilder()
              .addIpAddresses(
                  NetworkInfo.IPAddress.newBuilder().setIpAddress(own.orElse(config.ip())));
      LaunchRules.networkName(task.info()).ifPresent(network::setName);
      status.addNetworkInfos(network);
    }
    return status.build();
  }
}
