package io.mesocosm.framework;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.MediaType;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class ExecutorClientTest {
  private final FakeAgent agent = new FakeAgent();
  private final Map<String, String> environment =
      new TreeMap<>(
          Map.of(
              "MESOS_AGENT_ENDPOINT", agent.endpoint(),
              "MESOS_FRAMEWORK_ID", "f-1",
              "MESOS_EXECUTOR_ID", "e-1",
              "MESOS_CHECKPOINT", "1",
              "MESOS_RECOVERY_TIMEOUT", "15mins",
              "MESOS_SUBSCRIPTION_BACKOFF_MAX", "20ms"));
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final ExecutorListener listener =
      new ExecutorListener() {
        @Override
        public void onEvent(Event event) {
          heard.add(
              switch (event.getType()) {
                case LAUNCH -> "LAUNCH " + event.getLaunch().getTask().getTaskId().getValue();
                case MESSAGE -> "MESSAGE " + event.getMessage().getData().toStringUtf8();
                default -> event.getType().name();
              });
        }

        @Override
        public void onDisconnected(String reason) {
          heard.add("disconnected");
        }
      };

  @AfterEach
  void stop() {
    agent.close();
  }

  @ParameterizedTest
  @EnumSource(MediaType.class)
  void eventsComeAndUpdatesGo(MediaType type) throws Exception {
    try (ExecutorClient client = start(type)) {
      FakeAgent.Stream stream = agent.stream().subscribed().launch("t-1").message("hello");
      assertThat(heard()).isEqualTo("SUBSCRIBED");
      assertThat(heard()).isEqualTo("LAUNCH t-1");
      assertThat(heard()).isEqualTo("MESSAGE hello");

      client.update(status("t-1", TaskState.TASK_RUNNING));
      client.message(ByteString.copyFromUtf8("hi"));

      assertThat(stream.call().getFrameworkId().getValue()).isEqualTo("f-1");
      Call update = agent.call();
      TaskStatus sent = update.getUpdate().getStatus();
      assertThat(update.getExecutorId().getValue()).isEqualTo("e-1");
      assertThat(sent.getUuid().size()).isEqualTo(16);
      assertThat(sent.getSource()).isEqualTo(TaskStatus.Source.SOURCE_EXECUTOR);
      assertThat(sent.getExecutorId().getValue()).isEqualTo("e-1");
      assertThat(sent.getTimestamp()).isEqualTo(1_700_000_000.5);
      assertThat(agent.call().getMessage().getData().toStringUtf8()).isEqualTo("hi");
    }
  }

  @Test
  void whatIsNotAcknowledgedComesWithTheNextSubscription() throws Exception {
    try (ExecutorClient client = start(MediaType.PROTOBUF)) {
      FakeAgent.Stream first = agent.stream().subscribed().launch("a").launch("b").launch("c");
      for (int i = 0; i < 4; i++) {
        heard();
      }
      TaskStatus a = client.update(status("a", TaskState.TASK_RUNNING));
      TaskStatus b = client.update(status("b", TaskState.TASK_RUNNING));
      agent.call();
      agent.call();
      first.acknowledge(a);
      assertThat(heard()).isEqualTo("ACKNOWLEDGED");

      first.sink().close();

      assertThat(heard()).isEqualTo("disconnected");
      Call.Subscribe again = agent.stream().call().getSubscribe();
      assertThat(again.getUnacknowledgedUpdatesList())
          .extracting(Call.Update::getStatus)
          .containsExactly(b);
      assertThat(again.getUnacknowledgedTasksList())
          .extracting(task -> task.getTaskId().getValue())
          .containsExactly("b", "c");
    }
  }

  @Test
  void updateBetweenSubscribeAndItsAnswerIsSentAfterwards() throws Exception {
    try (ExecutorClient client = start(MediaType.PROTOBUF)) {
      FakeAgent.Stream stream = agent.stream();
      TaskStatus early = client.update(status("a", TaskState.TASK_RUNNING));
      assertThat(client.message(ByteString.copyFromUtf8("lost"))).isFalse();

      stream.subscribed();

      assertThat(agent.call().getUpdate().getStatus()).isEqualTo(early);
    }
  }

  @Test
  void shutdownIsHeardAndLastUpdatesStillGo() throws Exception {
    try (ExecutorClient client = start(MediaType.PROTOBUF)) {
      FakeAgent.Stream stream =
          agent.stream().subscribed().send(Event.newBuilder().setType(Event.Type.SHUTDOWN));
      assertThat(heard()).isEqualTo("SUBSCRIBED");
      assertThat(heard()).isEqualTo("SHUTDOWN");

      client.update(status("a", TaskState.TASK_KILLED));
      assertThat(agent.call().getUpdate().getStatus().getState()).isEqualTo(TaskState.TASK_KILLED);
      stream.sink().close();

      client.awaitEnd();
    }
  }

  @Test
  void closeSendsWhatWaits() throws Exception {
    ExecutorClient client = start(MediaType.PROTOBUF);
    agent.stream().subscribed();
    assertThat(heard()).isEqualTo("SUBSCRIBED");

    client.update(status("a", TaskState.TASK_FINISHED));
    client.close();
    client.close();

    assertThat(agent.call().getUpdate().getStatus().getState()).isEqualTo(TaskState.TASK_FINISHED);
    client.awaitEnd();
  }

  @Test
  void executorThatDoesNotCheckpointShutsDownWithItsAgent() throws Exception {
    environment.put("MESOS_CHECKPOINT", "0");
    try (ExecutorClient client = start(MediaType.PROTOBUF)) {
      FakeAgent.Stream stream = agent.stream().subscribed();
      assertThat(heard()).isEqualTo("SUBSCRIBED");

      stream.sink().close();

      assertThat(heard()).isEqualTo("disconnected");
      assertThat(heard()).isEqualTo("SHUTDOWN");
      client.awaitEnd();
    }
  }

  @Test
  void executorGivesUpAnAgentThatStaysAway() throws Exception {
    environment.put("MESOS_RECOVERY_TIMEOUT", "100ms");
    try (ExecutorClient client = start(MediaType.PROTOBUF)) {
      agent.stream().subscribed();
      assertThat(heard()).isEqualTo("SUBSCRIBED");

      agent.close();

      String last = heard();
      while (last.equals("disconnected")) {
        last = heard();
      }
      assertThat(last).isEqualTo("SHUTDOWN");
      client.awaitEnd();
    }
  }

  @Test
  void tokenOfTheEnvironmentIsShown() throws Exception {
    environment.put("MESOS_EXECUTOR_AUTHENTICATION_TOKEN", "x.y.z");
    try (ExecutorClient client = start(MediaType.JSON)) {
      assertThat(agent.stream().authorization()).contains("Bearer x.y.z");
      assertThat(client.message(ByteString.EMPTY)).isFalse();
    }
  }

  @Test
  void missingVariableIsNamed() {
    environment.remove("MESOS_EXECUTOR_ID");

    assertThatThrownBy(() -> ExecutorClientOptions.fromEnvironment(environment, MediaType.JSON))
        .hasMessage(
            "MESOS_EXECUTOR_ID is not in the environment: an executor must be started by an agent");
  }

  private ExecutorClient start(MediaType type) {
    return ExecutorClient.start(
        ExecutorClientOptions.fromEnvironment(environment, type),
        listener,
        InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_500L)));
  }

  private static TaskStatus status(String task, TaskState state) {
    return TaskStatus.newBuilder()
        .setTaskId(TaskID.newBuilder().setValue(task))
        .setState(state)
        .build();
  }

  private String heard() throws InterruptedException {
    String line = heard.poll(10, TimeUnit.SECONDS);
    assertThat(line).as("something heard within 10 s").isNotNull();
    return line;
  }
}
