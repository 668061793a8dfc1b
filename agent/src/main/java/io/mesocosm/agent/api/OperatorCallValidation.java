package io.mesocosm.agent.api;

import java.util.Locale;
import java.util.Optional;
import org.apache.mesos.v1.agent.Protos.Call;

/** Whether a call of the agent's operator API has the part that its type needs (A6, §3). */
final class OperatorCallValidation {
  private OperatorCallValidation() {}

  /** What is wrong, in the words of the original. */
  @SuppressWarnings("deprecation") // clients still send the calls for nested containers alone
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
          case LAUNCH_NESTED_CONTAINER -> call.hasLaunchNestedContainer();
          case WAIT_NESTED_CONTAINER -> call.hasWaitNestedContainer();
          case KILL_NESTED_CONTAINER -> call.hasKillNestedContainer();
          case REMOVE_NESTED_CONTAINER -> call.hasRemoveNestedContainer();
          case LAUNCH_NESTED_CONTAINER_SESSION -> call.hasLaunchNestedContainerSession();
          case ATTACH_CONTAINER_INPUT -> call.hasAttachContainerInput();
          case ATTACH_CONTAINER_OUTPUT -> call.hasAttachContainerOutput();
          case LAUNCH_CONTAINER -> call.hasLaunchContainer();
          case WAIT_CONTAINER -> call.hasWaitContainer();
          case KILL_CONTAINER -> call.hasKillContainer();
          case REMOVE_CONTAINER -> call.hasRemoveContainer();
          case ADD_RESOURCE_PROVIDER_CONFIG -> call.hasAddResourceProviderConfig();
          case UPDATE_RESOURCE_PROVIDER_CONFIG -> call.hasUpdateResourceProviderConfig();
          case REMOVE_RESOURCE_PROVIDER_CONFIG -> call.hasRemoveResourceProviderConfig();
          case MARK_RESOURCE_PROVIDER_GONE -> call.hasMarkResourceProviderGone();
          case UNKNOWN,
              GET_HEALTH,
              GET_FLAGS,
              GET_VERSION,
              GET_LOGGING_LEVEL,
              GET_STATE,
              GET_CONTAINERS,
              GET_FRAMEWORKS,
              GET_EXECUTORS,
              GET_OPERATIONS,
              GET_TASKS,
              GET_AGENT,
              GET_RESOURCE_PROVIDERS,
              PRUNE_IMAGES ->
              true;
        };
    return complete
        ? Optional.empty()
        : Optional.of(
            "Expecting '" + call.getType().name().toLowerCase(Locale.ROOT) + "' to be present");
  }
}
