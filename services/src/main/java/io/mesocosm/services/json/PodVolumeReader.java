package io.mesocosm.services.json;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads and checks the volumes of a pod (contracts/marathon-pods.md §4). */
final class PodVolumeReader {
  private PodVolumeReader() {}

  static List<Volume> read(Fields pod) {
    List<Volume> volumes = new ArrayList<>();
    for (Fields fields : pod.objects("volumes").orElse(List.of())) {
      volumes.add(readOne(fields));
    }
    return volumes;
  }

  private static Volume readOne(Fields fields) {
    String name = PodContainerReader.name(fields);
    long kinds = List.of("host", "secret", "persistent").stream().filter(fields::has).count();
    fields
        .problems()
        .ruleUnless(
            kinds <= 1, fields.path(), "must have no more than one of host, secret, persistent");
    Optional<String> host = fields.text("host");
    Optional<String> secret = fields.text("secret");
    Optional<Fields> persistent = fields.object("persistent");
    if (host.isPresent()) {
      fields
          .problems()
          .ruleUnless(!host.get().isEmpty(), fields.pathOf("host"), "must not be empty");
      return new Volume.Host(name, host.get(), Volume.Mode.RW);
    }
    if (secret.isPresent()) {
      return new Volume.SecretFile(name, secret.get());
    }
    return persistent
        .<Volume>map(given -> persistent(name, given))
        .orElseGet(() -> new Volume.Ephemeral(name));
  }

  private static Volume persistent(String name, Fields given) {
    Problems problems = given.problems();
    Volume.DiskType type = given.choice("type", Volume.DiskType.class).orElse(Volume.DiskType.ROOT);
    long size = given.integer("size").orElse(0);
    if (given.has("size")) {
      problems.ruleUnless(
          size > 0, given.pathOf("size"), "got " + size + ", expected megabytes, 1 or more");
    } else {
      problems.wrongType(given.pathOf("size"), "error.path.missing");
    }
    OptionalLong sizeMax =
        given.integer("maxSize").map(max -> OptionalLong.of(max)).orElse(OptionalLong.empty());
    if (sizeMax.isPresent()) {
      problems.ruleUnless(
          type == Volume.DiskType.MOUNT,
          given.pathOf("maxSize"),
          "is only for disks of type mount");
      problems.ruleUnless(
          sizeMax.getAsLong() > size,
          given.pathOf("maxSize"),
          "got " + sizeMax.getAsLong() + ", expected more than size, " + size);
    }
    return new Volume.Persistent(
        name,
        Volume.Mode.RW,
        type,
        size,
        sizeMax,
        given.text("profileName"),
        constraints(given, type));
  }

  private static List<Constraint> constraints(Fields given, Volume.DiskType type) {
    List<Constraint> constraints = PodSchedulingReader.constraints(given.node(), given);
    String path = given.pathOf("constraints");
    given
        .problems()
        .ruleUnless(
            constraints.isEmpty() || type != Volume.DiskType.ROOT,
            path,
            "are not for disks of type root, which have no path");
    for (Constraint constraint : constraints) {
      boolean known =
          constraint.operator() == Constraint.Operator.LIKE
              || constraint.operator() == Constraint.Operator.UNLIKE;
      given
          .problems()
          .ruleUnless(
              known && constraint.field().equals("path"),
              path,
              "got "
                  + constraint.field()
                  + " "
                  + constraint.operator()
                  + ", expected path LIKE or path UNLIKE");
    }
    return constraints;
  }
}
