package io.mesocosm.master.api;

import java.util.Optional;
import org.apache.mesos.v1.master.Protos.Call;

/** Whether a call of the operator API has the part that its type needs (A6, §2). */
final class OperatorCallValidation {
  private OperatorCallValidation() {}

  /** What is wrong, in the words of the original. */
  @SuppressWarnings("deprecation") // the old quota calls are out of use, and part of the contract
  static Optional<String> problem(Call call) {
    if (!call.hasType()) {
      return Optional.of("Expecting 'type' to be present");
    }
    boolean complete =
        switch (call.getType()) {
          case GET_METRICS -> call.hasGetMetrics();
          case SET_LOGGING_LEVEL -> call.hasSetLoggingLevel();
          case LIST_FILES -> call.hasListFiles();
          case READ_FILE -> call.hasReadFile();
          case UPDATE_WEIGHTS -> call.hasUpdateWeights();
          case RESERVE_RESOURCES -> call.hasReserveResources();
          case UNRESERVE_RESOURCES -> call.hasUnreserveResources();
          case CREATE_VOLUMES -> call.hasCreateVolumes();
          case DESTROY_VOLUMES -> call.hasDestroyVolumes();
          case GROW_VOLUME -> call.hasGrowVolume();
          case SHRINK_VOLUME -> call.hasShrinkVolume();
          case UPDATE_MAINTENANCE_SCHEDULE -> call.hasUpdateMaintenanceSchedule();
          case START_MAINTENANCE -> call.hasStartMaintenance();
          case STOP_MAINTENANCE -> call.hasStopMaintenance();
          case DRAIN_AGENT -> call.hasDrainAgent();
          case DEACTIVATE_AGENT -> call.hasDeactivateAgent();
          case REACTIVATE_AGENT -> call.hasReactivateAgent();
          case UPDATE_QUOTA -> call.hasUpdateQuota();
          case SET_QUOTA -> call.hasSetQuota();
          case REMOVE_QUOTA -> call.hasRemoveQuota();
          case TEARDOWN -> call.hasTeardown();
          case MARK_AGENT_GONE -> call.hasMarkAgentGone();
          case UNKNOWN,
              GET_HEALTH,
              GET_FLAGS,
              GET_VERSION,
              GET_LOGGING_LEVEL,
              GET_STATE,
              GET_AGENTS,
              GET_FRAMEWORKS,
              GET_EXECUTORS,
              GET_OPERATIONS,
              GET_TASKS,
              GET_ROLES,
              GET_WEIGHTS,
              GET_MASTER,
              SUBSCRIBE,
              GET_MAINTENANCE_STATUS,
              GET_MAINTENANCE_SCHEDULE,
              GET_QUOTA ->
              true;
        };
    if (!complete) {
      return Optional.of(
          "Expecting '"
              + call.getType().name().toLowerCase(java.util.Locale.ROOT)
              + "' to be present");
    }
    // The agent is optional on the wire, and needed where no resource provider is named.
    boolean agentMissing =
        call.hasGrowVolume() && !call.getGrowVolume().hasAgentId()
            || call.hasShrinkVolume() && !call.getShrinkVolume().hasAgentId();
    return agentMissing ? Optional.of("Expecting 'agent_id' to be present") : Optional.empty();
  }

  /** Whether the call changes something: then it is the core's affair. */
  static boolean isWrite(Call.Type type) {
    return switch (type) {
      case UPDATE_WEIGHTS,
          RESERVE_RESOURCES,
          UNRESERVE_RESOURCES,
          CREATE_VOLUMES,
          DESTROY_VOLUMES,
          GROW_VOLUME,
          SHRINK_VOLUME,
          UPDATE_MAINTENANCE_SCHEDULE,
          START_MAINTENANCE,
          STOP_MAINTENANCE,
          DRAIN_AGENT,
          DEACTIVATE_AGENT,
          REACTIVATE_AGENT,
          UPDATE_QUOTA,
          SET_QUOTA,
          REMOVE_QUOTA,
          TEARDOWN,
          MARK_AGENT_GONE ->
          true;
      case UNKNOWN,
          GET_HEALTH,
          GET_FLAGS,
          GET_VERSION,
          GET_METRICS,
          GET_LOGGING_LEVEL,
          SET_LOGGING_LEVEL,
          LIST_FILES,
          READ_FILE,
          GET_STATE,
          GET_AGENTS,
          GET_FRAMEWORKS,
          GET_EXECUTORS,
          GET_OPERATIONS,
          GET_TASKS,
          GET_ROLES,
          GET_WEIGHTS,
          GET_MASTER,
          SUBSCRIBE,
          GET_MAINTENANCE_STATUS,
          GET_MAINTENANCE_SCHEDULE,
          GET_QUOTA ->
          false;
    };
  }
}
