package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.Volume;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * External volumes, whose options have the shape that their provider takes. Those of {@code csi}
 * are nested; we keep them flat, under paths such as {@code capability/mountFlags/0}.
 */
final class VolumeOptions {
  private static final String DVDI = "dvdi";
  private static final String CSI = "csi";
  private static final String DRIVER = "dvdi/driver";
  private static final String FLAGS = "mountFlags";
  private static final String CAPABILITY = "capability";
  private static final List<String> MAPS =
      List.of("nodeStageSecret", "nodePublishSecret", "volumeContext");

  private VolumeOptions() {}

  static Volume external(Fields volume, String containerPath, Volume.Mode mode) {
    Fields external = volume.objectOrEmpty("external");
    Problems problems = volume.problems();
    String name = external.text("name").orElse("");
    problems.ruleUnless(!name.isEmpty(), external.pathOf("name"), "must not be empty");
    String provider = external.text("provider").orElse(DVDI);
    Optional<Integer> size = external.integer("size", 1);
    boolean shared = external.bool("shared", false);
    SortedMap<String, String> options = new TreeMap<>();
    switch (provider) {
      case DVDI -> {
        options = external.textsByName("options");
        problems.ruleUnless(
            !options.getOrDefault(DRIVER, "").isEmpty(),
            external.pathOf("options") + "/" + DRIVER,
            "not defined");
      }
      case CSI -> {
        options = csi(external.objectOrEmpty("options"));
        problems.ruleUnless(
            !shared, external.pathOf("shared"), "is only for volumes of provider dvdi");
      }
      default ->
          problems.brokenRule(
              external.pathOf("provider"), "got " + provider + ", expected dvdi or csi");
    }
    return new Volume.External(
        containerPath,
        mode,
        name,
        provider,
        size.map(OptionalLong::of).orElse(OptionalLong.empty()),
        shared,
        options);
  }

  private static SortedMap<String, String> csi(Fields options) {
    SortedMap<String, String> flat = new TreeMap<>();
    Problems problems = options.problems();
    String plugin = options.text("pluginName").orElse("");
    problems.ruleUnless(!plugin.isEmpty(), options.pathOf("pluginName"), "must not be empty");
    flat.put("pluginName", plugin);
    Fields capability = options.objectOrEmpty(CAPABILITY);
    AccessMode access =
        capability.choice("accessMode", AccessMode.class).orElse(AccessMode.UNKNOWN);
    problems.ruleUnless(
        access != AccessMode.UNKNOWN,
        capability.pathOf("accessMode"),
        "expected one of "
            + Arrays.stream(AccessMode.values()).skip(1).map(AccessMode::name).toList());
    flat.put(CAPABILITY + "/accessMode", access.name());
    AccessType type = capability.choice("accessType", AccessType.class).orElse(AccessType.MOUNT);
    flat.put(CAPABILITY + "/accessType", type.name().toLowerCase(Locale.ROOT));
    capability.text("fsType").ifPresent(fs -> flat.put(CAPABILITY + "/fsType", fs));
    List<String> flags = capability.texts(FLAGS).orElse(List.of());
    for (int i = 0; i < flags.size(); i++) {
      flat.put(CAPABILITY + "/" + FLAGS + "/" + i, flags.get(i));
    }
    problems.ruleUnless(
        type == AccessType.MOUNT || flags.isEmpty() && !capability.has("fsType"),
        capability.path(),
        "fsType and mountFlags are only for accessType mount");
    for (String map : MAPS) {
      options.textsByName(map).forEach((key, value) -> flat.put(map + "/" + key, value));
    }
    return flat;
  }

  static void write(Volume.External volume, ObjectNode into) {
    into.put("containerPath", volume.containerPath()).put("mode", volume.mode().name());
    ObjectNode external =
        into.putObject("external").put("name", volume.name()).put("provider", volume.provider());
    volume.size().ifPresent(size -> external.put("size", size));
    if (volume.provider().equals(CSI)) {
      writeCsi(volume.options(), external.putObject("options"));
      return;
    }
    external.put("shared", volume.shared());
    AppWriter.putTexts(external, "options", volume.options());
  }

  private static void writeCsi(SortedMap<String, String> flat, ObjectNode into) {
    SortedMap<Integer, String> flags = new TreeMap<>();
    for (Map.Entry<String, String> option : flat.entrySet()) {
      int slash = option.getKey().indexOf('/');
      if (slash < 0) {
        into.put(option.getKey(), option.getValue());
        continue;
      }
      String name = option.getKey().substring(slash + 1);
      if (name.startsWith(FLAGS + "/") && option.getKey().startsWith(CAPABILITY)) {
        flags.put(Integer.valueOf(name.substring(FLAGS.length() + 1)), option.getValue());
      } else {
        objectOf(into, option.getKey().substring(0, slash)).put(name, option.getValue());
      }
    }
    if (!flags.isEmpty()) {
      ArrayNode array = objectOf(into, CAPABILITY).putArray(FLAGS);
      flags.values().forEach(array::add);
    }
  }

  private static ObjectNode objectOf(ObjectNode into, String name) {
    JsonNode present = into.path(name);
    return present instanceof ObjectNode object ? object : into.putObject(name);
  }

  /** Whether several instances may use it at once. */
  static boolean isShared(Volume.External volume) {
    return volume.shared()
        || volume.options().getOrDefault(CAPABILITY + "/accessMode", "").startsWith("MULTI_NODE");
  }

  /** The names are those of the API and of the container storage interface. */
  private enum AccessMode {
    UNKNOWN,
    SINGLE_NODE_WRITER,
    SINGLE_NODE_READER_ONLY,
    MULTI_NODE_READER_ONLY,
    MULTI_NODE_SINGLE_WRITER,
    MULTI_NODE_MULTI_WRITER
  }

  /** The names, in small letters, are those of the API. */
  private enum AccessType {
    MOUNT,
    BLOCK
  }
}
