package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The README's first command in a fresh clone, as a user without root and without Docker, with an
 * older java in PATH where the machine has one. Libraries come from a copy of this machine's Maven
 * repository, to spare the network.
 */
class FreshCloneIT {
  private static final String NOBODY = "65534";

  private Path home = Path.of("/");

  @BeforeEach
  void cloneTheRepository() throws IOException {
    home = Files.createTempDirectory(Path.of("/tmp"), "fresh-clone");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Cosm.succeed(
        "git",
        "clone",
        "-q",
        "--no-local",
        "file://" + Cosm.ROOT,
        home.resolve("clone").toString());
    Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
    if (Files.isDirectory(repository)) {
      Files.createDirectories(home.resolve(".m2"));
      Cosm.succeed("cp", "-r", repository.toString(), home.resolve(".m2/repository").toString());
    }
    if (isRoot()) {
      Cosm.succeed("chown", "-R", NOBODY + ":" + NOBODY, home.toString());
    }
  }

  @AfterEach
  void remove() {
    asUser("./cosm", "local", "stop", "--work_dir=" + home.resolve("work"));
    Cosm.succeed("rm", "-rf", home.toString());
  }

  @Test
  void theFirstCommandBuildsStartsAndDeploys() {
    Cosm.Outcome first =
        asUser(
            "./cosm",
            "local",
            "--detach",
            "--work_dir=" + home.resolve("work"),
            "--ports-from=22800",
            "examples/hello.json");
    assertThat(first.exitCode()).as(first.all()).isZero();
    assertThat(first.err()).as("building shows what it is at").contains("building", "[1/");
    assertThat(first.out())
        .contains(
            "http://127.0.0.1:22800", "http://127.0.0.1:22801", "/hello", "healthy", "127.0.0.");

    String address =
        first
            .out()
            .lines()
            .filter(line -> line.startsWith("/hello"))
            .findFirst()
            .orElseThrow()
            .split("\\s+")[3];
    assertThat(Cosm.succeed("curl", "-fsS", "http://" + address + "/"))
        .startsWith("Hello from hello.");

    assertThat(asUser("./cosm", "local", "stop", "--work_dir=" + home.resolve("work")).exitCode())
        .isZero();
    if (isRoot()) {
      assertThat(Cosm.run(Map.of(), List.of("pgrep", "-u", NOBODY, "-l")).out())
          .as("nothing of it is left")
          .isEmpty();
    }
  }

  private Cosm.Outcome asUser(String... command) {
    List<String> full = new ArrayList<>();
    if (isRoot()) {
      full.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    // Maven takes its local repository from user.home, which the JVM takes from the user's entry,
    // not from HOME.
    full.addAll(
        List.of(
            "env",
            "-u",
            "JAVA_HOME",
            "-u",
            "CI",
            "HOME=" + home,
            "MAVEN_OPTS=-Duser.home=" + home));
    full.addAll(List.of("sh", "-c", "cd '" + home.resolve("clone") + "' && exec \"$@\"", "sh"));
    full.addAll(List.of(command));
    return Cosm.run(Map.of(), full);
  }

  private static boolean isRoot() {
    return Cosm.succeed("id", "-u").equals("0");
  }
}
