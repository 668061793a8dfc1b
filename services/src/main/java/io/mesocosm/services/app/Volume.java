package io.mesocosm.services.app;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a container sees in its file system beside its image and its sandbox. */
public sealed interface Volume {
  /** How a volume may be used; the names are those of the API. */
  enum Mode {
    /** Read only. */
    RO,
    /** Read and write. */
    RW
  }

  /** Where the container sees it; of a pod's volume, its name. */
  String containerPath();

  /** A folder or file of the host. */
  record Host(String containerPath, String hostPath, Mode mode) implements Volume {}

  /**
   * A part of an agent's disk that is kept for an instance when its tasks end.
   *
   * @param size megabytes
   * @param sizeMax megabytes, of {@link DiskType#MOUNT} only
   * @param constraints on the {@code path} of the disk, not of {@link DiskType#ROOT}
   */
  record Persistent(
      String containerPath,
      Mode mode,
      DiskType type,
      long size,
      OptionalLong sizeMax,
      Optional<String> profileName,
      List<Constraint> constraints)
      implements Volume {
    public Persistent {
      constraints = List.copyOf(constraints);
    }
  }

  /** Kinds of disks; the names, in small letters, are those of the API. */
  enum DiskType {
    /** The agent's own disk. */
    ROOT,
    /** A folder that an operator offers. */
    PATH,
    /** A whole file system that an operator offers. */
    MOUNT
  }

  /**
   * A volume of a storage driver.
   *
   * @param provider {@code dvdi} or {@code csi}
   * @param size gigabytes
   * @param shared whether several instances may use it at once
   * @param options as the driver takes them; of {@code csi} flattened to paths
   */
  record External(
      String containerPath,
      Mode mode,
      String name,
      String provider,
      OptionalLong size,
      boolean shared,
      SortedMap<String, String> options)
      implements Volume {
    public External {
      options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    }
  }

  /**
   * A secret, as a file.
   *
   * @param secret a name out of the definition's secrets
   */
  record SecretFile(String containerPath, String secret) implements Volume {}

  /** A folder that lives as long as its pod's instance; of pods only. */
  record Ephemeral(String containerPath) implements Volume {}
}
