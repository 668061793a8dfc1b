package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;

/** Words what the agent tells the master of executors. */
final class MasterCalls {
  private MasterCalls() {}

  /**
   * @param waitStatus as waitpid says; -1 if it never ran or its end cannot be told
   */
  static LinkCall exitedExecutor(Executor executor, int waitStatus) {
    return LinkCall.newBuilder()
        .setType(LinkCall.Type.EXITED_EXECUTOR)
        .setExitedExecutor(
            LinkCall.ExitedExecutor.newBuilder()
                .setFrameworkId(frameworkId(executor))
                .setExecutorId(executorId(executor))
                .setStatus(waitStatus))
        .build();
  }

  static LinkCall executorMessage(Executor executor, ByteString data) {
    return LinkCall.newBuilder()
        .setType(LinkCall.Type.EXECUTOR_MESSAGE)
        .setExecutorMessage(
            LinkCall.ExecutorMessage.newBuilder()
                .setFrameworkId(frameworkId(executor))
                .setExecutorId(executorId(executor))
                .setData(data))
        .build();
  }

  static FrameworkID frameworkId(Executor executor) {
    return FrameworkID.newBuilder().setValue(executor.frameworkId().value()).build();
  }

  private static ExecutorID executorId(Executor executor) {
    return ExecutorID.newBuilder().setValue(executor.id().value()).build();
  }
}
