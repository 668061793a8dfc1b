package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.master.api.MasterFixture.Scheduler;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several calls in one request: our extension of the scheduler API. */
@Timeout(60)
class SchedulerBatchTest {
  private static final String BATCH = "Mesocosm-Batch";

  private final MasterFixture fixture = new MasterFixture();

  @AfterEach
  void stop() {
    fixture.close();
    assertThat(fixture.crash).isNotDone();
  }

  private static Call reconcile(FrameworkID framework, String task) {
    return Call.newBuilder()
        .setType(Call.Type.RECONCILE)
        .setFrameworkId(framework)
        .setReconcile(
            Call.Reconcile.newBuilder()
                .addTasks(
                    Call.Reconcile.Task.newBuilder()
                        .setTaskId(TaskID.newBuilder().setValue(task))
                        .setAgentId(
                            org.apache.mesos.v1.Protos.AgentID.newBuilder().setValue("gone"))))
        .build();
  }

  private static Call kill(FrameworkID framework, String task) {
    return Call.newBuilder()
        .setType(Call.Type.KILL)
        .setFrameworkId(framework)
        .setKill(Call.Kill.newBuilder().setTaskId(TaskID.newBuilder().setValue(task)))
        .build();
  }

  private HttpResponse<String> post(Scheduler scheduler, String batch, List<Call> calls)
      throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Call call : calls) {
      body.write(RecordIo.frame(scheduler.type().encode(call)));
    }
    return post(scheduler, batch, body.toByteArray());
  }

  private HttpResponse<String> post(Scheduler scheduler, String batch, byte[] body)
      throws Exception {
    return fixture.post(
        "/api/v1/scheduler",
        Map.of(
            "Content-Type",
            scheduler.type().contentType(),
            "Mesos-Stream-Id",
            scheduler.streamId(),
            BATCH,
            batch),
        body);
  }

  @ParameterizedTest
  @EnumSource
  void callsOfABatchAreMadeInOrderAndAnsweredOnce(MediaType type) throws Exception {
    try (Scheduler scheduler = fixture.subscribe(type, MasterFixture.INFO.build())) {
      assertThat(scheduler.stream().header(BATCH)).contains("records");
      FrameworkID id = scheduler.next().getSubscribed().getFrameworkId();

      HttpResponse<String> answer =
          post(
              scheduler,
              "records",
              List.of(
                  Call.newBuilder().setType(Call.Type.REVIVE).setFrameworkId(id).build(),
                  kill(id, "a"),
                  Call.newBuilder().setType(Call.Type.SUPPRESS).setFrameworkId(id).build(),
                  Call.newBuilder().setType(Call.Type.TEARDOWN).setFrameworkId(id).build()));

      assertThat(answer.statusCode()).isEqualTo(202);
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void oneMalformedCallRefusesAll() throws Exception {
    try (Scheduler scheduler = fixture.subscribe(MediaType.PROTOBUF, MasterFixture.INFO.build())) {
      FrameworkID id = scheduler.next().getSubscribed().getFrameworkId();
      Call teardown = Call.newBuilder().setType(Call.Type.TEARDOWN).setFrameworkId(id).build();
      Call subscribe =
          Call.newBuilder()
              .setType(Call.Type.SUBSCRIBE)
              .setSubscribe(Call.Subscribe.newBuilder().setFrameworkInfo(MasterFixture.INFO))
              .build();
      Call foreign =
          teardown.toBuilder().setFrameworkId(FrameworkID.newBuilder().setValue("x")).build();
      Call bodiless = Call.newBuilder().setType(Call.Type.ACCEPT).setFrameworkId(id).build();

      assertThat(post(scheduler, "records", List.of(teardown, subscribe)).statusCode())
          .isEqualTo(400);
      assertThat(post(scheduler, "records", List.of(teardown, foreign)).statusCode())
          .isEqualTo(400);
      assertThat(post(scheduler, "records", List.of(teardown, bodiless)).body())
          .contains("Expecting 'accept' to be present");
      assertThat(post(scheduler, "records", List.of()).statusCode()).isEqualTo(400);
      assertThat(post(scheduler, "yes", List.of(teardown)).statusCode()).isEqualTo(400);
      assertThat(
              post(scheduler, "records", "9\nshort".getBytes(StandardCharsets.UTF_8)).statusCode())
          .isEqualTo(400);

      // Still there: nothing was torn down.
      assertThat(post(scheduler, "records", List.of(reconcile(id, "a"))).statusCode())
          .isEqualTo(202);
      assertThat(scheduler.next().getType()).isEqualTo(Event.Type.HEARTBEAT);
    }
  }
}
