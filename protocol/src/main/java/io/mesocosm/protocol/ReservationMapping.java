package io.mesocosm.protocol;

import io.mesocosm.model.RoleNames;
import io.mesocosm.model.resource.Labels;
import io.mesocosm.model.resource.Resource.Reservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.ReservationInfo;

/**
 * Between the reservations of a resource on the wire and a stack of them. The older form, a role
 * and at most one reservation, can say all but refinement (contracts/mesos-allocation.md V3, V5).
 */
final class ReservationMapping {
  private ReservationMapping() {}

  /** In which fields reservations are written. */
  enum Form {
    /** The stack. */
    PRESENT,
    /** A role, and a reservation if it was made at run time; the stack if it is refined. */
    LEGACY,
    /** The stack, and the older fields as well unless it is refined. */
    ENDPOINT
  }

  /**
   * Reads either form.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  // The old fields are deprecated in the .proto files, and part of the contract all the same.
  @SuppressWarnings("deprecation")
  static List<Reservation> toModel(Resource resource) {
    if (resource.getReservationsCount() == 0) {
      if (resource.hasReservation()
          || (resource.hasRole() && !resource.getRole().equals(RoleNames.ANYBODY))) {
        return List.of(older(resource));
      }
      return List.of();
    }
    if (resource.hasRole() || resource.hasReservation()) {
      throw new IllegalArgumentException("role or reservation may not stand beside reservations");
    }
    List<Reservation> stack = new ArrayList<>(resource.getReservationsCount());
    for (ReservationInfo info : resource.getReservationsList()) {
      Reservation next = reservation(info.getRole(), isDynamic(info), info);
      if (!stack.isEmpty()) {
        requireRefinement(stack.getLast(), next);
      }
      stack.add(next);
    }
    return stack;
  }

  @SuppressWarnings("deprecation")
  static void write(List<Reservation> stack, Form form, Resource.Builder resource) {
    boolean older = form != Form.PRESENT && stack.size() <= 1;
    if (older) {
      resource.setRole(stack.isEmpty() ? RoleNames.ANYBODY : stack.getFirst().role());
      if (!stack.isEmpty() && stack.getFirst().dynamic()) {
        resource.setReservation(maker(stack.getFirst()));
      }
    }
    if (older && form == Form.LEGACY) {
      return;
    }
    for (Reservation reservation : stack) {
      resource.addReservations(
          maker(reservation)
              .setType(
                  reservation.dynamic()
                      ? ReservationInfo.Type.DYNAMIC
                      : ReservationInfo.Type.STATIC)
              .setRole(reservation.role()));
    }
  }

  @SuppressWarnings("deprecation")
  private static Reservation older(Resource resource) {
    ReservationInfo info = resource.getReservation();
    if (info.hasType() || info.hasRole()) {
      throw new IllegalArgumentException(
          "type and role belong into reservations, not into reservation");
    }
    return reservation(resource.getRole(), resource.hasReservation(), info);
  }

  private static boolean isDynamic(ReservationInfo info) {
    return switch (info.getType()) {
      case DYNAMIC -> true;
      case STATIC -> false;
      case UNKNOWN ->
          throw new IllegalArgumentException(
              "each of reservations needs a type, STATIC or DYNAMIC");
    };
  }

  /** Each further reservation narrows the one before it to a role below (V3). */
  private static void requireRefinement(Reservation outer, Reservation inner) {
    if (!inner.dynamic() || !RoleNames.isBelow(inner.role(), outer.role())) {
      throw new IllegalArgumentException(
          "the reservation for role "
              + inner.role()
              + " must be DYNAMIC and for a role below "
              + outer.role()
              + " to refine it");
    }
  }

  private static Reservation reservation(String role, boolean dynamic, ReservationInfo info) {
    RoleNames.problemOfReserved(role)
        .ifPresent(problem -> {
          throw new IllegalArgumentException("role " + problem);
        });
    return new Reservation(
        role,
        dynamic,
        info.hasPrincipal() ? Optional.of(info.getPrincipal()) : Optional.empty(),
        info.hasLabels() ? LabelMapping.toModel(info.getLabels()) : Labels.NONE);
  }

  private static ReservationInfo.Builder maker(Reservation reservation) {
    ReservationInfo.Builder info = ReservationInfo.newBuilder();
    reservation.principal().ifPresent(info::setPrincipal);
    if (!reservation.labels().isEmpty()) {
      info.setLabels(LabelMapping.toProto(reservation.labels()));
    }
    return info;
  }
}
