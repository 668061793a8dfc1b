package io.mesocosm.agent;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import java.util.Comparator;

/** Names a task on this agent: task ids are only unique within a framework. */
record TaskKey(FrameworkId frameworkId, TaskId taskId) implements Comparable<TaskKey> {
  private static final Comparator<TaskKey> ORDER =
      Comparator.comparing(TaskKey::frameworkId).thenComparing(TaskKey::taskId);

  @Override
  public int compareTo(TaskKey other) {
    return ORDER.compare(this, other);
  }
}
