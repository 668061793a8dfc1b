package io.mesocosm.agent.shell;

import io.mesocosm.agent.ContainerLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Makes the folders that containers start in. */
final class Sandboxes {
  private Sandboxes() {}

  /**
   * Makes the sandbox with mode 0750, owned by the task's user where it has one, and the links
   * beside it.
   */
  static void create(ContainerLaunch launch) throws IOException {
    Path sandbox = Path.of(launch.sandbox());
    Files.createDirectories(sandbox);
    Files.setPosixFilePermissions(sandbox, PosixFilePermissions.fromString("rwxr-x---"));
    for (String shared : launch.sharedFolders()) {
      Files.createDirectories(Path.of(shared));
    }
    if (launch.user().isPresent()) {
      UserPrincipal owner = owner(sandbox, launch.user().get());
      Files.setOwner(sandbox, owner);
      for (String volume : launch.persistentFolders()) {
        Files.setOwner(Path.of(volume), owner);
      }
      for (String shared : launch.sharedFolders()) {
        Files.setOwner(Path.of(shared), owner);
      }
    }
    for (ContainerLaunch.SandboxLink link : launch.links()) {
      replaceLink(link);
    }
  }

  private static UserPrincipal owner(Path sandbox, String user) throws IOException {
    try {
      return sandbox.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException(
          "user " + user + " does not exist on this machine: create it or set command.user", e);
    }
  }

  /** Puts the link in place in one step: tasks of one group come at the same time. */
  private static void replaceLink(ContainerLaunch.SandboxLink link) throws IOException {
    Path place = Path.of(link.link());
    Path folder = java.util.Objects.requireNonNull(place.getParent());
    Files.createDirectories(folder);
    Path fresh = Files.createTempDirectory(folder, ".link");
    try {
      Path made = Files.createSymbolicLink(fresh.resolve("link"), Path.of(link.target()));
      Files.move(
          made,
          place,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
