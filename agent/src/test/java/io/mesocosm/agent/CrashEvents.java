package io.mesocosm.agent;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.List;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;

/** What the master of a {@link CrashWorld} says, all of it about one framework. */
final class CrashEvents {
  private CrashEvents() {}

  static FrameworkInfo framework() {
    return AgentStory.frameworkThatKnowsKilling().toBuilder()
        .addCapabilities(
            FrameworkInfo.Capability.newBuilder()
                .setType(FrameworkInfo.Capability.Type.PARTITION_AWARE))
        .build();
  }

  static LinkEvent subscribed(String agent) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.SUBSCRIBED)
        .setSubscribed(
            LinkEvent.Subscribed.newBuilder().setAgentId(AgentID.newBuilder().setValue(agent)))
        .build();
  }

  static LinkEvent run(List<TaskInfo> tasks) {
    return run(LinkEvent.RunTasks.newBuilder().addAllTasks(tasks));
  }

  static LinkEvent runGroup(String executor, String... ids) {
    return run(
        LinkEvent.RunTasks.newBuilder()
            .setExecutor(
                ExecutorInfo.newBuilder()
                    .setType(ExecutorInfo.Type.DEFAULT)
                    .setExecutorId(ExecutorID.newBuilder().setValue(executor)))
            .addAllTasks(Stream.of(ids).map(AgentStory::task).toList()));
  }

  private static LinkEvent run(LinkEvent.RunTasks.Builder run) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.RUN_TASKS)
        .setRunTasks(run.setFrameworkInfo(framework()))
        .build();
  }

  static LinkEvent kill(String task) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.KILL_TASK)
        .setKillTask(
            LinkEvent.KillTask.newBuilder()
                .setFrameworkId(frameworkId())
                .setTaskId(TaskID.newBuilder().setValue(task)))
        .build();
  }

  static LinkEvent acknowledged(TaskStatus status) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.UPDATE_ACKNOWLEDGED)
        .setUpdateAcknowledged(
            LinkEvent.UpdateAcknowledged.newBuilder()
                .setFrameworkId(frameworkId())
                .setTaskId(status.getTaskId())
                .setUuid(status.getUuid()))
        .build();
  }

  /** Without {@code draining}, an end to it. */
  static LinkEvent drain(boolean draining) {
    LinkEvent.Drain.Builder drain = LinkEvent.Drain.newBuilder();
    if (draining) {
      drain.setConfig(DrainConfig.getDefaultInstance());
    }
    return LinkEvent.newBuilder().setType(LinkEvent.Type.DRAIN).setDrain(drain).build();
  }

  static LinkEvent shutDownFramework() {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.SHUTDOWN_FRAMEWORK)
        .setShutdownFramework(
            LinkEvent.ShutdownFramework.newBuilder().setFrameworkId(frameworkId()))
        .build();
  }

  static LinkEvent shutDown() {
    return LinkEvent.newBuilder().setType(LinkEvent.Type.SHUTDOWN).build();
  }

  private static FrameworkID frameworkId() {
    return FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK).build();
  }
}
