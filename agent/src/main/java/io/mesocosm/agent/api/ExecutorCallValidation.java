package io.mesocosm.agent.api;

import io.mesocosm.model.Identifiers;
import java.util.Optional;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CheckStatusInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;

/** Whether a call of an executor is complete (contracts/mesos-executor-api.md §2). */
final class ExecutorCallValidation {
  private static final int UUID_BYTES = 16;

  private ExecutorCallValidation() {}

  /** What is wrong with the call; empty if it can be looked at further. */
  static Optional<String> problem(Call call) {
    if (!call.hasType()) {
      return Optional.of("Expecting 'type' to be present");
    }
    if (call.getExecutorId().getValue().isEmpty()) {
      return Optional.of("Expecting 'executor_id' to be present");
    }
    if (call.getFrameworkId().getValue().isEmpty()) {
      return Optional.of("Expecting 'framework_id' to be present");
    }
    Optional<String> badId =
        id("framework_id", call.getFrameworkId().getValue())
            .or(() -> id("executor_id", call.getExecutorId().getValue()));
    if (badId.isPresent()) {
      return badId;
    }
    return switch (call.getType()) {
      case SUBSCRIBE -> subscribe(call);
      case UPDATE ->
          call.hasUpdate()
              ? update(call.getUpdate().getStatus(), call)
              : Optional.of("Expecting 'update' to be present");
      case MESSAGE ->
          call.hasMessage() ? Optional.empty() : Optional.of("Expecting 'message' to be present");
      case HEARTBEAT, UNKNOWN -> Optional.empty();
    };
  }

  /** Ids become directories: the core takes no others. */
  private static Optional<String> id(String field, String value) {
    return Identifiers.problem(value).map(problem -> "'" + field + "' " + problem);
  }

  private static Optional<String> subscribe(Call call) {
    if (!call.hasSubscribe()) {
      return Optional.of("Expecting 'subscribe' to be present");
    }
    return call.getSubscribe().getUnacknowledgedUpdatesList().stream()
        .flatMap(update -> update(update.getStatus(), call).stream())
        .findFirst();
  }

  private static Optional<String> update(TaskStatus status, Call call) {
    if (!status.hasUuid()) {
      return Optional.of("Expecting 'uuid' to be present");
    }
    if (status.getUuid().size() != UUID_BYTES) {
      return Optional.of(
          "Not a valid UUID: it has " + status.getUuid().size() + " bytes, not " + UUID_BYTES);
    }
    if (status.getTaskId().getValue().isEmpty()) {
      return Optional.of("Expecting 'task_id' to be present");
    }
    Optional<String> badId = id("task_id", status.getTaskId().getValue());
    if (badId.isPresent()) {
      return badId;
    }
    if (status.hasExecutorId()
        && !status.getExecutorId().getValue().equals(call.getExecutorId().getValue())) {
      return Optional.of(
          "ExecutorID in Call: "
              + call.getExecutorId().getValue()
              + " does not match ExecutorID in TaskStatus: "
              + status.getExecutorId().getValue());
    }
    if (status.getSource() != TaskStatus.Source.SOURCE_EXECUTOR) {
      return Optional.of(
          "Received Call from executor "
              + call.getExecutorId().getValue()
              + " of framework "
              + call.getFrameworkId().getValue()
              + " with invalid source, expecting 'SOURCE_EXECUTOR'");
    }
    if (status.getState() == TaskState.TASK_STAGING) {
      return Optional.of("Received TASK_STAGING from executor, which only the agent may say");
    }
    return status.hasCheckStatus() ? check(status.getCheckStatus()) : Optional.empty();
  }

  private static Optional<String> check(CheckStatusInfo check) {
    if (!check.hasType()) {
      return Optional.of("CheckStatusInfo must specify 'type'");
    }
    CheckInfo.Type type = check.getType();
    boolean complete =
        switch (type) {
          case COMMAND -> check.hasCommand();
          case HTTP -> check.hasHttp();
          case TCP -> check.hasTcp();
          case UNKNOWN -> false;
        };
    return complete
        ? Optional.empty()
        : Optional.of("CheckStatusInfo of type " + type + " lacks the part of that type");
  }
}
