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
 * @param persistentFolders of the persistent volumes among the volumes, absolute: they become the
 *     user's as the sandbox does
 * @param sharedFolders of the sandbox that the tasks of a group share, absolute: made unless they
 *     are there
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
    List<String> sharedFolders,
    List<CommandInfo.URI> uris) {
  public ContainerLaunch {
    volumes = List.copyOf(volumes);
    links = List.copyOf(links);
    persistentFolders = List.copyOf(persistentFolders);
    sharedFolders = List.copyOf(sharedFolders);
    uris = List.copyOf(uris);
  }

  /**
   * A symbolic link in the work directory.
   *
   * @param link absolute
   * @param target relative to the link's folder
   */
  public record SandboxLink(String link, String target) {}
}
