package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import java.util.List;
import java.util.Locale;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.scheduler.Protos.Event;

/** Operations and what is said of them, on the wire. */
final class OperationMessages {
  private OperationMessages() {}

  static Event event(OperationStatus status) {
    return Event.newBuilder()
        .setType(Event.Type.UPDATE_OPERATION_STATUS)
        .setUpdateOperationStatus(Event.UpdateOperationStatus.newBuilder().setStatus(status))
        .build();
  }

  /** Of the master's own: without a uuid, never to be acknowledged. */
  static OperationStatus status(KnownOperation operation, OperationState state, String message) {
    OperationStatus.Builder status =
        OperationStatus.newBuilder().setState(state).setAgentId(wire(operation.agent()));
    operation.id().ifPresent(status::setOperationId);
    if (!message.isEmpty()) {
      status.setMessage(message);
    }
    return status.build();
  }

  /** What the agent said, with what the framework needs to acknowledge it. */
  static OperationStatus status(OperationStatus told, KnownOperation operation) {
    OperationStatus.Builder status = told.toBuilder();
    if (!told.hasAgentId()) {
      status.setAgentId(wire(operation.agent()));
    }
    operation.id().ifPresent(status::setOperationId);
    return status.build();
  }

  /** Before it is known on which agent it should have been. */
  static OperationStatus error(OperationID id, String message) {
    return OperationStatus.newBuilder()
        .setOperationId(id)
        .setState(OperationState.OPERATION_ERROR)
        .setMessage(message)
        .build();
  }

  static OperationStatus error(OperationID id, AgentId agent, String message) {
    return OperationStatus.newBuilder()
        .setOperationId(id)
        .setState(OperationState.OPERATION_ERROR)
        .setAgentId(wire(agent))
        .setMessage(message)
        .build();
  }

  /** For whoever asks: not to be acknowledged (F7). */
  static OperationStatus latest(KnownOperation operation) {
    return operation
        .latest()
        .map(status -> status.toBuilder().clearUuid().build())
        .orElseGet(() -> status(operation, OperationState.OPERATION_PENDING, ""));
  }

  /** As metrics call it, e.g. {@code finished}. */
  static String shortName(OperationState state) {
    return state.name().substring("OPERATION_".length()).toLowerCase(Locale.ROOT);
  }

  /** The same operation on what nobody is allocated, as agents know their resources. */
  static Offer.Operation unallocated(Offer.Operation operation) {
    Offer.Operation.Builder bare = operation.toBuilder();
    if (operation.hasReserve()) {
      strip(bare.getReserveBuilder().getSourceBuilderList());
      strip(bare.getReserveBuilder().getResourcesBuilderList());
    }
    if (operation.hasUnreserve()) {
      strip(bare.getUnreserveBuilder().getResourcesBuilderList());
    }
    if (operation.hasCreate()) {
      strip(bare.getCreateBuilder().getVolumesBuilderList());
    }
    if (operation.hasDestroy()) {
      strip(bare.getDestroyBuilder().getVolumesBuilderList());
    }
    if (operation.hasGrowVolume()) {
      bare.getGrowVolumeBuilder().getVolumeBuilder().clearAllocationInfo();
      bare.getGrowVolumeBuilder().getAdditionBuilder().clearAllocationInfo();
    }
    if (operation.hasShrinkVolume()) {
      bare.getShrinkVolumeBuilder().getVolumeBuilder().clearAllocationInfo();
    }
    return bare.build();
  }

  private static void strip(List<Resource.Builder> resources) {
    resources.forEach(Resource.Builder::clearAllocationInfo);
  }

  private static AgentID wire(AgentId agent) {
    return AgentID.newBuilder().setValue(agent.value()).build();
  }
}
