package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.model.resource.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.DrainInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.MachineID;
import org.apache.mesos.v1.Protos.Operation;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.allocator.Protos.InverseOfferStatus;
import org.apache.mesos.v1.maintenance.Protos.Schedule;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;
import org.apache.mesos.v1.scheduler.Protos.OfferConstraints;

/**
 * The master's state at one moment, for readers on any thread. Deeply immutable; parts that have
 * not changed are shared between snapshots.
 *
 * @param agents registered ones, by id
 * @param frameworks by id
 * @param completedFrameworks removed ones, oldest first
 * @param decisions of operators, and what has come of them
 * @param shares of the cluster, by role
 */
public record MasterSnapshot(
    SortedMap<AgentId, AgentView> agents,
    SortedMap<FrameworkId, FrameworkView> frameworks,
    List<FrameworkView> completedFrameworks,
    DecisionsView decisions,
    AllocationView shares) {

  /**
   * @param info with its id
   * @param ip where its link came from; empty if that was no internet address
   * @param active whether it is offered
   * @param deactivated by an operator, for whatever reason
   * @param used by tasks and executors
   * @param executors of frameworks that run there, those of task groups included
   * @param operations on its resources that somebody still waits for
   */
  public record AgentView(
      AgentId id,
      AgentInfo info,
      String ip,
      String version,
      List<String> capabilities,
      boolean connected,
      boolean active,
      boolean deactivated,
      Optional<DrainInfo> drain,
      Optional<Instant> drainStarted,
      Instant registeredAt,
      Optional<Instant> reregisteredAt,
      Resources total,
      Resources used,
      Resources offered,
      List<ExecutorView> executors,
      List<Operation> operations) {
    AgentView withUse(Resources nowUsed, Resources nowOffered) {
      return new AgentView(
          id,
          info,
          ip,
          version,
          capabilities,
          connected,
          active,
          deactivated,
          drain,
          drainStarted,
          registeredAt,
          reregisteredAt,
          total,
          nowUsed,
          nowOffered,
          executors,
          operations);
    }
  }

  /** An executor on an agent, and what it takes for itself. */
  public record ExecutorView(
      FrameworkId framework, AgentId agent, ExecutorInfo info, Resources resources) {}

  /**
   * @param info with its id
   * @param active whether it gets offers
   * @param recovered known from agents only, not subscribed since this master began
   * @param counts what has happened to it, by the metric's name below its prefix
   */
  public record FrameworkView(
      FrameworkId id,
      FrameworkInfo info,
      SortedSet<String> roles,
      SortedSet<String> suppressedRoles,
      OfferConstraints constraints,
      boolean active,
      boolean connected,
      boolean recovered,
      Instant registeredAt,
      Optional<Instant> reregisteredAt,
      Optional<Instant> unregisteredAt,
      List<TaskView> tasks,
      List<TaskView> unreachableTasks,
      List<TaskView> completedTasks,
      List<ExecutorView> executors,
      List<Offer> offers,
      Resources used,
      Resources offered,
      SortedMap<String, Long> counts) {
    FrameworkView with(
        List<TaskView> live,
        List<TaskView> unreachable,
        List<TaskView> completed,
        List<ExecutorView> nowExecutors,
        List<Offer> nowOffers,
        Resources nowUsed,
        Resources nowOffered) {
      return new FrameworkView(
          id,
          info,
          roles,
          suppressedRoles,
          constraints,
          active,
          connected,
          recovered,
          registeredAt,
          reregisteredAt,
          unregisteredAt,
          live,
          unreachable,
          completed,
          nowExecutors,
          nowOffers,
          nowUsed,
          nowOffered,
          counts);
    }
  }

  /**
   * @param executor the framework's own or a group's; a command task has none
   * @param state the latest that the agent has told
   * @param statuses of each change, oldest first
   * @param unacknowledged what was last sent with a uuid and waits for its acknowledgement
   * @param holdsResources until the end of the task is known
   */
  public record TaskView(
      TaskId id,
      FrameworkId framework,
      AgentId agent,
      TaskInfo info,
      Optional<ExecutorId> executor,
      String role,
      Resources resources,
      TaskState state,
      List<TaskStatus> statuses,
      Optional<TaskStatus> unacknowledged,
      boolean holdsResources) {
    /** Names the task in the cluster. */
    record Key(FrameworkId framework, TaskId task) {}

    Key key() {
      return new Key(framework, id);
    }
  }

  /**
   * @param unreachableAgents lost ones, with the time of their loss
   * @param goneAgents given up by operators
   * @param recoveredAgents admitted by an earlier master and not back yet, as the registry has them
   * @param weights those ever set
   * @param inverseOffers what frameworks have answered, by agent
   */
  public record DecisionsView(
      SortedMap<AgentId, Instant> unreachableAgents,
      SortedMap<AgentId, Instant> goneAgents,
      SortedMap<AgentId, AgentInfo> recoveredAgents,
      SortedMap<String, QuotaConfig> quotas,
      SortedMap<String, Double> weights,
      Schedule schedule,
      List<MachineID> downMachines,
      SortedMap<AgentId, List<InverseOfferStatus>> inverseOffers) {}

  /**
   * @param dominantShares of roles, from 0 to 1
   * @param activeFilters how many refusals hold now, by role
   * @param agentsWaiting how many the next allocation will look at
   */
  public record AllocationView(
      SortedMap<String, Double> dominantShares,
      SortedMap<String, Integer> activeFilters,
      int agentsWaiting) {}
}
