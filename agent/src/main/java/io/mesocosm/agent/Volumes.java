package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.Volume;
import org.apache.mesos.v1.Protos.Volume.Source.SandboxPath;

/** Reads a task's volumes (contracts/mesos-containerization.md §6): folders of the machine. */
final class Volumes {
  private Volumes() {}

  static List<String> problems(ContainerInfo container) {
    List<String> problems = new ArrayList<>();
    for (Volume volume : container.getVolumesList()) {
      Optional<String> host = hostPath(volume);
      String path = volume.getContainerPath();
      if (host.isEmpty()) {
        problems.add(
            "volume at " + path + " is of a kind that this version does not have: use host_path");
      } else if (!isAbsolute(host.get()) && !isAbsolute(path) && !isSandboxPath(volume)) {
        problems.add(
            "volume at "
                + path
                + " has a relative host path "
                + host.get()
                + ": one of the two must be absolute");
      } else if (escapes(host.get()) || escapes(path)) {
        problems.add("volume at " + path + " leaves the sandbox: '..' is not allowed");
      }
    }
    return problems;
  }

  /**
   * @param parent the sandbox of a group's executor; absent for a container without one
   */
  static List<VolumeMount> mounts(ContainerInfo container, Optional<String> parent) {
    List<VolumeMount> mounts = new ArrayList<>();
    for (Volume volume : container.getVolumesList()) {
      boolean ofParent = isParentPath(volume);
      hostPath(volume)
          // The folder is in its place already.
          .filter(host -> ofParent || !host.equals(volume.getContainerPath()))
          .map(host -> ofParent && parent.isPresent() ? parent.get() + "/" + host : host)
          .ifPresent(host ->
              mounts.add(
                  new VolumeMount(
                      host, volume.getContainerPath(), volume.getMode() == Volume.Mode.RO)));
    }
    return mounts;
  }

  /**
   * The folders of sandboxes that volumes name: the container's own, and those of a group's
   * executor that a task of the group wants to see (P11).
   *
   * @param parent as of {@link #mounts}
   */
  static List<ContainerLaunch.SandboxFolder> folders(
      ContainerInfo container, String sandbox, Optional<String> parent) {
    List<ContainerLaunch.SandboxFolder> folders = new ArrayList<>();
    for (Volume volume : container.getVolumesList()) {
      String within = isParentPath(volume) ? parent.orElse(sandbox) : sandbox;
      if (isSandboxPath(volume)) {
        hostPath(volume)
            .ifPresent(path -> folders.add(new ContainerLaunch.SandboxFolder(within, path)));
      }
    }
    return folders;
  }

  private static Optional<String> hostPath(Volume volume) {
    if (volume.hasImage()) {
      return Optional.empty();
    }
    if (!volume.hasSource()) {
      return volume.hasHostPath() ? Optional.of(volume.getHostPath()) : Optional.empty();
    }
    return switch (volume.getSource().getType()) {
      case HOST_PATH -> Optional.of(volume.getSource().getHostPath().getPath());
      case SANDBOX_PATH -> sandboxPath(volume.getSource().getSandboxPath());
      case UNKNOWN, DOCKER_VOLUME, SECRET, CSI_VOLUME -> Optional.empty();
    };
  }

  private static Optional<String> sandboxPath(SandboxPath sandboxPath) {
    return sandboxPath.getType() != SandboxPath.Type.UNKNOWN && !isAbsolute(sandboxPath.getPath())
        ? Optional.of(sandboxPath.getPath())
        : Optional.empty();
  }

  /** Whether it is a path in the sandbox of the executor that a task of a group shares (P11). */
  private static boolean isParentPath(Volume volume) {
    return isSandboxPath(volume)
        && volume.getSource().getSandboxPath().getType() == SandboxPath.Type.PARENT;
  }

  private static boolean isSandboxPath(Volume volume) {
    return volume.getSource().getType() == Volume.Source.Type.SANDBOX_PATH;
  }

  private static boolean isAbsolute(String path) {
    return path.startsWith("/");
  }

  /** Relative paths are meant to stay below the sandbox. */
  private static boolean escapes(String path) {
    return !isAbsolute(path) && List.of(path.split("/")).contains("..");
  }
}
