package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One agent after another on one work directory, with real processes. */
class AgentRestartTest {

  @TempDir private Path folder;
  private final FakeMaster master = new FakeMaster();
  // The last one is the one that runs.
  private final Deque<AgentProcess> agents = new ArrayDeque<>();
  private final Set<ByteString> seen = new HashSet<>();
  private final Deque<ProcessContainerizer> engines = new ArrayDeque<>();

  @BeforeEach
  void startFirst() throws Exception {
    start();
    assertThat(master.next(LinkCall.Type.SUBSCRIBE).hasAgentId()).isFalse();
  }

  @AfterEach
  void stop() {
    agents.forEach(AgentProcess::close);
    engines.forEach(ProcessContainerizer::close);
    master.close();
  }

  private void start(String... more) throws Exception {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--master=" + master.address(),
                "--ip=127.0.0.1",
                "--port=0",
                "--work_dir=" + folder.resolve("work"),
                "--containerizers=mesos",
                "--resources=cpus:2;mem:512;ports:[31000-31009];disk:0",
                "--no-switch_user"));
    flags.addAll(List.of(more));
    engines.addLast(new ProcessContainerizer(folder.resolve("work/meta/containers")));
    agents.addLast(
        AgentProcess.start(
            AgentOptions.parse(flags),
            new Containerizers(Optional.of(engines.getLast()), Optional.empty()),
            InstantSource.system(),
            new SplittableRandom(agents.size()),
            crash -> {
              throw new AssertionError("the agent broke a rule of its state", crash);
            }));
    assertThat(agents.getLast().awaitRegistered(Duration.ofSeconds(20))).isTrue();
  }

  private void detach() {
    agents.getLast().detach();
    engines.getLast().close();
  }

  private void run(String id, String command) {
    TaskInfo task =
        TaskInfo.newBuilder()
            .setName(id)
            .setTaskId(TaskID.newBuilder().setValue(id))
            .setAgentId(AgentID.newBuilder().setValue("m-S0"))
            .setCommand(CommandInfo.newBuilder().setValue(command))
            .addResources(
                Resource.newBuilder()
                    .setName("cpus")
                    .setType(Value.Type.SCALAR)
                    .setScalar(Value.Scalar.newBuilder().setValue(0.1)))
            .build();
    master.run(task);
  }

  /** The next status that did not come before: what was not acknowledged in time comes twice. */
  private TaskStatus nextNews() throws Exception {
    TaskStatus status = master.nextStatus();
    while (!seen.add(status.getUuid())) {
      status = master.nextStatus();
    }
    return status;
  }

  /** Starts a task and waits until it runs. */
  private ProcessHandle running(String id, String command) throws Exception {
    run(id, command);
    assertThat(nextNews().getState()).isEqualTo(TaskState.TASK_STARTING);
    TaskStatus status = nextNews();
    assertThat(status.getState()).isEqualTo(TaskState.TASK_RUNNING);
    return ProcessHandle.of(status.getContainerStatus().getExecutorPid()).orElseThrow();
  }

  private String get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agents.getLast().port() + path))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }
  }

  @Test
  void tasksGoOnUndisturbedAndBelongToTheSameAgent() throws Exception {
    int port = agents.getLast().port();
    ProcessHandle one = running("one", "echo hello; sleep 1000");
    ProcessHandle two = running("two", "sleep 1000");

    detach();
    assertThat(one.isAlive()).isTrue();
    assertThat(two.isAlive()).isTrue();
    start();

    LinkCall again = master.next(LinkCall.Type.SUBSCRIBE);
    assertThat(again.getAgentId().getValue()).isEqualTo("m-S0");
    assertThat(again.getSubscribe().getTasksList())
        .extracting(task -> task.getTask().getTaskId().getValue() + " " + task.getLatestState())
        .containsExactlyInAnyOrder("one TASK_RUNNING", "two TASK_RUNNING");
    assertThat(one.isAlive()).isTrue();
    assertThat(two.isAlive()).isTrue();
    assertThat(agents.getLast().port()).as("where executors look for it").isEqualTo(port);
    assertThat(get("/files/read?offset=0&path=/frameworks/m-0000/executors/one/runs/latest/stdout"))
        .contains("hello");

    master.kill("one");
    assertThat(nextNews().getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(one.isAlive()).isFalse();
    assertThat(two.isAlive()).isTrue();
  }

  @Test
  void endThatNobodyWatchedIsReported() throws Exception {
    Path signal = folder.resolve("signal");
    ProcessHandle task =
        running("brief", "while [ ! -e " + signal + " ]; do sleep 0.05; done; exit 3");
    detach();
    Files.createFile(signal);
    task.onExit().get(20, TimeUnit.SECONDS);

    start();

    TaskStatus failed = nextNews();
    assertThat(failed.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(failed.getMessage()).isEqualTo("Command exited with status 3");
  }

  @Test
  void endAfterTheRestartIsReported() throws Exception {
    Path signal = folder.resolve("signal");
    running("brief", "while [ ! -e " + signal + " ]; do sleep 0.05; done; exit 0");
    detach();
    start();

    Files.createFile(signal);

    assertThat(nextNews().getState()).isEqualTo(TaskState.TASK_FINISHED);
  }

  @Test
  void updateThatWasNotAcknowledgedIsSentAgain() throws Exception {
    run("long", "sleep 1000");
    TaskStatus first = master.next(LinkCall.Type.UPDATE).getUpdate().getStatus();
    detach();

    start();

    TaskStatus again = master.nextStatus();
    assertThat(again.getUuid()).isEqualTo(first.getUuid());
    assertThat(again.getState()).isEqualTo(TaskState.TASK_STARTING);
    assertThat(nextNews().getState()).isEqualTo(TaskState.TASK_RUNNING);
  }

  @Test
  void agentThatTookLeaveComesBackAsANewOne() throws Exception {
    ProcessHandle task = running("long", "sleep 1000");
    agents.getLast().close();
    assertThat(task.isAlive()).isFalse();
    assertThat(master.next(LinkCall.Type.UNREGISTER).getAgentId().getValue()).isEqualTo("m-S0");

    start();

    assertThat(master.next(LinkCall.Type.SUBSCRIBE).hasAgentId()).isFalse();
  }

  @Test
  void cleaningUpKillsEverythingAndForgets() throws Exception {
    ProcessHandle task = running("long", "sleep 1000");
    detach();

    assertThatThrownBy(() -> start("--recover=cleanup"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no container of an earlier agent");

    assertThat(task.isAlive()).isFalse();
    start();
    assertThat(master.next(LinkCall.Type.SUBSCRIBE).hasAgentId()).isFalse();
  }

  @Test
  void attributesMayComeAlongUnlessThePolicyForbidsIt() throws Exception {
    ProcessHandle task = running("long", "sleep 1000");
    detach();

    assertThatThrownBy(() -> start("--attributes=rack:b", "--reconfiguration_policy=equal"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--attributes")
        .hasMessageContaining("--reconfiguration_policy=additive");
    assertThat(task.isAlive()).isTrue();
    start("--attributes=rack:b");

    LinkCall again = master.next(LinkCall.Type.SUBSCRIBE);
    assertThat(again.getAgentId().getValue()).isEqualTo("m-S0");
    assertThat(again.getSubscribe().getAgentInfo().getAttributes(0).getName()).isEqualTo("rack");
    assertThat(task.isAlive()).isTrue();
  }

  @Test
  void secondAgentIsKeptOffTheWorkDirectory() {
    assertThatThrownBy(this::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("another agent, process");
    assertThat(agents.getLast().snapshot().registered()).isTrue();
  }

  @Test
  void damageIsRefusedOrGivenUpAndCounted() throws Exception {
    running("long", "sleep 1000");
    detach();
    Path journal = folder.resolve("work/meta/checkpoint/journal");
    byte[] bytes = Files.readAllBytes(journal);
    bytes[JournalFrames.HEAD_BYTES + 30] ^= 1;
    Files.write(journal, bytes);

    assertThatThrownBy(this::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(journal + " is damaged");
    start("--no-strict");

    assertThat(get("/metrics/snapshot")).contains("\"slave/recovery_errors\":1.0");
  }
}
