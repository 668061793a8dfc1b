package io.mesocosm.agent.shell;

import io.mesocosm.agent.ContainerLaunch;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;

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
    List<Path> made = new ArrayList<>();
    for (ContainerLaunch.SandboxFolder folder : launch.sandboxFolders()) {
      made.addAll(make(folder));
    }
    if (launch.user().isPresent()) {
      UserPrincipal owner = owner(sandbox, launch.user().get());
      Files.setOwner(sandbox, owner);
      for (String volume : launch.persistentFolders()) {
        Files.setOwner(Path.of(volume), owner);
      }
      for (Path folder : made) {
        Files.setOwner(folder, owner);
      }
    }
    for (ContainerLaunch.SandboxLink link : launch.links()) {
      replaceLink(link);
    }
  }

  /**
   * Makes what there is not yet of a folder. A link on the way is refused: tasks write to
   * sandboxes, and would be given what lies beyond it.
   *
   * @return what was made
   */
  private static List<Path> make(ContainerLaunch.SandboxFolder folder) throws IOException {
    List<Path> made = new ArrayList<>();
    Path at = Path.of(folder.sandbox());
    Files.createDirectories(at);
    for (Path name : Path.of(folder.path()).normalize()) {
      at = at.resolve(name);
      if (Files.isSymbolicLink(at)) {
        throw new IOException(
            "volume source " + folder.path() + " leads out of the sandbox: " + at + " is a link");
      }
      if (!Files.isDirectory(at) && makeOnce(at)) {
        made.add(at);
      }
    }
    return made;
  }

  /** Whether it was made here: tasks of one group come at the same time. */
  private static boolean makeOnce(Path folder) throws IOException {
    try {
      Files.createDirectory(folder);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      throw e;
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
