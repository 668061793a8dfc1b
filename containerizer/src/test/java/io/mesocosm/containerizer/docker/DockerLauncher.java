package io.mesocosm.containerizer.docker;

import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command;
import io.mesocosm.containerizer.ContainerSpec.Docker;
import io.mesocosm.model.ContainerId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/** An agent as a program of its own, to be killed: launches one container and waits for its end. */
final class DockerLauncher {
  private DockerLauncher() {}

  /** Called with the work folder, the sandbox, an id and a shell text. */
  @SuppressWarnings("SystemOut") // a program, which tells its parent
  public static void main(String[] arguments) throws Exception {
    DockerContainerizer containerizer =
        new DockerContainerizer(DockerOptions.of(Path.of(arguments[0])));
    ContainerId id = new ContainerId(arguments[2]);
    containerizer.launch(spec(id, Path.of(arguments[1]), arguments[3], List.of()));
    System.out.println("launched");
    System.out.flush();
    containerizer.await(id);
    new CountDownLatch(1).await();
  }

  static ContainerSpec spec(
      ContainerId id, Path sandbox, String text, List<ContainerSpec.Parameter> parameters) {
    return new ContainerSpec(
        id,
        sandbox,
        Optional.of(new Command.Shell(text)),
        new TreeMap<>(Map.of("GREETING", "hello world")),
        0.1,
        64,
        List.of(),
        Optional.of(
            new Docker(TestImage.NAME, false, false, "bridge", "127.0.0.2", List.of(), parameters)),
        Optional.empty(),
        Map.of(),
        Duration.ofMinutes(2));
  }
}
