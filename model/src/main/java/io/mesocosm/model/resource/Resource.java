package io.mesocosm.model.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Some amount of one named resource, with everything that keeps it apart from other resources of
 * that name. Two resources add up only if all of it is equal and they are divisible
 * (contracts/mesos-allocation.md M4).
 *
 * @param name e.g. {@code cpus}, {@code mem} (MB), {@code disk} (MB), {@code ports}
 * @param reservations outermost first; empty for unreserved resources
 * @param disk for {@code disk} only: what it is if not space on the root disk
 * @param allocationRole the role that it is allocated to, in offers and tasks; absent in an agent's
 *     total
 * @param revocable true if it may be taken back at any time
 * @param shared true for a persistent volume that several may use at one time
 * @param provider the id of the resource provider that it comes from; absent for the agent itself
 */
public record Resource(
    String name,
    Value value,
    List<Reservation> reservations,
    Optional<Disk> disk,
    Optional<String> allocationRole,
    boolean revocable,
    boolean shared,
    Optional<String> provider) {
  private static final String DISK = "disk";

  public Resource {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("resource name must not be empty");
    }
    reservations = List.copyOf(reservations);
    if (disk.isPresent() && !(name.equals(DISK) && value instanceof Scalar)) {
      throw new IllegalArgumentException(
          "disk information may only be set for a scalar named disk, not for " + name);
    }
    if (shared && !(disk.isPresent() && disk.get().persistence().isPresent())) {
      throw new IllegalArgumentException("only persistent volumes can be shared, not " + name);
    }
  }

  /** One that is neither a special disk nor shared, of the agent itself. */
  public Resource(
      String name,
      Value value,
      List<Reservation> reservations,
      Optional<String> allocationRole,
      boolean revocable) {
    this(
        name,
        value,
        reservations,
        Optional.empty(),
        allocationRole,
        revocable,
        false,
        Optional.empty());
  }

  public static Resource unreserved(String name, Value value) {
    return new Resource(name, value, List.of(), Optional.empty(), false);
  }

  /** The role that may use it: of the last reservation, or {@code *} for anybody. */
  public String role() {
    return reservations.isEmpty() ? "*" : reservations.getLast().role();
  }

  public boolean isReserved() {
    return !reservations.isEmpty();
  }

  /** Whether its last reservation was made at run time, so that it can be unreserved. */
  public boolean isDynamicallyReserved() {
    return !reservations.isEmpty() && reservations.getLast().dynamic();
  }

  /** Whether one reservation narrows another, which older frameworks cannot read. */
  public boolean isRefined() {
    return reservations.size() > 1;
  }

  public boolean isPersistentVolume() {
    return disk.isPresent() && disk.get().persistence().isPresent();
  }

  /** The id of the persistent volume that it is, if it is one. */
  public Optional<String> volumeId() {
    return disk.flatMap(Disk::volumeId);
  }

  /**
   * Whether a part of it can be taken, and parts of it add up. Persistent volumes, MOUNT and BLOCK
   * disks, and RAW ones with an id, are taken as a whole (D2, D5).
   */
  public boolean isDivisible() {
    return disk.isEmpty() || disk.get().isDivisible();
  }

  /**
   * Whether a framework of {@code role} may be offered it: it is unreserved, or reserved for the
   * role or an ancestor.
   */
  public boolean isAllocatableTo(String role) {
    if (reservations.isEmpty()) {
      return true;
    }
    String owner = reservations.getLast().role();
    return role.startsWith(owner)
        && (role.length() == owner.length() || role.charAt(owner.length()) == '/');
  }

  public Resource withValue(Value newValue) {
    return new Resource(
        name, newValue, reservations, disk, allocationRole, revocable, shared, provider);
  }

  public Resource allocatedTo(Optional<String> role) {
    return allocationRole.equals(role)
        ? this
        : new Resource(name, value, reservations, disk, role, revocable, shared, provider);
  }

  public Resource withReservations(List<Reservation> stack) {
    return new Resource(name, value, stack, disk, allocationRole, revocable, shared, provider);
  }

  /** Reserved once more: the outermost reservation, or a refinement of what there is. */
  public Resource reserved(Reservation reservation) {
    List<Reservation> stack = new ArrayList<>(reservations);
    stack.add(reservation);
    return withReservations(stack);
  }

  /** Without its last reservation; throws if there is none. */
  public Resource withoutLastReservation() {
    if (reservations.isEmpty()) {
      throw new IllegalArgumentException("resource " + name + " is not reserved");
    }
    return withReservations(reservations.subList(0, reservations.size() - 1));
  }

  public Resource withDisk(Optional<Disk> newDisk, boolean newShared) {
    return new Resource(
        name, value, reservations, newDisk, allocationRole, revocable, newShared, provider);
  }

  public Resource asRevocable() {
    return new Resource(name, value, reservations, disk, allocationRole, true, shared, provider);
  }

  /** Whether the two differ in nothing but their amounts. */
  public boolean isSameKind(Resource other) {
    return value.getClass() == other.value.getClass()
        && ResourceOrder.compareKinds(this, other) == 0;
  }

  /**
   * As users write it, with what sets it apart: {@code cpus(web):4}, {@code cpus(*){REV}:2}, {@code
   * disk(web)[MOUNT:/mnt/a,data:/var/data]<SHARED>:100}.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append('(').append(role()).append(')');
    disk.ifPresent(it -> text.append('[').append(describe(it)).append(']'));
    if (revocable) {
      text.append("{REV}");
    }
    if (shared) {
      text.append("<SHARED>");
    }
    return text.append(':').append(value).toString();
  }

  private static String describe(Disk disk) {
    List<String> parts = new ArrayList<>();
    disk.source()
        .ifPresent(source ->
            parts.add(
                source.type()
                    + source
                        .root()
                        .or(source::id)
                        .or(source::profile)
                        .map(detail -> ":" + detail)
                        .orElse("")));
    disk.volumeId()
        .ifPresent(id ->
            parts.add(id + disk.volume().map(mount -> ":" + mount.containerPath()).orElse("")));
    return String.join(",", parts);
  }

  /**
   * Keeps a resource for a role.
   *
   * @param dynamic made by a framework or operator, as against in the agent's flags
   * @param principal who made it, if known
   * @param labels what its maker attached
   */
  public record Reservation(
      String role, boolean dynamic, Optional<String> principal, Labels labels) {
    public Reservation(String role, boolean dynamic, Optional<String> principal) {
      this(role, dynamic, principal, Labels.NONE);
    }
  }
}
