package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.util.List;
import org.apache.mesos.v1.Protos.Resource;

/**
 * What an agent keeps over its end: what operations have made of its resources, and what it has to
 * tell of them.
 *
 * @param total everything that the agent has, in the reservations form; empty before the first
 *     operation
 * @param operations whose last status is not acknowledged, oldest first
 * @param applied the uuids of the latest operations, oldest first, so that none is applied twice
 */
public record StoredState(
    List<Resource> total, List<LinkCall.UpdateOperation> operations, List<ByteString> applied) {
  public static final StoredState NONE = new StoredState(List.of(), List.of(), List.of());

  public StoredState {
    total = List.copyOf(total);
    operations = List.copyOf(operations);
    applied = List.copyOf(applied);
  }

  /**
   * The same with a total that fits what the agent is started with now: the reservations and
   * volumes made at run time are kept, everything else follows the flags (V9).
   *
   * @param resources as the flags and the machine say, in the reservations form
   * @throws IllegalStateException if the agent lacks what a reservation or volume was made of
   */
  public StoredState adjustedTo(List<Resource> resources) {
    if (total.isEmpty()) {
      return this;
    }
    try {
      Resources made =
          ResourceMapping.toModel(total).filter(it -> !OperationConversion.original(it).equals(it));
      Resources needed = made.map(OperationConversion::original);
      Resources now = ResourceMapping.toModel(resources);
      if (!now.contains(needed)) {
        throw new IllegalStateException(
            "the agent has reservations or volumes made of "
                + needed
                + ", and --resources now gives "
                + now
                + ": start it with --resources that hold at least those, as before; what is no longer"
                + " wanted, unreserve and destroy through the master, then start it with less");
      }
      Resources adjusted = now.minus(needed).plus(made);
      return new StoredState(ResourceMapping.toProto(adjusted), operations, applied);
    } catch (InvalidMessageException e) {
      throw new IllegalStateException(
          "the resources in the agent's state are not valid: " + e.getMessage(), e);
    }
  }
}
