package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.services.Deployment;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.VersionInfo;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.Placement;
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
  private final RecordCodec codec = new RecordCodec(reader);
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
    survives(new StoredRecord.AppRecord(app));
    survives(new StoredRecord.VersionRecord(app));
    survives(
        new StoredRecord.DeploymentRecord(
            new Deployment(
                new DeploymentId("d"),
                AT,
                List.of(
                    new Deployment.Change(app.id(), Optional.empty(), Optional.of(app)),
                    new Deployment.Change(
                        new AppId("/z"), Optional.of(app.withInstances(0)), Optional.empty())),
                List.of(
                    new Deployment.Step(
                        List.of(new Deployment.Action(Deployment.Kind.SCALE, app.id())))),
                1)));
    InstanceId id = new InstanceId(app.id(), "00000000-0000-4000-8000-000000000001");
    survives(
        new StoredRecord.InstanceRecord(
            new Instance(
                id,
                id.taskId(1),
                AT,
                AT.minusSeconds(1),
                Condition.UNREACHABLE_INACTIVE,
                false,
                "TASK_UNREACHABLE",
                new Placement(
                    "S1",
                    "host",
                    new TreeMap<>(Map.of("rack", "1")),
                    Optional.of("r"),
                    Optional.empty(),
                    "*",
                    List.of(31000, 0)),
                List.of("10.0.0.1", "::1"),
                AT,
                Optional.of(AT),
                AT)));
  }

  @Test
  void aRecordOfAnotherFormatIsRefusedByName() {
    assertThatThrownBy(
            () -> codec.decode("/apps/x", "{\"format\":2}".getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("record /apps/x is not readable")
        .hasMessageContaining("format 2 is not known");
    assertThatThrownBy(() -> codec.decode("/apps/x", new byte[] {1, 2}))
        .hasMessageContaining("record /apps/x is not readable");
  }
}
