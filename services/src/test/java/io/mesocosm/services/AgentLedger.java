package io.mesocosm.services;

import io.mesocosm.model.resource.Conversions;
import io.mesocosm.model.resource.Conversions.Conversion;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * What a fake agent has, keeps for whom, and gives to which task. It does what offers are accepted
 * for as a master would: what is not in the offer cannot be used, and drops the operation.
 */
final class AgentLedger {
  final String hostname;
  Resources total;
  final Map<String, Resources> usedByTask = new LinkedHashMap<>();
  // Ids of volumes that were ever made, and destroyed.
  final List<String> created = new ArrayList<>();
  final List<String> destroyed = new ArrayList<>();
  final List<String> dropped = new ArrayList<>();
  // Kinds of operations that are lost on the way.
  final SortedSet<Offer.Operation.Type> dropping = new TreeSet<>();

  /**
   * @param resources as operators write them, all unreserved
   */
  AgentLedger(String hostname, Resources resources) {
    this.hostname = hostname;
    this.total = resources;
  }

  String agentId() {
    return "agent-" + hostname;
  }

  Resources free() {
    return total.minus(Resources.sum(usedByTask.values()));
  }

  Resources reserved() {
    return total.reserved();
  }

  List<String> volumes() {
    return total.persistentVolumes().entries().stream()
        .map(volume -> volume.volumeId().orElseThrow())
        .toList();
  }

  Offer offer(String id, String frameworkId, String role) {
    Offer.Builder offer =
        Offer.newBuilder()
            .setId(OfferID.newBuilder().setValue(id))
            .setFrameworkId(FrameworkID.newBuilder().setValue(frameworkId))
            .setAgentId(AgentID.newBuilder().setValue(agentId()))
            .setHostname(hostname);
    offer.getAllocationInfoBuilder().setRole(role);
    Resources offered = free().filter(resource -> resource.isAllocatableTo(role)).allocatedTo(role);
    return offer.addAllResources(ResourceMapping.toProtoLegacy(offered)).build();
  }

  /** Carries the operations out on what was offered, one after the other. */
  void accept(Offer offer, List<Offer.Operation> operations) {
    Resources left = read(offer.getResourcesList());
    for (Offer.Operation operation : operations) {
      if (dropping.contains(operation.getType())) {
        dropped.add(operation.getType().name());
        continue;
      }
      try {
        left = carryOut(operation, left);
      } catch (IllegalStateException | IllegalArgumentException e) {
        dropped.add(operation.getType() + ": " + e.getMessage());
      }
    }
  }

  private Resources carryOut(Offer.Operation operation, Resources left) {
    return switch (operation.getType()) {
      case RESERVE ->
          convert(
              left,
              Conversions.reserve(read(operation.getReserve().getResourcesList()), Resources.NONE));
      case UNRESERVE ->
          convert(left, Conversions.unreserve(read(operation.getUnreserve().getResourcesList())));
      case CREATE -> {
        Resources volumes = read(operation.getCreate().getVolumesList());
        Resources after = convert(left, Conversions.create(volumes));
        volumes.entries().forEach(one -> created.add(one.volumeId().orElseThrow()));
        yield after;
      }
      case DESTROY -> {
        Resources volumes = read(operation.getDestroy().getVolumesList());
        Resources after = convert(left, Conversions.destroy(volumes));
        volumes.entries().forEach(one -> destroyed.add(one.volumeId().orElseThrow()));
        yield after;
      }
      case LAUNCH -> {
        Resources after = left;
        for (TaskInfo task : operation.getLaunch().getTaskInfosList()) {
          Resources taken = read(task.getResourcesList());
          after = after.minus(taken);
          usedByTask.put(task.getTaskId().getValue(), taken.unallocated());
        }
        yield after;
      }
      case LAUNCH_GROUP -> {
        Resources executor = read(operation.getLaunchGroup().getExecutor().getResourcesList());
        Resources after = left;
        for (TaskInfo task : operation.getLaunchGroup().getTaskGroup().getTasksList()) {
          Resources taken = read(task.getResourcesList()).plus(executor);
          after = after.minus(taken);
          usedByTask.put(task.getTaskId().getValue(), taken.unallocated());
          executor = Resources.NONE;
        }
        yield after;
      }
      case UNKNOWN, GROW_VOLUME, SHRINK_VOLUME, CREATE_DISK, DESTROY_DISK ->
          throw new IllegalArgumentException("nobody asks for " + operation.getType());
    };
  }

  private Resources convert(Resources left, Conversion conversion) {
    Resources after = left.convert(conversion);
    total = total.convert(conversion.unallocated());
    return after;
  }

  void ended(String taskId) {
    usedByTask.remove(taskId);
  }

  private static Resources read(List<Protos.Resource> wire) {
    try {
      return ResourceMapping.toModel(wire);
    } catch (InvalidMessageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The volume of a task that holds one. */
  String volumeOf(String taskId) {
    return usedByTask.getOrDefault(taskId, Resources.NONE).entries().stream()
        .filter(Resource::isPersistentVolume)
        .map(volume -> volume.volumeId().orElseThrow())
        .findFirst()
        .orElse("none");
  }
}
