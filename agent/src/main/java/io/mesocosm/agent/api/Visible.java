package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.operator.Permissions;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Principal;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer.Operation;

/**
 * What one principal may see of the agent: nothing that it may not view is in any reply that it
 * gets (contracts/mesos-operator-api.md A9). Executors, tasks, containers and sandboxes belong to
 * the user of their command, else to that of their framework. Immutable and thread-safe.
 */
final class Visible {
  private final Authorizer authorizer;
  private final Optional<Principal> principal;

  Visible(Authorizer authorizer, Optional<Principal> principal) {
    this.authorizer = authorizer;
    this.principal = principal;
  }

  boolean may(Action action) {
    return authorizer.allows(principal, action, Optional.empty());
  }

  boolean may(Action action, String object) {
    return authorizer.allows(principal, action, object);
  }

  /** Answers 403 where the action is not allowed. */
  void require(Action action) {
    permissions().require(action);
  }

  /** As above, for one of the paths that rules can name, without a prefix. */
  void requireEndpoint(String path) {
    permissions().requireEndpoint(path);
  }

  /** Of a user's, or of one whose user is not known any more. */
  void requireSandbox(Optional<String> user) {
    permissions().require(Action.ACCESS_SANDBOX, user);
  }

  boolean framework(FrameworkInfo info) {
    return may(Action.VIEW_FRAMEWORK, info.getUser());
  }

  boolean executor(AgentSnapshot.Executor executor, FrameworkInfo framework) {
    return may(Action.VIEW_EXECUTOR, user(executor, framework));
  }

  boolean container(AgentSnapshot.Executor executor, FrameworkInfo framework) {
    return may(Action.VIEW_CONTAINER, user(executor, framework));
  }

  boolean sandbox(AgentSnapshot.Executor executor, FrameworkInfo framework) {
    return may(Action.ACCESS_SANDBOX, user(executor, framework));
  }

  boolean task(AgentSnapshot.Task task, AgentSnapshot.Executor executor, FrameworkInfo framework) {
    CommandInfo own = task.info().getCommand();
    return may(Action.VIEW_TASK, own.hasUser() ? own.getUser() : user(executor, framework));
  }

  /** By the roles of what it reserves, and by its framework where that is known here. */
  boolean operation(LinkCall.UpdateOperation operation, AgentSnapshot all) {
    boolean framework =
        !operation.hasFrameworkId()
            || find(all, operation.getFrameworkId()).filter(info -> !framework(info)).isEmpty();
    return framework
        && UsedResources.model(resources(operation.getOperation())).entries().stream()
            .allMatch(this::reservation);
  }

  boolean reservation(Resource resource) {
    return resource.reservations().isEmpty() || may(Action.VIEW_ROLE, resource.role());
  }

  /** Without what is reserved for roles that may not be seen. */
  Resources of(Resources resources) {
    return resources.filter(this::reservation);
  }

  /** The part of a snapshot that may be seen. */
  AgentSnapshot of(AgentSnapshot all) {
    if (authorizer.equals(Authorizer.PERMISSIVE)) {
      return all;
    }
    return new AgentSnapshot(
        all.agentId(),
        all.registered(),
        frameworks(all.frameworks()),
        frameworks(all.completedFrameworks()),
        of(all.total()),
        all.operations().stream().filter(operation -> operation(operation, all)).toList(),
        all.drain(),
        all.counters());
  }

  /** Whose an executor is. */
  static String user(AgentSnapshot.Executor executor, FrameworkInfo framework) {
    CommandInfo command =
        executor
            .info()
            .map(info -> info.getCommand())
            .or(() -> commandTask(executor).map(task -> task.info().getCommand()))
            .orElse(CommandInfo.getDefaultInstance());
    return command.hasUser() ? command.getUser() : framework.getUser();
  }

  /** The one task of an executor that a command task has in place of one. */
  static Optional<AgentSnapshot.Task> commandTask(AgentSnapshot.Executor executor) {
    List<AgentSnapshot.Task> tasks =
        executor.tasks().isEmpty() ? executor.completedTasks() : executor.tasks();
    return executor.info().isPresent() ? Optional.empty() : tasks.stream().findFirst();
  }

  private List<AgentSnapshot.Framework> frameworks(List<AgentSnapshot.Framework> all) {
    return all.stream()
        .filter(framework -> framework(framework.info()))
        .map(framework ->
            new AgentSnapshot.Framework(
                framework.info(),
                executors(framework.executors(), framework.info()),
                executors(framework.completedExecutors(), framework.info())))
        .toList();
  }

  private List<AgentSnapshot.Executor> executors(
      List<AgentSnapshot.Executor> all, FrameworkInfo framework) {
    return all.stream()
        .filter(executor -> executor(executor, framework))
        .map(executor ->
            new AgentSnapshot.Executor(
                executor.id(),
                executor.name(),
                executor.source(),
                executor.info(),
                executor.containerId(),
                executor.directory(),
                executor.phase(),
                executor.custom(),
                executor.container(),
                tasks(executor.tasks(), executor, framework),
                tasks(executor.completedTasks(), executor, framework)))
        .toList();
  }

  private List<AgentSnapshot.Task> tasks(
      List<AgentSnapshot.Task> all, AgentSnapshot.Executor executor, FrameworkInfo framework) {
    return all.stream().filter(task -> task(task, executor, framework)).toList();
  }

  private static Optional<FrameworkInfo> find(AgentSnapshot all, FrameworkID id) {
    return all.frameworks().stream()
        .map(AgentSnapshot.Framework::info)
        .filter(info -> info.getId().equals(id))
        .findFirst();
  }

  private static List<org.apache.mesos.v1.Protos.Resource> resources(Operation operation) {
    return switch (operation.getType()) {
      case RESERVE -> operation.getReserve().getResourcesList();
      case UNRESERVE -> operation.getUnreserve().getResourcesList();
      case CREATE -> operation.getCreate().getVolumesList();
      case DESTROY -> operation.getDestroy().getVolumesList();
      case GROW_VOLUME -> List.of(operation.getGrowVolume().getVolume());
      case SHRINK_VOLUME -> List.of(operation.getShrinkVolume().getVolume());
      case UNKNOWN, LAUNCH, LAUNCH_GROUP, CREATE_DISK, DESTROY_DISK -> List.of();
    };
  }

  private Permissions permissions() {
    return new Permissions(authorizer, principal);
  }
}
