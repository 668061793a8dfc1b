package io.mesocosm.agent;

import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.CommandInfo;

/**
 * A container to start: what becomes a {@link ContainerSpec}. Paths are text here, because the core
 * only writes them down.
 *
 * @param sandbox absolute; does not exist yet
 * @param command what to execute; absent means the image's own
 * @param environment exactly the container's environment, apart from what the engine or image adds
 * @param docker absent for a plain process
 * @param user who runs it and owns the sandbox; absent: as the engine does by default
 * @param links symbolic links to make beside the sandbox, replacing what is there
 * @param persistentFolders of the persistent volumes among the volumes, absolute, but for shared
 *     ones: they become the user's as the sandbox does
 * @param sandboxFolders that volumes name: made unless they are there, and then the user's
 * @param uris to fetch into the sandbox before the start, in this order
 */
public record ContainerLaunch(
    ContainerId id,
    String sandbox,
    Optional<ContainerSpec.Command> command,
    SortedMap<String, String> environment,
    double cpus,
    double memoryMegabytes,
    List<ContainerSpec.VolumeMount> volumes,
    Optional<ContainerSpec.Docker> docker,
    Optional<String> user,
    SortedMap<String, String> labels,
    Duration launchTimeout,
    List<SandboxLink> links,
    List<String> persistentFolders,
    List<SandboxFolder> sandboxFolders,
    List<CommandInfo.URI> uris) {
  public ContainerLaunch {
    volumes = List.copyOf(volumes);
    links = List.copyOf(links);
    persistentFolders = List.copyOf(persistentFolders);
    sandboxFolders = List.copyOf(sandboxFolders);
    uris = List.copyOf(uris);
  }

  /**
   * A folder in a sandbox: the container's own, or the one of its group's executor.
   *
   * @param sandbox absolute
   * @param path relative, without {@code ..}
   */
  public record SandboxFolder(String sandbox, String path) {}

  /**
   * A symbolic link in the work directory.
   *
   * @param link absolute
   * @param target relative to the link's folder
   */
  public record SandboxLink(String link, String target) {}
}
