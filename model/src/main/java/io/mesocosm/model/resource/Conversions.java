package io.mesocosm.model.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the operations on resources turn into what (contracts/mesos-allocation.md M8; OP3 to OP8 of
 * contracts/mesos-scheduler-api.md). Pure: the agent applies a conversion to its total; the master
 * to the total, to what was offered, and to what is allocated.
 *
 * <p>Each throws {@link IllegalArgumentException} saying which resource cannot be converted so. Who
 * may ask for an operation, and when, is for the master to say.
 */
public final class Conversions {
  private Conversions() {}

  /**
   * One step.
   *
   * @param consumed what must be there before, and is gone after
   * @param converted what takes its place; never another quantity of anything
   */
  public record Conversion(Resources consumed, Resources converted) {
    public static final Conversion NOTHING = new Conversion(Resources.NONE, Resources.NONE);

    /** The same step on resources that are allocated to nobody, such as an agent's total. */
    public Conversion unallocated() {
      return new Conversion(consumed.unallocated(), converted.unallocated());
    }

    /** Both steps at once. What the first makes the second may consume. */
    public Conversion then(Conversion next) {
      Resources missing = next.consumed.minusAtMost(converted);
      Resources used = next.consumed.minus(missing);
      return new Conversion(consumed.plus(missing), converted.minus(used).plus(next.converted));
    }
  }

  /**
   * Reserves: each of {@code target} comes from the same resource without its last reservation, or
   * all of it from {@code source}, which replaces whatever reservations there were (V7).
   *
   * @param source empty for a plain reservation
   */
  public static Conversion reserve(Resources target, Resources source) {
    for (Resource resource : target.entries()) {
      requireDynamic(resource);
    }
    if (source.isEmpty()) {
      return new Conversion(target.map(Resource::withoutLastReservation), target);
    }
    if (!bare(source).equals(bare(target))) {
      throw new IllegalArgumentException(
          "the source "
              + source
              + " must differ from the resources "
              + target
              + " in nothing but reservations");
    }
    requireUndoable(source, target);
    return new Conversion(source, target);
  }

  /** Takes back the last reservation of each; volumes have to be destroyed before. */
  public static Conversion unreserve(Resources reserved) {
    for (Resource resource : reserved.entries()) {
      requireDynamic(resource);
      if (resource.isPersistentVolume()) {
        throw new IllegalArgumentException(
            resource + " is a persistent volume; destroy it before it is unreserved");
      }
    }
    return new Conversion(reserved, reserved.map(Resource::withoutLastReservation));
  }

  /** Makes reserved disks persistent volumes. */
  public static Conversion create(Resources volumes) {
    return new Conversion(volumes.map(Conversions::disk), volumes);
  }

  /** Makes disks of persistent volumes. A shared one must not be held more than once any more. */
  public static Conversion destroy(Resources volumes) {
    return new Conversion(volumes, volumes.map(Conversions::disk));
  }

  /** Adds to the size of a volume. The addition is free disk of the same kind. */
  public static Conversion grow(Resource volume, Resource addition) {
    requireExclusiveVolume(volume);
    Resource disk = disk(volume);
    if (addition.value().isEmpty() || !disk.isSameKind(addition)) {
      throw new IllegalArgumentException(
          "the addition " + addition + " must be some of the disk that " + volume + " lies on");
    }
    Scalar size = ((Scalar) volume.value()).plus((Scalar) addition.value());
    return new Conversion(Resources.of(volume, addition), Resources.of(volume.withValue(size)));
  }

  /** Takes from the size of a volume; some of it must be left. MOUNT disks have only one size. */
  public static Conversion shrink(Resource volume, Scalar amount) {
    requireExclusiveVolume(volume);
    Scalar size = (Scalar) volume.value();
    if (amount.isEmpty() || amount.compareTo(size) >= 0) {
      throw new IllegalArgumentException(
          "the amount " + amount + " must be more than 0 and less than the volume " + volume);
    }
    if (!disk(volume).isDivisible()) {
      throw new IllegalArgumentException(volume + " lies on a disk that is used as a whole");
    }
    return new Conversion(
        Resources.of(volume),
        Resources.of(volume.withValue(size.minus(amount)), disk(volume).withValue(amount)));
  }

  /** The disk that the volume lies on. */
  private static Resource disk(Resource volume) {
    if (!volume.isPersistentVolume()) {
      throw new IllegalArgumentException(volume + " is not a persistent volume");
    }
    return volume.withDisk(volume.disk().flatMap(Disk::withoutVolume), false);
  }

  private static void requireDynamic(Resource resource) {
    if (!resource.isDynamicallyReserved()) {
      throw new IllegalArgumentException(resource + " is not dynamically reserved");
    }
  }

  private static void requireExclusiveVolume(Resource volume) {
    if (!volume.isPersistentVolume() || volume.shared()) {
      throw new IllegalArgumentException(
          volume + " must be a persistent volume that is not shared to change its size");
    }
  }

  /** A static reservation cannot be undone: it must lie in what all have in common (V1, V7). */
  private static void requireUndoable(Resources source, Resources target) {
    List<Resource> all = new ArrayList<>(source.entries());
    all.addAll(target.entries());
    Optional<Resource.Reservation> fixed =
        all.stream()
            .filter(Resource::isReserved)
            .map(resource -> resource.reservations().getFirst())
            .filter(reservation -> !reservation.dynamic())
            .findFirst();
    if (fixed.isPresent()
        && !all.stream()
            .allMatch(resource ->
                resource.isReserved() && resource.reservations().getFirst().equals(fixed.get()))) {
      throw new IllegalArgumentException(
          "the static reservation for role " + fixed.get().role() + " cannot be changed");
    }
  }

  private static Resources bare(Resources resources) {
    return resources.unallocated().map(resource -> resource.withReservations(List.of()));
  }
}
