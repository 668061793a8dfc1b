package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Pattern;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.DiskInfo;
import org.apache.mesos.v1.Protos.Volume;

/** Where persistent volumes lie (contracts/mesos-allocation.md §8, D3 and D7). */
final class PersistentVolumes {
  private static final Pattern BAD_ID = Pattern.compile(".*[/\\x00-\\x1f\\x7f].*|\\.|\\.\\.|");

  private PersistentVolumes() {}

  static boolean isVolume(Resource resource) {
    return resource.hasDisk() && resource.getDisk().hasPersistence();
  }

  /** Whether the volume is all that its disk holds. */
  static boolean isWholeMount(Resource resource) {
    return resource.getDisk().hasSource()
        && resource.getDisk().getSource().getType() == DiskInfo.Source.Type.MOUNT;
  }

  /** What makes a volume's id unfit for the name of a folder. */
  static Optional<String> problem(Resource volume) {
    String id = volume.getDisk().getPersistence().getId();
    return BAD_ID.matcher(id).matches()
        ? Optional.of(
            "persistence id '"
                + id
                + "' cannot name a folder: use no slash or control"
                + " character, nor . or ..")
        : Optional.empty();
  }

  /** The folder of a volume, absolute. */
  static String path(Resource volume, String workDir) {
    DiskInfo disk = volume.getDisk();
    // No role holds a space: else the volumes of a/b would lie within those of a.
    String role = role(volume).replace('/', ' ');
    String below = "/volumes/roles/" + role + "/" + disk.getPersistence().getId();
    if (!disk.hasSource()) {
      return workDir + below;
    }
    return switch (disk.getSource().getType()) {
      case MOUNT -> root(disk.getSource().getMount().getRoot(), workDir);
      case PATH -> root(disk.getSource().getPath().getRoot(), workDir) + below;
      case UNKNOWN, BLOCK, RAW -> workDir + below;
    };
  }

  /** The volumes among the resources of a container, as it shall see them. */
  static List<VolumeMount> mounts(List<Resource> resources, String workDir) {
    SequencedSet<VolumeMount> mounts = new LinkedHashSet<>();
    for (Resource resource : resources) {
      if (isVolume(resource)) {
        Volume volume = resource.getDisk().getVolume();
        mounts.add(
            new VolumeMount(
                path(resource, workDir),
                volume.getContainerPath(),
                volume.getMode() == Volume.Mode.RO));
      }
    }
    return new ArrayList<>(mounts);
  }

  @SuppressWarnings("deprecation") // role is out of use in the .proto files, not in clients
  private static String role(Resource resource) {
    return resource.getReservationsCount() > 0
        ? resource.getReservations(resource.getReservationsCount() - 1).getRole()
        : resource.getRole();
  }

  private static String root(String given, String workDir) {
    String root = given.startsWith("/") ? given : workDir + "/" + given;
    return root.length() > 1 && root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
  }
}
