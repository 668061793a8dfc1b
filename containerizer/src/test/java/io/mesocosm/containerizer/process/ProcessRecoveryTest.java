package io.mesocosm.containerizer.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.containerizer.RecoveredContainer.Ended;
import io.mesocosm.containerizer.RecoveredContainer.NeverStarted;
import io.mesocosm.containerizer.RecoveredContainer.Running;
import io.mesocosm.containerizer.RecoveredContainer.Vanished;
import io.mesocosm.model.ContainerId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a later run finds of an earlier one; a second containerizer on the same folder is one. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessRecoveryTest {
  private static final ContainerId ID = new ContainerId("9d3c2f6e-0001");
  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path folder;
  private final ProcessTable table = new ProcessTable();
  private ProcessContainerizer earlier;
  private ProcessContainerizer later;

  @BeforeEach
  void open() {
    earlier = new ProcessContainerizer(folder.resolve("state"));
    later = new ProcessContainerizer(folder.resolve("state"));
  }

  @AfterEach
  void killAll() throws Exception {
    new ProcessContainerizer(folder.resolve("state")).recover(Set.of());
    earlier.close();
    later.close();
  }

  @Test
  void runningContainerGoesOnAndIsAwaited() throws Exception {
    mkfifo("go");
    int pid = launch("read x < go; exit 7");
    assertThat(later.recover(Set.of(ID))).hasSize(1);
    assertThat(running(later.recover(Set.of(ID)))).isEqualTo(pid);
    Files.writeString(sandbox().resolve("go"), "x\n");
    assertThat(later.await(ID)).isEqualTo(ContainerExit.exited(ID, 7));
    later.destroy(ID);
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void containerThatEndedMeanwhileIsTold() throws Exception {
    launch("exit 7");
    earlier.await(ID);
    assertThat(later.recover(Set.of(ID)))
        .isEqualTo(Map.of(ID, new Ended(ContainerExit.exited(ID, 7))));
    assertThat(later.await(ID).exitCode()).isEqualTo(7);
    later.destroy(ID);
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void leftoversOfAnEndedContainerAreKilledWithIt() throws Exception {
    mkfifo("ready");
    launch("(echo > ready; exec sleep 1000) & exit 3");
    Files.readString(sandbox().resolve("ready"));
    earlier.await(ID);
    assertThat(inSandbox()).hasSize(1);
    later.recover(Set.of(ID));
    later.destroy(ID);
    assertThat(inSandbox()).isEmpty();
  }

  @Test
  void manyThatNobodyWantsAreKilledAtOnce() throws Exception {
    List<Integer> pids = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      pids.add(
          Math.toIntExact(
              earlier
                  .launch(
                      Launcher.spec(folder.resolve("many"), "many-" + i, "sleep 1000 & sleep 1000"))
                  .pid()
                  .orElseThrow()));
    }
    assertThat(later.recover(Set.of(ID))).isEmpty();
    assertThat(table.all().stream().filter(it -> !it.isZombie()).map(ProcessTable.Entry::pid))
        .doesNotContainAnyElementsOf(pids);
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void recoveredContainerIsStoppedAndItsCommandsAreRun() throws Exception {
    mkfifo("ready");
    launch("trap 'exit 9' TERM; echo > ready; while true; do sleep 1000 & wait; done");
    Files.readString(sandbox().resolve("ready"));
    later.recover(Set.of(ID));
    assertThat(later.execute(ID, List.of("sh", "-c", "echo $GREETING; exit 5"), LONG)).isEqualTo(5);
    assertThat(sandbox().resolve("stderr")).hasContent("hello world");
    later.stop(ID, LONG);
    assertThat(later.await(ID).exitCode()).isEqualTo(9);
    later.destroy(ID);
    assertThat(inSandbox()).isEmpty();
  }

  @Test
  void recoveredContainerIsKilledAfterItsGrace() throws Exception {
    mkfifo("ready");
    launch("trap '' TERM; echo > ready; while true; do sleep 1000; done");
    Files.readString(sandbox().resolve("ready"));
    later.recover(Set.of(ID));
    later.stop(ID, Duration.ofMillis(50));
    assertThat(later.await(ID).signal()).isEqualTo(9);
  }

  @Test
  void unwantedContainerIsKilled() throws Exception {
    launch("exec sleep 1000");
    assertThat(later.recover(Set.of(new ContainerId("another")))).isEmpty();
    assertThat(earlier.await(ID).signal()).isEqualTo(9);
    assertThat(inSandbox()).isEmpty();
    assertThat(folder.resolve("state")).isEmptyDirectory();
    assertThatThrownBy(() -> later.await(ID)).hasMessageContaining("is not known");
  }

  @Test
  void containerOfAnEarlierRunOfTheMachineHasVanished() throws Exception {
    int pid = launch("exec sleep 1000");
    int leader = table.find(pid).orElseThrow().session();
    write("another-boot", leader, table.find(leader).orElseThrow().startTicks());
    assertThat(later.recover(Set.of(ID)))
        .isEqualTo(Map.of(ID, new Vanished(ID, "the machine was restarted")));
    assertThat(table.find(pid)).isPresent();
    write(table.bootId(), leader, table.find(leader).orElseThrow().startTicks());
  }

  @Test
  void foreignProcessOfTheSamePidIsLeftAlone() throws Exception {
    int pid = launch("exec sleep 1000");
    int leader = table.find(pid).orElseThrow().session();
    write(table.bootId(), leader, 1);
    Files.writeString(folder.resolve("state/torn.session"), "boot=x\n");
    assertThat(later.recover(Set.of(ID)).get(ID)).isInstanceOf(Vanished.class);
    assertThat(table.find(pid)).isPresent();
    assertThat(folder.resolve("state").toFile().list()).containsExactly("torn.session.unreadable");
    write(table.bootId(), leader, table.find(leader).orElseThrow().startTicks());
  }

  @Test
  void containerWhoseSupervisorWasKilledTooHasVanishedIfNobodySawIt() throws Exception {
    mkfifo("ready");
    int pid = launch("echo > ready; exec sleep 1000");
    Files.readString(sandbox().resolve("ready"));
    int leader = table.find(pid).orElseThrow().session();
    new Posix().kill(leader, Posix.SIGKILL);
    assertThat(earlier.await(ID).signal()).isEqualTo(9);
    assertThat(later.recover(Set.of(ID)).get(ID)).isInstanceOf(Vanished.class);
    assertThat(inSandbox()).isEmpty();
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  @Test
  void commandStartsOnlyAfterItsSupervisorIsNotedDown() throws Exception {
    Files.createDirectories(sandbox());
    Files.createDirectories(folder.resolve("state"));
    Launch launch =
        LaunchPlan.of(Launcher.spec(folder, ID.value(), "echo ran"))
            .command(Launcher.spec(folder, ID.value(), "echo ran"));
    Posix posix = new Posix();
    Supervisor supervisor =
        Supervisor.start(posix, new Descriptors(), launch, folder.resolve("state/" + ID + ".exit"));
    write(
        table.bootId(), supervisor.pid(), table.find(supervisor.pid()).orElseThrow().startTicks());
    supervisor.giveUp(); // as the end of the agent does
    posix.awaitEnd(supervisor.pid());
    assertThat(later.recover(Set.of(ID))).isEqualTo(Map.of(ID, new NeverStarted(ID)));
    assertThat(sandbox().resolve("stdout")).doesNotExist();
    assertThat(folder.resolve("state")).isEmptyDirectory();
    posix.reap(supervisor.pid());
  }

  @Test
  void secretsOfTheEnvironmentAreForTheAgentsUserOnly() throws Exception {
    launch("exec sleep 1000");
    Path record = folder.resolve("state").resolve(ID + ".session");
    assertThat(Files.readString(record)).contains("hello world");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(record)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("state"))))
        .isEqualTo("rwx------");
    assertThat(table.all())
        .noneMatch(entry -> {
          try {
            return Files.readString(Path.of("/proc/" + entry.pid() + "/cmdline"))
                .contains("hello world");
          } catch (IOException gone) {
            return false;
          }
        });
  }

  @Test
  void containersOutliveTheAgentsProcess() throws Exception {
    Path sandboxes = folder;
    for (String id : List.of("seven", "killed", "runs")) {
      Files.createDirectories(sandboxes.resolve(id));
      assertThat(
              new ProcessBuilder("mkfifo", sandboxes.resolve(id).resolve("go").toString())
                  .start()
                  .waitFor())
          .isZero();
    }
    List<Long> pids =
        killedLauncher(
            "seven", "read x < go; exit 7",
            "killed", "read x < go; kill -SEGV $$",
            "runs", "read x < go; exit 3");
    for (String id : List.of("seven", "killed")) {
      Path status = folder.resolve("state").resolve(id + ".exit");
      Files.writeString(sandboxes.resolve(id).resolve("go"), "x\n");
      while (!Files.exists(status) || Files.size(status) == 0) {
        Thread.onSpinWait();
      }
    }
    ContainerId runs = new ContainerId("runs");
    ContainerId seven = new ContainerId("seven");
    ContainerId killed = new ContainerId("killed");
    Map<ContainerId, RecoveredContainer> found = later.recover(Set.of(runs, seven, killed));
    assertThat(found.get(seven)).isEqualTo(new Ended(ContainerExit.exited(seven, 7)));
    assertThat(found.get(killed)).isEqualTo(new Ended(new ContainerExit(killed, 11, false)));
    assertThat(found.get(runs))
        .isInstanceOfSatisfying(
            Running.class,
            running -> assertThat(running.container().pid()).hasValue(pids.getLast()));
    Files.writeString(sandboxes.resolve("runs/go"), "x\n");
    assertThat(later.await(runs)).isEqualTo(ContainerExit.exited(runs, 3));
  }

  @Test
  void twoHundredContainersAreRecovered() throws Exception {
    List<String> arguments = new ArrayList<>();
    Set<ContainerId> wanted = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Collections.addAll(arguments, "c" + i, "exec sleep 1000");
      wanted.add(new ContainerId("c" + i));
    }
    List<Long> pids = killedLauncher(arguments.toArray(String[]::new));
    Map<ContainerId, RecoveredContainer> found = later.recover(wanted);
    assertThat(
            found.values().stream()
                .map(Running.class::cast)
                .map(running -> running.container().pid().orElseThrow()))
        .containsExactlyInAnyOrderElementsOf(pids);
    for (ContainerId id : wanted) {
      later.destroy(id);
    }
    assertThat(folder.resolve("state")).isEmptyDirectory();
  }

  /** Runs {@link Launcher} until it has launched all, kills it, and returns the pids. */
  private List<Long> killedLauncher(String... pairs) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                folder.resolve("state").toString(),
                folder.toString()));
    command.addAll(List.of(pairs));
    Process launcher =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<Long> pids = new ArrayList<>();
    try (BufferedReader told =
        new BufferedReader(
            new InputStreamReader(launcher.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < pairs.length / 2; i++) {
        pids.add(Long.parseLong(told.readLine()));
      }
    }
    launcher.destroyForcibly();
    assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return pids;
  }

  private int launch(String text) throws Exception {
    return (int) earlier.launch(Launcher.spec(folder, ID.value(), text)).pid().orElseThrow();
  }

  private Path sandbox() {
    return folder.resolve(ID.value());
  }

  private List<ProcessTable.Entry> inSandbox() {
    return table.all().stream()
        .filter(entry -> !entry.isZombie() && table.worksIn(entry, sandbox()))
        .toList();
  }

  private static int running(Map<ContainerId, RecoveredContainer> recovered) {
    return (int)
        ((Running) Objects.requireNonNull(recovered.get(ID))).container().pid().orElseThrow();
  }

  private void write(String bootId, int leader, long startTicks) throws IOException {
    new SessionRecords(folder.resolve("state"))
        .write(
            ID.value(),
            new SessionRecords.Session(
                bootId,
                new SessionRecords.Leader(leader, startTicks),
                new Origin(ID, sandbox(), new TreeMap<>(), Optional.empty())));
  }

  private void mkfifo(String name) throws Exception {
    Files.createDirectories(sandbox());
    assertThat(new ProcessBuilder("mkfifo", sandbox().resolve(name).toString()).start().waitFor())
        .isZero();
  }
}
