package io.mesocosm.services.json;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.app.Volume.DiskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads and checks the volumes of apps (contracts/marathon-api.md §5). */
final class VolumeReader {
  private static final String PATH = "containerPath";

  private VolumeReader() {}

  static List<Volume> read(Fields container) {
    List<Volume> volumes = new ArrayList<>();
    for (Fields volume : container.objects("volumes").orElse(List.of())) {
      volumes.add(one(volume));
    }
    return volumes;
  }

  private static Volume one(Fields fields) {
    List<String> kinds =
        List.of("persistent", "external", "secret", "hostPath").stream()
            .filter(fields::has)
            .toList();
    fields
        .problems()
        .ruleUnless(
            kinds.size() <= 1,
            fields.path(),
            "a volume can only be one of persistent, external, secret and that of a hostPath");
    String containerPath = fields.text(PATH).orElse("");
    fields
        .problems()
        .ruleUnless(!containerPath.isEmpty(), fields.pathOf(PATH), "must not be empty");
    fields
        .problems()
        .ruleUnless(
            containerPath.indexOf('\0') < 0, fields.pathOf(PATH), "must not have a NUL letter");
    Volume.Mode mode = fields.choice("mode", Volume.Mode.class).orElse(Volume.Mode.RW);
    if (fields.has("persistent")) {
      return persistent(fields, containerPath, mode);
    }
    if (fields.has("external")) {
      return VolumeOptions.external(fields, containerPath, mode);
    }
    if (fields.has("secret")) {
      return new Volume.SecretFile(containerPath, fields.text("secret").orElse(""));
    }
    String hostPath = fields.text("hostPath").orElse("");
    fields
        .problems()
        .ruleUnless(!hostPath.isEmpty(), fields.pathOf("hostPath"), "must not be empty");
    return new Volume.Host(containerPath, hostPath, mode);
  }

  private static Volume persistent(Fields fields, String containerPath, Volume.Mode mode) {
    Problems problems = fields.problems();
    problems.ruleUnless(
        !containerPath.contains("/") && !containerPath.equals(".") && !containerPath.equals(".."),
        fields.pathOf(PATH),
        "got " + containerPath + ", expected the name of a folder in the sandbox, without /");
    problems.ruleUnless(
        mode == Volume.Mode.RW, fields.pathOf("mode"), "a persistent volume must be of mode RW");
    Fields persistent = fields.objectOrEmpty("persistent");
    DiskType type = persistent.choice("type", DiskType.class).orElse(DiskType.ROOT);
    if (!persistent.has("size")) {
      problems.wrongType(persistent.pathOf("size"), "error.path.missing");
    }
    int size = persistent.integer("size", 1).orElse(1);
    Optional<Integer> sizeMax = persistent.integer("maxSize");
    sizeMax.ifPresent(max -> {
      problems.ruleUnless(
          type == DiskType.MOUNT,
          persistent.pathOf("maxSize"),
          "is only for volumes of type mount");
      problems.ruleUnless(
          max > size,
          persistent.pathOf("maxSize"),
          "got " + max + ", expected more than size, " + size);
    });
    List<Constraint> constraints = ConstraintReader.readOfVolume(persistent);
    problems.ruleUnless(
        constraints.isEmpty() || type != DiskType.ROOT,
        persistent.pathOf("constraints"),
        "Constraints on root volumes are not supported");
    return new Volume.Persistent(
        containerPath,
        mode,
        type,
        size,
        sizeMax.map(OptionalLong::of).orElse(OptionalLong.empty()),
        persistent.text("profileName"),
        constraints);
  }
}
