package io.mesocosm.master;

import io.mesocosm.model.resource.Conversions;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.List;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Resource;

/** What an agent makes of an operation: no questions asked. */
final class FakeConversions {
  private FakeConversions() {}

  static ResourceOperations.Outcome of(Operation operation) {
    try {
      Conversions.Conversion conversion =
          switch (operation.getType()) {
            case RESERVE ->
                Conversions.reserve(
                    mapped(operation.getReserve().getResourcesList()),
                    mapped(operation.getReserve().getSourceList()));
            case UNRESERVE ->
                Conversions.unreserve(mapped(operation.getUnreserve().getResourcesList()));
            case CREATE -> Conversions.create(mapped(operation.getCreate().getVolumesList()));
            case DESTROY -> Conversions.destroy(mapped(operation.getDestroy().getVolumesList()));
            case GROW_VOLUME ->
                Conversions.grow(
                    one(operation.getGrowVolume().getVolume()),
                    one(operation.getGrowVolume().getAddition()));
            case SHRINK_VOLUME ->
                Conversions.shrink(
                    one(operation.getShrinkVolume().getVolume()),
                    Scalar.of(operation.getShrinkVolume().getSubtract().getValue()));
            default -> throw new AssertionError("not for agents: " + operation);
          };
      return new ResourceOperations.Conversion(conversion.consumed(), conversion.converted());
    } catch (InvalidMessageException e) {
      throw new AssertionError("the master must validate", e);
    }
  }

  private static Resources mapped(List<Resource> resources) throws InvalidMessageException {
    return ResourceMapping.toModel(resources);
  }

  private static io.mesocosm.model.resource.Resource one(Resource resource)
      throws InvalidMessageException {
    return mapped(List.of(resource)).entries().getFirst();
  }
}
