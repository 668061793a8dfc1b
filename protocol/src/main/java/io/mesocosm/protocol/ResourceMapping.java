package io.mesocosm.protocol;

import io.mesocosm.model.resource.Names;
import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource.Reservation;
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
import org.apache.mesos.v1.Protos.Resource.ReservationInfo;
import org.apache.mesos.v1.Protos.Resource.RevocableInfo;

/**
 * Between resources on the wire and resources to calculate with. Accepts the two forms in which
 * reservations are written (contracts/mesos-allocation.md V5); writes either.
 */
public final class ResourceMapping {
  private static final String ANYBODY = "*";

  /** One less than the largest long, so that the count of all numbers is a long as well. */
  private static final long RANGE_END_MAX = Long.MAX_VALUE - 1;

  private ResourceMapping() {}

  /** Adds up the resources given. Zero amounts vanish; what is not valid is named. */
  public static Resources toModel(List<Resource> resources) throws InvalidMessageException {
    List<io.mesocosm.model.resource.Resource> entries = new ArrayList<>();
    for (Resource resource : resources) {
      entries.add(toModel(resource));
    }
    try {
      return Resources.of(entries);
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("Invalid resources: " + e.getMessage(), e);
    } catch (ArithmeticException e) {
      throw new InvalidMessageException("Invalid resources: amounts add up to more than 9e15", e);
    }
  }

  /** In the present form: a stack of reservations. */
  public static List<Resource> toProto(Resources resources) {
    return resources.entries().stream().map(entry -> withReservations(entry, base(entry))).toList();
  }

  /**
   * In the form from before reservations could be refined: a role, and a reservation if it was made
   * at run time. For frameworks without RESERVATION_REFINEMENT.
   */
  public static List<Resource> toProtoLegacy(Resources resources) {
    return resources.entries().stream().map(ResourceMapping::legacy).toList();
  }

  private static io.mesocosm.model.resource.Resource toModel(Resource resource)
      throws InvalidMessageException {
    String name = resource.getName();
    if (name.isEmpty()) {
      throw new InvalidMessageException("Invalid resource: it has no name");
    }
    refuseUnsupported(resource);
    requireOneValue(resource);
    try {
      Value value = value(resource);
      Optional<String> role =
          resource.getAllocationInfo().hasRole()
              ? Optional.of(resource.getAllocationInfo().getRole())
              : Optional.empty();
      return new io.mesocosm.model.resource.Resource(
          name, value, reservations(resource), role, resource.hasRevocable());
    } catch (IllegalArgumentException e) {
      throw new InvalidMessageException("Invalid resource " + name + ": " + e.getMessage(), e);
    }
  }

  private static void refuseUnsupported(Resource resource) throws InvalidMessageException {
    if (resource.hasDisk()) {
      throw new InvalidMessageException(
          "Invalid resource "
              + resource.getName()
              + ": persistent volumes and disk sources are not supported yet");
    }
    if (resource.hasShared()) {
      throw new InvalidMessageException(
          "Invalid resource " + resource.getName() + ": shared resources are not supported yet");
    }
    if (resource.hasProviderId()) {
      throw new InvalidMessageException(
          "Invalid resource " + resource.getName() + ": resource providers are not supported yet");
    }
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
    if (begin < 0 || end < 0 || end > RANGE_END_MAX) {
      throw new IllegalArgumentException(
          "range ["
              + Long.toUnsignedString(begin)
              + "-"
              + Long.toUnsignedString(end)
              + "] must not go beyond "
              + RANGE_END_MAX);
    }
    return new Ranges.Range(begin, end);
  }

  private static Ranges ranges(Resource resource) throws InvalidMessageException {
    List<Ranges.Range> ranges = new ArrayList<>();
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

  // The old fields are deprecated in the .proto files, and part of the contract all the same.
  @SuppressWarnings("deprecation")
  private static List<Reservation> reservations(Resource resource) throws InvalidMessageException {
    boolean oldForm =
        (resource.hasRole() && !resource.getRole().equals(ANYBODY)) || resource.hasReservation();
    if (oldForm && resource.getReservationsCount() > 0) {
      throw new InvalidMessageException(
          "Invalid resource "
              + resource.getName()
              + ": role or reservation may not stand beside reservations");
    }
    if (oldForm) {
      return List.of(
          reservation(
              resource.getName(),
              resource.getRole(),
              resource.hasReservation(),
              resource.getReservation()));
    }
    List<Reservation> stack = new ArrayList<>();
    for (ReservationInfo info : resource.getReservationsList()) {
      boolean dynamic = isDynamic(resource.getName(), info);
      Reservation next = reservation(resource.getName(), info.getRole(), dynamic, info);
      if (!stack.isEmpty()) {
        requireRefinement(resource.getName(), stack.getLast(), next);
      }
      stack.add(next);
    }
    return stack;
  }

  private static boolean isDynamic(String name, ReservationInfo info)
      throws InvalidMessageException {
    return switch (info.getType()) {
      case DYNAMIC -> true;
      case STATIC -> false;
      case UNKNOWN ->
          throw new InvalidMessageException(
              "Invalid resource "
                  + name
                  + ": each of reservations needs a type, STATIC or DYNAMIC");
    };
  }

  /** Each further reservation narrows the one before it to a role below (V3). */
  private static void requireRefinement(String name, Reservation outer, Reservation inner)
      throws InvalidMessageException {
    if (!inner.dynamic() || !inner.role().startsWith(outer.role() + "/")) {
      throw new InvalidMessageException(
          "Invalid resource "
              + name
              + ": the reservation for role "
              + inner.role()
              + " must be DYNAMIC and for a role below "
              + outer.role()
              + " to refine it");
    }
  }

  private static Reservation reservation(
      String name, String role, boolean dynamic, ReservationInfo info)
      throws InvalidMessageException {
    if (info.hasLabels()) {
      throw new InvalidMessageException(
          "Invalid resource " + name + ": labels of reservations are not supported yet");
    }
    if (role.isEmpty() || role.equals(ANYBODY)) {
      throw new InvalidMessageException(
          "Invalid resource " + name + ": role " + ANYBODY + " cannot be reserved for");
    }
    Optional<String> principal =
        info.hasPrincipal() ? Optional.of(info.getPrincipal()) : Optional.empty();
    return new Reservation(role, dynamic, principal);
  }

  private static Resource.Builder base(io.mesocosm.model.resource.Resource entry) {
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
    entry
        .allocationRole()
        .ifPresent(role -> resource.setAllocationInfo(AllocationInfo.newBuilder().setRole(role)));
    if (entry.revocable()) {
      resource.setRevocable(RevocableInfo.getDefaultInstance());
    }
    return resource;
  }

  private static Resource withReservations(
      io.mesocosm.model.resource.Resource entry, Resource.Builder resource) {
    for (Reservation reservation : entry.reservations()) {
      ReservationInfo.Builder info =
          ReservationInfo.newBuilder()
              .setType(
                  reservation.dynamic()
                      ? ReservationInfo.Type.DYNAMIC
                      : ReservationInfo.Type.STATIC)
              .setRole(reservation.role());
      reservation.principal().ifPresent(info::setPrincipal);
      resource.addReservations(info);
    }
    return resource.build();
  }

  // The old fields are deprecated in the .proto files, and part of the contract all the same.
  @SuppressWarnings("deprecation")
  private static Resource legacy(io.mesocosm.model.resource.Resource entry) {
    Resource.Builder resource = base(entry);
    if (entry.reservations().size() > 1) {
      return withReservations(entry, resource); // a refined reservation has no older form
    }
    resource.setRole(entry.role());
    if (!entry.reservations().isEmpty() && entry.reservations().getFirst().dynamic()) {
      ReservationInfo.Builder info = ReservationInfo.newBuilder();
      entry.reservations().getFirst().principal().ifPresent(info::setPrincipal);
      resource.setReservation(info);
    }
    return resource.build();
  }
}
