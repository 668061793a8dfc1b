package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.http.RecordStream;
import io.mesocosm.master.api.MasterFixture.Agent;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.link.LinkProtos.RunningTask;
import java.net.http.HttpResponse;
import java.util.Map;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AgentLinkEndpointTest {
  private static final String PATH = "/api/v1/agent-link";
  private static final String PROTOBUF = MediaType.PROTOBUF.contentType();

  private final MasterFixture fixture = new MasterFixture();

  @AfterEach
  void stop() {
    fixture.close();
    assertThat(fixture.crash).isNotDone();
  }

  @Test
  void agentsAreGivenAnIdAndShown() throws Exception {
    try (Agent agent = fixture.agent(4, 1024)) {
      LinkEvent event = agent.next();

      assertThat(event.getType()).isEqualTo(LinkEvent.Type.SUBSCRIBED);
      String id = event.getSubscribed().getAgentId().getValue();
      assertThat(id).endsWith("-S0");
      assertThat(fixture.get("/slaves?slave_id=" + id).body()).contains("\"id\":\"" + id + "\"");
      assertThat(fixture.get("/slaves?slave_id=other").body()).contains("\"slaves\":[]");
      String stream = agent.stream().header("Mesos-Stream-Id").orElseThrow();
      assertThat(post(pong(), Map.of("Content-Type", PROTOBUF, "Mesos-Stream-Id", stream)))
          .isEqualTo(202);
    }
  }

  @Test
  void callsNeedTheStreamOfTheirSubscription() throws Exception {
    assertThat(post(pong(), Map.of("Content-Type", PROTOBUF))).isEqualTo(400);
    assertThat(post(pong(), Map.of("Content-Type", PROTOBUF, "Mesos-Stream-Id", "x")))
        .isEqualTo(400);
  }

  @Test
  void theLinkIsProtobufOnly() throws Exception {
    assertThat(post(pong(), Map.of("Content-Type", "application/json"))).isEqualTo(415);
  }

  @Test
  void malformedCallsAreRefused() throws Exception {
    Map<String, String> headers = Map.of("Content-Type", PROTOBUF, "Mesos-Stream-Id", "x");
    LinkCall.Update.Builder update =
        LinkCall.Update.newBuilder()
            .setFrameworkId(FrameworkID.newBuilder().setValue("f"))
            .setStatus(status("a/b"));

    assertThat(post(LinkCall.getDefaultInstance(), headers)).isEqualTo(400);
    assertThat(post(call(LinkCall.Type.UPDATE).build(), headers)).isEqualTo(400);
    assertThat(post(call(LinkCall.Type.UPDATE).setUpdate(update).build(), headers)).isEqualTo(400);
    assertThat(post(call(LinkCall.Type.SUBSCRIBE).build(), Map.of("Content-Type", PROTOBUF)))
        .isEqualTo(400);
  }

  @Test
  void oddAgentsBreakNothing() throws Exception {
    AgentInfo.Builder info = AgentInfo.newBuilder().setHostname("h").setPort(1);
    TaskInfo task =
        TaskInfo.newBuilder()
            .setName("n")
            .setTaskId(TaskID.newBuilder().setValue("t"))
            .setAgentId(AgentID.newBuilder().setValue("other"))
            .addResources(MasterFixture.scalar("cpus", 64))
            .build();
    LinkCall.Subscribe[] odd = {
      subscribe(info.clone().addResources(MasterFixture.scalar("cpus", -1))).build(),
      subscribe(info.clone().addResources(MasterFixture.scalar("cpus", Double.NaN))).build(),
      subscribe(info.clone().addResources(MasterFixture.scalar("", 1))).build(),
      subscribe(info.clone().setId(AgentID.newBuilder().setValue("unheard-of"))).build(),
      subscribe(info.clone().setId(AgentID.newBuilder().setValue("another")))
          .addTasks(
              RunningTask.newBuilder()
                  .setFrameworkId(FrameworkID.newBuilder().setValue("f"))
                  .setTask(task)
                  .setLatestState(TaskState.TASK_RUNNING))
          .build(),
    };
    for (LinkCall.Subscribe subscribe : odd) {
      LinkCall call = call(LinkCall.Type.SUBSCRIBE).setSubscribe(subscribe).build();
      try (RecordStream stream =
          RecordStream.open(
              fixture.http,
              fixture.uri(PATH),
              PROTOBUF,
              PROTOBUF,
              call.toByteArray(),
              Map.of(),
              MasterFixture.PATIENCE)) {
        assertThat(stream.status()).isEqualTo(200);
        assertThat(fixture.get("/state").statusCode()).isEqualTo(200);
        assertThat(stream.next()).as(subscribe.toString()).isPresent();
      }
    }
    assertThat(fixture.get("/state").statusCode()).isEqualTo(200);
  }

  private int post(LinkCall call, Map<String, String> headers) throws Exception {
    HttpResponse<String> reply = fixture.post(PATH, headers, call.toByteArray());
    return reply.statusCode();
  }

  private static LinkCall pong() {
    return call(LinkCall.Type.PONG).build();
  }

  private static LinkCall.Builder call(LinkCall.Type type) {
    return LinkCall.newBuilder().setType(type);
  }

  private static LinkCall.Subscribe.Builder subscribe(AgentInfo.Builder info) {
    return LinkCall.Subscribe.newBuilder()
        .setProtocolVersion(1)
        .setVersion("0.1.0")
        .setAgentInfo(info);
  }

  private static TaskStatus.Builder status(String taskId) {
    return TaskStatus.newBuilder()
        .setTaskId(TaskID.newBuilder().setValue(taskId))
        .setState(TaskState.TASK_RUNNING);
  }
}
