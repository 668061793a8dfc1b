package io.mesocosm.services.event;

import static io.mesocosm.services.event.Samples.DB;
import static io.mesocosm.services.event.Samples.DEPLOYMENT;
import static io.mesocosm.services.event.Samples.NOW;
import static io.mesocosm.services.event.Samples.VERSION;
import static io.mesocosm.services.event.Samples.WEB;
import static io.mesocosm.services.event.Samples.WEB_APP;
import static io.mesocosm.services.event.Samples.noticed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesNotice;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.json.AppWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every row of contracts/marathon-api.md §8, field by field. */
class EventWriterTest {
  private static final String ID = "shop_web.instance-01234567-89ab-4def-8123-456789abcdef";
  private static final String AT = "'timestamp':'2014-03-01T23:29:30.158Z'}";
  private static final String V = "'2014-03-01T23:00:00.001Z'";
  private static final String PLAN =
      "'plan':{'id':'867ed450-f6a8-4d33-9b0e-e11c5513990b','version':"
          + V
          + ",'steps':[{'actions':[{'action':'StopApplication','app':'/shop/db'}]}"
          + ",{'actions':[{'action':'StartPod','pod':'/shop/web'}]}"
          + ",{'actions':[{'action':'ScalePod','pod':'/shop/web'}]}]}";
  private static final String CHECK =
      "'healthCheck':{'protocol':'HTTP','path':'/up','portIndex':0,'gracePeriodSeconds':300,"
          + "'intervalSeconds':60,'timeoutSeconds':20,'maxConsecutiveFailures':3,"
          + "'delaySeconds':15,'ignoreHttp1xx':false,'ipProtocol':'IPv4'}";

  private final EventWriter writer = new EventWriter(() -> "master-1");

  private List<String> shown(ServicesEvent event) {
    return writer.write(event).stream()
        .map(frame -> frame.json(NOW).toString().replace('"', '\''))
        .toList();
  }

  private List<String> shown(ServicesNotice notice) {
    return shown(noticed(notice));
  }

  private static String event(String type, String fields) {
    return "{" + fields + (fields.isEmpty() ? "" : ",") + "'eventType':'" + type + "'," + AT;
  }

  @Test
  void apiPostHasTheWholeApp() {
    List<EventFrame> frames =
        writer.write(new ServicesEvent.AppPosted("10.1.2.3", "/v2/apps//shop/web", WEB_APP));

    assertThat(frames).hasSize(1);
    JsonNode json = frames.getFirst().json(NOW);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly("clientIp", "uri", "appDefinition", "eventType", "timestamp");
    assertThat(json.path("clientIp").asText()).isEqualTo("10.1.2.3");
    assertThat(json.path("uri").asText()).isEqualTo("/v2/apps//shop/web");
    assertThat(json.path("eventType").asText()).isEqualTo("api_post_event");
    assertThat(json.path("appDefinition")).isEqualTo(AppWriter.write(WEB_APP));
  }

  @Test
  void podsHaveAnEventForEachAct() {
    for (ServicesEvent.PodAct act : ServicesEvent.PodAct.values()) {
      String type =
          switch (act) {
            case CREATED -> "pod_created_event";
            case UPDATED -> "pod_updated_event";
            case DELETED -> "pod_deleted_event";
          };
      assertThat(shown(new ServicesEvent.PodPosted(act, "10.1.2.3", "/v2/pods/p")))
          .containsExactly(event(type, "'clientIp':'10.1.2.3','uri':'/v2/pods/p'"));
    }
  }

  @Test
  void statusUpdateSaysWhereTheTaskIs() {
    assertThat(
            shown(
                new ServicesNotice.StatusUpdated(
                    Samples.INSTANCE, Samples.INSTANCE.tasks().getFirst(), "up")))
        .containsExactly(
            event(
                "status_update_event",
                "'slaveId':'agent-1','taskId':'"
                    + ID
                    + "._app.1','taskStatus':'TASK_RUNNING','message':'up','appId':'/shop/web',"
                    + "'host':'host-1','ipAddresses':[{'ipAddress':'10.0.0.7','protocol':'IPv4'},"
                    + "{'ipAddress':'fd00::7','protocol':'IPv6'}],'ports':[31000,31001],"
                    + "'version':"
                    + V));
  }

  @Test
  void instanceChangeSaysWhatItIsNow() {
    assertThat(shown(new ServicesNotice.InstanceChanged(Samples.INSTANCE)))
        .containsExactly(
            event(
                "instance_changed_event",
                "'instanceId':'"
                    + ID
                    + "','condition':'Running','runSpecId':'/shop/web','agentId':'agent-1',"
                    + "'host':'host-1','runSpecVersion':"
                    + V));
  }

  @Test
  void unknownInstanceIsNamedByItsTask() {
    assertThat(
            shown(new ServicesNotice.UnknownInstanceTerminated(ID + "._app.3", WEB, "TASK_FAILED")))
        .containsExactly(
            event(
                "unknown_instance_terminated_event",
                "'instanceId':'" + ID + "','runSpecId':'/shop/web','condition':'Failed'"));
    assertThat(
            shown(new ServicesNotice.UnknownInstanceTerminated("x", WEB, "TASK_GONE_BY_OPERATOR")))
        .containsExactly(
            event(
                "unknown_instance_terminated_event",
                "'instanceId':'x','runSpecId':'/shop/web','condition':'Gone'"));
  }

  @Test
  void healthIsToldOfTheTaskAndOfTheInstance() {
    String ofInstance = "'instanceId':'" + ID + "','runSpecId':'/shop/web'";
    assertThat(
            shown(new ServicesNotice.InstanceHealthChanged(Samples.INSTANCE, Optional.of(false))))
        .containsExactly(
            event(
                "health_status_changed_event",
                "'appId':'/shop/web','instanceId':'" + ID + "','version':" + V + ",'alive':false"),
            event(
                "instance_health_changed_event",
                ofInstance + ",'healthy':false,'runSpecVersion':" + V));
    assertThat(shown(new ServicesNotice.InstanceHealthChanged(Samples.INSTANCE, Optional.empty())))
        .containsExactly(
            event("instance_health_changed_event", ofInstance + ",'runSpecVersion':" + V));
  }

  @Test
  void healthChecksComeFailAndGo() {
    assertThat(shown(new ServicesNotice.HealthCheckAdded(WEB, VERSION, Samples.CHECK)))
        .containsExactly(
            event("add_health_check_event", "'appId':'/shop/web','version':" + V + "," + CHECK));
    assertThat(
            shown(new ServicesNotice.HealthCheckFailed(Samples.INSTANCE, Samples.CHECK, "refused")))
        .containsExactly(
            event(
                "failed_health_check_event", "'appId':'/shop/web','taskId':'" + ID + "'," + CHECK));
    assertThat(shown(new ServicesNotice.HealthCheckRemoved(WEB)))
        .containsExactly(event("remove_health_check_event", "'appId':'/shop/web'"));
  }

  @Test
  void unhealthyInstanceIsEndedForAReason() {
    assertThat(shown(new ServicesNotice.UnhealthyInstanceKilled(Samples.INSTANCE, "status 500")))
        .containsExactly(
            event(
                "unhealthy_instance_kill_event",
                "'appId':'/shop/web','taskId':'"
                    + ID
                    + "._app.1','instanceId':'"
                    + ID
                    + "','version':"
                    + V
                    + ",'reason':'status 500','host':'host-1','slaveId':'agent-1'"));
  }

  @Test
  void schedulerComesAndGoes() {
    assertThat(shown(new ServicesNotice.Subscribed("fw-1", false)))
        .containsExactly(
            event("scheduler_registered_event", "'frameworkId':'fw-1','master':'master-1'"));
    assertThat(shown(new ServicesNotice.Subscribed("fw-1", true)))
        .containsExactly(event("scheduler_reregistered_event", "'master':'master-1'"));
    assertThat(shown(new ServicesNotice.Disconnected("gone")))
        .containsExactly(event("scheduler_disconnected_event", ""));
  }

  @Test
  void smallEvents() {
    assertThat(shown(new ServicesNotice.AppTerminated(WEB)))
        .containsExactly(event("app_terminated_event", "'appId':'/shop/web'"));
    assertThat(shown(new ServicesEvent.FrameworkMessage("e", "agent-1", "hi")))
        .containsExactly(
            event(
                "framework_message_event", "'executorId':'e','slaveId':'agent-1','message':'hi'"));
    assertThat(shown(new ServicesEvent.StreamAttached("10.1.2.3")))
        .containsExactly(event("event_stream_attached", "'remoteAddress':'10.1.2.3'"));
    assertThat(shown(new ServicesEvent.StreamDetached("10.1.2.3")))
        .containsExactly(event("event_stream_detached", "'remoteAddress':'10.1.2.3'"));
    assertThat(shown(new ServicesEvent.GroupChanged(AppId.ROOT, VERSION)))
        .containsExactly(event("group_change_success", "'groupId':'/','version':" + V));
    assertThat(shown(new ServicesNotice.GroupChanged(WEB, VERSION)))
        .containsExactly(event("group_change_success", "'groupId':'/shop/web','version':" + V));
    assertThat(shown(new ServicesEvent.GroupChangeFailed(AppId.ROOT, VERSION, "locked")))
        .containsExactly(
            event("group_change_failed", "'groupId':'/','version':" + V + ",'reason':'locked'"));
  }

  @Test
  void whatIsForTheLogIsNoEvent() {
    assertThat(shown(new ServicesNotice.Warning("careful"))).isEmpty();
    assertThat(shown(new ServicesNotice.SpecsChanged(VERSION, List.of()))).isEmpty();
  }

  @Test
  void deploymentBeginsWithItsFirstStep() {
    assertThat(shown(new ServicesNotice.DeploymentStarted(DEPLOYMENT)))
        .containsExactly(
            event(
                "deployment_info",
                PLAN
                    + ",'currentStep':{'actions':[{'action':'StopApplication','app':'/shop/db'}]}"));
  }

  @Test
  void stepThatIsDoneIsFollowedByTheNext() {
    String first = ",'currentStep':{'actions':[{'action':'StopApplication','app':'/shop/db'}]}";
    String second = ",'currentStep':{'actions':[{'action':'StartPod','pod':'/shop/web'}]}";
    String third = ",'currentStep':{'actions':[{'action':'ScalePod','pod':'/shop/web'}]}";
    assertThat(shown(new ServicesNotice.StepSucceeded(Samples.atStep(0))))
        .containsExactly(
            event("deployment_step_success", PLAN + first),
            event("deployment_info", PLAN + second));
    assertThat(shown(new ServicesNotice.StepSucceeded(Samples.atStep(2))))
        .containsExactly(event("deployment_step_success", PLAN + third));
  }

  @Test
  void deploymentEndsOneWayOrTheOther() {
    String id = "'id':'867ed450-f6a8-4d33-9b0e-e11c5513990b',";
    assertThat(shown(new ServicesNotice.DeploymentSucceeded(Samples.atStep(3))))
        .containsExactly(event("deployment_success", id + PLAN));
    assertThat(shown(new ServicesNotice.DeploymentFailed(Samples.atStep(1), "canceled")))
        .containsExactly(
            event(
                "deployment_step_failure",
                PLAN + ",'currentStep':{'actions':" + "[{'action':'StartPod','pod':'/shop/web'}]}"),
            event("deployment_failed", id + PLAN + ",'reason':'canceled'"));
  }

  @Test
  void deploymentWithNothingToDoHasNoSteps() {
    Deployment idle = new Deployment(new DeploymentId("d"), VERSION, List.of(), List.of(), 0);
    assertThat(shown(new ServicesNotice.DeploymentStarted(idle)))
        .containsExactly(
            event(
                "deployment_info",
                "'plan':{'id':'d','version':" + V + ",'steps':[]},'currentStep':{'actions':[]}"));
  }

  @Test
  void ourOwnEventsAreOfTheSameStyle() {
    assertThat(
            shown(
                new ServicesNotice.Own.LaunchLimitReached(
                    WEB, VERSION, 3, 3, "TASK_FAILED: no such file")))
        .containsExactly(
            event(
                "launch_limit_reached",
                "'runSpecId':'/shop/web','runSpecVersion':"
                    + V
                    + ",'attempts':3,'maxLaunchAttempts':3,"
                    + "'lastFailure':'TASK_FAILED: no such file'"));
    assertThat(
            shown(
                new ServicesNotice.Own.DeploymentStopped(
                    new DeploymentId("d1"),
                    VERSION,
                    DB,
                    "it failed 3 times",
                    Optional.of(new DeploymentId("d2")))))
        .containsExactly(
            event(
                "deployment_stopped_after_failures",
                "'id':'d1','version':"
                    + V
                    + ",'runSpecId':'/shop/db','reason':'it failed 3 times',"
                    + "'rollbackDeploymentId':'d2'"));
    assertThat(shown(new ServicesNotice.Own.AutoscaleDecided(WEB, 4, 5, 9, 1, 5, 95.5, 50, "busy")))
        .containsExactly(
            event(
                "autoscale_decision",
                "'runSpecId':'/shop/web','from':4,'to':5,'desired':9,'min':1,'max':5,"
                    + "'measured':95.5,'target':50.0,'atMax':true,'reason':'busy'"));
  }

  @Test
  void instanceIsDrainedInTwoSteps() {
    String which =
        "'instanceId':'"
            + ID
            + "','runSpecId':'/shop/web','runSpecVersion':"
            + V
            + ",'agentId':'agent-1','host':'host-1'";
    assertThat(shown(new ServicesNotice.Own.InstanceDraining(Samples.INSTANCE, NOW)))
        .containsExactly(
            event("instance_draining", which + ",'endsBy':'2014-03-01T23:29:30.158Z'"));
    assertThat(shown(new ServicesNotice.Own.InstanceDrained(Samples.INSTANCE, true)))
        .containsExactly(event("instance_drained", which + ",'confirmed':true"));
  }

  @Test
  void frameIsTwoLinesAndABlankOneWhateverTheTextsHold() {
    EventFrame frame =
        writer
            .write(new ServicesEvent.FrameworkMessage("e", "a", "one\r\n\r\nevent: two\u2028ü"))
            .getFirst();

    String text = new String(frame.bytes(NOW), StandardCharsets.UTF_8);

    assertThat(text)
        .startsWith("event: framework_message_event\r\ndata: {\"executorId\":\"e\"")
        .endsWith("\"}\r\n\r\n");
    assertThat(text.split("\r\n", -1)).hasSize(4);
    assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
  }
}
