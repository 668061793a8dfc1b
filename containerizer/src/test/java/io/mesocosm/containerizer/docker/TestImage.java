package io.mesocosm.containerizer.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An image that needs no registry: one static executable is a whole one. */
final class TestImage {
  static final String NAME = "mesocosm-test-busybox";

  private TestImage() {}

  /** Makes it, with this empty folder as its workshop. */
  static void make(Path root) throws Exception {
    Path bin = Files.createDirectories(root.resolve("root/bin"));
    Files.createDirectories(root.resolve("root/tmp"));
    Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
    for (String applet :
        List.of("sh", "sleep", "cat", "echo", "env", "hostname", "nc", "dd", "id", "pwd", "kill")) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "tar -C \"$0\" -c . | docker import - " + NAME,
                root.resolve("root").toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
