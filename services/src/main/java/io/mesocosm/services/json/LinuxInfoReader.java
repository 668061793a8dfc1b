package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.LinuxInfo;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and writes what containers can be told on Linux (contracts/marathon-api.md §5). */
final class LinuxInfoReader {
  private LinuxInfoReader() {}

  /** The field {@code linuxInfo} of a container or a pod. */
  static Optional<LinuxInfo> read(Fields owner) {
    return owner
        .object("linuxInfo")
        .map(info ->
            new LinuxInfo(
                info.object("seccomp").map(LinuxInfoReader::seccomp),
                info.object("ipcInfo").map(LinuxInfoReader::ipcInfo)));
  }

  private static LinuxInfo.Seccomp seccomp(Fields fields) {
    Optional<String> profile = fields.text("profileName");
    boolean unconfined = fields.bool("unconfined", false);
    fields
        .problems()
        .ruleUnless(
            profile.isEmpty() || !unconfined,
            fields.path(),
            "profileName must not be given with unconfined");
    return new LinuxInfo.Seccomp(profile, unconfined);
  }

  private static LinuxInfo.IpcInfo ipcInfo(Fields fields) {
    LinuxInfo.Mode mode =
        fields.choice("mode", LinuxInfo.Mode.class).orElse(LinuxInfo.Mode.PRIVATE);
    Optional<Integer> size = fields.integer("shmSize", 1);
    fields
        .problems()
        .ruleUnless(
            size.isEmpty() || mode == LinuxInfo.Mode.PRIVATE,
            fields.pathOf("shmSize"),
            "is only for mode PRIVATE");
    return new LinuxInfo.IpcInfo(mode, size.map(OptionalInt::of).orElse(OptionalInt.empty()));
  }

  static void write(LinuxInfo info, ObjectNode into) {
    info.seccomp()
        .ifPresent(seccomp -> {
          ObjectNode object = into.putObject("seccomp");
          seccomp.profileName().ifPresent(name -> object.put("profileName", name));
          object.put("unconfined", seccomp.unconfined());
        });
    info.ipcInfo()
        .ifPresent(ipc -> {
          ObjectNode object = into.putObject("ipcInfo").put("mode", ipc.mode().name());
          ipc.shmSize().ifPresent(size -> object.put("shmSize", size));
        });
  }
}
