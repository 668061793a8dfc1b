package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.mesocosm.agent.shell.AgentOptions;
import io.mesocosm.agent.shell.AgentProcess;
import io.mesocosm.agent.shell.Containerizers;
import io.mesocosm.agent.shell.FakeMaster;
import io.mesocosm.containerizer.process.ProcessContainerizer;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.testkit.FilledCalls;
import io.mesocosm.testkit.Mutation;
import io.mesocosm.testkit.ServerHealth;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.executor.Protos.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An executor that was launched, is known and subscribed, and talks nonsense. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileExecutorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CALLS = 1200;
  private static final int ROUND = 60;
  private static final int MORE_THREADS_MAX = 40;
  private static final long MORE_HEAP_BYTES_MAX = 48 << 20;
  private static final FrameworkID FRAMEWORK = FrameworkID.newBuilder().setValue("f").build();
  private static final ExecutorID EXECUTOR = ExecutorID.newBuilder().setValue("e").build();

  private final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final FakeMaster master = new FakeMaster();
  private ProcessContainerizer containerizer;
  private AgentProcess agent;
  private int tasks;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
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
            crash::complete);
    assertThat(agent.awaitRegistered(PATIENCE)).isTrue();
    launch();
    // The agent handles events in order: once it refuses this one, the executor is known.
    master.send(run("../bad", "named"));
    assertThat(master.nextStatus().getTaskId().getValue()).isEqualTo("named");
    assertThat(status(MediaType.PROTOBUF, subscribe().build().toByteArray())).isEqualTo(200);
  }

  @AfterEach
  void everythingStillWorksAndStops() throws Exception {
    try {
      assertThat(crash).isNotDone();
      launch();
      assertThat(status(MediaType.PROTOBUF, subscribe().build().toByteArray())).isEqualTo(200);
      assertThat(status(MediaType.JSON, MediaType.JSON.encode(update(new Random(0)))))
          .as("the executor is still the agent's")
          .isEqualTo(202);
      assertThat(crash).isNotDone();
    } finally {
      agent.close();
      containerizer.close();
      master.close();
      http.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void mutatedCallsOfASubscribedExecutorAreAnswered(long seed) throws Exception {
    Random random = new Random(seed);
    for (Message call : calls(random)) {
      for (MediaType type : MediaType.values()) {
        assertAnswered(type, type.encode(call));
      }
    }
    ServerHealth before = new ServerHealth();
    List<Message> calls = List.of();
    int accepted = 0;
    for (int i = 0; i < CALLS; i++) {
      if (i % ROUND == 0) {
        launch();
        calls = calls(random);
      }
      MediaType type = MediaType.values()[random.nextInt(MediaType.values().length)];
      byte[] valid = type.encode(calls.get(random.nextInt(calls.size())));
      accepted += assertAnswered(type, Mutation.any(valid, random)) == 202 ? 1 : 0;
    }
    assertThat(accepted).as("calls that got through to the core").isGreaterThan(20);
    before.assertStillGood(MORE_THREADS_MAX, MORE_HEAP_BYTES_MAX);
  }

  private List<Message> calls(Random random) {
    String task = "t" + random.nextInt(tasks + 1);
    List<Message> calls =
        new ArrayList<>(
            new FilledCalls(random, Map.of("FrameworkID", "f", "ExecutorID", "e", "TaskID", task))
                .of(Call.getDefaultInstance()));
    for (int i = 0; i < 10; i++) {
      calls.add(update(random));
      Call.Builder subscribe = subscribe();
      subscribe
          .getSubscribeBuilder()
          .addUnacknowledgedTasks(task("t" + random.nextInt(tasks + 1)))
          .addUnacknowledgedUpdatesBuilder()
          .setStatus(update(random).getUpdate().getStatus());
      calls.add(subscribe.build());
      calls.add(
          call(Call.Type.MESSAGE)
              .setMessage(Call.Message.newBuilder().setData(ByteString.copyFromUtf8("hello")))
              .build());
    }
    return calls;
  }

  private static Call.Builder call(Call.Type type) {
    return Call.newBuilder().setType(type).setFrameworkId(FRAMEWORK).setExecutorId(EXECUTOR);
  }

  private static Call.Builder subscribe() {
    return call(Call.Type.SUBSCRIBE).setSubscribe(Call.Subscribe.newBuilder());
  }

  private Call update(Random random) {
    TaskState[] states = {
      TaskState.TASK_STARTING, TaskState.TASK_RUNNING, TaskState.TASK_FINISHED, TaskState.TASK_LOST
    };
    byte[] uuid = new byte[16];
    random.nextBytes(uuid);
    return call(Call.Type.UPDATE)
        .setUpdate(
            Call.Update.newBuilder()
                .setStatus(
                    TaskStatus.newBuilder()
                        .setTaskId(TaskID.newBuilder().setValue("t" + random.nextInt(tasks + 1)))
                        .setState(states[random.nextInt(states.length)])
                        .setSource(TaskStatus.Source.SOURCE_EXECUTOR)
                        .setMessage("said so")
                        .setUuid(ByteString.copyFrom(uuid))))
        .build();
  }

  /** One more task for the executor. */
  private void launch() {
    tasks++;
    master.send(run("t" + tasks));
  }

  private static LinkEvent run(String... ids) {
    LinkEvent.RunTasks.Builder run =
        LinkEvent.RunTasks.newBuilder()
            .setFrameworkInfo(
                FrameworkInfo.newBuilder().setId(FRAMEWORK).setName("f").setUser("u"));
    for (String id : ids) {
      run.addTasks(task(id));
    }
    return LinkEvent.newBuilder().setType(LinkEvent.Type.RUN_TASKS).setRunTasks(run).build();
  }

  private static TaskInfo task(String id) {
    Resource cpus =
        Resource.newBuilder()
            .setName("cpus")
            .setType(Value.Type.SCALAR)
            .setScalar(Value.Scalar.newBuilder().setValue(0.001))
            .build();
    return TaskInfo.newBuilder()
        .setName(id)
        .setTaskId(TaskID.newBuilder().setValue(id))
        .setAgentId(AgentID.newBuilder().setValue("m-S0"))
        .setExecutor(
            ExecutorInfo.newBuilder()
                .setType(ExecutorInfo.Type.CUSTOM)
                .setExecutorId(EXECUTOR)
                .setCommand(CommandInfo.newBuilder().setValue("exec sleep 1000"))
                .addResources(cpus))
        .addResources(cpus)
        .build();
  }

  private int assertAnswered(MediaType type, byte[] body) throws Exception {
    int status = status(type, body);
    assertThat(status)
        .as("to %s: %s, crash %s", type, HexFormat.of().formatHex(body), crash)
        .satisfiesAnyOf(
            it -> assertThat(it).isBetween(200, 299),
            it -> assertThat(it).isBetween(400, 499),
            it -> assertThat(it).as("a call that no agent supports").isEqualTo(501));
    return status;
  }

  /** Only the head of the answer counts: a SUBSCRIBE's is a stream, and left at once. */
  private int status(MediaType type, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.port() + "/api/v1/executor"))
            .header("Content-Type", type.contentType())
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    response.body().close();
    return response.statusCode();
  }
}
