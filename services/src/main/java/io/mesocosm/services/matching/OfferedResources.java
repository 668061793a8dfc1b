package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Ranges;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos;

/** Takes amounts out of offered resources, reserved ones first (contracts/marathon-api.md S4). */
final class OfferedResources {
  private static final Comparator<Resource> PREFERENCE =
      Comparator.comparing((Resource resource) -> resource.reservations().isEmpty())
          .thenComparing(resource -> -resource.role().length());

  private OfferedResources() {}

  /** Those that an app of that choice of roles may use. */
  static Resources acceptable(Resources offered, List<String> acceptedRoles) {
    return acceptedRoles.isEmpty()
        ? offered
        : offered.filter(resource -> acceptedRoles.contains(resource.role()));
  }

  /** What to take to have {@code needed} of a scalar; nothing if there is not enough. */
  static Optional<Resources> take(Resources from, String name, Scalar needed) {
    List<Resource> taken = new ArrayList<>();
    Scalar missing = needed;
    for (Resource resource : preferred(from, name)) {
      if (resource.value() instanceof Scalar amount && !missing.isEmpty()) {
        Scalar part = amount.compareTo(missing) < 0 ? amount : missing;
        taken.add(resource.withValue(part));
        missing = missing.minus(part);
      }
    }
    return missing.isEmpty() ? Optional.of(Resources.of(taken)) : Optional.empty();
  }

  /** The port out of whichever resource has it. */
  static Optional<Resources> takePort(Resources from, long port) {
    return preferred(from, "ports").stream()
        .filter(resource -> resource.value() instanceof Ranges has && has.contains(port))
        .findFirst()
        .map(resource -> Resources.of(resource.withValue(Ranges.of(port, port))));
  }

  private static List<Resource> preferred(Resources from, String name) {
    List<Resource> preferred = new ArrayList<>();
    for (Resource resource : from.entries()) {
      if (resource.name().equals(name)) {
        preferred.add(resource);
      }
    }
    if (preferred.size() > 1) {
      preferred.sort(PREFERENCE);
    }
    return preferred;
  }

  /** What cannot be read, or is of a kind that we do not use, counts as not offered. */
  static Resources fromWire(List<Protos.Resource> wire) {
    Resources sum = Resources.NONE;
    for (Protos.Resource resource : wire) {
      if (isUsable(resource)) {
        sum = sum.plus(read(resource));
      }
    }
    return sum;
  }

  /** What is kept for one instance each, volumes among it. */
  static Resources keptFromWire(List<Protos.Resource> wire) {
    Resources sum = Resources.NONE;
    for (Protos.Resource resource : wire) {
      if (ReservationLabels.isKept(resource)
          && isCountable(resource)
          && !resource.hasRevocable()
          && !resource.hasProviderId()) {
        sum = sum.plus(read(resource));
      }
    }
    return sum;
  }

  /** Disks beside the agent's own that are no volumes yet. */
  static Resources disksFromWire(List<Protos.Resource> wire) {
    Resources sum = Resources.NONE;
    for (Protos.Resource resource : wire) {
      if (resource.hasDisk()
          && !resource.getDisk().hasPersistence()
          && !ReservationLabels.isKept(resource)
          && !resource.hasRevocable()
          && !resource.hasProviderId()) {
        sum = sum.plus(read(resource));
      }
    }
    return sum;
  }

  private static Resources read(Protos.Resource resource) {
    try {
      return ResourceMapping.toModel(List.of(resource));
    } catch (InvalidMessageException unreadable) {
      return Resources.NONE;
    }
  }

  private static boolean isCountable(Protos.Resource wire) {
    return wire.getType() == Protos.Value.Type.SCALAR || wire.getType() == Protos.Value.Type.RANGES;
  }

  /** Volumes, special disks, what is kept for others and what may be taken back are not. */
  private static boolean isUsable(Protos.Resource wire) {
    return isCountable(wire)
        && !wire.hasDisk()
        && !wire.hasRevocable()
        && !wire.hasProviderId()
        && !ReservationLabels.isKept(wire);
  }

  /** In the form for frameworks without refined reservations, as ours is. */
  static List<Protos.Resource> toWire(Resources resources) {
    return ResourceMapping.toProtoLegacy(resources);
  }
}
