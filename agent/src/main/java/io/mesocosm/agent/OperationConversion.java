package io.mesocosm.agent;

import io.mesocosm.model.resource.Conversions;
import io.mesocosm.model.resource.Conversions.Conversion;
import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.List;
import org.apache.mesos.v1.Protos;
import org.apache.mesos.v1.Protos.Offer;

/**
 * Reads what an operation takes from the agent's total, and what it puts in its place
 * (contracts/mesos-scheduler-api.md OP3 to OP8).
 */
final class OperationConversion {
  private OperationConversion() {}

  /**
   * @throws InvalidMessageException if its resources are not valid, or it is of another kind
   * @throws IllegalArgumentException if they cannot be converted so
   */
  static Conversion of(Offer.Operation operation) throws InvalidMessageException {
    Conversion conversion =
        switch (operation.getType()) {
          case RESERVE ->
              Conversions.reserve(
                  ResourceMapping.toModel(operation.getReserve().getResourcesList()),
                  ResourceMapping.toModel(operation.getReserve().getSourceList()));
          case UNRESERVE ->
              Conversions.unreserve(
                  ResourceMapping.toModel(operation.getUnreserve().getResourcesList()));
          case CREATE ->
              Conversions.create(ResourceMapping.toModel(operation.getCreate().getVolumesList()));
          case DESTROY ->
              Conversions.destroy(ResourceMapping.toModel(operation.getDestroy().getVolumesList()));
          case GROW_VOLUME ->
              Conversions.grow(
                  single(operation.getGrowVolume().getVolume()),
                  single(operation.getGrowVolume().getAddition()));
          case SHRINK_VOLUME ->
              Conversions.shrink(
                  single(operation.getShrinkVolume().getVolume()),
                  Scalar.of(operation.getShrinkVolume().getSubtract().getValue()));
          case LAUNCH, LAUNCH_GROUP, CREATE_DISK, DESTROY_DISK, UNKNOWN ->
              throw new InvalidMessageException(
                  "operation "
                      + operation.getType()
                      + " cannot be applied to this agent's resources");
        };
    return conversion.unallocated();
  }

  /** As it was before any operation: without dynamic reservations and volumes. */
  static Resource original(Resource resource) {
    Resource plain =
        resource.isPersistentVolume()
            ? resource.withDisk(resource.disk().flatMap(Disk::withoutVolume), false)
            : resource;
    while (plain.isDynamicallyReserved()) {
      plain = plain.withoutLastReservation();
    }
    return plain;
  }

  private static Resource single(Protos.Resource resource) throws InvalidMessageException {
    Resources all = ResourceMapping.toModel(List.of(resource));
    if (all.entries().size() != 1) {
      throw new InvalidMessageException("resource " + resource.getName() + " is empty");
    }
    return all.entries().getFirst();
  }
}
