package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.testkit.FilledCalls;
import io.mesocosm.testkit.Mutation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;

/** What a master may say, as it should be and as it should not. */
final class LinkEvents {
  /** The agent that they are for. */
  static final String AGENT = "m-S0";

  private LinkEvents() {}

  /** Perhaps damaged, yet such that the link lets it through. */
  static LinkEvent mutated(LinkEvent event, Random random) {
    if (random.nextInt(3) == 0) {
      return event;
    }
    while (true) {
      try {
        return LinkEvent.parseFrom(Mutation.any(event.toByteArray(), random));
      } catch (InvalidProtocolBufferException e) {
        // That much the link itself refuses; what it lets through is of interest here.
        assertThat(e).hasMessageNotContaining("\0");
      }
    }
  }

  /** One of each type, filled at random, and launches that are good. */
  static List<LinkEvent> some(Random random) {
    List<LinkEvent> events = new ArrayList<>();
    Map<String, String> ids =
        Map.of(
            "FrameworkID",
            "f" + random.nextInt(2),
            "TaskID",
            "t" + random.nextInt(3),
            "ExecutorID",
            "e" + random.nextInt(2),
            "AgentID",
            AGENT);
    for (Message event : new FilledCalls(random, ids).of(LinkEvent.getDefaultInstance())) {
      events.add((LinkEvent) event);
    }
    for (int i = 0; i < 8; i++) {
      events.add(run(random));
    }
    return events;
  }

  /** A launch that is good before it is mutated. */
  private static LinkEvent run(Random random) {
    LinkEvent.RunTasks.Builder run =
        LinkEvent.RunTasks.newBuilder()
            .setFrameworkInfo(
                FrameworkInfo.newBuilder()
                    .setId(FrameworkID.newBuilder().setValue("f" + random.nextInt(2)))
                    .setName("f")
                    .setUser("u"));
    int kind = random.nextInt(3);
    ExecutorInfo executor =
        ExecutorInfo.newBuilder()
            .setExecutorId(ExecutorID.newBuilder().setValue("e" + kind))
            .setType(kind == 1 ? ExecutorInfo.Type.DEFAULT : ExecutorInfo.Type.CUSTOM)
            .setCommand(CommandInfo.newBuilder().setValue("./executor"))
            .addResources(cpus())
            .build();
    TaskInfo.Builder task =
        TaskInfo.newBuilder()
            .setName("t")
            .setTaskId(TaskID.newBuilder().setValue("t" + random.nextInt(3)))
            .setAgentId(AgentID.newBuilder().setValue(AGENT))
            .addResources(cpus());
    task.getHealthCheckBuilder().getCommandBuilder().setValue("true");
    task.getMaxCompletionTimeBuilder().setNanoseconds(1_000_000_000L);
    task.getKillPolicyBuilder().getGracePeriodBuilder().setNanoseconds(1_000_000_000L);
    task.setContainer(ContainerInfo.newBuilder().setType(ContainerInfo.Type.MESOS));
    if (kind == 2) {
      task.setExecutor(executor);
    } else {
      task.setCommand(CommandInfo.newBuilder().setValue("sleep 1"));
    }
    if (kind == 1) {
      run.setExecutor(executor);
    }
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.RUN_TASKS)
        .setRunTasks(run.addTasks(task))
        .build();
  }

  private static Resource cpus() {
    return Resource.newBuilder()
        .setName("cpus")
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(0.1))
        .build();
  }
}
