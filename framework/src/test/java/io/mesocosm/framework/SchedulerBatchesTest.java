package io.mesocosm.framework;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.Response;
import io.mesocosm.protocol.MediaType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several calls in one request, for masters that take them (docs/decisions/0008). */
@Timeout(30)
class SchedulerBatchesTest {
  private static final FrameworkInfo INFO =
      FrameworkInfo.newBuilder().setUser("me").setName("test").addRoles("dev").build();

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final SchedulerListener listener =
      new SchedulerListener() {
        @Override
        public void onEvent(Event event) {
          heard.add(event.getType().name());
        }

        @Override
        public void onDisconnected(String reason) {
          heard.add("disconnected: " + reason);
        }

        @Override
        public void onCallRefused(Call call, int status, String body) {
          heard.add("refused " + call.getKill().getTaskId().getValue() + " " + status);
        }
      };
  private final FakeMaster master = new FakeMaster();
  private final List<SchedulerClient> clients = new ArrayList<>();

  @AfterEach
  void stop() {
    clients.forEach(SchedulerClient::close);
    master.close();
  }

  @ParameterizedTest
  @EnumSource(MediaType.class)
  void callsThatWaitTravelTogetherInTheirOrder(MediaType type) throws Exception {
    master.takeBatches();
    SchedulerClient client = subscribed(type);
    CountDownLatch answered = new CountDownLatch(1);
    master.answerAfter(answered);

    client.send(kill("t0"));
    assertThat(master.call().batch()).isEqualTo(1);
    for (int i = 1; i <= 20; i++) {
      client.send(kill("t" + i));
    }
    answered.countDown();

    for (int i = 1; i <= 20; i++) {
      FakeMaster.Received received = master.call();
      assertThat(received.call().getKill().getTaskId().getValue()).isEqualTo("t" + i);
      assertThat(received.call().getFrameworkId().getValue()).isEqualTo("f-1");
      assertThat(received.streamId()).contains("stream-1");
      assertThat(received.batch()).isEqualTo(20);
    }
  }

  @Test
  void otherMastersGetThemOneByOne() throws Exception {
    SchedulerClient client = subscribed(MediaType.PROTOBUF);
    CountDownLatch answered = new CountDownLatch(1);
    master.answerAfter(answered);

    for (int i = 0; i < 5; i++) {
      client.send(kill("t" + i));
    }
    answered.countDown();

    for (int i = 0; i < 5; i++) {
      FakeMaster.Received received = master.call();
      assertThat(received.call().getKill().getTaskId().getValue()).isEqualTo("t" + i);
      assertThat(received.batch()).isEqualTo(1);
    }
  }

  @Test
  void callThatMayBeRefusedForItselfGoesAlone() throws Exception {
    master.takeBatches();
    SchedulerClient client = subscribed(MediaType.PROTOBUF);
    CountDownLatch answered = new CountDownLatch(1);
    master.answerAfter(answered);

    client.send(kill("t0"));
    master.call();
    client.send(kill("t1"));
    client.send(kill("t2"));
    client.send(SchedulerCalls.updateFramework(INFO, List.of(), Optional.empty()));
    client.send(kill("t3"));
    client.send(kill("t4"));
    answered.countDown();

    List<String> came = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      FakeMaster.Received received = master.call();
      came.add(received.call().getType() + " " + received.batch());
    }
    assertThat(came).containsExactly("KILL 2", "KILL 2", "UPDATE_FRAMEWORK 1", "KILL 2", "KILL 2");
  }

  @Test
  void callsOfRefusedBatchAreAnsweredEachForItself() throws Exception {
    master.takeBatches();
    master.answerBatches(_ -> Response.text(400, "one of them is bad"));
    SchedulerClient client = subscribed(MediaType.PROTOBUF);
    CountDownLatch answered = new CountDownLatch(1);
    master.answerAfter(answered);

    client.send(kill("t0"));
    assertThat(master.call().batch()).isEqualTo(1);
    master.answerCalls(Response.text(400, "bad"));
    client.send(kill("t1"));
    client.send(kill("t2"));
    answered.countDown();

    assertThat(heard()).isEqualTo("refused t1 400");
    assertThat(heard()).isEqualTo("refused t2 400");
    assertThat(master.call().call().getKill().getTaskId().getValue()).isEqualTo("t1");
    assertThat(master.call().call().getKill().getTaskId().getValue()).isEqualTo("t2");
  }

  @Test
  void batchForMasterThatLeadsNoMoreEndsTheSubscription() throws Exception {
    master.takeBatches();
    master.answerBatches(_ -> Response.text(503, "no leader"));
    SchedulerClient client = subscribed(MediaType.PROTOBUF);
    CountDownLatch answered = new CountDownLatch(1);
    master.answerAfter(answered);

    client.send(kill("t0"));
    master.call();
    client.send(kill("t1"));
    client.send(kill("t2"));
    answered.countDown();

    assertThat(heard()).isEqualTo("refused t1 503");
    assertThat(heard()).isEqualTo("refused t2 503");
    assertThat(heard())
        .startsWith("disconnected: the master at ")
        .contains("answered a batch of 2 calls with 503");
    master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    assertThat(master.hasCalls()).as("calls of the old subscription").isFalse();
  }

  private SchedulerClient subscribed(MediaType type) throws InterruptedException {
    SchedulerClientOptions options =
        new SchedulerClientOptions(
            List.of(master.uri()),
            INFO,
            List.of(),
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            type);
    SchedulerClient client = SchedulerClient.start(options, listener, new SplittableRandom(1));
    clients.add(client);
    master.stream().subscribed("f-1", 15);
    assertThat(heard()).isEqualTo("SUBSCRIBED");
    return client;
  }

  private String heard() throws InterruptedException {
    String line = heard.poll(10, TimeUnit.SECONDS);
    assertThat(line).as("something within 10 s").isNotNull();
    return String.valueOf(line);
  }

  private static Call kill(String task) {
    return SchedulerCalls.kill(
        TaskID.newBuilder().setValue(task).build(), Optional.empty(), Optional.empty());
  }
}
