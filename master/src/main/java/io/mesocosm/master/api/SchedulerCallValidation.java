package io.mesocosm.master.api;

import io.mesocosm.model.access.Principal;
import java.util.Optional;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * What makes a scheduler call well-formed, whatever the state of the cluster
 * (contracts/mesos-scheduler-api.md section 2, row 8). The texts are Mesos's.
 */
final class SchedulerCallValidation {
  private static final int UUID_BYTES = 16;

  private SchedulerCallValidation() {}

  /** Says what is wrong with the call, or nothing when it is well-formed. */
  static Optional<String> problem(Call call, Optional<Principal> principal) {
    return problem(call)
        .or(() ->
            call.getType() == Call.Type.SUBSCRIBE
                ? principalProblem(call.getSubscribe().getFrameworkInfo(), principal)
                : Optional.empty());
  }

  /** S17: whoever says who it is must be who it is. */
  private static Optional<String> principalProblem(
      FrameworkInfo info, Optional<Principal> principal) {
    Optional<String> who = principal.flatMap(Principal::value);
    return who.isPresent() && info.hasPrincipal() && !who.get().equals(info.getPrincipal())
        ? Optional.of(
            "Authenticated principal '"
                + who.get()
                + "' does not match principal '"
                + info.getPrincipal()
                + "' set in 'FrameworkInfo'")
        : Optional.empty();
  }

  static Optional<String> problem(Call call) {
    if (!call.isInitialized()) {
      return Optional.of("Not initialized: " + call.getInitializationErrorString());
    }
    if (!call.hasType()) {
      return Optional.of("Expecting 'type' to be present");
    }
    if (call.getType() == Call.Type.SUBSCRIBE) {
      return subscribeProblem(call);
    }
    if (!call.hasFrameworkId()) {
      return Optional.of("Expecting 'framework_id' to be present");
    }
    return switch (call.getType()) {
      case SUBSCRIBE, UNKNOWN, TEARDOWN, REVIVE, SUPPRESS -> Optional.empty();
      case ACCEPT -> missing(call.hasAccept(), "accept");
      case DECLINE -> missing(call.hasDecline(), "decline");
      case ACCEPT_INVERSE_OFFERS -> missing(call.hasAcceptInverseOffers(), "accept_inverse_offers");
      case DECLINE_INVERSE_OFFERS ->
          missing(call.hasDeclineInverseOffers(), "decline_inverse_offers");
      case KILL -> missing(call.hasKill(), "kill");
      case SHUTDOWN -> missing(call.hasShutdown(), "shutdown");
      case ACKNOWLEDGE ->
          missing(call.hasAcknowledge(), "acknowledge")
              .or(() -> uuidProblem(call.getAcknowledge().getUuid().size()));
      case ACKNOWLEDGE_OPERATION_STATUS -> acknowledgeOperationStatusProblem(call);
      case RECONCILE -> missing(call.hasReconcile(), "reconcile");
      case RECONCILE_OPERATIONS -> missing(call.hasReconcileOperations(), "reconcile_operations");
      case MESSAGE -> missing(call.hasMessage(), "message");
      case REQUEST -> missing(call.hasRequest(), "request");
      case UPDATE_FRAMEWORK -> updateFrameworkProblem(call);
    };
  }

  private static Optional<String> subscribeProblem(Call call) {
    if (!call.hasSubscribe()) {
      return missing(false, "subscribe");
    }
    // Both unset, or both the same: unset reads as "".
    String inside = call.getSubscribe().getFrameworkInfo().getId().getValue();
    return inside.equals(call.getFrameworkId().getValue())
        ? Optional.empty()
        : Optional.of("'framework_id' differs from 'subscribe.framework_info.id'");
  }

  private static Optional<String> updateFrameworkProblem(Call call) {
    if (!call.hasUpdateFramework()) {
      return missing(false, "update_framework");
    }
    String inside = call.getUpdateFramework().getFrameworkInfo().getId().getValue();
    return inside.equals(call.getFrameworkId().getValue())
        ? Optional.empty()
        : Optional.of("'framework_id' differs from 'update_framework.framework_info.id'");
  }

  private static Optional<String> acknowledgeOperationStatusProblem(Call call) {
    var acknowledge = call.getAcknowledgeOperationStatus();
    return missing(call.hasAcknowledgeOperationStatus(), "acknowledge_operation_status")
        .or(() -> uuidProblem(acknowledge.getUuid().size()))
        .or(() -> missing(acknowledge.hasAgentId(), "agent_id"));
  }

  private static Optional<String> missing(boolean present, String field) {
    return present ? Optional.empty() : Optional.of("Expecting '" + field + "' to be present");
  }

  private static Optional<String> uuidProblem(int size) {
    return size == UUID_BYTES
        ? Optional.empty()
        : Optional.of("Not a valid UUID: has " + size + " bytes, expecting " + UUID_BYTES);
  }
}
