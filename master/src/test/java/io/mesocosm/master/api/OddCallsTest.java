package io.mesocosm.master.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.master.api.MasterFixture.Agent;
import io.mesocosm.master.api.MasterFixture.Scheduler;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a client sends, the master answers it and lives on. */
@Timeout(60)
class OddCallsTest {
  private final MasterFixture fixture = new MasterFixture();

  @AfterEach
  void stop() {
    fixture.close();
    assertThat(fixture.crash).isNotDone();
  }

  @Test
  void callsWithImpossibleIdsAndAmountsBreakNothing() throws Exception {
    try (Agent agent = fixture.agent(4, 1024);
        Scheduler scheduler = fixture.subscribe(MediaType.JSON, MasterFixture.INFO.build())) {
      assertThat(agent.next().getType()).isEqualTo(LinkEvent.Type.SUBSCRIBED);
      String framework = scheduler.next().getSubscribed().getFrameworkId().getValue();
      Offer offer = scheduler.next(Event.Type.OFFERS).getOffers().getOffers(0);
      String uuid = "AAAAAAAAAAAAAAAAAAAAAA==";
      String[] calls = {
        call("KILL", "'kill':{'task_id':{'value':'a/b'},'agent_id':{'value':''}}"),
        call("KILL", "'kill':{'task_id':{'value':''}}"),
        call(
            "ACKNOWLEDGE",
            "'acknowledge':{'agent_id':{'value':'/'},'task_id':{'value':''},'uuid':'"
                + uuid
                + "'}"),
        call(
            "RECONCILE",
            "'reconcile':{'tasks':[{'task_id':{'value':''},'agent_id':{'value':'/'}}]}"),
        call("RECONCILE", "'reconcile':{'tasks':[{'task_id':{'value':'../..'}}]}"),
        call("DECLINE", "'decline':{'offer_ids':[{'value':''},{'value':'a/b'}]}"),
        call("DECLINE", "'decline':{'offer_ids':[],'filters':{'refuse_seconds':1e300}}"),
        call("DECLINE", "'decline':{'offer_ids':[],'filters':{'refuse_seconds':-5}}"),
        call("REVIVE", "'revive':{'roles':['','/','nobody']}"),
        call("SUPPRESS", "'suppress':{'roles':['a b']}"),
        call("MESSAGE", "'message':{'agent_id':{'value':''},'executor_id':{'value':''},'data':''}"),
        call("SHUTDOWN", "'shutdown':{'agent_id':{'value':''},'executor_id':{'value':'/'}}"),
        call("ACCEPT", "'accept':{'offer_ids':[{'value':'..'}],'operations':[{}]}"),
        call("ACCEPT", "'accept':{'offer_ids':[{'value':'x'}],'filters':{'refuse_seconds':1e18}}"),
        launch(offer, "", "'scalar':{'value':1}"),
        launch(offer, "t", "'scalar':{'value':-1}"),
        launch(offer, "t", "'scalar':{'value':1e300}"),
        launch(offer, "t", "'ranges':{'range':[{'begin':5,'end':1}]}"),
      };
      for (String call : calls) {
        HttpResponse<String> reply =
            fixture.post(
                "/api/v1/scheduler",
                Map.of("Content-Type", "application/json", "Mesos-Stream-Id", scheduler.streamId()),
                call.replace("FRAMEWORK", framework).getBytes(StandardCharsets.UTF_8));
        assertThat(reply.statusCode()).as(call + " -> " + reply.body()).isIn(202, 400);
      }
      assertThat(fixture.get("/state").body()).contains(framework, "\"connected\":true");
    }
  }

  @Test
  void oddSubscriptionsBreakNothing() throws Exception {
    String[] infos = {
      "'roles':['a//b'],'capabilities':[{'type':'MULTI_ROLE'}]",
      "'roles':['*','*'],'capabilities':[{'type':'MULTI_ROLE'}]",
      "'roles':['a']",
      "'role':''",
      "'failover_timeout':1e300",
      "'failover_timeout':-1",
      "'id':{'value':'a/b'}",
    };
    for (String info : infos) {
      String id = info.startsWith("'id'") ? "'framework_id':{'value':'a/b'}," : "";
      String call =
          "{'type':'SUBSCRIBE',"
              + id
              + "'subscribe':{'framework_info':{'user':'u','name':'n',"
              + info
              + "}}}";
      try (Scheduler scheduler = raw(call)) {
        assertThat(scheduler.next().getType())
            .as(info)
            .isIn(Event.Type.ERROR, Event.Type.SUBSCRIBED);
      }
    }
    assertThat(fixture.get("/state").statusCode()).isEqualTo(200);
  }

  private Scheduler raw(String call) throws Exception {
    return new Scheduler(
        io.mesocosm.http.RecordStream.open(
            fixture.http,
            fixture.uri("/api/v1/scheduler"),
            "application/json",
            "application/json",
            call.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
            Map.of(),
            MasterFixture.PATIENCE),
        MediaType.JSON);
  }

  private static String launch(Offer offer, String taskId, String amount) {
    return call(
        "ACCEPT",
        "'accept':{'offer_ids':[{'value':'"
            + offer.getId().getValue()
            + "'}],'operations':[{'type':'LAUNCH','launch':{'task_infos':[{'name':'n','task_id':{'value':'"
            + taskId
            + "'},'agent_id':{'value':'"
            + offer.getAgentId().getValue()
            + "'},'resources':[{'name':'cpus','type':'SCALAR',"
            + amount
            + "}],'command':{'value':'true'}}]}}]}");
  }

  private static String call(String type, String body) {
    return ("{'type':'" + type + "','framework_id':{'value':'FRAMEWORK'}," + body + "}")
        .replace('\'', '"');
  }
}
