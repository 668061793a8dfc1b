package io.mesocosm.master.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.allocator.Explanation;
import io.mesocosm.master.api.MasterFixture.Agent;
import io.mesocosm.master.api.MasterFixture.Scheduler;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.Map;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** "Why not me?", asked over HTTP. */
class ExplainEndpointTest {
  private final MasterFixture fixture = new MasterFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void whoHoldsEverythingIsToldSoInBothForms() throws Exception {
    try (Agent agent = fixture.agent(4, 1024);
        Scheduler scheduler =
            fixture.subscribe(
                MediaType.PROTOBUF, FrameworkInfo.newBuilder(MasterFixture.INFO.build()).build())) {
      assertThat(agent.next().getType()).isEqualTo(LinkEvent.Type.SUBSCRIBED);
      scheduler.next(Event.Type.OFFERS);

      String asked = fixture.get("/allocation/explain?role=web").body();
      String called =
          fixture
              .post(
                  "/api/v1",
                  Map.of("Content-Type", "application/json"),
                  "{\"type\":\"EXPLAIN_ALLOCATION\",\"explain_allocation\":{\"role\":\"web\"}}"
                      .getBytes(UTF_8))
              .body();

      assertThat(asked).contains("\"role\":\"web\"", "\"reason\":\"NothingFree\"", "\"sentence\":");
      assertThat(called).isEqualTo(asked);
    }
  }

  @Test
  void aLimitThatIsLowerThanSetIsToldSo() {
    Explanation full =
        new Explanation.QuotaLimit(
            new Explanation.Subject(new FrameworkId("f"), "web", new AgentId("a")),
            "web",
            "cpus",
            Scalar.of(1),
            Scalar.of(1));

    assertThat(ExplainEndpoint.sentence(full, 0)).isEqualTo(full.sentence());
    assertThat(ExplainEndpoint.sentence(full, 3))
        .startsWith(full.sentence())
        .contains("3 agents", "--agent_reregister_timeout");
  }

  @Test
  void aQuestionAboutNobodyIsRefusedByName() throws Exception {
    assertThat(fixture.get("/allocation/explain").statusCode()).isEqualTo(400);
    assertThat(fixture.get("/allocation/explain?framework=nobody").statusCode()).isEqualTo(404);
    assertThat(fixture.get("/allocation/explain?role=unheard-of").body())
        .isEqualTo("{\"explanations\":[]}");
  }
}
