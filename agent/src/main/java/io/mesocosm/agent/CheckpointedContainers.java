package io.mesocosm.agent;

import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which containers the records of an earlier run of this agent are about. */
public final class CheckpointedContainers {
  private CheckpointedContainers() {}

  /**
   * The containers whose launch was, or was about to be, asked for, and whose end was not dealt
   * with: those that {@link AgentCommand.Recover} should tell of. Every other one of this agent has
   * no owner any more.
   */
  public static SortedSet<ContainerId> wanted(Collection<CheckpointRecord> records) {
    SortedSet<ContainerId> wanted = new TreeSet<>();
    for (CheckpointRecord record : records) {
      if (record.hasTask() && runs(record.getTask())) {
        wanted.add(new ContainerId(record.getTask().getContainerId()));
      }
      if (record.hasExecutor() && runs(record.getExecutor())) {
        wanted.add(new ContainerId(record.getExecutor().getContainerId()));
      }
    }
    return wanted;
  }

  private static boolean runs(CheckpointProtos.Task task) {
    return !task.getPhase().equals(TaskPhase.ENDED.name());
  }

  private static boolean runs(CheckpointProtos.Executor executor) {
    return executor.getKind() == CheckpointProtos.Executor.Kind.CUSTOM
        && !executor.getPhase().equals(ExecutorPhase.TERMINATED.name());
  }
}
