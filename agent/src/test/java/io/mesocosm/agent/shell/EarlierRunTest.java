package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.Reconfiguration.Policy;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.Identity;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierRunTest {
  private static final AgentInfo REGISTERED =
      AgentInfo.newBuilder().setHostname("host").setPort(5051).build();
  private static final AgentInfo RENAMED = REGISTERED.toBuilder().setHostname("other").build();

  @TempDir private Path folder;

  private EarlierRun read(boolean strict) throws Exception {
    return EarlierRun.read(folder, strict, InstantSource.system());
  }

  private void leave(String name, ByteString record) throws Exception {
    try (EarlierRun run = read(true)) {
      run.journal().write(new TreeMap<>(Map.of(name, Optional.of(record))));
    }
  }

  private void leaveIdentity() throws Exception {
    Identity identity =
        Identity.newBuilder()
            .setAgentId(AgentID.newBuilder().setValue("m-S0"))
            .setAgentInfo(REGISTERED)
            .setBootId("boot-1")
            .build();
    leave("agent", CheckpointRecord.newBuilder().setIdentity(identity).build().toByteString());
  }

  @Test
  void firstRunFindsNothing() throws Exception {
    try (EarlierRun run = read(true)) {
      assertThat(run.identity()).isEmpty();
      assertThat(run.errors()).isZero();
      assertThatCode(() -> run.requireFitting(REGISTERED, "boot-1", Policy.EQUAL))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void sameAgentGoesOnAfterTheMachineWasRestarted() throws Exception {
    leaveIdentity();
    try (EarlierRun run = read(true)) {
      run.requireFitting(REGISTERED, "boot-2", Policy.EQUAL);

      assertThat(run.identity()).isPresent();
    }
  }

  @Test
  void otherAgentIsRefusedWhileContainersMayRun() throws Exception {
    leaveIdentity();
    try (EarlierRun run = read(true)) {
      assertThatThrownBy(() -> run.requireFitting(RENAMED, "boot-1", Policy.ADDITIVE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("--hostname");
      assertThatThrownBy(() -> run.requireFitting(RENAMED, "", Policy.ADDITIVE))
          .isInstanceOf(IllegalStateException.class);
      run.requireFitting(RENAMED, "boot-1", Policy.ANY);

      assertThat(run.identity()).isPresent();
    }
  }

  @Test
  void otherAgentIsANewOneAfterTheMachineWasRestarted() throws Exception {
    leaveIdentity();
    try (EarlierRun run = read(true)) {
      run.requireFitting(RENAMED, "boot-2", Policy.EQUAL);
      assertThat(run.identity()).isEmpty();
    }
    try (EarlierRun next = read(true)) {
      assertThat(next.identity()).isEmpty();
    }
  }

  @Test
  void recordThatIsNoneOfOursIsFatalOrCounted() throws Exception {
    leaveIdentity();
    leave("tasks/f/t", ByteString.copyFromUtf8("nonsense"));

    assertThatThrownBy(() -> read(true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("record tasks/f/t")
        .hasMessageContaining("--no-strict");
    try (EarlierRun run = read(false)) {
      assertThat(run.errors()).isEqualTo(1);
      assertThat(run.identity()).isPresent();
    }
  }
}
