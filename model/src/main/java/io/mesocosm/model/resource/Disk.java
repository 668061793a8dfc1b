package io.mesocosm.model.resource;

import io.mesocosm.model.Identifiers;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/**
 * What sets a {@code disk} resource apart from space on the agent's root disk: where it comes from,
 * and whether it is a persistent volume (contracts/mesos-allocation.md §8).
 *
 * <p>Two are equal when their sources are and their volumes have one id: how a volume is mounted,
 * and who made it, does not make it another.
 *
 * @param source absent for the agent's root disk
 * @param persistence present for a persistent volume
 * @param volume where a container sees it; only for persistent volumes
 */
public record Disk(
    Optional<Source> source, Optional<Persistence> persistence, Optional<VolumeMount> volume)
    implements Comparable<Disk> {
  private static final Comparator<Disk> ORDER =
      Comparator.<Disk, Optional<Source>>comparing(
              Disk::source, (a, b) -> ResourceOrder.compareOptional(a, b, Source.ORDER))
          .thenComparing(
              Disk::volumeId,
              (a, b) -> ResourceOrder.compareOptional(a, b, Comparator.naturalOrder()));

  public Disk {
    if (persistence.isEmpty() && volume.isPresent()) {
      throw new IllegalArgumentException(
          "disk has a volume but no persistence; only persistent volumes are mounted");
    }
    if (persistence.isEmpty() && source.isEmpty()) {
      throw new IllegalArgumentException("disk needs a source, a persistence or both");
    }
  }

  /** A disk of the agent's other than its root disk, without a volume. */
  public static Disk of(Source source) {
    return new Disk(Optional.of(source), Optional.empty(), Optional.empty());
  }

  /** A persistent volume on the root disk. */
  public static Disk volume(Persistence persistence, VolumeMount mount) {
    return new Disk(Optional.empty(), Optional.of(persistence), Optional.of(mount));
  }

  public Optional<String> volumeId() {
    return persistence.map(Persistence::id);
  }

  /** The disk that is left when the volume is destroyed; absent for the root disk. */
  public Optional<Disk> withoutVolume() {
    return source.map(Disk::of);
  }

  /** The same disk, made a persistent volume. */
  public static Disk withVolume(
      Optional<Source> source, Persistence persistence, VolumeMount mount) {
    return new Disk(source, Optional.of(persistence), Optional.of(mount));
  }

  /** Whether parts of it can be given to several; see D2, D5 and M4. */
  boolean isDivisible() {
    return persistence.isEmpty() && source.map(Source::isDivisible).orElse(true);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Disk disk
        && source.equals(disk.source)
        && volumeId().equals(disk.volumeId());
  }

  @Override
  public int hashCode() {
    return Objects.hash(source, volumeId());
  }

  @Override
  public int compareTo(Disk other) {
    return ORDER.compare(this, other);
  }

  /** What kind of disk it comes from. */
  public enum Type {
    /** A directory, of which any part can be used. */
    PATH,
    /** A file system of its own, used as a whole. */
    MOUNT,
    /** A raw block device of a storage provider, used as a whole. */
    BLOCK,
    /** Space of a storage provider that is not made a disk yet; with an id, used as a whole. */
    RAW
  }

  /**
   * Where it comes from.
   *
   * @param root the directory of a PATH or MOUNT disk; relative to the agent's work_dir unless it
   *     begins with a slash; absent if a provider mounts it later
   * @param vendor of the storage system
   * @param id of the disk within the vendor's system
   * @param metadata whatever its provider says
   * @param profile the class of storage that the provider offers it as
   */
  public record Source(
      Type type,
      Optional<String> root,
      Optional<String> vendor,
      Optional<String> id,
      Labels metadata,
      Optional<String> profile) {
    private static final Comparator<Source> ORDER =
        Comparator.comparing(Source::type)
            .thenComparing(Source::root, Source::compareTexts)
            .thenComparing(Source::vendor, Source::compareTexts)
            .thenComparing(Source::id, Source::compareTexts)
            .thenComparing(Source::metadata)
            .thenComparing(Source::profile, Source::compareTexts);

    public Source {
      if (root.isPresent() && (type == Type.BLOCK || type == Type.RAW)) {
        throw new IllegalArgumentException(
            "disk source of type " + type + " may not have a root, only PATH and MOUNT may");
      }
      if (root.isPresent() && root.get().isEmpty()) {
        throw new IllegalArgumentException("disk source root must not be empty");
      }
    }

    /** A directory, of which any part can be used. */
    public static Source path(String root) {
      return of(Type.PATH, root);
    }

    /** A file system of its own. */
    public static Source mount(String root) {
      return of(Type.MOUNT, root);
    }

    private static Source of(Type type, String root) {
      return new Source(
          type,
          Optional.of(root),
          Optional.empty(),
          Optional.empty(),
          Labels.NONE,
          Optional.empty());
    }

    boolean isDivisible() {
      return switch (type) {
        case PATH -> true;
        case MOUNT, BLOCK -> false;
        case RAW -> id.isEmpty();
      };
    }

    private static int compareTexts(Optional<String> left, Optional<String> right) {
      return ResourceOrder.compareOptional(left, right, Comparator.naturalOrder());
    }
  }

  /**
   * Makes a disk a persistent volume.
   *
   * @param id unique per role on an agent; also the name of a directory
   * @param principal who made it, if known
   */
  public record Persistence(String id, Optional<String> principal) {
    public Persistence {
      Identifiers.problem(id)
          .ifPresent(problem -> {
            throw new IllegalArgumentException("persistence id " + problem);
          });
    }
  }

  /** Where a container sees the volume, and whether it may only read it. */
  public record VolumeMount(String containerPath, boolean readOnly) {
    public VolumeMount {
      if (containerPath.isEmpty()) {
        throw new IllegalArgumentException("container_path of a volume must not be empty");
      }
    }
  }
}
