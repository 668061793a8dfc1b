package io.mesocosm.agent.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.operator.LoggingLevel;
import io.mesocosm.model.access.Action;
import java.util.Optional;
import org.apache.mesos.v1.Protos.Flag;
import org.apache.mesos.v1.Protos.VersionInfo;
import org.apache.mesos.v1.agent.Protos.Call;
import org.apache.mesos.v1.agent.Protos.Response;

/** Answers the calls of the agent's operator API (contracts/mesos-operator-api.md §3). */
final class OperatorReads {
  private final AgentFacts facts;
  private final MetricsEndpoint metrics;
  private final LoggingLevel logging;
  private final SandboxContent files;
  private final ContainerEndpoints containers;

  OperatorReads(
      AgentFacts facts,
      MetricsEndpoint metrics,
      LoggingLevel logging,
      SandboxContent files,
      ContainerEndpoints containers) {
    this.facts = facts;
    this.metrics = metrics;
    this.logging = logging;
    this.files = files;
    this.containers = containers;
  }

  /**
   * The answer; none for a call that has no body in its answer.
   *
   * @throws HttpException 403 for what is not allowed, 501 for calls that this agent does not know
   */
  Optional<Response> answer(Call call, Visible visible) {
    OperatorMessages seen = new OperatorMessages(facts.snapshot(), visible);
    Response.Builder reply = Response.newBuilder();
    switch (call.getType()) {
      case GET_HEALTH ->
          reply.setType(Response.Type.GET_HEALTH).getGetHealthBuilder().setHealthy(true);
      case GET_VERSION ->
          reply
              .setType(Response.Type.GET_VERSION)
              .getGetVersionBuilder()
              .setVersionInfo(VersionInfo.newBuilder().setVersion(facts.config().version()));
      case GET_FLAGS -> reply.setType(Response.Type.GET_FLAGS).setGetFlags(flags(visible));
      case GET_METRICS -> reply.setType(Response.Type.GET_METRICS).setGetMetrics(metrics.message());
      case GET_LOGGING_LEVEL ->
          reply
              .setType(Response.Type.GET_LOGGING_LEVEL)
              .getGetLoggingLevelBuilder()
              .setLevel(logging.level());
      case SET_LOGGING_LEVEL -> {
        return setLevel(call.getSetLoggingLevel(), visible);
      }
      case LIST_FILES ->
          reply.setType(Response.Type.LIST_FILES).setListFiles(list(call.getListFiles(), visible));
      case READ_FILE ->
          reply.setType(Response.Type.READ_FILE).setReadFile(read(call.getReadFile(), visible));
      case GET_STATE -> reply.setType(Response.Type.GET_STATE).setGetState(seen.state());
      case GET_CONTAINERS ->
          reply
              .setType(Response.Type.GET_CONTAINERS)
              .setGetContainers(containers.message(call.getGetContainers(), visible));
      case GET_FRAMEWORKS ->
          reply.setType(Response.Type.GET_FRAMEWORKS).setGetFrameworks(seen.frameworks());
      case GET_EXECUTORS ->
          reply.setType(Response.Type.GET_EXECUTORS).setGetExecutors(seen.executors());
      case GET_OPERATIONS ->
          reply.setType(Response.Type.GET_OPERATIONS).setGetOperations(seen.operations());
      case GET_TASKS -> reply.setType(Response.Type.GET_TASKS).setGetTasks(seen.tasks());
      case GET_AGENT ->
          reply
              .setType(Response.Type.GET_AGENT)
              .setGetAgent(seen.agent(facts.config().agentInfo()));
      case GET_RESOURCE_PROVIDERS ->
          // An agent has none, so nobody sees less than there is.
          reply
              .setType(Response.Type.GET_RESOURCE_PROVIDERS)
              .setGetResourceProviders(Response.GetResourceProviders.getDefaultInstance());
      case PRUNE_IMAGES -> {
        // Images are the engine's own, so there is nothing to be let go.
        visible.require(Action.PRUNE_IMAGES);
        return Optional.empty();
      }
      case LAUNCH_NESTED_CONTAINER,
          WAIT_NESTED_CONTAINER,
          KILL_NESTED_CONTAINER,
          REMOVE_NESTED_CONTAINER,
          LAUNCH_NESTED_CONTAINER_SESSION,
          ATTACH_CONTAINER_INPUT,
          ATTACH_CONTAINER_OUTPUT,
          LAUNCH_CONTAINER,
          WAIT_CONTAINER,
          KILL_CONTAINER,
          REMOVE_CONTAINER ->
          throw notSupported(call, "it runs the containers of tasks and executors only");
      case ADD_RESOURCE_PROVIDER_CONFIG,
          UPDATE_RESOURCE_PROVIDER_CONFIG,
          REMOVE_RESOURCE_PROVIDER_CONFIG ->
          throw notSupported(call, "it has no resource providers");
      case MARK_RESOURCE_PROVIDER_GONE -> {
        visible.require(Action.MARK_RESOURCE_PROVIDER_GONE);
        throw HttpException.text(
            400,
            "Resource provider '"
                + call.getMarkResourceProviderGone().getResourceProviderId().getValue()
                + "' could not be found: this agent has none");
      }
      case UNKNOWN -> throw notSupported(call, "it does not know the type of this call");
    }
    return Optional.of(reply.build());
  }

  private Response.GetFlags flags(Visible visible) {
    visible.require(Action.VIEW_FLAGS);
    Response.GetFlags.Builder flags = Response.GetFlags.newBuilder();
    facts
        .flags()
        .forEach((name, text) -> flags.addFlags(Flag.newBuilder().setName(name).setValue(text)));
    return flags.build();
  }

  private Optional<Response> setLevel(Call.SetLoggingLevel call, Visible visible) {
    visible.require(Action.SET_LOG_LEVEL);
    logging.set(call.getLevel(), call.getDuration().getNanoseconds());
    return Optional.empty();
  }

  private Response.ListFiles list(Call.ListFiles call, Visible visible) {
    return files.use(
        Optional.of(call.getPath()),
        visible,
        path -> {
          Response.ListFiles.Builder reply = Response.ListFiles.newBuilder();
          SandboxContent.list(path).forEach(entry -> reply.addFileInfos(entry.message()));
          return reply.build();
        });
  }

  private Response.ReadFile read(Call.ReadFile call, Visible visible) {
    // Unsigned on the wire: what looks negative here is beyond the end of every file.
    long offset = call.getOffset() < 0 ? Long.MAX_VALUE : call.getOffset();
    long length = call.hasLength() && call.getLength() >= 0 ? call.getLength() : -1;
    return files.use(
        Optional.of(call.getPath()),
        visible,
        path -> {
          SandboxContent.Part part = SandboxContent.read(path, offset, length);
          return Response.ReadFile.newBuilder().setSize(part.size()).setData(part.data()).build();
        });
  }

  private static HttpException notSupported(Call call, String why) {
    return HttpException.text(501, call.getType() + " is not supported by this agent: " + why);
  }
}
