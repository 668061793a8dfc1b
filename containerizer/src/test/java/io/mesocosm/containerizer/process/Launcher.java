package io.mesocosm.containerizer.process;

import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command;
import io.mesocosm.model.ContainerId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * An agent as a program of its own, to be killed: launches a container for each shell text, tells
 * their pids, and waits for its end.
 */
final class Launcher {
  private Launcher() {}

  /** Called with the state folder, a folder for sandboxes, and pairs of an id and a shell text. */
  @SuppressWarnings("SystemOut") // a program, which tells its parent
  public static void main(String[] arguments) throws Exception {
    ProcessContainerizer containerizer = new ProcessContainerizer(Path.of(arguments[0]));
    for (int i = 2; i < arguments.length; i += 2) {
      ContainerSpec spec = spec(Path.of(arguments[1]), arguments[i], arguments[i + 1]);
      System.out.println(containerizer.launch(spec).pid().orElseThrow());
    }
    System.out.flush();
    new CountDownLatch(1).await();
  }

  /** In a sandbox named as the id, which is made if need be. */
  static ContainerSpec spec(Path sandboxes, String id, String text) throws java.io.IOException {
    return new ContainerSpec(
        new ContainerId(id),
        Files.createDirectories(sandboxes.resolve(id)),
        Optional.of(new Command.Shell(text)),
        new TreeMap<>(Map.of("GREETING", "hello world")),
        1,
        32,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Duration.ofMinutes(1));
  }
}
