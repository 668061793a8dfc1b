package io.mesocosm.master;

import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.model.AgentId;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/** What operators' event streams tell (contracts/mesos-operator-api.md §4). */
public sealed interface ClusterEvent {
  record TaskAdded(TaskView task) implements ClusterEvent {}

  /**
   * @param task as it is now
   * @param status that changed it
   * @param latest the newest state known of it
   */
  record TaskUpdated(TaskView task, TaskStatus status, TaskState latest) implements ClusterEvent {}

  record AgentAdded(AgentView agent) implements ClusterEvent {}

  record AgentRemoved(AgentId agent) implements ClusterEvent {}

  record FrameworkAdded(FrameworkView framework) implements ClusterEvent {}

  record FrameworkUpdated(FrameworkView framework) implements ClusterEvent {}

  record FrameworkRemoved(FrameworkInfo framework) implements ClusterEvent {}
}
