package io.mesocosm.containerizer.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command;
import io.mesocosm.containerizer.ContainerSpec.Docker;
import io.mesocosm.containerizer.ContainerSpec.Parameter;
import io.mesocosm.containerizer.ContainerSpec.PortMapping;
import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.testkit.RequiresDocker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("docker")
@RequiresDocker
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DockerContainerizerIT {
  private static final String IMAGE = TestImage.NAME;
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path folder;
  private final ContainerId id = new ContainerId(UUID.randomUUID().toString());
  private Path sandbox;
  private DockerContainerizer containerizer;
  private DockerEngine engine;

  @BeforeAll
  static void makeImage(@TempDir Path root) throws Exception {
    TestImage.make(root);
  }

  @BeforeEach
  void open() throws IOException {
    // executors are named by their users, with colons too
    sandbox = Files.createDirectories(folder.resolve("executor:1/sandbox"));
    DockerOptions options = DockerOptions.of(folder.resolve("work"));
    containerizer = new DockerContainerizer(options);
    engine = new DockerEngine(options);
  }

  @AfterEach
  void close() throws Exception {
    containerizer.destroy(id);
    containerizer.close();
    engine.close();
  }

  @Test
  void outputAndExitCodeComeThrough() throws Exception {
    StartedContainer started =
        containerizer.launch(
            spec(
                new Command.Shell(
                    "echo out; echo $GREETING >&2; cat /mnt/mesos/sandbox/stdout;" + " exit 3")));
    ContainerExit exit = containerizer.await(id);
    assertThat(exit).isEqualTo(ContainerExit.exited(id, 3));
    assertThat(stdout()).startsWith("out\n");
    assertThat(sandbox.resolve("stderr")).hasContent("hello world");
    assertThat(started.inspection().orElseThrow())
        .startsWith("[{")
        .endsWith("}]")
        .contains("\"Name\":\"/mesos-" + id + "\"", "\"task\":\"t1\"");
  }

  @Test
  void runningContainerHasPidAndAddress() throws Exception {
    StartedContainer started = containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    assertThat(Path.of("/proc/" + started.pid().orElseThrow())).exists();
    assertThat(started.ipAddress().orElseThrow()).matches("[0-9.]+");
  }

  @Test
  void hostNetworkHasNoAddressOfItsOwn() throws Exception {
    StartedContainer started =
        containerizer.launch(
            spec(new Command.Shell("exec sleep 1000"), docker("host", List.of(), List.of())));
    assertThat(started.ipAddress()).isEmpty();
  }

  @Test
  void muchOutputIsComplete() throws Exception {
    containerizer.launch(
        spec(new Command.Shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done")));
    containerizer.await(id);
    assertThat(stdout().lines()).hasSize(20_000).last().isEqualTo("line 19999");
  }

  @Test
  void volumesFollowTheRulesOfRelativePaths() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("file"), "content");
    Files.createDirectory(sandbox.resolve("own"));
    containerizer.launch(
        spec(
            new Command.Shell(
                "cat /mnt/mesos/sandbox/in/file; echo made > /out/made; echo no > /mnt/mesos/sandbox/in/x"),
            docker("bridge", List.of(), List.of()),
            List.of(
                new VolumeMount(data.toString(), "in", true),
                new VolumeMount("own", "/out", false)),
            64));
    containerizer.await(id);
    assertThat(stdout()).isEqualTo("content");
    assertThat(sandbox.resolve("own/made")).hasContent("made");
    assertThat(data.resolve("x")).doesNotExist();
  }

  @Test
  void parametersTakeEffect() throws Exception {
    containerizer.launch(
        spec(
            new Command.Exec(Optional.of("-c"), List.of("hostname; id -u; pwd; echo $X")),
            docker(
                "bridge",
                List.of(),
                List.of(
                    new Parameter("hostname", "db"),
                    new Parameter("user", "7"),
                    new Parameter("workdir", "/tmp"),
                    new Parameter("env", "X=y"),
                    new Parameter("entrypoint", "/bin/sh")))));
    containerizer.await(id);
    assertThat(stdout()).isEqualTo("db\n7\n/tmp\ny\n");
  }

  @Test
  void portIsPublishedOnTheGivenAddressAndATakenOneIsTold() throws Exception {
    int port = freePort();
    List<PortMapping> ports = List.of(new PortMapping(port, 80, "tcp"));
    containerizer.launch(
        spec(
            new Command.Shell("exec nc -ll -p 80 -e /bin/echo welcome"),
            docker("bridge", ports, List.of())));
    assertThat(greeting(port)).isEqualTo("welcome\n");

    ContainerId second = new ContainerId(id + "-second");
    ContainerSpec taken = renamed(second, ports);
    assertThatThrownBy(() -> containerizer.launch(taken))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("container mesos-" + second + " cannot be started")
        .hasMessageContaining("127.0.0.2:" + port)
        .hasMessageContaining("already allocated");
    assertGone("mesos-" + second);
  }

  @Test
  void memoryLimitIsTold() throws Exception {
    containerizer.launch(
        spec(
            new Command.Exec(
                Optional.of("dd"), List.of("if=/dev/zero", "of=/dev/null", "bs=200M"))));
    ContainerExit exit = containerizer.await(id);
    assertThat(exit.outOfMemory()).isTrue();
    assertThat(exit.exitCode()).isEqualTo(137);
  }

  @Test
  void stopLetsTheProcessEndItself() throws Exception {
    containerizer.launch(spec(trapping("exit 7")));
    awaitReady();
    containerizer.stop(id, Duration.ofMinutes(1));
    assertThat(containerizer.await(id).exitCode()).isEqualTo(7);
  }

  @Test
  void secondStopShortensTheGrace() throws Exception {
    containerizer.launch(spec(trapping(":")));
    awaitReady();
    CompletableFuture<Void> first = inBackground(() -> containerizer.stop(id, LONG));
    containerizer.stop(id, Duration.ZERO);
    assertThat(containerizer.await(id).exitCode()).isEqualTo(137);
    first.get(30, TimeUnit.SECONDS);
    containerizer.stop(id, LONG);
  }

  @Test
  void removalFromOutsideEndsTheAwait() throws Exception {
    containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    engine.quick().removeContainerCmd("mesos-" + id).withForce(true).exec();
    ContainerExit exit = containerizer.await(id);
    assertThat(exit.exitCode()).isEqualTo(137);
    assertThat(exit.outOfMemory()).isFalse();
  }

  @Test
  void commandRunsInTheContainer() throws Exception {
    containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    assertThat(containerizer.execute(id, List.of("sh", "-c", "echo $GREETING; exit 4"), LONG))
        .isEqualTo(4);
    assertThat(sandbox.resolve("stderr")).hasContent("hello world");
    assertThat(containerizer.execute(id, List.of("no-such-command"), LONG)).isIn(126, 127);
    assertThat(containerizer.execute(id, List.of("sleep", "1000"), Duration.ofMillis(500)))
        .isEqualTo(124);
    assertThat(
            engine.inspect("mesos-" + id).orElseThrow().path("State").path("Running").asBoolean())
        .isTrue();
  }

  @Test
  void destroyLeavesNothingAndIsRepeatable() throws Exception {
    containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    CompletableFuture<Void> awaited = inBackground(() -> containerizer.await(id));
    containerizer.destroy(id);
    containerizer.destroy(id);
    awaited.get(30, TimeUnit.SECONDS);
    assertGone("mesos-" + id);
    assertThatThrownBy(() -> containerizer.await(id)).hasMessageContaining("is not known");
  }

  @Test
  void imageThatCannotBePulledIsNamedWithDockersReason() {
    ContainerSpec spec = withImage("localhost:1/nosuch:1");
    assertThatThrownBy(() -> containerizer.launch(spec))
        .isInstanceOf(ContainerException.class)
        .hasMessageStartingWith("image localhost:1/nosuch:1 cannot be pulled: ")
        .hasMessageContaining("connection refused");
  }

  @Test
  void stopEndsAPullUnderWay() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      ContainerSpec spec = withImage("127.0.0.1:" + silent.getLocalPort() + "/slow:1");
      CompletableFuture<Void> launch = inBackground(() -> containerizer.launch(spec));
      try (Socket connected = silent.accept()) {
        containerizer.stop(id, LONG);
        assertThat(connected.isClosed()).isFalse();
      }
      assertThatThrownBy(() -> launch.get(30, TimeUnit.SECONDS))
          .hasStackTraceContaining("container " + id + " was stopped before it started");
    }
  }

  @Test
  void commandMissingInTheImageIsToldAndLeavesNothing() throws Exception {
    ContainerSpec spec = spec(new Command.Exec(Optional.of("no-such-command"), List.of()));
    assertThatThrownBy(() -> containerizer.launch(spec))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("no-such-command");
    assertGone("mesos-" + id);
  }

  @Test
  void absentDaemonIsNamedWithItsRemedy() throws Exception {
    DockerOptions nowhere =
        DockerOptions.of(folder).withSocket(URI.create("unix:///no/such/docker.sock"));
    try (DockerContainerizer lost = new DockerContainerizer(nowhere)) {
      assertThatThrownBy(() -> lost.launch(spec(new Command.Shell("true"))))
          .isInstanceOf(ContainerException.class)
          .hasMessageContaining("unix:///no/such/docker.sock")
          .hasMessageContaining("start it");
    }
  }

  @Test
  void daemonThatGoesAwayIsToldToThoseWhoAwait() throws Exception {
    Path socket = folder.resolve("relay.sock");
    CompletableFuture<Void> await;
    try (DockerSocketRelay relay = new DockerSocketRelay(socket);
        DockerContainerizer relayed =
            new DockerContainerizer(
                DockerOptions.of(folder.resolve("work"))
                    .withSocket(URI.create("unix://" + socket)))) {
      relayed.launch(spec(new Command.Shell("exec sleep 1000")));
      await = inBackground(() -> relayed.await(id));
      relay.goAway();
      assertThatThrownBy(() -> await.get(30, TimeUnit.SECONDS))
          .hasStackTraceContaining("container mesos-" + id + " was lost sight of")
          .hasStackTraceContaining("does not answer at unix://" + socket);
      assertThatThrownBy(() -> relayed.destroy(id))
          .isInstanceOf(ContainerException.class)
          .hasMessageContaining("does not answer at unix://" + socket);
    }
  }

  /** Something that may fail as containerizers do. */
  private interface Step {
    void run() throws ContainerException, InterruptedException;
  }

  private static CompletableFuture<Void> inBackground(Step step) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            step.run();
          } catch (ContainerException | InterruptedException failure) {
            throw new IllegalStateException(failure);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  /** A shell waits for its foreground process before it minds a signal, so it waits by itself. */
  private Command trapping(String reaction) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", sandbox.resolve("ready").toString()).start().waitFor())
        .isZero();
    return new Command.Shell(
        "trap '"
            + reaction
            + "' TERM; echo > /mnt/mesos/sandbox/ready;"
            + " while true; do sleep 1000 & wait; done");
  }

  private void awaitReady() throws IOException {
    Files.readString(sandbox.resolve("ready"));
  }

  private void assertGone(String name) {
    DockerClient docker = engine.quick();
    assertThatThrownBy(() -> docker.inspectContainerCmd(name).exec())
        .isInstanceOf(NotFoundException.class);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
      return socket.getLocalPort();
    }
  }

  /** Docker's proxy accepts before the server inside listens, and then closes: ask again. */
  private static String greeting(int port) throws IOException {
    String text = "";
    while (text.isEmpty()) {
      try (Socket socket = new Socket("127.0.0.2", port)) {
        text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    return text;
  }

  private ContainerSpec renamed(ContainerId other, List<PortMapping> ports) {
    ContainerSpec spec = spec(new Command.Shell("true"), docker("bridge", ports, List.of()));
    return new ContainerSpec(
        other,
        sandbox,
        spec.command(),
        spec.environment(),
        0.1,
        64,
        List.of(),
        spec.docker(),
        Optional.empty(),
        Map.of(),
        LONG);
  }

  private ContainerSpec withImage(String image) {
    return spec(
        new Command.Shell("true"),
        new Docker(image, false, false, "bridge", "127.0.0.2", List.of(), List.of()));
  }

  private ContainerSpec spec(Command command) {
    return spec(command, docker("bridge", List.of(), List.of()));
  }

  private ContainerSpec spec(Command command, Docker docker) {
    return spec(command, docker, List.of(), 32);
  }

  private ContainerSpec spec(
      Command command, Docker docker, List<VolumeMount> volumes, double megabytes) {
    return new ContainerSpec(
        id,
        sandbox,
        Optional.of(command),
        new TreeMap<>(Map.of("GREETING", "hello world")),
        0.1,
        megabytes,
        volumes,
        Optional.of(docker),
        Optional.empty(),
        Map.of("task", "t1"),
        LONG);
  }

  private static Docker docker(
      String network, List<PortMapping> ports, List<Parameter> parameters) {
    return new Docker(IMAGE, false, false, network, "127.0.0.2", ports, parameters);
  }

  private String stdout() throws IOException {
    return Files.readString(sandbox.resolve("stdout"));
  }
}
