package io.mesocosm.containerizer.docker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where Docker is, and how it is used.
 *
 * @param socket of the daemon, e.g. {@code unix:///var/run/docker.sock}
 * @param workFolder of the agent: its containers carry it as label {@code mesocosm.work_dir}, which
 *     tells them from those of other agents on the same daemon
 * @param callTimeout how long the daemon may take to answer a call that only asks or changes
 *     something: not one that pulls, or waits for a container
 * @param sandboxFolder where containers see their sandbox, absolute
 * @param configFolder holds {@code config.json} with credentials of registries; absent: {@code
 *     ~/.docker}. A sandbox with a {@code .docker/config.json} comes first (contract D14)
 */
public record DockerOptions(
    URI socket,
    Path workFolder,
    Duration callTimeout,
    String sandboxFolder,
    Optional<Path> configFolder) {

  /** The daemon of this machine at its usual socket. */
  public static DockerOptions of(Path workFolder) {
    return new DockerOptions(
        URI.create("unix:///var/run/docker.sock"),
        workFolder,
        Duration.ofMinutes(2),
        "/mnt/mesos/sandbox",
        Optional.empty());
  }

  public DockerOptions withSocket(URI socket) {
    return new DockerOptions(socket, workFolder, callTimeout, sandboxFolder, configFolder);
  }
}
