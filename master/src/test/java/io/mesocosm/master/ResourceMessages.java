package io.mesocosm.master;

import java.util.List;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.DiskInfo;
import org.apache.mesos.v1.Protos.Resource.ReservationInfo;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.Volume;

/** Operations on resources as schedulers write them. */
final class ResourceMessages {
  private ResourceMessages() {}

  static Resource reserved(String role, String name, double amount) {
    return Launches.scalar(name, amount).toBuilder()
        .addReservations(
            ReservationInfo.newBuilder().setType(ReservationInfo.Type.DYNAMIC).setRole(role))
        .build();
  }

  static Resource volume(String role, String id, double megabytes) {
    return reserved(role, "disk", megabytes).toBuilder()
        .setDisk(
            DiskInfo.newBuilder()
                .setPersistence(DiskInfo.Persistence.newBuilder().setId(id))
                .setVolume(Volume.newBuilder().setContainerPath("data").setMode(Volume.Mode.RW)))
        .build();
  }

  static Resource shared(Resource volume) {
    return volume.toBuilder().setShared(Resource.SharedInfo.getDefaultInstance()).build();
  }

  static Offer.Operation reserve(Resource... resources) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.RESERVE)
        .setReserve(Offer.Operation.Reserve.newBuilder().addAllResources(List.of(resources)))
        .build();
  }

  static Offer.Operation unreserve(Resource... resources) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.UNRESERVE)
        .setUnreserve(Offer.Operation.Unreserve.newBuilder().addAllResources(List.of(resources)))
        .build();
  }

  static Offer.Operation createVolumes(Resource... volumes) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.CREATE)
        .setCreate(Offer.Operation.Create.newBuilder().addAllVolumes(List.of(volumes)))
        .build();
  }

  static Offer.Operation destroy(Resource... volumes) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.DESTROY)
        .setDestroy(Offer.Operation.Destroy.newBuilder().addAllVolumes(List.of(volumes)))
        .build();
  }

  static Offer.Operation grow(Resource volume, Resource addition) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.GROW_VOLUME)
        .setGrowVolume(
            Offer.Operation.GrowVolume.newBuilder().setVolume(volume).setAddition(addition))
        .build();
  }

  static Offer.Operation shrink(Resource volume, double megabytes) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.SHRINK_VOLUME)
        .setShrinkVolume(
            Offer.Operation.ShrinkVolume.newBuilder()
                .setVolume(volume)
                .setSubtract(Value.Scalar.newBuilder().setValue(megabytes)))
        .build();
  }

  static Offer.Operation called(String id, Offer.Operation operation) {
    return operation.toBuilder().setId(OperationID.newBuilder().setValue(id)).build();
  }
}
