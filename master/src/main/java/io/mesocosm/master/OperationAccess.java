package io.mesocosm.master;

import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.model.access.Principal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskInfo;

/** What frameworks may do, as access lists say (contracts/mesos-ha.md §10). Pure. */
final class OperationAccess {
  private final Authorizer authorizer;

  OperationAccess(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /** Frameworks act as the principal that they subscribed with. */
  static Optional<Principal> subject(FrameworkInfo framework) {
    return framework.getPrincipal().isEmpty()
        ? Optional.empty()
        : Optional.of(Principal.of(framework.getPrincipal()));
  }

  /** Whether the framework may be in all its roles. */
  Optional<String> register(FrameworkInfo framework, Set<String> roles) {
    Optional<Principal> subject = subject(framework);
    for (String role : roles) {
      if (!authorizer.allows(subject, Action.REGISTER_FRAMEWORK, role)) {
        return Optional.of("Not authorized to use role '" + role + "'");
      }
    }
    return Optional.empty();
  }

  /** V16. */
  Optional<String> run(FrameworkInfo framework, TaskInfo task, Optional<ExecutorInfo> group) {
    if (authorizer.equals(Authorizer.PERMISSIVE)) {
      return Optional.empty();
    }
    String user = framework.getUser();
    if (task.getCommand().hasUser()) {
      user = task.getCommand().getUser();
    } else if (task.getExecutor().getCommand().hasUser()) {
      user = task.getExecutor().getCommand().getUser();
    } else if (group.filter(executor -> executor.getCommand().hasUser()).isPresent()) {
      user = group.get().getCommand().getUser();
    }
    return authorizer.allows(subject(framework), Action.RUN_TASK, user)
        ? Optional.empty()
        : Optional.of("Not authorized to launch as user '" + user + "'");
  }

  /** Whether an operation on resources may be done. */
  Optional<String> operate(FrameworkInfo framework, Operation operation, Agent agent) {
    if (authorizer.equals(Authorizer.PERMISSIVE)) {
      return Optional.empty();
    }
    Optional<Principal> subject = subject(framework);
    return switch (operation.getType()) {
      case RESERVE ->
          all(
              subject,
              Action.RESERVE_RESOURCES,
              OperatorOperations.roles(operation.getReserve().getResourcesList()));
      case UNRESERVE ->
          all(
              subject,
              Action.UNRESERVE_RESOURCES,
              OperatorOperations.reservers(operation.getUnreserve().getResourcesList()));
      case CREATE ->
          all(
              subject,
              Action.CREATE_VOLUME,
              OperatorOperations.roles(operation.getCreate().getVolumesList()));
      case DESTROY ->
          all(
              subject,
              Action.DESTROY_VOLUME,
              VolumeCreators.of(operation.getDestroy().getVolumesList(), Optional.of(agent)));
      case GROW_VOLUME ->
          all(
              subject,
              Action.RESIZE_VOLUME,
              OperatorOperations.roles(List.of(operation.getGrowVolume().getVolume())));
      case SHRINK_VOLUME ->
          all(
              subject,
              Action.RESIZE_VOLUME,
              OperatorOperations.roles(List.of(operation.getShrinkVolume().getVolume())));
      case CREATE_DISK, DESTROY_DISK, LAUNCH, LAUNCH_GROUP, UNKNOWN -> Optional.empty();
    };
  }

  private Optional<String> all(Optional<Principal> subject, Action action, List<String> objects) {
    for (String object : new LinkedHashSet<>(objects)) {
      if (!authorizer.allows(subject, action, object)) {
        return Optional.of(
            "Not authorized: '" + action.key() + "' is not allowed for '" + object + "'");
      }
    }
    return Optional.empty();
  }
}
