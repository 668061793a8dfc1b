package io.mesocosm.master;

import java.util.ArrayList;
import java.util.List;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.master.Protos.Call;

/** The resource calls of the operator API as the operations that they stand for. */
final class OperatorOperations {
  private OperatorOperations() {}

  static AgentID agent(Call call) {
    return switch (call.getType()) {
      case RESERVE_RESOURCES -> call.getReserveResources().getAgentId();
      case UNRESERVE_RESOURCES -> call.getUnreserveResources().getAgentId();
      case CREATE_VOLUMES -> call.getCreateVolumes().getAgentId();
      case DESTROY_VOLUMES -> call.getDestroyVolumes().getAgentId();
      case GROW_VOLUME -> call.getGrowVolume().getAgentId();
      case SHRINK_VOLUME -> call.getShrinkVolume().getAgentId();
      default -> throw new IllegalArgumentException(call.getType() + " is no resource call");
    };
  }

  static Operation of(Call call) {
    Operation.Builder operation = Operation.newBuilder();
    switch (call.getType()) {
      case RESERVE_RESOURCES ->
          operation
              .setType(Operation.Type.RESERVE)
              .getReserveBuilder()
              .addAllSource(call.getReserveResources().getSourceList())
              .addAllResources(call.getReserveResources().getResourcesList());
      case UNRESERVE_RESOURCES ->
          operation
              .setType(Operation.Type.UNRESERVE)
              .getUnreserveBuilder()
              .addAllResources(call.getUnreserveResources().getResourcesList());
      case CREATE_VOLUMES ->
          operation
              .setType(Operation.Type.CREATE)
              .getCreateBuilder()
              .addAllVolumes(call.getCreateVolumes().getVolumesList());
      case DESTROY_VOLUMES ->
          operation
              .setType(Operation.Type.DESTROY)
              .getDestroyBuilder()
              .addAllVolumes(call.getDestroyVolumes().getVolumesList());
      case GROW_VOLUME ->
          operation
              .setType(Operation.Type.GROW_VOLUME)
              .getGrowVolumeBuilder()
              .setVolume(call.getGrowVolume().getVolume())
              .setAddition(call.getGrowVolume().getAddition());
      case SHRINK_VOLUME ->
          operation
              .setType(Operation.Type.SHRINK_VOLUME)
              .getShrinkVolumeBuilder()
              .setVolume(call.getShrinkVolume().getVolume())
              .setSubtract(call.getShrinkVolume().getSubtract());
      default -> throw new IllegalArgumentException(call.getType() + " is no resource call");
    }
    return operation.build();
  }

  /** Every resource that the operation names. */
  static List<Resource> resources(Operation operation) {
    List<Resource> all = new ArrayList<>(operation.getReserve().getSourceList());
    all.addAll(operation.getReserve().getResourcesList());
    all.addAll(operation.getUnreserve().getResourcesList());
    all.addAll(operation.getCreate().getVolumesList());
    all.addAll(operation.getDestroy().getVolumesList());
    if (operation.hasGrowVolume()) {
      all.add(operation.getGrowVolume().getVolume());
      all.add(operation.getGrowVolume().getAddition());
    }
    if (operation.hasShrinkVolume()) {
      all.add(operation.getShrinkVolume().getVolume());
    }
    return all;
  }

  /** The roles that resources are reserved for, in either form of reservations. */
  @SuppressWarnings("deprecation") // clients of before refinement still send the old form
  static List<String> roles(List<Resource> resources) {
    return resources.stream()
        .map(resource ->
            resource.getReservationsCount() > 0
                ? resource.getReservations(resource.getReservationsCount() - 1).getRole()
                : resource.getRole())
        .distinct()
        .toList();
  }

  /** Who has reserved them, as far as the call says. */
  @SuppressWarnings("deprecation") // as above
  static List<String> reservers(List<Resource> resources) {
    return resources.stream()
        .map(resource ->
            resource.getReservationsCount() > 0
                ? resource.getReservations(resource.getReservationsCount() - 1).getPrincipal()
                : resource.getReservation().getPrincipal())
        .distinct()
        .toList();
  }
}
