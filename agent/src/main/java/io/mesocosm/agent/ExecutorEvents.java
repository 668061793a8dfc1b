package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.ContainerID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.TaskGroupInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.executor.Protos.Event;

/** Words the events of the executor API (contracts/mesos-executor-api.md §3). */
final class ExecutorEvents {
  private ExecutorEvents() {}

  static Event subscribed(
      Executor executor, FrameworkInfo framework, AgentInfo agent, Optional<AgentId> agentId) {
    AgentInfo.Builder named = agent.toBuilder();
    agentId.ifPresent(id -> named.setId(AgentID.newBuilder().setValue(id.value())));
    return Event.newBuilder()
        .setType(Event.Type.SUBSCRIBED)
        .setSubscribed(
            Event.Subscribed.newBuilder()
                .setExecutorInfo(executor.info().orElseThrow())
                .setFrameworkInfo(framework)
                .setAgentInfo(named)
                .setContainerId(ContainerID.newBuilder().setValue(executor.containerId().value())))
        .build();
  }

  static Event launch(ExecutorProcess.Delivery delivery) {
    List<Task> tasks = delivery.tasks();
    if (!delivery.asGroup()) {
      return Event.newBuilder()
          .setType(Event.Type.LAUNCH)
          .setLaunch(Event.Launch.newBuilder().setTask(tasks.getFirst().info()))
          .build();
    }
    TaskGroupInfo.Builder group = TaskGroupInfo.newBuilder();
    tasks.forEach(task -> group.addTasks(task.info()));
    return Event.newBuilder()
        .setType(Event.Type.LAUNCH_GROUP)
        .setLaunchGroup(Event.LaunchGroup.newBuilder().setTaskGroup(group))
        .build();
  }

  /**
   * @param policy left out if it says nothing
   */
  static Event kill(Task task, KillPolicy policy) {
    Event.Kill.Builder kill = Event.Kill.newBuilder().setTaskId(task.info().getTaskId());
    if (policy.hasGracePeriod()) {
      kill.setKillPolicy(policy);
    }
    return Event.newBuilder().setType(Event.Type.KILL).setKill(kill).build();
  }

  static Event acknowledged(TaskID task, ByteString uuid) {
    return Event.newBuilder()
        .setType(Event.Type.ACKNOWLEDGED)
        .setAcknowledged(Event.Acknowledged.newBuilder().setTaskId(task).setUuid(uuid))
        .build();
  }

  static Event message(ByteString data) {
    return Event.newBuilder()
        .setType(Event.Type.MESSAGE)
        .setMessage(Event.Message.newBuilder().setData(data))
        .build();
  }

  static Event shutdown() {
    return Event.newBuilder().setType(Event.Type.SHUTDOWN).build();
  }

  static Event heartbeat() {
    return Event.newBuilder().setType(Event.Type.HEARTBEAT).build();
  }
}
