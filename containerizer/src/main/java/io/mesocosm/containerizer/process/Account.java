package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A user of the machine to run as.
 *
 * @param userId as a number in text, like groupId, its primary group
 */
record Account(String name, String userId, String groupId) {
  /**
   * Absent if the wanted user is ours.
   *
   * @throws ContainerException if there is no such user, or we may not become another
   */
  static Optional<Account> other(Optional<String> wanted)
      throws ContainerException, InterruptedException {
    String own = System.getProperty("user.name", "");
    if (wanted.isEmpty() || wanted.get().equals(own)) {
      return Optional.empty();
    }
    String name = wanted.get();
    try {
      if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
        throw new ContainerException(
            "cannot run as user %s: this agent runs as %s; run it as root, or with --no-switch_user"
                .formatted(name, own));
      }
      return Optional.of(new Account(name, ask(name, "-u"), ask(name, "-g")));
    } catch (IOException failure) {
      throw new ContainerException(
          "cannot look up user %s: %s".formatted(name, failure.getMessage()), failure);
    }
  }

  /** What becomes this user and then executes what follows. */
  List<String> prefix() throws ContainerException {
    return List.of(
        setpriv().toString(), "--reuid=" + userId, "--regid=" + groupId, "--init-groups", "--");
  }

  /** Not where the task's PATH says: it runs as us. */
  private static Path setpriv() throws ContainerException {
    for (String folder : LaunchPlan.PATH_WHEN_ABSENT.split(":")) {
      Path path = Path.of(folder, "setpriv");
      if (Files.isExecutable(path)) {
        return path;
      }
    }
    throw new ContainerException(
        "cannot switch users: setpriv is not in %s: install util-linux"
            .formatted(LaunchPlan.PATH_WHEN_ABSENT));
  }

  /** The machine may know users from elsewhere than /etc/passwd; id(1) asks them all. */
  private static String ask(String name, String option)
      throws IOException, ContainerException, InterruptedException {
    Process id =
        new ProcessBuilder("id", option, "--", name)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String answer = new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (id.waitFor() != 0 || answer.isEmpty()) {
      throw new ContainerException(
          "cannot run as user %s: this machine has no such user".formatted(name));
    }
    return answer;
  }
}
