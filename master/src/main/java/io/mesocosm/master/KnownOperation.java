package io.mesocosm.master;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.FrameworkId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Operation;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.UUID;

/** One operation as the master knows it. Owned by the master's thread. */
final class KnownOperation {
  private final ByteString uuid;
  private final AgentId agent;
  private final Optional<FrameworkId> framework;
  private final Offer.Operation info;
  private final List<OperationStatus> statuses = new ArrayList<>();
  private Optional<OperationStatus> unacknowledged = Optional.empty();

  KnownOperation(
      ByteString uuid, AgentId agent, Optional<FrameworkId> framework, Offer.Operation info) {
    this.uuid = uuid;
    this.agent = agent;
    this.framework = framework;
    this.info = info;
  }

  ByteString uuid() {
    return uuid;
  }

  AgentId agent() {
    return agent;
  }

  Optional<FrameworkId> framework() {
    return framework;
  }

  Offer.Operation.Type type() {
    return info.getType();
  }

  /** Set if its framework wants to be told of it. */
  Optional<OperationID> id() {
    return info.hasId() ? Optional.of(info.getId()) : Optional.empty();
  }

  Optional<OperationStatus> latest() {
    return statuses.isEmpty() ? Optional.empty() : Optional.of(statuses.getLast());
  }

  boolean isTerminal() {
    return latest().filter(status -> isTerminal(status.getState())).isPresent();
  }

  /** The same one may come many times. */
  void record(OperationStatus status) {
    if (latest().filter(status::equals).isEmpty()) {
      statuses.add(status);
    }
    unacknowledged = status.hasUuid() ? Optional.of(status) : Optional.empty();
  }

  Optional<OperationStatus> unacknowledged() {
    return unacknowledged;
  }

  void acknowledged() {
    unacknowledged = Optional.empty();
  }

  /** As readers of the operator API see it. */
  Operation message() {
    OperationStatus last =
        latest()
            .orElseGet(() -> OperationMessages.status(this, OperationState.OPERATION_PENDING, ""));
    Operation.Builder message =
        Operation.newBuilder()
            .setAgentId(AgentID.newBuilder().setValue(agent.value()))
            .setInfo(info)
            .setLatestStatus(last)
            .addAllStatuses(statuses)
            .setUuid(UUID.newBuilder().setValue(uuid));
    framework.ifPresent(
        id -> message.setFrameworkId(FrameworkID.newBuilder().setValue(id.value())));
    return message.build();
  }

  /** F5. */
  static boolean isTerminal(OperationState state) {
    return switch (state) {
      case OPERATION_FINISHED,
          OPERATION_FAILED,
          OPERATION_ERROR,
          OPERATION_DROPPED,
          OPERATION_GONE_BY_OPERATOR ->
          true;
      case OPERATION_UNSUPPORTED,
          OPERATION_PENDING,
          OPERATION_UNREACHABLE,
          OPERATION_RECOVERING,
          OPERATION_UNKNOWN ->
          false;
    };
  }
}
