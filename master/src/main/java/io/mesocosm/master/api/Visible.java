package io.mesocosm.master.api;

import io.mesocosm.http.operator.Permissions;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.ExecutorView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Principal;
import io.mesocosm.model.resource.Resources;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Operation;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * What one principal may see of the cluster: nothing that it may not view is in any reply or event
 * that it gets (contracts/mesos-operator-api.md A9, V4). Immutable and thread-safe.
 */
final class Visible {
  private final Authorizer authorizer;
  private final Optional<Principal> principal;

  Visible(Authorizer authorizer, Optional<Principal> principal) {
    this.authorizer = authorizer;
    this.principal = principal;
  }

  boolean isEverything() {
    return authorizer.equals(Authorizer.PERMISSIVE);
  }

  boolean may(Action action) {
    return authorizer.allows(principal, action, Optional.empty());
  }

  boolean may(Action action, String object) {
    return authorizer.allows(principal, action, object);
  }

  /** Answers 403 where the action is not allowed. */
  void require(Action action) {
    new Permissions(authorizer, principal).require(action);
  }

  boolean framework(FrameworkInfo info) {
    return may(Action.VIEW_FRAMEWORK, info.getUser());
  }

  boolean role(String role) {
    return may(Action.VIEW_ROLE, role);
  }

  /** A task is its user's: of its command, else of its executor's, else of its framework. */
  boolean task(TaskView task, FrameworkInfo framework) {
    TaskInfo info = task.info();
    CommandInfo command = info.hasCommand() ? info.getCommand() : info.getExecutor().getCommand();
    return may(Action.VIEW_TASK, command.hasUser() ? command.getUser() : framework.getUser());
  }

  boolean executor(ExecutorView executor, FrameworkInfo framework) {
    CommandInfo command = executor.info().getCommand();
    return may(Action.VIEW_EXECUTOR, command.hasUser() ? command.getUser() : framework.getUser());
  }

  /** The part of a snapshot that may be seen. */
  MasterSnapshot of(MasterSnapshot all) {
    if (isEverything()) {
      return all;
    }
    SortedMap<io.mesocosm.model.AgentId, AgentView> agents = new TreeMap<>();
    all.agents().forEach((id, agent) -> agents.put(id, of(agent, all.frameworks())));
    SortedMap<FrameworkId, FrameworkView> frameworks = new TreeMap<>();
    all.frameworks()
        .forEach((id, framework) -> {
          if (framework(framework.info())) {
            frameworks.put(id, of(framework));
          }
        });
    return new MasterSnapshot(
        agents,
        frameworks,
        all.completedFrameworks().stream()
            .filter(framework -> framework(framework.info()))
            .map(this::of)
            .toList(),
        all.decisions(),
        all.shares());
  }

  /** One agent that is told of by itself, with what its resources say of roles. */
  AgentView alone(AgentView agent) {
    return isEverything() ? agent : of(agent, Collections.emptySortedMap());
  }

  private AgentView of(AgentView agent, SortedMap<FrameworkId, FrameworkView> frameworks) {
    return new AgentView(
        agent.id(),
        agent.info(),
        agent.ip(),
        agent.version(),
        agent.capabilities(),
        agent.connected(),
        agent.active(),
        agent.deactivated(),
        agent.drain(),
        agent.drainStarted(),
        agent.registeredAt(),
        agent.reregisteredAt(),
        of(agent.total()),
        of(agent.used()),
        of(agent.offered()),
        agent.executors().stream()
            .filter(executor ->
                Optional.ofNullable(frameworks.get(executor.framework()))
                    .filter(framework -> framework(framework.info()))
                    .filter(framework -> executor(executor, framework.info()))
                    .isPresent())
            .toList(),
        agent.operations().stream().filter(operation -> operation(operation, frameworks)).toList());
  }

  /**
   * An operation is its framework's; one of an operator anybody's who may see operators' doings.
   */
  private boolean operation(Operation operation, SortedMap<FrameworkId, FrameworkView> frameworks) {
    if (!operation.hasFrameworkId()) {
      return true;
    }
    return Optional.ofNullable(
            frameworks.get(new FrameworkId(operation.getFrameworkId().getValue())))
        .filter(framework -> framework(framework.info()))
        .isPresent();
  }

  private Resources of(Resources resources) {
    return resources.filter(entry -> entry.reservations().isEmpty() || role(entry.role()));
  }

  private FrameworkView of(FrameworkView framework) {
    FrameworkInfo info = framework.info();
    return new FrameworkView(
        framework.id(),
        info,
        framework.roles(),
        framework.suppressedRoles(),
        framework.constraints(),
        framework.active(),
        framework.connected(),
        framework.recovered(),
        framework.registeredAt(),
        framework.reregisteredAt(),
        framework.unregisteredAt(),
        tasks(framework.tasks(), info),
        tasks(framework.unreachableTasks(), info),
        tasks(framework.completedTasks(), info),
        framework.executors().stream().filter(executor -> executor(executor, info)).toList(),
        framework.offers(),
        framework.used(),
        framework.offered(),
        framework.counts());
  }

  private List<TaskView> tasks(List<TaskView> tasks, FrameworkInfo framework) {
    return tasks.stream().filter(task -> task(task, framework)).toList();
  }
}
