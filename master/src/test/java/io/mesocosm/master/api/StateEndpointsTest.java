package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.master.api.MasterFixture.Agent;
import io.mesocosm.master.api.MasterFixture.Scheduler;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.master.Protos.Response;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the endpoints show of a small cluster, over real HTTP. */
@Timeout(60)
class StateEndpointsTest {
  private final MasterFixture fixture = new MasterFixture();

  @AfterEach
  void stop() {
    fixture.close();
    assertThat(fixture.crash).isNotDone();
  }

  @Test
  void anEmptyClusterShowsTheMasterAlone() throws Exception {
    String state = fixture.get("/state").body();

    assertThat(state)
        .contains("\"version\":\"", "\"cluster\":\"lab\"", "\"hostname\":\"localhost\"")
        .contains("\"pid\":\"master@127.0.0.1:" + fixture.master.port() + "\"")
        .contains("\"leader_info\":{", "\"flags\":{", "\"start_time\":", "\"elected_time\":")
        .contains("\"slaves\":[]", "\"frameworks\":[]", "\"completed_frameworks\":[]")
        .contains("\"recovered_slaves\":[]", "\"orphan_tasks\":[]")
        .contains("\"activated_slaves\":0.0", "\"unreachable_slaves\":0.0");
  }

  @Test
  void agentsFrameworksOffersAndTasksAreShown() throws Exception {
    try (Agent agent = fixture.agent(4, 1024);
        Scheduler scheduler = fixture.subscribe(MediaType.PROTOBUF, MasterFixture.INFO.build())) {
      assertThat(agent.next().getType()).isEqualTo(LinkEvent.Type.SUBSCRIBED);
      String framework = scheduler.next().getSubscribed().getFrameworkId().getValue();
      Offer offer = scheduler.next(Event.Type.OFFERS).getOffers().getOffers(0);
      assertThat(fixture.get("/state").body())
          .contains("\"offered_resources\":{\"cpus\":4.0,\"gpus\":0.0,\"mem\":1024.0,\"disk\":0.0}")
          .contains("\"id\":\"" + offer.getId().getValue() + "\"")
          .contains("\"roles\":[\"web\"]", "\"capabilities\":[\"MULTI_ROLE\"]");

      launch(scheduler, offer);
      LinkEvent run = agent.next();
      assertThat(run.getType()).isEqualTo(LinkEvent.Type.RUN_TASKS);

      assertThat(fixture.get("/state").body())
          .contains("\"id\":\"task-1\",\"name\":\"sleeper\",\"framework_id\":\"" + framework)
          .contains("\"state\":\"TASK_STAGING\"", "\"executor_id\":\"\"", "\"role\":\"web\"");
      assertThat(fixture.get("/tasks?task_id=task-1").body()).contains("\"sleeper\"");
      assertThat(fixture.get("/tasks?task_id=other").body()).isEqualTo("{\"tasks\":[]}");
      assertThat(fixture.get("/slaves").body())
          .contains("\"used_resources_full\":[{", "\"attributes\":{}", "\"active\":true");
      assertThat(fixture.get("/roles").body()).contains("\"name\":\"web\"", framework);
      assertThat(fixture.get("/state-summary").body()).contains("\"TASK_STAGING\":1");
      assertThat(fixture.get("/metrics/snapshot").body())
          .contains("\"master/tasks_staging\":1.0", "\"master/slaves_active\":1.0")
          .contains("\"master/cpus_used\":1.0", "\"master/cpus_total\":4.0");
      String own = "\"master/frameworks/test/" + framework + "/";
      assertThat(fixture.get("/metrics/snapshot").body())
          .contains(own + "subscribed\":1.0", own + "roles/web/suppressed\":0.0")
          .contains(own + "calls/accept\":1.0", own + "events/subscribed\":1.0")
          .contains(own + "operations/launch\":1.0", own + "offers/accepted\":1.0")
          .contains(own + "tasks/active/task_staging\":1.0", own + "tasks/terminal/task_failed")
          .contains("\"allocator/mesos/allocation_run_ms/p99\":")
          .contains("\"allocator/mesos/allocation_run_latency_ms/count\":")
          .contains("\"registrar/state_fetch_ms\":", "\"registrar/log/recovered\":1.0");
    }
  }

  @Test
  void theOperatorApiShowsTheSame() throws Exception {
    try (Agent agent = fixture.agent(4, 1024)) {
      assertThat(agent.next().getType()).isEqualTo(LinkEvent.Type.SUBSCRIBED);

      HttpResponse<String> reply = operator("GET_STATE");

      Response.Builder state = Response.newBuilder();
      MediaType.JSON.decode(reply.body().getBytes(StandardCharsets.UTF_8), state);
      assertThat(state.getGetState().getGetAgents().getAgentsList()).hasSize(1);
    }
    assertThat(operator("GET_HEALTH").body())
        .isEqualTo("{\"type\":\"GET_HEALTH\",\"get_health\":{\"healthy\":true}}");
    assertThat(operator("GET_QUOTA").statusCode()).isEqualTo(200);
  }

  @Test
  void smallEndpointsAnswer() throws Exception {
    assertThat(fixture.get("/health").statusCode()).isEqualTo(200);
    assertThat(fixture.get("/version").body()).startsWith("{\"version\":\"");
    assertThat(fixture.get("/flags").body()).contains("\"agent_ping_timeout\":\"15secs\"");
    assertThat(fixture.get("/version?jsonp=show").body()).startsWith("show({").endsWith("});");
    assertThat(fixture.get("/system/stats.json?jsonp=show").body()).startsWith("show({");
    assertThat(fixture.get("/version?jsonp=alert(1)").statusCode()).isEqualTo(400);
    assertThat(fixture.get("/tasks?limit=x").statusCode()).isEqualTo(400);
    assertThat(fixture.get("/state.json").statusCode()).isEqualTo(404);
    HttpResponse<String> redirect = fixture.get("/redirect");
    assertThat(redirect.statusCode()).isEqualTo(307);
    assertThat(redirect.headers().firstValue("Location"))
        .contains("//localhost:" + fixture.master.port());
  }

  @Test
  void operatorsTearFrameworksDown() throws Exception {
    try (Scheduler scheduler = fixture.subscribe(MediaType.JSON, MasterFixture.INFO.build())) {
      String id = scheduler.next().getSubscribed().getFrameworkId().getValue();

      assertThat(teardown("frameworkId=" + id).statusCode()).isEqualTo(200);

      assertThat(fixture.get("/state").body()).contains("\"frameworks\":[],");
      assertThat(teardown("frameworkId=" + id).statusCode()).isEqualTo(400);
      assertThat(teardown("").statusCode()).isEqualTo(400);
    }
  }

  private void launch(Scheduler scheduler, Offer offer) throws Exception {
    TaskInfo task =
        TaskInfo.newBuilder()
            .setName("sleeper")
            .setTaskId(TaskID.newBuilder().setValue("task-1"))
            .setAgentId(offer.getAgentId())
            .addAllResources(
                List.of(MasterFixture.scalar("cpus", 1), MasterFixture.scalar("mem", 64)))
            .setCommand(CommandInfo.newBuilder().setValue("sleep 60"))
            .build();
    Call call =
        Call.newBuilder()
            .setType(Call.Type.ACCEPT)
            .setFrameworkId(offer.getFrameworkId())
            .setAccept(
                Call.Accept.newBuilder()
                    .addOfferIds(offer.getId())
                    .addOperations(
                        Offer.Operation.newBuilder()
                            .setType(Offer.Operation.Type.LAUNCH)
                            .setLaunch(Offer.Operation.Launch.newBuilder().addTaskInfos(task))))
            .build();
    assertThat(
            fixture
                .post(
                    "/api/v1/scheduler",
                    Map.of(
                        "Content-Type",
                        MediaType.PROTOBUF.contentType(),
                        "Mesos-Stream-Id",
                        scheduler.streamId()),
                    call.toByteArray())
                .statusCode())
        .isEqualTo(202);
  }

  private HttpResponse<String> operator(String type) throws Exception {
    return fixture.post(
        "/api/v1",
        Map.of("Content-Type", "application/json"),
        ("{\"type\":\"" + type + "\"}").getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> teardown(String form) throws Exception {
    return fixture.post(
        "/teardown",
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        form.getBytes(StandardCharsets.UTF_8));
  }
}
