package io.mesocosm.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Volume;
import org.apache.mesos.v1.Protos.Volume.Source.SandboxPath;

/**
 * The persistent volumes of a group's executor. They lie in its sandbox, as far as tasks of the
 * group are concerned: a task that asks for that folder of the sandbox gets the volume.
 */
final class GroupVolumes {
  private GroupVolumes() {}

  /** What the task wants, with the executor's volumes that it asks for as its own. */
  static ContainerWish wish(Task task) {
    ContainerWish wish = ContainerWish.of(task.info());
    List<Resource> shared =
        task.isInGroup()
            ? task.executor().info().map(ExecutorInfo::getResourcesList).orElse(List.of()).stream()
                .filter(PersistentVolumes::isVolume)
                .toList()
            : List.of();
    if (shared.isEmpty()) {
      return wish;
    }
    ContainerInfo.Builder container = wish.container().toBuilder().clearVolumes();
    List<Resource> resources = new ArrayList<>(wish.resources());
    for (Volume volume : wish.container().getVolumesList()) {
      Optional<Resource> asked = shared.stream().filter(one -> isAskedFor(one, volume)).findFirst();
      asked.ifPresentOrElse(
          one -> resources.add(seenAs(volume, one)), () -> container.addVolumes(volume));
    }
    return new ContainerWish(wish.command(), container.build(), resources);
  }

  private static boolean isAskedFor(Resource shared, Volume volume) {
    SandboxPath path = volume.getSource().getSandboxPath();
    return volume.getSource().getType() == Volume.Source.Type.SANDBOX_PATH
        && path.getType() == SandboxPath.Type.PARENT
        && path.getPath().equals(shared.getDisk().getVolume().getContainerPath());
  }

  private static Resource seenAs(Volume volume, Resource shared) {
    Resource.Builder seen = shared.toBuilder();
    Volume.Builder place = seen.getDiskBuilder().getVolumeBuilder();
    place.setContainerPath(volume.getContainerPath());
    if (volume.getMode() == Volume.Mode.RO) {
      place.setMode(Volume.Mode.RO);
    }
    return seen.build();
  }
}
