package io.mesocosm.containerizer.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.ContainerSpec.Command;
import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessContainerizerTest {
  private static final ContainerId ID = new ContainerId("9d3c2f6e-0001");
  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path folder;
  private Path sandbox;
  private ProcessContainerizer containerizer;
  private final ProcessTable table = new ProcessTable();

  @BeforeEach
  void open() throws IOException {
    sandbox = Files.createDirectory(folder.resolve("sandbox"));
    containerizer = new ProcessContainerizer(folder.resolve("state"));
  }

  @AfterEach
  void close() throws Exception {
    containerizer.destroy(ID);
    containerizer.close();
  }

  @Test
  void outputIsAppendedToFilesOfTheSandbox() throws Exception {
    Files.writeString(sandbox.resolve("stdout"), "before\n");
    assertThat(run(new Command.Shell("pwd; echo oops >&2")).exitCode()).isZero();
    assertThat(stdout()).isEqualTo("before\n" + sandbox + "\n");
    assertThat(sandbox.resolve("stderr")).hasContent("oops");
  }

  @Test
  void exitCodeIsToldFromSignal() throws Exception {
    ContainerExit exit = run(new Command.Shell("exit 100"));
    assertThat(exit.isSignaled()).isFalse();
    assertThat(exit.exitCode()).isEqualTo(100);
    containerizer.destroy(ID);

    ContainerExit killed = run(new Command.Shell("kill -KILL $$"));
    assertThat(killed.isSignaled()).isTrue();
    assertThat(killed.signal()).isEqualTo(9);
    assertThat(killed.outOfMemory()).isFalse();
  }

  @Test
  void exitCodeAsShellsReportASignalReadsAsOne() throws Exception {
    assertThat(run(new Command.Shell("exit 143")).signal()).isEqualTo(15);
    containerizer.destroy(ID);
    assertThat(run(new Command.Shell("exit 255")).exitCode()).isEqualTo(255);
  }

  @Test
  void processThatKillsItsWholeGroupWasKilled() throws Exception {
    assertThat(run(new Command.Shell("kill -KILL 0")).signal()).isEqualTo(9);
    containerizer.destroy(ID);
    assertThat(run(new Command.Shell("trap 'exit 6' TERM; kill 0; exit 1")).exitCode())
        .isEqualTo(6);
  }

  @Test
  void argumentZeroIsTheCallersChoice() throws Exception {
    run(new Command.Exec(Optional.of("/bin/cat"), List.of("my-name", "/proc/self/cmdline")));
    assertThat(stdout()).isEqualTo("my-name\0/proc/self/cmdline\0");
  }

  @Test
  void executableMayHaveANameThatToolsTakeForSomethingElse() throws Exception {
    script("-x=y", "#!/bin/sh\necho $1\n");
    run(new Command.Exec(Optional.of("./-x=y"), List.of("./-x=y", "A=b")));
    assertThat(stdout()).isEqualTo("A=b\n");
    containerizer.destroy(ID);
    run(new Command.Exec(Optional.of("cat"), List.of("-my=name", "/proc/self/cmdline")));
    assertThat(stdout()).endsWith("-my=name\0/proc/self/cmdline\0");
  }

  @Test
  void environmentIsExactlyAsGivenAndAPath() throws Exception {
    Map<String, String> given =
        Map.ofEntries(
            Map.entry("A", "b=c\nd 'e' \"f\" $g `h` \\i\u0081\u00c1"),
            Map.entry("EMPTY", ""),
            Map.entry("with.dot-and-dash", "1"),
            Map.entry("PWD", "/elsewhere"),
            Map.entry("SHLVL", "7"),
            Map.entry("UID", "8"),
            Map.entry("OPTIND", "x"),
            Map.entry("IFS", "a"),
            Map.entry("LC_ALL", "no_SUCH"),
            Map.entry("BASH_ENV", "/no/such"));
    run(new Command.Exec(Optional.of("env"), List.of("env", "-0")), new TreeMap<>(given));
    Map<String, String> expected = new TreeMap<>(given);
    expected.put("PATH", LaunchPlan.PATH_WHEN_ABSENT);
    assertThat(stdout().split("\0"))
        .containsExactlyInAnyOrderElementsOf(
            expected.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    assertThat(sandbox.resolve("stderr")).isEmptyFile();
  }

  @Test
  void environmentHasNothingOfTheShellsBetween() throws Exception {
    run(new Command.Exec(Optional.of("env"), List.of("another-name")));
    assertThat(stdout()).isEqualTo("PATH=" + LaunchPlan.PATH_WHEN_ABSENT + "\n");
    assertThat(sandbox.resolve("stderr")).isEmptyFile();
  }

  @Test
  void veryLargeEnvironmentAndArgumentsAreHandedOn() throws Exception {
    SortedMap<String, String> environment = new TreeMap<>();
    for (int i = 0; i < 10; i++) {
      environment.put("V" + i, "x".repeat(100_000));
    }
    String argument = "y".repeat(100_000);
    run(
        new Command.Exec(
            Optional.of("sh"), List.of("sh", "-c", "echo ${#V9} ${#1}", "sh", argument)),
        environment);
    assertThat(stdout()).isEqualTo("100000 100000\n");
  }

  @Test
  void processInheritsNoFileAndNoBlockedOrIgnoredSignal() throws Exception {
    // The signals of grep itself: a shell blocks its own for a moment while it starts another
    // program.
    run(
        new Command.Exec(
            Optional.of("/bin/sh"),
            List.of("sh", "-c", "ls /proc/$$/fd; exec grep -E 'SigBlk|SigIgn' /proc/self/status")));
    assertThat(stdout().lines().filter(line -> line.matches("\\d+")).toList())
        .containsExactly("0", "1", "2");
    // above the 31 classic ones are two of glibc's own, which every posix_spawn leaves ignored
    assertThat(stdout())
        .contains("SigBlk:\t0000000000000000")
        .containsPattern("SigIgn:\t[0-9a-f]{8}[08]0000000");
  }

  @Test
  void processIsTheOnlyChildOfTheLeaderOfItsSession() throws Exception {
    StartedContainer started = containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    int pid = (int) started.pid().orElseThrow();
    ProcessTable.Entry entry = table.find(pid).orElseThrow();
    assertThat(entry.session()).isEqualTo(entry.parent());
    assertThat(table.living(entry.session())).hasSize(2);
    assertThat(Files.readSymbolicLink(Path.of("/proc/" + entry.parent() + "/fd/1")))
        .isEqualTo(Path.of("/dev/null"));
  }

  @Test
  void whatCannotBeExecutedIsNamedAndLeavesNothing() throws Exception {
    assertRefused(exec("no-such-thing"), "executable no-such-thing was not found in PATH=");
    assertRefused(exec("./absent"), "executable " + sandbox + "/./absent does not exist");
    Files.writeString(sandbox.resolve("data"), "x");
    assertRefused(exec("./data"), "must not be executed: give it permission (chmod +x)");
    script("odd", "#!/no/such/interpreter\n");
    assertRefused(exec("./odd"), "its interpreter or loader does not exist");
    assertRefused(
        new Command.Exec(Optional.empty(), List.of("a")), "has arguments but no value to execute");
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void scriptWithoutInterpreterLineIsRunByTheShell() throws Exception {
    script("plain", "echo got $1\n");
    run(new Command.Exec(Optional.of("./plain"), List.of("plain", "this")));
    assertThat(stdout()).isEqualTo("got this\n");
  }

  @Test
  void absentSandboxCommandOrDockerIsRefused() {
    ContainerSpec good = spec(new Command.Shell("true"));
    assertThatThrownBy(() -> containerizer.launch(with(good, folder.resolve("none"), List.of())))
        .hasMessageContaining("sandbox " + folder.resolve("none"));
    ContainerSpec commandless =
        new ContainerSpec(
            ID,
            sandbox,
            Optional.empty(),
            new TreeMap<>(),
            1,
            32,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            LONG);
    assertThatThrownBy(() -> containerizer.launch(commandless))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("has no command");
    ContainerSpec docker =
        new ContainerSpec(
            ID,
            sandbox,
            good.command(),
            new TreeMap<>(),
            1,
            32,
            List.of(),
            Optional.of(
                new ContainerSpec.Docker(
                    "nginx", false, false, "host", "127.0.0.1", List.of(), List.of())),
            Optional.empty(),
            Map.of(),
            LONG);
    assertThatThrownBy(() -> containerizer.launch(docker))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("image nginx");
  }

  @Test
  void secondLaunchOfAnIdIsRefused() throws Exception {
    containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    assertThatThrownBy(() -> containerizer.launch(spec(new Command.Shell("true"))))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("was launched before");
  }

  @Test
  void stopLetsTheProcessEndItself() throws Exception {
    launchAndAwaitReady("trap 'exit 7' TERM; echo > ready; while true; do sleep 1000 & wait; done");
    containerizer.stop(ID, LONG);
    assertThat(containerizer.await(ID).exitCode()).isEqualTo(7);
  }

  @Test
  void stopKillsWhatIgnoresItAfterTheGrace() throws Exception {
    launchAndAwaitReady("trap '' TERM; echo > ready; while true; do sleep 1000; done");
    containerizer.stop(ID, Duration.ofMillis(50));
    assertThat(containerizer.await(ID).signal()).isEqualTo(9);
  }

  @Test
  void secondStopShortensTheGrace() throws Exception {
    launchAndAwaitReady("trap '' TERM; echo > ready; while true; do sleep 1000; done");
    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> {
          try {
            containerizer.stop(ID, LONG);
          } catch (ContainerException | InterruptedException failure) {
            throw new IllegalStateException(failure);
          }
        });
    containerizer.stop(ID, Duration.ZERO);
    first.get(30, TimeUnit.SECONDS);
    assertThat(containerizer.await(ID).signal()).isEqualTo(9);
  }

  @Test
  void stopWakesAStoppedProcess() throws Exception {
    int pid = launchAndAwaitReady("trap 'exit 7' TERM; echo > ready; kill -STOP $$; exit 1");
    while (table.find(pid).orElseThrow().state() != 'T') {
      Thread.onSpinWait();
    }
    containerizer.stop(ID, LONG);
    assertThat(containerizer.await(ID).exitCode()).isEqualTo(7);
  }

  @Test
  void stopOfWhatEndedOrIsUnknownDoesNothing() throws Exception {
    run(new Command.Shell("true"));
    containerizer.stop(ID, LONG);
    containerizer.stop(new ContainerId("unknown"), LONG);
    containerizer.destroy(new ContainerId("unknown"));
  }

  @Test
  void destroyLeavesNoProcessOfTheSession() throws Exception {
    // job control puts the background process in a group of its own, in the same session
    int pid =
        launchAndAwaitReady(
            "set -m; (trap '' TERM HUP; echo > ready; exec sleep 1000) & read go < go; exit 3");
    int leader = table.find(pid).orElseThrow().session();
    Files.writeString(sandbox.resolve("go"), "go\n");
    assertThat(containerizer.await(ID).exitCode()).isEqualTo(3);
    assertThat(table.living(leader)).hasSize(1);
    containerizer.destroy(ID);
    assertThat(table.living(leader)).isEmpty();
    assertThat(table.find(leader)).isEmpty();
    assertThat(folder.resolve("state").toFile().list()).isEmpty();
    assertThatThrownBy(() -> containerizer.await(ID)).hasMessageContaining("is not known");
  }

  @Test
  void commandRunsBesideTheContainerInItsEnvironment() throws Exception {
    containerizer.launch(
        spec(new Command.Shell("exec sleep 1000"), new TreeMap<>(Map.of("CODE", "5"))));
    int code =
        containerizer.execute(ID, List.of("/bin/sh", "-c", "echo hi > made; exit $CODE"), LONG);
    assertThat(code).isEqualTo(5);
    assertThat(sandbox.resolve("made")).hasContent("hi");
    assertThat(containerizer.execute(ID, List.of("sh", "-c", "kill -9 $$"), LONG)).isEqualTo(137);
    assertThat(folder.resolve("state").toFile().list()).hasSize(1);
  }

  @Test
  void commandIsKilledAtItsTimeoutAndRefusedOutsideOfContainers() throws Exception {
    containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    assertThat(containerizer.execute(ID, List.of("sleep", "1000"), Duration.ofMillis(20)))
        .isEqualTo(124);
    assertThatThrownBy(() -> containerizer.execute(ID, List.of("nope"), LONG))
        .hasMessageContaining("executable nope was not found");
    assertThatThrownBy(
            () -> containerizer.execute(new ContainerId("unknown"), List.of("true"), LONG))
        .hasMessageContaining("container unknown is not known");
  }

  @Test
  void destroyEndsCommandsBesideTheContainer() throws Exception {
    mkfifo("started");
    containerizer.launch(spec(new Command.Shell("exec sleep 1000")));
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(() -> {
          try {
            return containerizer.execute(
                ID, List.of("sh", "-c", "echo > started; exec sleep 1000"), LONG);
          } catch (ContainerException | InterruptedException failure) {
            throw new IllegalStateException(failure);
          }
        });
    Files.readString(sandbox.resolve("started"));
    containerizer.destroy(ID);
    assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(137);
  }

  @Test
  void relativeVolumeIsALinkInTheSandbox() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("file"), "content");
    ContainerSpec spec =
        with(
            spec(new Command.Shell("cat some/where/file")),
            sandbox,
            List.of(
                new VolumeMount(data.toString(), "some/where", false),
                new VolumeMount(data.toString(), data.toString(), false)));
    containerizer.launch(spec);
    assertThat(containerizer.await(ID).exitCode()).isZero();
    assertThat(stdout()).isEqualTo("content");
  }

  @Test
  void volumeThatALinkCannotHonourIsRefused() {
    Command command = new Command.Shell("true");
    assertThatThrownBy(() -> launch(command, new VolumeMount("/tmp", "/elsewhere", false)))
        .hasMessageContaining("cannot appear at another absolute path");
    assertThatThrownBy(() -> launch(command, new VolumeMount("/tmp", "t", true)))
        .hasMessageContaining("cannot be read-only");
    assertThatThrownBy(() -> launch(command, new VolumeMount("/no/such", "t", false)))
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> launch(command, new VolumeMount("/tmp", "../t", false)))
        .hasMessageContaining("must stay inside the sandbox");
  }

  @Test
  void anotherUserNeedsRootAndExistence() throws Exception {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    String problem = root ? "this machine has no such user" : "run it as root";
    assertThatThrownBy(() -> containerizer.launch(asUser("no-such-user")))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining("user no-such-user")
        .hasMessageContaining(problem);
    assumeTrue(root, "switching users takes root");
    containerizer.launch(asUser("nobody"));
    assertThat(containerizer.await(ID).exitCode()).isZero();
    assertThat(stdout()).isEqualTo("nobody\n");
    assertThat(Files.getOwner(sandbox.resolve("stdout")).getName()).isEqualTo("nobody");
  }

  @Test
  void anotherUserGetsNoneOfTheAgentsPowersByTheEnvironment() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "switching users takes root");
    script("setpriv", "#!/bin/sh\nid -u > /dev/stderr\n");
    ContainerSpec spec = asUser("nobody");
    containerizer.launch(
        new ContainerSpec(
            ID,
            sandbox,
            Optional.of(
                new Command.Exec(Optional.of("/bin/sh"), List.of("sh", "-c", "echo $0; id -un"))),
            new TreeMap<>(
                Map.of("PATH", sandbox + ":" + LaunchPlan.PATH_WHEN_ABSENT, "LD_DEBUG", "")),
            1,
            32,
            List.of(),
            Optional.empty(),
            spec.user(),
            Map.of(),
            LONG));
    assertThat(containerizer.await(ID).exitCode()).isZero();
    assertThat(stdout()).isEqualTo("sh\nnobody\n");
    assertThat(sandbox.resolve("stderr")).isEmptyFile();
  }

  private ContainerSpec asUser(String user) {
    return new ContainerSpec(
        ID,
        sandbox,
        Optional.of(new Command.Shell("id -un")),
        new TreeMap<>(),
        1,
        32,
        List.of(),
        Optional.empty(),
        Optional.of(user),
        Map.of(),
        LONG);
  }

  private void launch(Command command, VolumeMount volume) throws Exception {
    containerizer.launch(with(spec(command), sandbox, List.of(volume)));
  }

  private ContainerExit run(Command command) throws Exception {
    return run(command, new TreeMap<>());
  }

  private ContainerExit run(Command command, SortedMap<String, String> environment)
      throws Exception {
    containerizer.launch(spec(command, environment));
    return containerizer.await(ID);
  }

  /** The text writes a line into the pipe {@code ready} when it is. */
  private int launchAndAwaitReady(String text) throws Exception {
    mkfifo("ready");
    mkfifo("go");
    StartedContainer started = containerizer.launch(spec(new Command.Shell(text)));
    Files.readString(sandbox.resolve("ready"));
    return (int) started.pid().orElseThrow();
  }

  private void mkfifo(String name) throws Exception {
    assertThat(new ProcessBuilder("mkfifo", sandbox.resolve(name).toString()).start().waitFor())
        .isZero();
  }

  private void script(String name, String text) throws IOException {
    assertThat(Files.writeString(sandbox.resolve(name), text).toFile().setExecutable(true))
        .isTrue();
  }

  private void assertRefused(Command command, String message) {
    assertThatThrownBy(() -> containerizer.launch(spec(command)))
        .isInstanceOf(ContainerException.class)
        .hasMessageContaining(message);
  }

  private static Command exec(String value) {
    return new Command.Exec(Optional.of(value), List.of(value));
  }

  private ContainerSpec spec(Command command) {
    return spec(command, new TreeMap<>());
  }

  private ContainerSpec spec(Command command, SortedMap<String, String> environment) {
    return new ContainerSpec(
        ID,
        sandbox,
        Optional.of(command),
        environment,
        1,
        32,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        LONG);
  }

  private static ContainerSpec with(ContainerSpec spec, Path sandbox, List<VolumeMount> volumes) {
    return new ContainerSpec(
        spec.id(),
        sandbox,
        spec.command(),
        spec.environment(),
        spec.cpus(),
        spec.memoryMegabytes(),
        volumes,
        spec.docker(),
        spec.user(),
        spec.labels(),
        spec.launchTimeout());
  }

  private String stdout() throws IOException {
    return Files.readString(sandbox.resolve("stdout"));
  }
}
