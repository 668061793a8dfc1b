package io.mesocosm.master;

import java.util.List;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskGroupInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;

/** What schedulers put into ACCEPT. */
final class Launches {
  private Launches() {}

  static Resource scalar(String name, double amount) {
    return Resource.newBuilder()
        .setName(name)
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(amount))
        .build();
  }

  static Resource ports(long begin, long end) {
    return Resource.newBuilder()
        .setName("ports")
        .setType(Value.Type.RANGES)
        .setRanges(
            Value.Ranges.newBuilder()
                .addRange(Value.Range.newBuilder().setBegin(begin).setEnd(end)))
        .build();
  }

  static TaskID id(String task) {
    return TaskID.newBuilder().setValue(task).build();
  }

  static TaskInfo.Builder task(String id, AgentID agent, double cpus, double mem) {
    return TaskInfo.newBuilder()
        .setName(id)
        .setTaskId(id(id))
        .setAgentId(agent)
        .setCommand(CommandInfo.newBuilder().setValue("sleep 1000"))
        .addResources(scalar("cpus", cpus))
        .addResources(scalar("mem", mem));
  }

  static TaskInfo.Builder task(String id, Offer offer, double cpus, double mem) {
    return task(id, offer.getAgentId(), cpus, mem);
  }

  static ExecutorInfo.Builder executor(String id, double cpus) {
    return ExecutorInfo.newBuilder()
        .setType(ExecutorInfo.Type.DEFAULT)
        .setExecutorId(ExecutorID.newBuilder().setValue(id))
        .addResources(scalar("cpus", cpus))
        .addResources(scalar("mem", 32))
        .addResources(scalar("disk", 10));
  }

  static Offer.Operation launch(TaskInfo.Builder... tasks) {
    Offer.Operation.Builder operation =
        Offer.Operation.newBuilder().setType(Offer.Operation.Type.LAUNCH);
    List.of(tasks).forEach(operation.getLaunchBuilder()::addTaskInfos);
    return operation.build();
  }

  static Offer.Operation launchGroup(ExecutorInfo.Builder executor, TaskInfo.Builder... tasks) {
    TaskGroupInfo.Builder group = TaskGroupInfo.newBuilder();
    List.of(tasks).forEach(group::addTasks);
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.LAUNCH_GROUP)
        .setLaunchGroup(
            Offer.Operation.LaunchGroup.newBuilder().setExecutor(executor).setTaskGroup(group))
        .build();
  }
}
