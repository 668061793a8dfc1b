package io.mesocosm.protocol;

import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Labels;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Resource.DiskInfo;
import org.apache.mesos.v1.Protos.Volume;

/** Between what the wire says of a disk and the model (contracts/mesos-allocation.md §8). */
final class DiskMapping {
  private DiskMapping() {}

  /**
   * @param provided whether the disk comes from a resource provider, which may mount it later
   * @throws IllegalArgumentException saying what is wrong
   */
  static Disk toModel(DiskInfo info, boolean provided) {
    return new Disk(
        info.hasSource() ? Optional.of(source(info.getSource(), provided)) : Optional.empty(),
        info.hasPersistence() ? Optional.of(persistence(info.getPersistence())) : Optional.empty(),
        info.hasVolume() ? Optional.of(mount(info.getVolume())) : Optional.empty());
  }

  static DiskInfo toProto(Disk disk) {
    DiskInfo.Builder info = DiskInfo.newBuilder();
    disk.source().ifPresent(source -> info.setSource(source(source)));
    disk.persistence()
        .ifPresent(persistence -> {
          info.getPersistenceBuilder().setId(persistence.id());
          persistence.principal().ifPresent(info.getPersistenceBuilder()::setPrincipal);
        });
    disk.volume()
        .ifPresent(mount ->
            info.getVolumeBuilder()
                .setContainerPath(mount.containerPath())
                .setMode(mount.readOnly() ? Volume.Mode.RO : Volume.Mode.RW));
    return info.build();
  }

  private static Disk.Persistence persistence(DiskInfo.Persistence persistence) {
    return new Disk.Persistence(
        persistence.getId(),
        persistence.hasPrincipal() ? Optional.of(persistence.getPrincipal()) : Optional.empty());
  }

  private static Disk.VolumeMount mount(Volume volume) {
    if (volume.hasHostPath() || volume.hasImage() || volume.hasSource()) {
      throw new IllegalArgumentException(
          "a persistent volume has a place on its disk; host_path, image and source may not be"
              + " set");
    }
    return new Disk.VolumeMount(volume.getContainerPath(), volume.getMode() == Volume.Mode.RO);
  }

  private static Disk.Source source(DiskInfo.Source source, boolean provided) {
    Disk.Type type =
        switch (source.getType()) {
          case PATH -> Disk.Type.PATH;
          case MOUNT -> Disk.Type.MOUNT;
          case BLOCK -> Disk.Type.BLOCK;
          case RAW -> Disk.Type.RAW;
          case UNKNOWN ->
              throw new IllegalArgumentException(
                  "the type of a disk source must be PATH, MOUNT, BLOCK or RAW");
        };
    boolean path = type == Disk.Type.PATH;
    boolean mount = type == Disk.Type.MOUNT;
    if ((source.hasPath() && !path) || (source.hasMount() && !mount)) {
      throw new IllegalArgumentException(
          "a disk source of type " + type + " may not have the field of another type");
    }
    Optional<String> root = Optional.empty();
    if (source.getPath().hasRoot()) {
      root = Optional.of(source.getPath().getRoot());
    } else if (source.getMount().hasRoot()) {
      root = Optional.of(source.getMount().getRoot());
    }
    if (root.isEmpty() && (path || mount) && !provided) {
      throw new IllegalArgumentException(
          "a disk source of type " + type + " needs a root, the directory that it lies in");
    }
    return new Disk.Source(
        type,
        root,
        source.hasVendor() ? Optional.of(source.getVendor()) : Optional.empty(),
        source.hasId() ? Optional.of(source.getId()) : Optional.empty(),
        source.hasMetadata() ? LabelMapping.toModel(source.getMetadata()) : Labels.NONE,
        source.hasProfile() ? Optional.of(source.getProfile()) : Optional.empty());
  }

  private static DiskInfo.Source source(Disk.Source source) {
    DiskInfo.Source.Builder message = DiskInfo.Source.newBuilder();
    switch (source.type()) {
      case PATH -> {
        message.setType(DiskInfo.Source.Type.PATH);
        source.root().ifPresent(root -> message.getPathBuilder().setRoot(root));
      }
      case MOUNT -> {
        message.setType(DiskInfo.Source.Type.MOUNT);
        source.root().ifPresent(root -> message.getMountBuilder().setRoot(root));
      }
      case BLOCK -> message.setType(DiskInfo.Source.Type.BLOCK);
      case RAW -> message.setType(DiskInfo.Source.Type.RAW);
    }
    source.vendor().ifPresent(message::setVendor);
    source.id().ifPresent(message::setId);
    if (!source.metadata().isEmpty()) {
      message.setMetadata(LabelMapping.toProto(source.metadata()));
    }
    source.profile().ifPresent(message::setProfile);
    return message.build();
  }
}
