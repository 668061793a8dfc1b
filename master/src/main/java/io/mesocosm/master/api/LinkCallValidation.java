package io.mesocosm.master.api;

import io.mesocosm.model.Identifiers;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;

/** What makes a call of an agent well-formed, whatever the state of the cluster. */
final class LinkCallValidation {
  private LinkCallValidation() {}

  /** Says what is wrong with the call, or nothing when it is well-formed. */
  static Optional<String> problem(LinkCall call) {
    if (!call.hasType() || call.getType() == LinkCall.Type.UNKNOWN) {
      return Optional.of("Expecting 'type' to be present and known to this master");
    }
    return switch (call.getType()) {
      case SUBSCRIBE -> subscribeProblem(call);
      case UPDATE -> updateProblem(call);
      case EXECUTOR_MESSAGE ->
          executorProblem(
              call.hasExecutorMessage(),
              "executor_message",
              call.getExecutorMessage().getFrameworkId(),
              call.getExecutorMessage().getExecutorId());
      case EXITED_EXECUTOR ->
          executorProblem(
              call.hasExitedExecutor(),
              "exited_executor",
              call.getExitedExecutor().getFrameworkId(),
              call.getExitedExecutor().getExecutorId());
      case UPDATE_OPERATION ->
          call.getUpdateOperation().hasOperationUuid() && call.getUpdateOperation().hasStatus()
              ? Optional.empty()
              : missing("update_operation.operation_uuid and status");
      case UPDATE_RESOURCES ->
          call.hasUpdateResources() ? Optional.empty() : missing("update_resources");
      case BATCH -> batchProblem(call);
      case UNKNOWN, PONG, UNREGISTER -> Optional.empty();
    };
  }

  private static Optional<String> batchProblem(LinkCall batch) {
    for (LinkCall call : batch.getBatchList()) {
      if (call.getType() == LinkCall.Type.SUBSCRIBE || call.getType() == LinkCall.Type.BATCH) {
        return Optional.of("A BATCH must not contain a " + call.getType());
      }
      Optional<String> problem = problem(call);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> executorProblem(
      boolean present, String field, FrameworkID framework, ExecutorID executor) {
    return present
        ? id("framework id", framework.getValue()).or(() -> id("executor id", executor.getValue()))
        : missing(field);
  }

  private static Optional<String> subscribeProblem(LinkCall call) {
    LinkCall.Subscribe subscribe = call.getSubscribe();
    if (!subscribe.hasAgentInfo()) {
      return missing("subscribe.agent_info");
    }
    if (subscribe.getAgentInfo().hasId()) {
      Optional<String> problem = id("agent id", subscribe.getAgentInfo().getId().getValue());
      if (problem.isPresent()) {
        return problem;
      }
    }
    for (var task : subscribe.getTasksList()) {
      Optional<String> problem =
          id("framework id of a task", task.getFrameworkId().getValue())
              .or(() -> id("id of a task", task.getTask().getTaskId().getValue()));
      if (problem.isPresent()) {
        return problem;
      }
    }
    for (var framework : subscribe.getFrameworksList()) {
      Optional<String> problem = id("framework id", framework.getId().getValue());
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> updateProblem(LinkCall call) {
    LinkCall.Update update = call.getUpdate();
    if (!update.hasFrameworkId()) {
      return missing("update.framework_id");
    }
    if (!update.hasStatus()) {
      return missing("update.status");
    }
    return id("framework id", update.getFrameworkId().getValue())
        .or(() -> id("task id", update.getStatus().getTaskId().getValue()));
  }

  private static Optional<String> id(String kind, String value) {
    return Identifiers.problem(value).map(problem -> kind + " " + problem);
  }

  private static Optional<String> missing(String field) {
    return Optional.of("Expecting '" + field + "' to be present");
  }
}
