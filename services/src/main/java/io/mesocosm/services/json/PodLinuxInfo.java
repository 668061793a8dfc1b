package io.mesocosm.services.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.app.LinuxInfo;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and writes what only Linux has, of a pod or one of its containers. */
final class PodLinuxInfo {
  private PodLinuxInfo() {}

  static Optional<LinuxInfo> read(Fields owner) {
    return owner
        .object("linuxInfo")
        .map(given ->
            new LinuxInfo(
                given.object("seccomp").map(PodLinuxInfo::seccomp),
                given.object("ipcInfo").map(PodLinuxInfo::ipcInfo)));
  }

  private static LinuxInfo.Seccomp seccomp(Fields fields) {
    LinuxInfo.Seccomp seccomp =
        new LinuxInfo.Seccomp(fields.text("profileName"), fields.bool("unconfined", false));
    fields
        .problems()
        .ruleUnless(
            !seccomp.unconfined() || seccomp.profileName().isEmpty(),
            fields.path(),
            "profileName and unconfined true exclude each other");
    return seccomp;
  }

  private static LinuxInfo.IpcInfo ipcInfo(Fields fields) {
    LinuxInfo.Mode mode =
        fields.choice("mode", LinuxInfo.Mode.class).orElse(LinuxInfo.Mode.PRIVATE);
    OptionalInt shmSize =
        fields.integer("shmSize", 1).map(OptionalInt::of).orElse(OptionalInt.empty());
    fields
        .problems()
        .ruleUnless(
            shmSize.isEmpty() || mode == LinuxInfo.Mode.PRIVATE,
            fields.pathOf("shmSize"),
            "needs mode PRIVATE");
    return new LinuxInfo.IpcInfo(mode, shmSize);
  }

  static void write(Optional<LinuxInfo> info, ObjectNode owner) {
    if (info.isEmpty()) {
      return;
    }
    ObjectNode into = owner.putObject("linuxInfo");
    info.get()
        .seccomp()
        .ifPresent(seccomp -> {
          ObjectNode json = into.putObject("seccomp");
          seccomp.profileName().ifPresent(name -> json.put("profileName", name));
          json.put("unconfined", seccomp.unconfined());
        });
    info.get()
        .ipcInfo()
        .ifPresent(ipc -> {
          ObjectNode json = into.putObject("ipcInfo").put("mode", ipc.mode().name());
          ipc.shmSize().ifPresent(size -> json.put("shmSize", size));
        });
  }
}
