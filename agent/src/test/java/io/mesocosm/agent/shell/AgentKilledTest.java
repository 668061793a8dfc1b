package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose process is killed with no chance to do anything about it. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AgentKilledTest {
  private static final FrameworkID FRAMEWORK = FrameworkID.newBuilder().setValue("m-0000").build();
  private static final int TASKS = 50;

  @TempDir private Path folder;
  private final FakeMaster master = new FakeMaster();
  private final Set<ByteString> seen = new HashSet<>();
  private Optional<Process> program = Optional.empty();

  @AfterEach
  void stop() throws Exception {
    program.ifPresent(Process::destroyForcibly);
    try (ProcessContainerizer engine = engine()) {
      engine.recover(Set.of());
    }
    master.close();
  }

  @Test
  void everyTaskRunsOnAndIsFoundByTheNextAgent() throws Exception {
    startProgram();
    assertThat(master.next(LinkCall.Type.SUBSCRIBE).hasAgentId()).isFalse();
    runAll();
    SortedMap<String, ProcessHandle> processes = awaitRunning();

    kill(program.orElseThrow());
    assertThat(processes.values()).allMatch(ProcessHandle::isAlive);
    try (ProcessContainerizer engine = engine();
        AgentProcess agent = start(engine)) {
      LinkCall again = master.next(LinkCall.Type.SUBSCRIBE);
      assertThat(again.getAgentId().getValue()).isEqualTo("m-S0");
      assertThat(again.getSubscribe().getTasksList())
          .hasSize(TASKS)
          .allSatisfy(task -> {
            assertThat(task.getLatestState()).isEqualTo(TaskState.TASK_RUNNING);
            assertThat(processes).containsKey(task.getTask().getTaskId().getValue());
          });
      assertThat(processes.values()).allMatch(ProcessHandle::isAlive);

      // Nothing is told of any other task in between; each is known by its process.
      for (String task : List.of("task-00", "task-49")) {
        sendKill(task);
        TaskStatus status = nextNews();
        assertThat(status.getTaskId().getValue()).isEqualTo(task);
        assertThat(status.getState()).isEqualTo(TaskState.TASK_KILLED);
        assertThat(Optional.ofNullable(processes.remove(task)).orElseThrow().isAlive()).isFalse();
      }
      assertThat(processes.values()).allMatch(ProcessHandle::isAlive);
      assertThat(agent.snapshot().registered()).isTrue();
    }
    assertThat(processes.values()).noneMatch(ProcessHandle::isAlive);
  }

  private void startProgram() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AgentProgram.class.getName()));
    command.addAll(flags());
    program = Optional.of(new ProcessBuilder(command).inheritIO().start());
  }

  private static void kill(Process process) throws Exception {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private List<String> flags() {
    return List.of(
        "--master=" + master.address(),
        "--ip=127.0.0.1",
        "--port=0",
        "--work_dir=" + folder.resolve("work"),
        "--containerizers=mesos",
        "--resources=cpus:2;mem:512;ports:[31000-31009];disk:0",
        "--no-switch_user");
  }

  private ProcessContainerizer engine() {
    return new ProcessContainerizer(folder.resolve("work/meta/engine"));
  }

  private AgentProcess start(ProcessContainerizer engine) throws Exception {
    return AgentProcess.start(
        AgentOptions.parse(flags()),
        new Containerizers(Optional.of(engine), Optional.empty()),
        InstantSource.system(),
        new SplittableRandom(2),
        crash -> {
          throw new AssertionError("the agent broke a rule of its state", crash);
        });
  }

  private static Stream<String> names() {
    return IntStream.range(0, TASKS).mapToObj("task-%02d"::formatted);
  }

  private void runAll() {
    master.send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.RUN_TASKS)
            .setRunTasks(
                LinkEvent.RunTasks.newBuilder()
                    .setFrameworkInfo(
                        FrameworkInfo.newBuilder().setId(FRAMEWORK).setName("f").setUser("u"))
                    .addAllTasks(names().map(AgentKilledTest::task).toList()))
            .build());
  }

  private static TaskInfo task(String id) {
    return TaskInfo.newBuilder()
        .setName(id)
        .setTaskId(TaskID.newBuilder().setValue(id))
        .setAgentId(AgentID.newBuilder().setValue("m-S0"))
        .setCommand(CommandInfo.newBuilder().setValue("exec sleep 1000"))
        .addResources(
            Resource.newBuilder()
                .setName("cpus")
                .setType(Value.Type.SCALAR)
                .setScalar(Value.Scalar.newBuilder().setValue(0.01)))
        .build();
  }

  private SortedMap<String, ProcessHandle> awaitRunning() throws Exception {
    SortedMap<String, ProcessHandle> processes = new TreeMap<>();
    while (processes.size() < TASKS) {
      TaskStatus status = nextNews();
      if (status.getState() == TaskState.TASK_RUNNING) {
        processes.put(
            status.getTaskId().getValue(),
            ProcessHandle.of(status.getContainerStatus().getExecutorPid()).orElseThrow());
      } else {
        assertThat(status.getState()).isEqualTo(TaskState.TASK_STARTING);
      }
    }
    return processes;
  }

  /** The next status that did not come before: what was not acknowledged in time comes twice. */
  private TaskStatus nextNews() throws Exception {
    TaskStatus status = master.nextStatus();
    while (!seen.add(status.getUuid())) {
      status = master.nextStatus();
    }
    return status;
  }

  private void sendKill(String id) {
    master.send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.KILL_TASK)
            .setKillTask(
                LinkEvent.KillTask.newBuilder()
                    .setFrameworkId(FRAMEWORK)
                    .setTaskId(TaskID.newBuilder().setValue(id)))
            .build());
  }
}
