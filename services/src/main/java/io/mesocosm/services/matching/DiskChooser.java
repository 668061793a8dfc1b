package io.mesocosm.services.matching;

import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Disk.Source;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.ValuePattern;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.app.Volume.DiskType;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the disks that persistent volumes are to lie on, out of those that nobody has reserved
 * (contracts/marathon-api.md §5). Pure.
 */
final class DiskChooser {
  /**
   * What one volume takes.
   *
   * @param disk as offered, so much of it as the volume is to have
   */
  record Choice(Volume.Persistent volume, Resource disk) {}

  private DiskChooser() {}

  /**
   * Those that fit few disks choose first, each the smallest that does.
   *
   * @param free unreserved; what the tasks themselves take is not among them any more
   * @param refusals where it is told which volume fits no disk
   * @return one for each volume that fits, in the order in which they chose
   */
  static List<Choice> choose(
      List<Volume.Persistent> volumes, Resources free, List<Refusal> refusals) {
    List<Volume.Persistent> order = new ArrayList<>(volumes);
    order.sort(
        Comparator.comparing((Volume.Persistent volume) -> volume.sizeMax().orElse(Long.MAX_VALUE))
            .thenComparing(Volume.Persistent::size, Comparator.reverseOrder()));
    List<Choice> choices = new ArrayList<>();
    Resources left = free;
    for (Volume.Persistent volume : order) {
      Optional<Resource> disk = disk(volume, left);
      if (disk.isPresent()) {
        choices.add(new Choice(volume, disk.get()));
        left = left.minus(Resources.of(disk.get()));
      } else {
        refusals.add(refusal(volume, left));
      }
    }
    return choices;
  }

  private static Optional<Resource> disk(Volume.Persistent volume, Resources free) {
    Scalar size = Scalar.of(volume.size());
    return disks(volume, free).stream()
        .filter(disk -> amount(disk).compareTo(size) >= 0)
        .filter(disk ->
            volume.sizeMax().isEmpty()
                || amount(disk).compareTo(Scalar.of(volume.sizeMax().getAsLong())) <= 0)
        .min(Comparator.comparing(DiskChooser::amount))
        .map(disk -> disk.isDivisible() ? disk.withValue(size) : disk);
  }

  /** Of the right kind, however large. */
  private static List<Resource> disks(Volume.Persistent volume, Resources free) {
    return free.entries().stream()
        .filter(disk -> disk.name().equals("disk"))
        .filter(disk -> type(disk).equals(Optional.of(volume.type())))
        .filter(disk -> {
          Optional<Source> source = disk.disk().flatMap(Disk::source);
          return source.flatMap(Source::profile).equals(volume.profileName())
              && volume.constraints().stream()
                  .allMatch(constraint -> isMet(constraint, source.flatMap(Source::root)));
        })
        .toList();
  }

  /** They are on the path of the disk, and of two kinds only; see {@link Volume.Persistent}. */
  private static boolean isMet(Constraint constraint, Optional<String> root) {
    boolean matches =
        root.filter(path ->
                ValuePattern.compare(constraint.value().orElse(""), path)
                    == ValuePattern.Outcome.MATCHES)
            .isPresent();
    return matches == (constraint.operator() == Constraint.Operator.LIKE);
  }

  private static Optional<DiskType> type(Resource disk) {
    if (disk.isPersistentVolume()) {
      return Optional.empty();
    }
    Optional<Source> source = disk.disk().flatMap(Disk::source);
    if (source.isEmpty()) {
      return Optional.of(DiskType.ROOT);
    }
    return switch (source.get().type()) {
      case PATH -> Optional.of(DiskType.PATH);
      case MOUNT -> Optional.of(DiskType.MOUNT);
      case BLOCK, RAW -> Optional.empty();
    };
  }

  private static Scalar amount(Resource disk) {
    return disk.value() instanceof Scalar scalar ? scalar : Scalar.ZERO;
  }

  private static Refusal refusal(Volume.Persistent volume, Resources left) {
    String kind = volume.type().name().toLowerCase(java.util.Locale.ROOT) + " disk";
    List<Resource> disks = disks(volume, left);
    String offered =
        disks.isEmpty()
            ? "none that is unreserved"
            : String.join(", ", disks.stream().map(disk -> amount(disk).toString()).toList());
    String needed =
        volume.size()
            + (volume.sizeMax().isPresent() ? " to " + volume.sizeMax().getAsLong() : "")
            + " for volume "
            + volume.containerPath();
    return Refusal.insufficient(Reason.INSUFFICIENT_DISK, kind, needed, offered);
  }
}
