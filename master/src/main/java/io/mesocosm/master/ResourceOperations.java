package io.mesocosm.master;

import io.mesocosm.model.access.Principal;
import io.mesocosm.model.resource.Conversions;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resource.Reservation;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.FrameworkInfo.Capability;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Volume;

/**
 * What an operation on an agent's resources would make of what, or why it must not be done
 * (contracts/mesos-scheduler-api.md OP3 to OP10). Pure. Whether what it consumes is there to be
 * consumed is for the caller to say.
 */
final class ResourceOperations {
  /** Either answer. */
  sealed interface Outcome {}

  /** Nothing may be done. */
  record Refused(String problem) implements Outcome {}

  /** As {@link Conversions.Conversion}. */
  record Conversion(Resources consumed, Resources converted) implements Outcome {}

  /** A rule that the operation breaks. */
  private static final class BrokenRuleException extends Exception {
    private static final long serialVersionUID = 1;

    BrokenRuleException(String message) {
      super(message);
    }
  }

  private final Operation operation;
  private final Agent agent;
  private final Optional<Framework> framework;
  private final Optional<String> principal;
  private final Optional<String> role;

  private ResourceOperations(
      Operation operation,
      Agent agent,
      Optional<Framework> framework,
      Optional<String> principal,
      Optional<String> role) {
    this.operation = operation;
    this.agent = agent;
    this.framework = framework;
    this.principal = principal;
    this.role = role;
  }

  /** By an operator, on resources that are allocated to nobody. */
  static Outcome byOperator(Operation operation, Agent agent, Optional<Principal> principal) {
    return new ResourceOperations(
            operation,
            agent,
            Optional.empty(),
            principal.flatMap(Principal::value),
            Optional.empty())
        .outcome();
  }

  /**
   * By a framework, on what it was offered.
   *
   * @param role that the offer was for; every resource is allocated to it
   */
  static Outcome byFramework(Operation operation, Agent agent, Framework framework, String role) {
    Optional<String> principal =
        framework.info().hasPrincipal()
            ? Optional.of(framework.info().getPrincipal())
            : Optional.empty();
    return new ResourceOperations(
            operation, agent, Optional.of(framework), principal, Optional.of(role))
        .outcome();
  }

  private Outcome outcome() {
    try {
      Conversions.Conversion conversion = conversion();
      return new Conversion(conversion.consumed(), conversion.converted());
    } catch (BrokenRuleException | InvalidMessageException | IllegalArgumentException e) {
      return new Refused(String.valueOf(e.getMessage()));
    }
  }

  private Conversions.Conversion conversion() throws BrokenRuleException, InvalidMessageException {
    return switch (operation.getType()) {
      case RESERVE -> reserve(operation.getReserve());
      case UNRESERVE -> unreserve(operation.getUnreserve());
      case CREATE -> create(operation.getCreate());
      case DESTROY -> destroy(operation.getDestroy());
      case GROW_VOLUME -> grow(operation.getGrowVolume());
      case SHRINK_VOLUME -> shrink(operation.getShrinkVolume());
      case CREATE_DISK, DESTROY_DISK ->
          throw new BrokenRuleException(
              operation.getType()
                  + " needs a disk of a resource provider, and agent "
                  + agent.id()
                  + " has no resource provider");
      case UNKNOWN, LAUNCH, LAUNCH_GROUP ->
          throw new BrokenRuleException(operation.getType() + " converts no resources");
    };
  }

  private Conversions.Conversion reserve(Operation.Reserve reserve)
      throws BrokenRuleException, InvalidMessageException {
    if (reserve.getSourceCount() > 0 && framework.isPresent()) {
      throw new BrokenRuleException("'source' may not be set by schedulers");
    }
    Resources source = mapped(reserve.getSourceList());
    Resources target = mapped(reserve.getResourcesList());
    requireSome(target);
    requireOneProvider(target);
    Set<String> roles = new TreeSet<>();
    for (Resource resource : target.entries()) {
      if (!resource.isDynamicallyReserved()) {
        throw new BrokenRuleException(resource + " is not dynamically reserved");
      }
      if (resource.revocable()) {
        throw new BrokenRuleException(
            resource + " is revocable: what may be taken back cannot be reserved");
      }
      if (resource.isPersistentVolume() && framework.isPresent()) {
        throw new BrokenRuleException(resource + " is a persistent volume");
      }
      requireReservable(resource);
      roles.add(resource.role());
    }
    if (roles.size() > 1) {
      throw new BrokenRuleException("resources are reserved for several roles: " + roles);
    }
    return Conversions.reserve(target, source);
  }

  private void requireReservable(Resource resource) throws BrokenRuleException {
    for (Reservation reservation : resource.reservations()) {
      Optional<String> problem = Roles.problem(reservation.role());
      if (problem.isPresent()) {
        throw new BrokenRuleException(problem.get());
      }
    }
    Reservation last = resource.reservations().getLast();
    if (framework.isPresent()) {
      if (!framework.get().roles().contains(last.role())) {
        throw new BrokenRuleException(
            "A reserve operation was attempted for a resource with role '"
                + last.role()
                + "', but the framework can only reserve resources with roles "
                + framework.get().roles());
      }
      if (resource.allocationRole().filter(last.role()::equals).isEmpty()) {
        throw new BrokenRuleException(
            "A reserve operation was attempted for a resource allocated to role '"
                + resource.allocationRole().orElse("*")
                + "', but the reservation is for role '"
                + last.role()
                + "'");
      }
    }
    if (principal.isPresent() && !last.principal().equals(principal)) {
      throw new BrokenRuleException(
          "A reserve operation was attempted by principal '"
              + principal.get()
              + "', but there is a reserved resource in the request with principal '"
              + last.principal().orElse("")
              + "' set in its reservation");
    }
    if (last.role().contains("/")) {
      requireCapability("HIERARCHICAL_ROLE", resource);
    }
    if (resource.isRefined()) {
      requireCapability("RESERVATION_REFINEMENT", resource);
    }
  }

  private Conversions.Conversion unreserve(Operation.Unreserve unreserve)
      throws BrokenRuleException, InvalidMessageException {
    Resources reserved = mapped(unreserve.getResourcesList());
    requireSome(reserved);
    requireOneProvider(reserved);
    return Conversions.unreserve(reserved);
  }

  private Conversions.Conversion create(Operation.Create create)
      throws BrokenRuleException, InvalidMessageException {
    for (org.apache.mesos.v1.Protos.Resource volume : create.getVolumesList()) {
      requireMountable(volume.getDisk());
    }
    Resources volumes = mapped(create.getVolumesList());
    requireSome(volumes);
    requireOneProvider(volumes);
    Set<String> seen = new HashSet<>();
    for (Resource existing : agent.total().entries()) {
      existing.volumeId().ifPresent(id -> seen.add(existing.role() + " " + id));
    }
    for (Resource volume : volumes.entries()) {
      requireVolume(volume);
      if (!volume.isReserved()) {
        throw new BrokenRuleException(
            "Persistent volumes cannot be created from unreserved resources: " + volume);
      }
      if (volume.revocable()) {
        throw new BrokenRuleException(
            "Persistent volumes cannot be created from revocable resources: " + volume);
      }
      if (!seen.add(volume.role() + " " + volume.volumeId().orElseThrow())) {
        throw new BrokenRuleException(
            "Persistence ID '"
                + volume.volumeId().orElseThrow()
                + "' is in use already for role '"
                + volume.role()
                + "' on agent "
                + agent.id());
      }
      if (volume.shared()
          && framework.filter(own -> !own.has(Capability.Type.SHARED_RESOURCES)).isPresent()) {
        throw new BrokenRuleException(
            volume + " is shared, and the framework lacks the SHARED_RESOURCES capability");
      }
      Optional<String> creator =
          volume.disk().flatMap(disk -> disk.persistence().orElseThrow().principal());
      if (principal.isPresent() && !creator.equals(principal)) {
        throw new BrokenRuleException(
            "A create volume operation was attempted by principal '"
                + principal.get()
                + "', but there is a volume in the operation with principal '"
                + creator.orElse("")
                + "' set in its persistence");
      }
    }
    return Conversions.create(volumes);
  }

  private static void requireMountable(org.apache.mesos.v1.Protos.Resource.DiskInfo disk)
      throws BrokenRuleException {
    if (!disk.hasPersistence()) {
      throw new BrokenRuleException("'persistence' is not set in DiskInfo of a volume");
    }
    if (!disk.hasVolume()) {
      throw new BrokenRuleException("Expecting 'volume' to be set for persistent volume");
    }
    if (disk.getVolume().getMode() != Volume.Mode.RW) {
      throw new BrokenRuleException("Expecting 'mode' of persistent volume to be RW");
    }
    if (disk.getVolume().hasHostPath()) {
      throw new BrokenRuleException("Expecting 'host_path' to be unset for persistent volume");
    }
  }

  private Conversions.Conversion destroy(Operation.Destroy destroy)
      throws BrokenRuleException, InvalidMessageException {
    Resources volumes = mapped(destroy.getVolumesList());
    requireSome(volumes);
    requireOneProvider(volumes);
    Resources total = agent.total();
    for (Resource volume : volumes.entries()) {
      requireVolume(volume);
      Resource bare = volume.allocatedTo(Optional.empty());
      if (!total.contains(Resources.of(bare))) {
        throw new BrokenRuleException(
            "Persistent volume " + volume + " does not exist on agent " + agent.id());
      }
      Optional<Task> user =
          agent.tasks().stream()
              .filter(Task::holdsResources)
              .filter(task -> holds(task.resources(), bare))
              .findFirst();
      if (user.isPresent()) {
        throw new BrokenRuleException(
            "Persistent volume " + volume + " is in use by task " + user.get().id());
      }
      if (agent.executorResources().stream().anyMatch(held -> holds(held, bare))) {
        throw new BrokenRuleException("Persistent volume " + volume + " is in use by an executor");
      }
    }
    return Conversions.destroy(volumes);
  }

  private static boolean holds(Resources resources, Resource volume) {
    for (Resource entry : resources.entries()) {
      if (entry.isPersistentVolume() && entry.allocatedTo(Optional.empty()).equals(volume)) {
        return true;
      }
    }
    return false;
  }

  private Conversions.Conversion grow(Operation.GrowVolume grow)
      throws BrokenRuleException, InvalidMessageException {
    Resource volume = one(grow.getVolume());
    Resource addition = one(grow.getAddition());
    requireResizable(volume);
    if (!(addition.value() instanceof Scalar) || addition.value().isEmpty()) {
      throw new BrokenRuleException("The size of 'addition' must be greater than zero");
    }
    return Conversions.grow(volume, addition);
  }

  private Conversions.Conversion shrink(Operation.ShrinkVolume shrink)
      throws BrokenRuleException, InvalidMessageException {
    Resource volume = one(shrink.getVolume());
    requireResizable(volume);
    Scalar amount = Scalar.of(shrink.getSubtract().getValue());
    return Conversions.shrink(volume, amount);
  }

  private void requireResizable(Resource volume) throws BrokenRuleException {
    requireVolume(volume);
    if (volume.provider().isPresent()) {
      throw new BrokenRuleException(
          volume + " comes from a resource provider: it cannot change its size");
    }
    requireCapability("RESIZE_VOLUME", volume);
  }

  private static void requireVolume(Resource volume) throws BrokenRuleException {
    if (!volume.isPersistentVolume()) {
      throw new BrokenRuleException(volume + " is not a persistent volume");
    }
  }

  private void requireCapability(String capability, Resource resource) throws BrokenRuleException {
    if (!agent.capabilities().contains(capability)) {
      throw new BrokenRuleException(
          "Agent "
              + agent.id()
              + " lacks the "
              + capability
              + " capability, needed for "
              + resource);
    }
  }

  private static void requireSome(Resources resources) throws BrokenRuleException {
    if (resources.isEmpty()) {
      throw new BrokenRuleException("no resources are given");
    }
  }

  private static void requireOneProvider(Resources resources) throws BrokenRuleException {
    Set<Optional<String>> providers = new HashSet<>();
    resources.entries().forEach(entry -> providers.add(entry.provider()));
    if (providers.size() > 1) {
      throw new BrokenRuleException("resources come from more than one resource provider");
    }
  }

  private Resource one(org.apache.mesos.v1.Protos.Resource resource)
      throws BrokenRuleException, InvalidMessageException {
    Resources mapped = mapped(List.of(resource));
    requireSome(mapped);
    return mapped.entries().getFirst();
  }

  /** Allocated to the role of the offer where nothing else is said; to nobody for operators. */
  private Resources mapped(List<org.apache.mesos.v1.Protos.Resource> resources)
      throws InvalidMessageException {
    Resources given = ResourceMapping.toModel(resources);
    return role.isEmpty()
        ? given.unallocated()
        : given.map(entry -> entry.allocationRole().isPresent() ? entry : entry.allocatedTo(role));
  }
}
