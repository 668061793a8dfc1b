package io.mesocosm.protocol;

import io.mesocosm.model.resource.Names;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.model.resource.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.AllocationInfo;
import org.apache.mesos.v1.Protos.Resource.RevocableInfo;
import org.apache.mesos.v1.Protos.Resource.SharedInfo;
import org.apache.mesos.v1.Protos.ResourceProviderID;

/**
 * Between resources on the wire and resources to calculate with. Accepts the two forms in which
 * reservations are written (contracts/mesos-allocation.md V5) and writes three: the present one,
 * the one from before refinement, and that of operator endpoints, which has both.
 *
 * <p>Whatever is let in can be calculated with: amounts are finite and in range, and so is what
 * they add up to (P6), ranges do not overlap (P7), items do not repeat (P8), only disks are volumes
 * and only volumes are shared. Who may ask for what is for the receiver to say.
 */
public final class ResourceMapping {
  private ResourceMapping() {}

  /**
   * Adds up the resources given. Zero amounts vanish; a shared volume that stands twice is held
   * twice.
   *
   * @throws InvalidMessageException naming the resource, and what is wrong with it
   */
  public static Resources toModel(List<Resource> resources) throws InvalidMessageException {
    List<io.mesocosm.model.resource.Resource> entries = new ArrayList<>(resources.size());
    for (Resource resource : resources) {
      entries.add(toModel(resource));
    }
    try {
      Resources sum = Resources.of(entries);
      if (entries.size() > 1) {
        requireCountable(sum);
      }
      return sum;
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("Invalid resources: " + e.getMessage(), e);
    }
  }

  /**
   * One resource, which may be of nothing at all.
   *
   * @throws InvalidMessageException naming the resource, and what is wrong with it
   */
  public static io.mesocosm.model.resource.Resource toModel(Resource resource)
      throws InvalidMessageException {
    if (resource.getName().isEmpty()) {
      throw new InvalidMessageException("Invalid resource: it has no name");
    }
    String name = canonical(resource.getName());
    requireOneValue(resource);
    try {
      io.mesocosm.model.resource.Resource entry =
          new io.mesocosm.model.resource.Resource(
              name,
              value(resource),
              ReservationMapping.toModel(resource),
              resource.hasDisk()
                  ? Optional.of(DiskMapping.toModel(resource.getDisk(), resource.hasProviderId()))
                  : Optional.empty(),
              allocationRole(resource),
              resource.hasRevocable(),
              resource.hasShared(),
              resource.hasProviderId()
                  ? Optional.of(resource.getProviderId().getValue())
                  : Optional.empty());
      requireOneUse(entry);
      return entry;
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("Invalid resource " + name + ": " + e.getMessage(), e);
    }
  }

  /** In the present form: a stack of reservations. A volume stands as often as it is held. */
  public static List<Resource> toProto(Resources resources) {
    return each(resources, ReservationMapping.Form.PRESENT);
  }

  /** One resource in the present form. */
  public static Resource toProto(io.mesocosm.model.resource.Resource resource) {
    return message(resource, ReservationMapping.Form.PRESENT);
  }

  /**
   * In the form from before reservations could be refined: a role, and a reservation if it was made
   * at run time. For frameworks without RESERVATION_REFINEMENT; a refined one has no such form and
   * is written in the present one.
   */
  public static List<Resource> toProtoLegacy(Resources resources) {
    return each(resources, ReservationMapping.Form.LEGACY);
  }

  /**
   * As operator endpoints answer: in the present form, and with the older fields beside it where
   * they can say the same. Not accepted as input.
   */
  public static List<Resource> toProtoEndpoint(Resources resources) {
    return each(resources, ReservationMapping.Form.ENDPOINT);
  }

  private static List<Resource> each(Resources resources, ReservationMapping.Form form) {
    List<Resource> messages = new ArrayList<>(resources.entries().size());
    for (io.mesocosm.model.resource.Resource entry : resources.entries()) {
      Resource message = message(entry, form);
      int times = entry.shared() ? resources.count(entry) : 1;
      for (int i = 0; i < times; i++) {
        messages.add(message);
      }
    }
    return messages;
  }

  /** The names that everybody uses are one object each, however many tasks have them. */
  private static String canonical(String name) {
    return switch (name) {
      case "cpus" -> "cpus";
      case "mem" -> "mem";
      case "disk" -> "disk";
      case "gpus" -> "gpus";
      case "ports" -> "ports";
      default -> name;
    };
  }

  private static Optional<String> allocationRole(Resource resource) {
    return resource.hasAllocationInfo() && resource.getAllocationInfo().hasRole()
        ? Optional.of(resource.getAllocationInfo().getRole())
        : Optional.empty();
  }

  /** What may be taken back at any time cannot be kept for anybody (X4); volumes are kept. */
  private static void requireOneUse(io.mesocosm.model.resource.Resource entry) {
    if (entry.revocable() && entry.isPersistentVolume()) {
      throw new IllegalArgumentException("a persistent volume cannot be revocable");
    }
    if (entry.revocable() && entry.isReserved()) {
      throw new IllegalArgumentException("a revocable resource cannot be reserved");
    }
    if (entry.isPersistentVolume() && !entry.isReserved()) {
      throw new IllegalArgumentException("a persistent volume must be on a reserved disk");
    }
  }

  private static void requireCountable(Resources resources) {
    resources
        .scalarQuantities()
        .forEach((name, scalar) -> {
          if (scalar.toDouble() > Scalar.AMOUNT_MAX) {
            throw new IllegalArgumentException("amounts of " + name + " add up to more than 9e15");
          }
        });
  }

  private static Value value(Resource resource) throws InvalidMessageException {
    return switch (resource.getType()) {
      case SCALAR -> scalar(resource.getName(), resource.getScalar().getValue());
      case RANGES -> ranges(resource);
      case SET -> names(resource);
      case TEXT ->
          throw new InvalidMessageException(
              "Invalid resource "
                  + resource.getName()
                  + ": the type must be SCALAR, RANGES or SET");
    };
  }

  /** The value must be of the type that is named, and no other may stand beside it. */
  private static void requireOneValue(Resource resource) throws InvalidMessageException {
    Protos.Value.Type type = resource.getType();
    boolean fits =
        resource.hasScalar() == (type == Protos.Value.Type.SCALAR)
            && resource.hasRanges() == (type == Protos.Value.Type.RANGES)
            && resource.hasSet() == (type == Protos.Value.Type.SET);
    if (!fits) {
      throw new InvalidMessageException(
          "Invalid resource "
              + resource.getName()
              + ": type "
              + type
              + " needs the field of that name, and no other");
    }
  }

  /**
   * An amount of the resource of that name (P6, P12).
   *
   * @throws IllegalArgumentException saying what amounts may be
   */
  static Scalar scalar(String name, double amount) {
    if (amount != 0 && Math.abs(amount) < Double.MIN_NORMAL) {
      throw new IllegalArgumentException("amount " + amount + " is too small to calculate with");
    }
    Scalar scalar = Scalar.of(amount);
    if (name.equals("gpus") && scalar.thousandths() % 1000 != 0) {
      throw new IllegalArgumentException("the amount must be a whole number, not " + scalar);
    }
    return scalar;
  }

  /**
   * Both ends included. Mesos's ranges end at 2^64 - 1; ours end where all of one can still be
   * counted.
   *
   * @throws IllegalArgumentException if it is no range, or one that is too high
   */
  static Ranges.Range range(long begin, long end) {
    if (begin < 0 || end < 0 || end > Ranges.Range.END_MAX) {
      throw new IllegalArgumentException(
          "range ["
              + Long.toUnsignedString(begin)
              + "-"
              + Long.toUnsignedString(end)
              + "] must not go beyond "
              + Ranges.Range.END_MAX);
    }
    return new Ranges.Range(begin, end);
  }

  private static Ranges ranges(Resource resource) throws InvalidMessageException {
    List<Ranges.Range> ranges = new ArrayList<>(resource.getRanges().getRangeCount());
    for (var range : resource.getRanges().getRangeList()) {
      ranges.add(range(range.getBegin(), range.getEnd()));
    }
    ranges.sort(Comparator.comparingLong(Ranges.Range::begin));
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).begin() <= ranges.get(i - 1).end()) {
        throw new InvalidMessageException(
            "Invalid resource "
                + resource.getName()
                + ": ranges overlap at "
                + ranges.get(i).begin());
      }
    }
    return new Ranges(ranges);
  }

  private static Names names(Resource resource) throws InvalidMessageException {
    Names names = Names.of(resource.getSet().getItemList());
    if (names.names().size() != resource.getSet().getItemCount()) {
      throw new InvalidMessageException(
          "Invalid resource " + resource.getName() + ": an item stands twice in the set");
    }
    return names;
  }

  private static Resource message(
      io.mesocosm.model.resource.Resource entry, ReservationMapping.Form form) {
    Resource.Builder resource = Resource.newBuilder().setName(entry.name());
    switch (entry.value()) {
      case Scalar scalar ->
          resource
              .setType(Protos.Value.Type.SCALAR)
              .setScalar(Protos.Value.Scalar.newBuilder().setValue(scalar.toDouble()));
      case Ranges ranges -> {
        var list = Protos.Value.Ranges.newBuilder();
        for (Ranges.Range range : ranges.ranges()) {
          list.addRange(
              Protos.Value.Range.newBuilder().setBegin(range.begin()).setEnd(range.end()));
        }
        resource.setType(Protos.Value.Type.RANGES).setRanges(list);
      }
      case Names names ->
          resource
              .setType(Protos.Value.Type.SET)
              .setSet(Protos.Value.Set.newBuilder().addAllItem(names.names()));
    }
    entry.disk().ifPresent(disk -> resource.setDisk(DiskMapping.toProto(disk)));
    entry
        .allocationRole()
        .ifPresent(role -> resource.setAllocationInfo(AllocationInfo.newBuilder().setRole(role)));
    if (entry.revocable()) {
      resource.setRevocable(RevocableInfo.getDefaultInstance());
    }
    if (entry.shared()) {
      resource.setShared(SharedInfo.getDefaultInstance());
    }
    entry
        .provider()
        .ifPresent(id -> resource.setProviderId(ResourceProviderID.newBuilder().setValue(id)));
    ReservationMapping.write(entry.reservations(), form, resource);
    return resource.build();
  }
}
