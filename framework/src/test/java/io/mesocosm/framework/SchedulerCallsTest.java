package io.mesocosm.framework;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.Filters;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.UUID;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

class SchedulerCallsTest {
  private static final OfferID OFFER = OfferID.newBuilder().setValue("o").build();
  private static final AgentID AGENT = AgentID.newBuilder().setValue("a").build();
  private static final ExecutorID EXECUTOR = ExecutorID.newBuilder().setValue("e").build();
  private static final TaskID TASK = TaskID.newBuilder().setValue("t").build();
  private static final ByteString ID = ByteString.copyFrom(new byte[16]);

  @Test
  void everyCallCanBeMadeAndIsComplete() {
    Optional<Filters> filters = Optional.of(Filters.newBuilder().setRefuseSeconds(1).build());
    OperationID operation = OperationID.newBuilder().setValue("op").build();
    OperationStatus operationStatus =
        OperationStatus.newBuilder()
            .setState(OperationState.OPERATION_FINISHED)
            .setOperationId(operation)
            .setAgentId(AGENT)
            .setUuid(UUID.newBuilder().setValue(ID))
            .build();
    TaskStatus status =
        TaskStatus.newBuilder()
            .setTaskId(TASK)
            .setAgentId(AGENT)
            .setState(TaskState.TASK_RUNNING)
            .setUuid(ID)
            .build();
    FrameworkInfo info = FrameworkInfo.newBuilder().setUser("u").setName("n").build();

    List<Call> calls =
        List.of(
            SchedulerCalls.teardown(),
            SchedulerCalls.accept(
                List.of(OFFER), List.of(SchedulerCalls.launch(List.of())), filters),
            SchedulerCalls.decline(List.of(OFFER), filters),
            SchedulerCalls.revive(List.of("dev")),
            SchedulerCalls.suppress(List.of()),
            SchedulerCalls.kill(TASK, Optional.of(AGENT), Optional.empty()),
            SchedulerCalls.shutdown(EXECUTOR, AGENT),
            SchedulerCalls.acknowledge(status).orElseThrow(),
            SchedulerCalls.reconcile(List.of()),
            SchedulerCalls.message(AGENT, EXECUTOR, ByteString.copyFromUtf8("m")),
            SchedulerCalls.request(List.of()),
            SchedulerCalls.acceptInverseOffers(List.of(OFFER), filters),
            SchedulerCalls.declineInverseOffers(List.of(OFFER), filters),
            SchedulerCalls.acknowledgeOperation(operationStatus).orElseThrow(),
            SchedulerCalls.reconcileOperations(List.of(SchedulerCalls.operation(operation, AGENT))),
            SchedulerCalls.updateFramework(info, List.of("dev"), Optional.empty()));

    assertThat(calls).allSatisfy(call -> assertThat(call.isInitialized()).isTrue());
    Set<Call.Type> made = new TreeSet<>(calls.stream().map(Call::getType).toList());
    assertThat(made)
        .containsExactlyElementsOf(
            Stream.of(Call.Type.values())
                .filter(type -> type != Call.Type.UNKNOWN && type != Call.Type.SUBSCRIBE)
                .toList());
  }

  @Test
  void updateWithoutUuidWantsNoAcknowledgement() {
    assertThat(
            SchedulerCalls.acknowledge(
                TaskStatus.newBuilder().setTaskId(TASK).setState(TaskState.TASK_LOST).build()))
        .isEmpty();
    assertThat(
            SchedulerCalls.acknowledgeOperation(
                OperationStatus.newBuilder().setState(OperationState.OPERATION_DROPPED).build()))
        .isEmpty();
  }
}
