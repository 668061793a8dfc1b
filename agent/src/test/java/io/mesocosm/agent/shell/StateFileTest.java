package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mesocosm.agent.StoredState;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  private static final StoredState STATE =
      new StoredState(
          List.of(
              Resource.newBuilder()
                  .setName("cpus")
                  .setType(Value.Type.SCALAR)
                  .setScalar(Value.Scalar.newBuilder().setValue(1))
                  .build()),
          List.of(
              LinkCall.UpdateOperation.newBuilder()
                  .setOperationUuid(ByteString.copyFromUtf8("u1"))
                  .setStatus(
                      OperationStatus.newBuilder().setState(OperationState.OPERATION_FINISHED))
                  .build()),
          List.of(ByteString.copyFromUtf8("u0"), ByteString.copyFromUtf8("u1")));

  @TempDir Path folder;

  @Test
  void nothingWrittenIsNoState() throws Exception {
    assertThat(new StateFile(folder).read()).isEqualTo(StoredState.NONE);
  }

  @Test
  void stateComesBackAsItWasWritten() throws Exception {
    new StateFile(folder).write(StoredState.NONE);
    new StateFile(folder).write(STATE);

    assertThat(new StateFile(folder).read()).isEqualTo(STATE);
  }

  @Test
  void damageIsFoundAndNamed() throws Exception {
    new StateFile(folder).write(STATE);
    Path file = folder.resolve("meta/resources/resources.state");
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {0, 30, bytes.length - 1}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertThatThrownBy(() -> new StateFile(folder).read())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is damaged")
          .hasMessageContaining(file.toString());
    }
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 3));
    assertThatThrownBy(() -> new StateFile(folder).read()).hasMessageContaining("is damaged");
  }
}
