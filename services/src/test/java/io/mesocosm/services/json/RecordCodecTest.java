package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.GivenAnswer;
import io.mesocosm.services.Leftover;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.VersionInfo;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import io.mesocosm.services.instance.Placement;
import io.mesocosm.services.instance.Reservation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");

  private final AppReader reader = new AppReader("*");
  private final RecordCodec codec = new RecordCodec(reader, new PodReader("*", Optional.empty()));
  private final AppDefinition app =
      reader
          .read(
              Json.parse(
                  "{\"id\":\"/a/b\",\"cmd\":\"x\",\"cpus\":0.1}".getBytes(StandardCharsets.UTF_8)))
          .withVersion(AT, new VersionInfo(AT.minusSeconds(1), AT.minusSeconds(2)));

  private void survives(StoredRecord stored) {
    assertThat(codec.decode(stored.path(), codec.encode(stored))).isEqualTo(stored);
  }

  @Test
  void everyKindOfRecordReadsAsItWasWritten() {
    survives(new StoredRecord.FrameworkRecord("id-1"));
    survives(new StoredRecord.SpecRecord(app));
    survives(new StoredRecord.VersionRecord(app));
    survives(
        new StoredRecord.DeploymentRecord(
            new Deployment(
                new DeploymentId("d"),
                AT,
                List.of(
                    new Deployment.Change(app.id(), false, Optional.empty(), Optional.of(AT)),
                    new Deployment.Change(
                        new AppId("/z"), true, Optional.of(AT), Optional.empty())),
                List.of(
                    new Deployment.Step(
                        List.of(new Deployment.Action(Deployment.Kind.SCALE, app.id(), false)))),
                1)));
    InstanceId id = new InstanceId(app.id(), "00000000-0000-4000-8000-000000000001");
    survives(
        new StoredRecord.InstanceRecord(
            new Instance(
                id,
                3,
                AT,
                AT.minusSeconds(1),
                Condition.UNREACHABLE_INACTIVE,
                Goal.STOPPED,
                new Placement(
                    "S1",
                    "host",
                    new TreeMap<>(Map.of("rack", "1")),
                    Optional.of("r"),
                    Optional.empty(),
                    "*",
                    List.of(31000, 0)),
                List.of(
                    new InstanceTask(
                        InstanceTask.APP,
                        id.taskId(3),
                        "TASK_UNREACHABLE",
                        Condition.UNREACHABLE_INACTIVE,
                        List.of("10.0.0.1", "::1"),
                        Optional.of(AT),
                        AT,
                        Optional.of(false),
                        "gone")),
                AT,
                Optional.of(AT),
                AT,
                Optional.of(
                    new Reservation(
                        "r-1",
                        List.of(new Reservation.LocalVolume("data", "u-1", "a.b#data#u-1")))))));
    survives(new StoredRecord.PutBackRecord(app.id(), AT, AT.minusSeconds(9)));
    survives(new StoredRecord.DeletedRecord(app.id(), AT));
    GroupDefinition group = new GroupDefinition(new AppId("/a"), List.of(app.id()), true, AT);
    survives(new StoredRecord.GroupRecord(group));
    survives(new StoredRecord.GroupVersionRecord(group));
    survives(new StoredRecord.GroupDeletedRecord(group.id(), AT));
    survives(new StoredRecord.LeftoverRecord(new Leftover("r-1", "data", "S1", AT)));
    survives(
        new StoredRecord.AnswerRecord(
            new GivenAnswer(
                "k", "r", new DeploymentId("d"), AT, List.of(app.id()), AT.plusSeconds(1))));
  }

  private StoredRecord decoded(String path, String json) {
    return codec.decode(path, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void recordsOfTheEarlierFormatAreRead() {
    String definition =
        "{'id':'/a/b','cmd':'x','cpus':0.1,'version':'2026-01-02T03:04:05.678Z','versionInfo':{"
            + "'lastScalingAt':'2026-01-02T03:04:05Z','lastConfigChangeAt':'2026-01-02T03:04:04Z'}}";
    Instant version = Instant.parse("2026-01-02T03:04:05.678Z");

    StoredRecord.SpecRecord spec =
        (StoredRecord.SpecRecord)
            decoded("/apps/a%2Fb", "{'format':1,'kind':'app','app':" + definition + "}");
    assertThat(spec.spec().version()).isEqualTo(version);

    StoredRecord.DeploymentRecord deployment =
        (StoredRecord.DeploymentRecord)
            decoded(
                "/deployments/d",
                "{'format':1,'kind':'deployment','deployment':{'id':'d','version':"
                    + "'2026-01-02T03:04:05.678Z','currentStep':0,'changes':[{'app':'/a/b','target':"
                    + definition
                    + "}],'steps':[[{'kind':'START','app':'/a/b'}],[{'kind':'SCALE','app':'/a/b'}]]}}");
    assertThat(deployment.deployment().changes())
        .containsExactly(
            new Deployment.Change(app.id(), false, Optional.empty(), Optional.of(version)));
    assertThat(deployment.deployment().steps()).hasSize(2);

    StoredRecord.InstanceRecord instance =
        (StoredRecord.InstanceRecord)
            decoded(
                "/instances/i",
                "{'format':1,'kind':'instance','instance':{'id':'a_b.instance-u','app':'/a/b','uuid':"
                    + "'00000000-0000-4000-8000-000000000001','taskId':'a_b.instance-u._app.1',"
                    + "'version':'2026-01-02T03:04:05.678Z','configVersion':'2026-01-02T03:04:04Z',"
                    + "'condition':'RUNNING','wanted':false,'mesosState':'TASK_RUNNING',"
                    + "'ipAddresses':['10.0.0.1'],'stagedAt':'2026-01-02T03:04:06Z','startedAt':"
                    + "'2026-01-02T03:04:07Z','conditionSince':'2026-01-02T03:04:07Z','placement':{"
                    + "'agentId':'S1','hostname':'h','attributes':{},'role':'*','hostPorts':[31000]}}}");
    assertThat(instance.instance().goal()).isEqualTo(Goal.DECOMMISSIONED);
    assertThat(instance.instance().taskId()).isEqualTo("a_b.instance-u._app.1");
    assertThat(instance.instance().isRunning()).isTrue();
    assertThat(instance.instance().ipAddresses()).containsExactly("10.0.0.1");
    assertThat(instance.instance().placement().hostPorts()).containsExactly(31000);
    survives(instance);
  }

  @Test
  void aRecordOfAnotherFormatIsRefusedByName() {
    assertThatThrownBy(
            () -> codec.decode("/apps/x", "{\"format\":3}".getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("record /apps/x is not readable")
        .hasMessageContaining("format 3 is not known");
    assertThatThrownBy(() -> codec.decode("/apps/x", new byte[] {1, 2}))
        .hasMessageContaining("record /apps/x is not readable");
  }
}
