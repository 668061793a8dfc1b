package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationState;
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

/** An agent with executors that are processes and speak HTTP, against a master that is a fake. */
class ExecutorProcessTest {
  private static final FrameworkID FRAMEWORK = FrameworkID.newBuilder().setValue("m-0000").build();
  private static final ExecutorID EXECUTOR = ExecutorID.newBuilder().setValue("small").build();

  @TempDir Path folder;
  private FakeMaster master;
  private ProcessContainerizer containerizer;
  private AgentProcess agent;
  private boolean checkpoint;

  @BeforeEach
  void start() throws Exception {
    master = new FakeMaster();
    containerizer = new ProcessContainerizer(folder.resolve("state"));
    agent = startAgent();
  }

  private AgentProcess startAgent() throws Exception {
    AgentProcess started =
        AgentProcess.start(
            AgentOptions.parse(
                List.of(
                    "--master=" + master.address(),
                    "--ip=127.0.0.1",
                    "--port=0",
                    "--work_dir=" + folder.resolve("work"),
                    "--containerizers=mesos",
                    "--resources=cpus:2;mem:512;ports:[31000-31009];disk:0",
                    "--resource_estimator=fixed:cpus:1",
                    "--domain={\"fault_domain\":{\"region\":{\"name\":\"r\"},"
                        + "\"zone\":{\"name\":\"z\"}}}",
                    "--no-switch_user")),
            new Containerizers(Optional.of(containerizer), Optional.empty()),
            InstantSource.system(),
            new SplittableRandom(1),
            crash -> {
              throw new AssertionError("the agent broke a rule of its state", crash);
            });
    assertThat(started.awaitRegistered(Duration.ofSeconds(20))).isTrue();
    return started;
  }

  @AfterEach
  void stop() {
    agent.close();
    containerizer.close();
    master.close();
  }

  private static Resource cpus(double amount) {
    return Resource.newBuilder()
        .setName("cpus")
        .setType(Value.Type.SCALAR)
        .setScalar(Value.Scalar.newBuilder().setValue(amount))
        .build();
  }

  private static ExecutorInfo executor() {
    CommandInfo.Builder command =
        CommandInfo.newBuilder()
            .setShell(false)
            .setValue(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .addAllArguments(
                List.of(
                    "java",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    SmallExecutor.class.getName()));
    return ExecutorInfo.newBuilder()
        .setType(ExecutorInfo.Type.CUSTOM)
        .setExecutorId(EXECUTOR)
        .setCommand(command)
        .addResources(cpus(0.1))
        .build();
  }

  private void run(String id, String data) {
    TaskInfo task =
        TaskInfo.newBuilder()
            .setName(id)
            .setTaskId(TaskID.newBuilder().setValue(id))
            .setAgentId(AgentID.newBuilder().setValue("m-S0"))
            .setExecutor(executor())
            .setData(ByteString.copyFromUtf8(data))
            .addResources(cpus(0.1))
            .build();
    master.send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.RUN_TASKS)
            .setRunTasks(
                LinkEvent.RunTasks.newBuilder()
                    .setFrameworkInfo(
                        FrameworkInfo.newBuilder()
                            .setId(FRAMEWORK)
                            .setName("f")
                            .setUser("u")
                            .setCheckpoint(checkpoint))
                    .addTasks(task))
            .build());
  }

  @Test
  void executorCarriesItsTasksOutUntilItIsShutDown() throws Exception {
    run("long", "");
    run("short", "finish");

    assertThat(List.of(master.nextStatus(), master.nextStatus(), master.nextStatus()))
        .extracting(status -> status.getTaskId().getValue() + " " + status.getState())
        .containsExactlyInAnyOrder(
            "long TASK_RUNNING", "short TASK_RUNNING", "short TASK_FINISHED");

    master.send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.EXECUTOR_MESSAGE)
            .setExecutorMessage(
                LinkEvent.ExecutorMessage.newBuilder()
                    .setFrameworkId(FRAMEWORK)
                    .setExecutorId(EXECUTOR)
                    .setData(ByteString.copyFromUtf8("ping")))
            .build());
    assertThat(
            master
                .next(LinkCall.Type.EXECUTOR_MESSAGE)
                .getExecutorMessage()
                .getData()
                .toStringUtf8())
        .isEqualTo("ping");

    master.send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.KILL_TASK)
            .setKillTask(
                LinkEvent.KillTask.newBuilder()
                    .setFrameworkId(FRAMEWORK)
                    .setTaskId(TaskID.newBuilder().setValue("long")))
            .build());
    TaskStatus killed = master.nextStatus();
    assertThat(killed.getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(killed.getContainerStatus().getContainerId().getValue()).isNotEmpty();

    master.send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SHUTDOWN_EXECUTOR)
            .setShutdownExecutor(
                LinkEvent.ShutdownExecutor.newBuilder()
                    .setFrameworkId(FRAMEWORK)
                    .setExecutorId(EXECUTOR))
            .build());
    assertThat(master.next(LinkCall.Type.EXITED_EXECUTOR).getExitedExecutor().getStatus()).isZero();
  }

  @Test
  void executorComesBackToARestartedAgent() throws Exception {
    checkpoint = true;
    run("before", "");
    TaskStatus before = master.nextStatus();
    assertThat(before.getState()).isEqualTo(TaskState.TASK_RUNNING);
    agent.detach();
    containerizer.close();
    containerizer = new ProcessContainerizer(folder.resolve("state"));
    agent = startAgent();

    run("after", "");
    TaskStatus after = master.nextStatus();
    while (after.getUuid().equals(before.getUuid())) {
      after = master.nextStatus();
    }

    assertThat(after.getTaskId().getValue() + " " + after.getState())
        .isEqualTo("after TASK_RUNNING");
    assertThat(after.getContainerStatus().getContainerId())
        .isEqualTo(before.getContainerStatus().getContainerId());
  }

  @Test
  void callsAreCheckedInTheOrderOfTheContract() throws Exception {
    String subscribe =
        "{\"type\":\"SUBSCRIBE\",\"framework_id\":{\"value\":\"f\"},"
            + "\"executor_id\":{\"value\":\"e\"},\"subscribe\":{}}";
    assertThat(status("GET", "application/json", "*/*", "")).isEqualTo(405);
    assertThat(status("POST", "", "*/*", subscribe)).isEqualTo(400);
    assertThat(status("POST", "text/plain", "*/*", subscribe)).isEqualTo(415);
    assertThat(status("POST", "application/json", "*/*", "{")).isEqualTo(400);
    assertThat(status("POST", "application/json", "text/html", subscribe)).isEqualTo(406);
    assertThat(status("POST", "application/json", "*/*", subscribe)).isEqualTo(400);
    assertThat(
            status("POST", "application/json", "*/*", subscribe.replace("SUBSCRIBE", "HEARTBEAT")))
        .isEqualTo(202);
    assertThat(status("POST", "application/json", "*/*", subscribe.replace("SUBSCRIBE", "UPDATE")))
        .isEqualTo(400);
  }

  @Test
  void reservationSurvivesTheAgent() throws Exception {
    LinkCall.Subscribe first = master.next(LinkCall.Type.SUBSCRIBE).getSubscribe();
    assertThat(first.getAgentInfo().getDomain().getFaultDomain().getZone().getName())
        .isEqualTo("z");
    assertThat(first.getOversubscribedResources(0).hasRevocable()).isTrue();
    Resource reserved =
        cpus(1).toBuilder()
            .addReservations(
                Resource.ReservationInfo.newBuilder()
                    .setType(Resource.ReservationInfo.Type.DYNAMIC)
                    .setRole("db"))
            .build();
    master.send(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.APPLY_OPERATION)
            .setApplyOperation(
                LinkEvent.ApplyOperation.newBuilder()
                    .setOperationUuid(ByteString.copyFromUtf8("0123456789abcdef"))
                    .setOperation(
                        Offer.Operation.newBuilder()
                            .setType(Offer.Operation.Type.RESERVE)
                            .setReserve(
                                Offer.Operation.Reserve.newBuilder().addResources(reserved))))
            .build());
    assertThat(
            master.next(LinkCall.Type.UPDATE_OPERATION).getUpdateOperation().getStatus().getState())
        .isEqualTo(OperationState.OPERATION_FINISHED);

    agent.close();
    agent = startAgent();

    assertThat(master.next(LinkCall.Type.SUBSCRIBE).getSubscribe().getTotalResourcesList())
        .contains(reserved);
  }

  private int status(String method, String contentType, String accept, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + agent.port() + "/slave(1)/api/v1/executor"))
            .header("Accept", accept)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }
}
