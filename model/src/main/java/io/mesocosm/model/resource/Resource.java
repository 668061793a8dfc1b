package io.mesocosm.model.resource;

import java.util.List;
import java.util.Optional;

/**
 * Some amount of one named resource, with everything that keeps it apart from other resources of
 * that name. Two resources add up only if all of it is equal (contracts/mesos-allocation.md M4).
 *
 * @param name e.g. {@code cpus}, {@code mem} (MB), {@code disk} (MB), {@code ports}
 * @param reservations outermost first; empty for unreserved resources
 * @param allocationRole the role that it is allocated to, in offers and tasks; absent in an agent's
 *     total
 * @param revocable true if it may be taken back at any time
 */
public record Resource(
    String name,
    Value value,
    List<Reservation> reservations,
    Optional<String> allocationRole,
    boolean revocable) {
  public Resource {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("resource name must not be empty");
    }
    reservations = List.copyOf(reservations);
  }

  public static Resource unreserved(String name, Value value) {
    return new Resource(name, value, List.of(), Optional.empty(), false);
  }

  /** The role that may use it: of the last reservation, or {@code *} for anybody. */
  public String role() {
    return reservations.isEmpty() ? "*" : reservations.getLast().role();
  }

  /**
   * Whether a framework of {@code role} may be offered it: it is unreserved, or reserved for the
   * role or an ancestor.
   */
  public boolean isAllocatableTo(String role) {
    return reservations.isEmpty() || role.equals(role()) || role.startsWith(role() + "/");
  }

  public Resource withValue(Value newValue) {
    return new Resource(name, newValue, reservations, allocationRole, revocable);
  }

  public Resource allocatedTo(Optional<String> role) {
    return new Resource(name, value, reservations, role, revocable);
  }

  /** Whether the two differ in nothing but their amounts. */
  public boolean isSameKind(Resource other) {
    return name.equals(other.name)
        && value.getClass() == other.value.getClass()
        && reservations.equals(other.reservations)
        && allocationRole.equals(other.allocationRole)
        && revocable == other.revocable;
  }

  /**
   * Keeps a resource for a role.
   *
   * @param dynamic made by a framework or operator, as against in the agent's flags
   * @param principal who made it, if known
   */
  public record Reservation(String role, boolean dynamic, Optional<String> principal) {}
}
