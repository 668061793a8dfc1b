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
 * @param keepsOrphans whether containers of an earlier run that nobody wants any more are left
 *     alone
 */
public record DockerOptions(
    URI socket,
    Path workFolder,
    Duration callTimeout,
    String sandboxFolder,
    Optional<Path> configFolder,
    boolean keepsOrphans) {

  /** The daemon of this machine at its usual socket. */
  public static DockerOptions of(Path workFolder) {
    return new DockerOptions(
        URI.create("unix:///var/run/docker.sock"),
        workFolder,
        Duration.ofMinutes(2),
        "/mnt/mesos/sandbox",
        Optional.empty(),
        false);
  }

  public DockerOptions withSocket(URI socket) {
    return new DockerOptions(
        socket, workFolder, callTimeout, sandboxFolder, configFolder, keepsOrphans);
  }

  /**
   * @param folder where containers see their sandbox, absolute
   */
  public DockerOptions withSandboxFolder(String folder) {
    return new DockerOptions(socket, workFolder, callTimeout, folder, configFolder, keepsOrphans);
  }

  public DockerOptions withOrphansKept(boolean kept) {
    return new DockerOptions(socket, workFolder, callTimeout, sandboxFolder, configFolder, kept);
  }
}
