package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
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

/** The whole agent with real processes, against a master that is a fake. */
class AgentProcessTest {

  private FakeMaster master;
  private ProcessContainerizer containerizer;
  private AgentProcess agent;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    master = new FakeMaster();
    containerizer = new ProcessContainerizer(folder.resolve("state"));
    agent =
        AgentProcess.start(
            AgentOptions.parse(
                List.of(
                    "--master=" + master.address(),
                    "--ip=127.0.0.1",
                    "--port=0",
                    "--work_dir=" + folder.resolve("work"),
                    "--containerizers=mesos",
                    "--resources=cpus:2;mem:512;ports:[31000-31009];disk:0",
                    "--no-switch_user")),
            new Containerizers(Optional.of(containerizer), Optional.empty()),
            InstantSource.system(),
            new SplittableRandom(1),
            crash -> {
              throw new AssertionError("the agent broke a rule of its state", crash);
            });
    assertThat(agent.awaitRegistered(Duration.ofSeconds(20))).isTrue();
  }

  @AfterEach
  void stop() {
    agent.close();
    containerizer.close();
    master.close();
  }

  private void run(String id, String command) {
    master.run(task(id, command).build());
  }

  private static TaskInfo.Builder task(String id, String command) {
    return TaskInfo.newBuilder()
        .setName(id)
        .setTaskId(TaskID.newBuilder().setValue(id))
        .setAgentId(AgentID.newBuilder().setValue("m-S0"))
        .setCommand(CommandInfo.newBuilder().setValue(command))
        .addResources(
            Resource.newBuilder()
                .setName("cpus")
                .setType(Value.Type.SCALAR)
                .setScalar(Value.Scalar.newBuilder().setValue(0.1)));
  }

  private String get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.port() + path)).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }
  }

  @Test
  void registersWithWhatTheMachineHas() throws Exception {
    LinkCall call = master.next(LinkCall.Type.SUBSCRIBE);

    assertThat(call.getSubscribe().getAgentInfo().getPort()).isEqualTo(agent.port());
    assertThat(call.getSubscribe().getAgentInfo().getResourcesList())
        .extracting(Resource::getName)
        .containsExactlyInAnyOrder("cpus", "mem", "ports");
  }

  @Test
  void processRunsAndItsOutputCanBeRead() throws Exception {
    run("hello", "echo hello from $MESOS_FRAMEWORK_ID");

    assertThat(master.nextStatus().getState()).isEqualTo(TaskState.TASK_STARTING);
    TaskStatus running = master.nextStatus();
    assertThat(running.getState()).isEqualTo(TaskState.TASK_RUNNING);
    TaskStatus finished = master.nextStatus();
    assertThat(finished.getState()).isEqualTo(TaskState.TASK_FINISHED);
    assertThat(finished.getMessage()).isEqualTo("Command exited with status 0");

    String virtual = "/frameworks/m-0000/executors/hello/runs/latest/stdout";
    assertThat(get("/files/read?offset=0&path=" + virtual)).contains("hello from m-0000");
    assertThat(get("/slave(1)/files/download?path=" + virtual)).contains("hello from m-0000");
    assertThat(get("/state")).contains("\"id\":\"m-S0\"").contains("\"pid\":\"slave(1)@127.0.0.1:");
    assertThat(get("/metrics/snapshot")).contains("\"slave/tasks_finished\":1.0");
  }

  @Test
  void killedProcessIsGone() throws Exception {
    run("long", "sleep 1000");
    master.nextStatus();
    master.nextStatus();

    master.kill("long");

    TaskStatus killed = master.nextStatus();
    assertThat(killed.getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(killed.getMessage()).isEqualTo("Command terminated with signal Terminated");
  }

  @Test
  void killedTaskGivesUpItsFetching() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      String uri = "http://127.0.0.1:" + silent.getLocalPort() + "/file";
      master.run(
          task("slow", "sleep 1000")
              .setCommand(
                  CommandInfo.newBuilder()
                      .setValue("sleep 1000")
                      .addUris(CommandInfo.URI.newBuilder().setValue(uri)))
              .build());
      master.nextStatus();
      try (Socket fetching = silent.accept()) {
        master.kill("slow");

        TaskStatus killed = master.nextStatus();
        assertThat(killed.getState()).isEqualTo(TaskState.TASK_KILLED);
        assertThat(killed.getReason())
            .isEqualTo(TaskStatus.Reason.REASON_TASK_KILLED_DURING_LAUNCH);
        assertThat(fetching.isConnected()).isTrue();
      }
    }
  }

  @Test
  void healthChecksReachTheScheduler() throws Exception {
    HealthCheck check =
        HealthCheck.newBuilder()
            .setType(HealthCheck.Type.COMMAND)
            .setDelaySeconds(0)
            .setIntervalSeconds(0.05)
            .setGracePeriodSeconds(0)
            .setConsecutiveFailures(1)
            .setCommand(CommandInfo.newBuilder().setValue("exit 1"))
            .build();
    master.run(task("sick", "sleep 1000").setHealthCheck(check).build());
    master.nextStatus();
    master.nextStatus();

    TaskStatus unhealthy = master.nextStatus();
    TaskStatus killed = master.nextStatus();

    assertThat(unhealthy.getHealthy()).isFalse();
    assertThat(unhealthy.getMessage()).isEqualTo("Command health check exited with status 1");
    assertThat(killed.getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(killed.getHealthy()).isFalse();
  }

  @Test
  void resultsOfACommandCheckReachTheScheduler(@TempDir Path folder) throws Exception {
    Path ready = folder.resolve("ready");
    CheckInfo check =
        CheckInfo.newBuilder()
            .setType(CheckInfo.Type.COMMAND)
            .setDelaySeconds(0)
            .setIntervalSeconds(0.05)
            .setCommand(
                CheckInfo.Command.newBuilder()
                    .setCommand(CommandInfo.newBuilder().setValue("test -e " + ready)))
            .build();
    master.run(task("slow", "sleep 1000").setCheck(check).build());
    assertThat(master.nextStatus().getCheckStatus().getType()).isEqualTo(CheckInfo.Type.COMMAND);
    assertThat(master.nextStatus().getCheckStatus().getCommand().hasExitCode()).isFalse();

    TaskStatus before = master.nextStatus();
    Files.createFile(ready);
    TaskStatus after = master.nextStatus();

    assertThat(before.getReason()).isEqualTo(TaskStatus.Reason.REASON_TASK_CHECK_STATUS_UPDATED);
    assertThat(before.getCheckStatus().getCommand().getExitCode()).isEqualTo(1);
    assertThat(after.getCheckStatus().getCommand().hasExitCode()).isTrue();
    assertThat(after.getCheckStatus().getCommand().getExitCode()).isZero();
  }

  @Test
  void tasksGoOnWhileTheMasterIsAway() throws Exception {
    master.next(LinkCall.Type.SUBSCRIBE);
    run("long", "sleep 1000");
    master.nextStatus();
    master.nextStatus();

    master.dropLink();
    LinkCall again = master.next(LinkCall.Type.SUBSCRIBE);

    assertThat(again.getAgentId().getValue()).isEqualTo("m-S0");
    assertThat(again.getSubscribe().getTasks(0).getTask().getTaskId().getValue()).isEqualTo("long");
    assertThat(again.getSubscribe().getTasks(0).getLatestState()).isEqualTo(TaskState.TASK_RUNNING);
  }

  @Test
  void stoppedAgentLeavesNothingBehindAndTakesLeave() throws Exception {
    run("long", "sleep 1000");
    master.nextStatus();
    int pid = master.nextStatus().getContainerStatus().getExecutorPid();
    assertThat(ProcessHandle.of(pid)).isPresent();

    agent.close();

    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(master.next(LinkCall.Type.UNREGISTER).getAgentId().getValue()).isEqualTo("m-S0");
  }
}
