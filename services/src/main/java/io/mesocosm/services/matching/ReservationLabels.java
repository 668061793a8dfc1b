package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Labels;
import io.mesocosm.model.resource.Labels.Label;
import io.mesocosm.model.resource.Resource;
import java.util.Optional;
import org.apache.mesos.v1.Protos;

/**
 * The labels of resources that are reserved for one instance (contracts/marathon-api.md S14): whose
 * they are can be told from an offer alone, whatever was forgotten.
 */
public final class ReservationLabels {
  private static final String FRAMEWORK = "marathon_framework_id";
  private static final String RESERVATION = "marathon_task_id";

  private ReservationLabels() {}

  static Labels of(String frameworkId, String reservationId) {
    return Labels.of(
        new Label(FRAMEWORK, Optional.of(frameworkId)),
        new Label(RESERVATION, Optional.of(reservationId)));
  }

  /** The reservation that the resource belongs to, if it is of the kind that we make. */
  public static Optional<String> reservationId(Resource resource) {
    return value(resource, RESERVATION);
  }

  /** The framework that made the reservation. */
  public static Optional<String> frameworkId(Resource resource) {
    return value(resource, FRAMEWORK);
  }

  private static Optional<String> value(Resource resource, String key) {
    return resource.reservations().isEmpty()
        ? Optional.empty()
        : resource.reservations().getLast().labels().labels().stream()
            .filter(label -> label.key().equals(key))
            .findFirst()
            .flatMap(Label::value);
  }

  /** Whether it is kept for one instance, ours or not; in whichever form it is written. */
  static boolean isKept(Protos.Resource wire) {
    return (wire.hasReservation() && isKept(wire.getReservation()))
        || (wire.getReservationsCount() > 0
            && wire.getReservationsList().stream().anyMatch(ReservationLabels::isKept));
  }

  private static boolean isKept(Protos.Resource.ReservationInfo reservation) {
    return reservation.getLabels().getLabelsList().stream()
        .anyMatch(label -> label.getKey().equals(RESERVATION));
  }
}
