package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;

/**
 * The master's state at one moment, for readers on any thread. Deeply immutable; parts that have
 * not changed are shared between snapshots.
 *
 * @param agents registered ones, by id
 * @param frameworks by id
 * @param completedFrameworks removed ones, oldest first
 * @param unreachableAgents lost ones, with the time of their loss
 * @param dominantShares of roles, from 0 to 1
 */
public record MasterSnapshot(
    SortedMap<AgentId, AgentView> agents,
    SortedMap<FrameworkId, FrameworkView> frameworks,
    List<FrameworkView> completedFrameworks,
    SortedMap<AgentId, Instant> unreachableAgents,
    SortedMap<String, Double> dominantShares) {

  /**
   * @param info with its id
   * @param active whether it is offered; a connected agent is
   * @param used by tasks and their executors
   */
  public record AgentView(
      AgentId id,
      AgentInfo info,
      String version,
      List<String> capabilities,
      boolean connected,
      boolean active,
      Instant registeredAt,
      Optional<Instant> reregisteredAt,
      Resources total,
      Resources used,
      Resources offered) {}

  /**
   * @param info with its id
   * @param active whether it gets offers
   * @param recovered known from agents only, not subscribed since this master began
   */
  public record FrameworkView(
      FrameworkId id,
      FrameworkInfo info,
      SortedSet<String> roles,
      boolean active,
      boolean connected,
      boolean recovered,
      Instant registeredAt,
      Optional<Instant> reregisteredAt,
      Optional<Instant> unregisteredAt,
      List<TaskView> tasks,
      List<TaskView> unreachableTasks,
      List<TaskView> completedTasks,
      List<Offer> offers,
      Resources used,
      Resources offered) {}

  /**
   * @param state the latest that the agent has told
   * @param statuses of each change, oldest first
   */
  public record TaskView(
      TaskId id,
      FrameworkId framework,
      AgentId agent,
      TaskInfo info,
      String role,
      Resources resources,
      TaskState state,
      List<TaskStatus> statuses) {}
}
