package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a plain process finds in its sandbox: output files, and links to its volumes. */
final class SandboxFiles {
  private SandboxFiles() {}

  /** Makes the files stdout and stderr where they are missing. */
  static void makeOutputs(ContainerSpec spec, Optional<Account> account) throws ContainerException {
    for (String name : List.of("stdout", "stderr")) {
      Path file = spec.sandbox().resolve(name);
      try {
        // a link could have come with an unpacked archive, to have a file elsewhere written
        Files.newByteChannel(
                file,
                Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND,
                    LinkOption.NOFOLLOW_LINKS))
            .close();
        if (account.isPresent()) {
          Files.setAttribute(file, "unix:uid", Integer.parseInt(account.get().userId()));
          Files.setAttribute(file, "unix:gid", Integer.parseInt(account.get().groupId()));
        }
      } catch (IOException failure) {
        throw new ContainerException(
            "cannot write %s of container %s: %s".formatted(file, spec.id(), failure.getMessage()),
            failure);
      }
    }
  }

  /**
   * Links the volumes into the sandbox. Without a file system of its own a process cannot have a
   * folder of the machine at another absolute path, nor be kept from writing to it.
   *
   * @return the links made, for when the launch fails later
   */
  static List<Path> linkVolumes(ContainerSpec spec) throws ContainerException {
    List<Path> links = new ArrayList<>();
    try {
      for (VolumeMount volume : spec.volumes()) {
        link(spec, volume).ifPresent(links::add);
      }
    } catch (ContainerException failure) {
      removeLinks(links, failure);
      throw failure;
    }
    return links;
  }

  /** Undoes {@link #linkVolumes} because of a failure, which hears of any failure here. */
  static void removeLinks(List<Path> links, Exception because) {
    for (Path link : links) {
      try {
        Files.deleteIfExists(link);
      } catch (IOException failure) {
        because.addSuppressed(failure);
      }
    }
  }

  private static Optional<Path> link(ContainerSpec spec, VolumeMount volume)
      throws ContainerException {
    Path host = spec.sandbox().resolve(volume.hostPath()).normalize();
    if (volume.readOnly()) {
      throw refused(spec, volume, "cannot be read-only for a plain process: make it RW");
    }
    if (!Files.exists(host)) {
      throw refused(spec, volume, "does not exist on this machine");
    }
    Path wanted = Path.of(volume.containerPath());
    if (wanted.isAbsolute()) {
      if (wanted.normalize().equals(host)) {
        return Optional.empty();
      }
      throw refused(
          spec,
          volume,
          "cannot appear at another absolute path for a plain process: use a relative"
              + " container path, or an image");
    }
    Path link = spec.sandbox().resolve(wanted).normalize();
    if (!link.startsWith(spec.sandbox().normalize()) || link.equals(spec.sandbox().normalize())) {
      throw refused(spec, volume, "must stay inside the sandbox");
    }
    try {
      if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(host)) {
        return Optional.empty();
      }
      Files.createDirectories(link.getParent());
      return Optional.of(Files.createSymbolicLink(link, host));
    } catch (IOException failure) {
      throw new ContainerException(
          "cannot link volume %s into the sandbox as %s: %s"
              .formatted(volume.hostPath(), link, failure),
          failure);
    }
  }

  private static ContainerException refused(
      ContainerSpec spec, VolumeMount volume, String problem) {
    return new ContainerException(
        "volume %s:%s of container %s %s"
            .formatted(volume.hostPath(), volume.containerPath(), spec.id(), problem));
  }
}
