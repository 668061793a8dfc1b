package io.mesocosm.containerizer.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Parameter;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.RecoveredContainer.Ended;
import io.mesocosm.containerizer.RecoveredContainer.NeverStarted;
import io.mesocosm.containerizer.RecoveredContainer.Running;
import io.mesocosm.containerizer.RecoveredContainer.Vanished;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.testkit.RequiresDocker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a later run of the agent finds of an earlier one, which ends by losing its connections. */
@Tag("docker")
@RequiresDocker
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DockerRecoveryIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path folder;
  private final ContainerId id = new ContainerId(UUID.randomUUID().toString());
  private Path sandbox;
  private DockerOptions options;
  private DockerSocketRelay relay;
  private DockerContainerizer earlier;
  private DockerContainerizer later;
  private DockerEngine engine;

  @BeforeAll
  static void makeImage(@TempDir Path root) throws Exception {
    TestImage.make(root);
  }

  @BeforeEach
  void open() throws IOException {
    sandbox = Files.createDirectories(folder.resolve("executor:1/sandbox"));
    Path socket = folder.resolve("relay.sock");
    options = DockerOptions.of(folder.resolve("work"));
    relay = new DockerSocketRelay(socket);
    earlier = new DockerContainerizer(options.withSocket(URI.create("unix://" + socket)));
    later = new DockerContainerizer(options);
    engine = new DockerEngine(options);
  }

  @AfterEach
  void close() throws Exception {
    later.destroy(id);
    later.close();
    earlier.close();
    relay.close();
    engine.close();
  }

  @Test
  void runningContainerGoesOnAndNoOutputIsLostOrTwice() throws Exception {
    mkfifo("first");
    mkfifo("second");
    Files.writeString(sandbox.resolve("stdout"), "before\n");
    StartedContainer started =
        launch("echo one; echo uno >&2; read x < $S/first; echo two; read x < $S/second; exit 7");
    awaitText("stdout", "before\none\n");
    awaitText("stderr", "uno\n");
    endEarlier();
    Files.writeString(sandbox.resolve("first"), "x\n");
    awaitLog("two");
    Map<ContainerId, RecoveredContainer> found = later.recover(Set.of(id));
    assertThat(found.get(id))
        .isInstanceOfSatisfying(
            Running.class,
            running -> {
              assertThat(running.container().pid()).isEqualTo(started.pid());
              assertThat(running.container().ipAddress()).isEqualTo(started.ipAddress());
              assertThat(running.container().inspection().orElseThrow()).contains(id.value());
            });
    awaitText("stdout", "before\none\ntwo\n");
    Files.writeString(sandbox.resolve("second"), "x\n");
    assertThat(later.await(id)).isEqualTo(ContainerExit.exited(id, 7));
    assertThat(sandbox.resolve("stdout")).hasContent("before\none\ntwo");
    assertThat(sandbox.resolve("stderr")).hasContent("uno");
    later.destroy(id);
    assertThat(folder.resolve("work/meta/docker-output")).isEmptyDirectory();
  }

  @Test
  void containerThatEndedMeanwhileIsToldWithItsOutput() throws Exception {
    mkfifo("first");
    launch("read x < $S/first; echo late; exit 7");
    endEarlier();
    Files.writeString(sandbox.resolve("first"), "x\n");
    awaitStatus("exited");
    assertThat(later.recover(Set.of(id)))
        .isEqualTo(Map.of(id, new Ended(ContainerExit.exited(id, 7))));
    assertThat(sandbox.resolve("stdout")).hasContent("late");
    assertThat(later.await(id).exitCode()).isEqualTo(7);
  }

  @Test
  void memoryLimitIsToldOfAContainerThatEndedMeanwhile() throws Exception {
    mkfifo("first");
    launch("read x < $S/first; exec dd if=/dev/zero of=/dev/null bs=200M");
    endEarlier();
    Files.writeString(sandbox.resolve("first"), "x\n");
    awaitStatus("exited");
    assertThat(later.recover(Set.of(id)))
        .isEqualTo(Map.of(id, new Ended(new ContainerExit(id, 137 << 8, true))));
  }

  @Test
  void recoveredContainerIsStoppedAndItsCommandsAreRun() throws Exception {
    mkfifo("ready");
    launch("trap 'exit 9' TERM; echo > $S/ready; while true; do sleep 1000 & wait; done");
    Files.readString(sandbox.resolve("ready"));
    endEarlier();
    later.recover(Set.of(id));
    assertThat(later.execute(id, List.of("sh", "-c", "echo $GREETING; exit 4"), LONG)).isEqualTo(4);
    assertThat(sandbox.resolve("stderr")).hasContent("hello world");
    later.stop(id, LONG);
    assertThat(later.await(id).exitCode()).isEqualTo(9);
  }

  @Test
  void unwantedContainersOfThisAgentAreRemovedAndNoOthers() throws Exception {
    launch("exec sleep 1000");
    try (DockerContainerizer foreign =
        new DockerContainerizer(DockerOptions.of(folder.resolve("other")))) {
      assertThat(foreign.recover(Set.of(id))).isEmpty();
      assertThat(engine.inspect("mesos-" + id)).isPresent();
    }
    assertThat(later.recover(Set.of())).isEmpty();
    assertThat(engine.inspect("mesos-" + id)).isEmpty();
    assertThatThrownBy(() -> later.await(id)).hasMessageContaining("is not known");
  }

  @Test
  void unwantedContainersAreLeftAloneIfOrphansAreKept() throws Exception {
    launch("exec sleep 1000");
    endEarlier();
    try (DockerContainerizer keeping = new DockerContainerizer(options.withOrphansKept(true))) {
      assertThat(keeping.recover(Set.of())).isEmpty();
      assertThat(status()).isEqualTo("running");
    }
    try (DockerContainerizer keeping = new DockerContainerizer(options.withOrphansKept(true))) {
      assertThat(keeping.recover(Set.of(id)).get(id)).isInstanceOf(Running.class);
      keeping.destroy(id);
    }
    assertThat(engine.inspect("mesos-" + id)).isEmpty();
  }

  @Test
  void createdContainerHasNeverStarted() throws Exception {
    engine
        .quick()
        .createContainerCmd(TestImage.NAME)
        .withName("mesos-" + id)
        .withCmd("true")
        .withLabels(Map.of(RunPlan.WORK_FOLDER_LABEL, RunPlan.workFolder(options)))
        .exec();
    assertThat(later.recover(Set.of(id))).isEqualTo(Map.of(id, new NeverStarted(id)));
    assertThat(engine.inspect("mesos-" + id)).isEmpty();
  }

  @Test
  void containerThatCannotGoOnIsRemovedAndToldAlone() throws Exception {
    launch("exec sleep 1000");
    endEarlier();
    try (var files = Files.list(sandbox)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(sandbox);
    assertThat(later.recover(Set.of(id)).get(id))
        .isInstanceOfSatisfying(
            Vanished.class, vanished -> assertThat(vanished.why()).contains("cannot write output"));
    assertThat(engine.inspect("mesos-" + id)).isEmpty();
  }

  @Test
  void outputOfALogThatDropsOldPartsGoesOnToo() throws Exception {
    mkfifo("first");
    launch("echo one; read x < $S/first; echo two; exit 0", new Parameter("log-driver", "local"));
    awaitText("stdout", "one\n");
    endEarlier();
    Files.writeString(sandbox.resolve("first"), "x\n");
    awaitStatus("exited");
    later.recover(Set.of(id));
    assertThat(Files.readString(sandbox.resolve("stdout"))).startsWith("one\n").endsWith("two\n");
  }

  @Test
  void containerOutlivesTheAgentsProcessWithAllItsOutput() throws Exception {
    mkfifo("first");
    String text =
        "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; read x < $S/first; exit 3";
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DockerLauncher.class.getName(),
                options.workFolder().toString(),
                sandbox.toString(),
                id.value(),
                text.replace("$S", options.sandboxFolder()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(agent.inputReader().readLine()).isEqualTo("launched");
    while (Files.size(sandbox.resolve("stdout")) == 0) {
      Thread.onSpinWait();
    }
    agent.destroyForcibly();
    assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(later.recover(Set.of(id)).get(id)).isInstanceOf(Running.class);
    Files.writeString(sandbox.resolve("first"), "x\n");
    assertThat(later.await(id).exitCode()).isEqualTo(3);
    List<String> lines = Files.readAllLines(sandbox.resolve("stdout"));
    assertThat(lines).hasSize(20_000);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).isEqualTo("line " + i);
    }
  }

  private StartedContainer launch(String text, Parameter... parameters) throws Exception {
    ContainerSpec spec =
        DockerLauncher.spec(
            id, sandbox, text.replace("$S", options.sandboxFolder()), List.of(parameters));
    return earlier.launch(spec);
  }

  private void endEarlier() throws Exception {
    relay.goAway();
    assertThatThrownBy(() -> earlier.await(id)).hasMessageContaining("was lost sight of");
  }

  /** Nothing tells of a file's growth that is sure to come here; the test's time-out ends it. */
  private void awaitText(String name, String text) throws IOException {
    while (!Files.exists(sandbox.resolve(name))
        || !Files.readString(sandbox.resolve(name)).equals(text)) {
      Thread.onSpinWait();
    }
  }

  private void awaitLog(String text) throws Exception {
    String log = "";
    while (!log.contains(text)) {
      Process logs = new ProcessBuilder("docker", "logs", "mesos-" + id).start();
      log =
          new String(logs.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      logs.waitFor();
    }
  }

  private void awaitStatus(String status) throws Exception {
    while (!status().equals(status)) {
      Thread.onSpinWait();
    }
  }

  private String status() throws Exception {
    return engine.inspect("mesos-" + id).orElseThrow().path("State").path("Status").asText();
  }

  private void mkfifo(String name) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", sandbox.resolve(name).toString()).start().waitFor())
        .isZero();
  }
}
