package io.mesocosm.master.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.operator.LoggingLevel;
import io.mesocosm.model.access.Action;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.mesos.v1.Protos.Flag;
import org.apache.mesos.v1.Protos.VersionInfo;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.master.Protos.Response;

/** The calls of the operator API that read (contracts/mesos-operator-api.md §2). Thread-safe. */
final class OperatorReads {
  private final MasterProxy master;
  private final MasterFacts facts;
  private final MetricsEndpoint metrics;
  private final LoggingLevel logging;
  private final MasterFiles files;

  OperatorReads(
      MasterProxy master,
      MasterFacts facts,
      MetricsEndpoint metrics,
      LoggingLevel logging,
      MasterFiles files) {
    this.master = master;
    this.facts = facts;
    this.metrics = metrics;
    this.logging = logging;
    this.files = files;
  }

  /** The answer; none for a call that has no body in its answer. */
  Optional<Response> answer(Call call, Visible visible) throws InterruptedException {
    Response.Builder reply = Response.newBuilder();
    switch (call.getType()) {
      case GET_HEALTH ->
          reply.setType(Response.Type.GET_HEALTH).getGetHealthBuilder().setHealthy(true);
      case GET_VERSION ->
          reply
              .setType(Response.Type.GET_VERSION)
              .getGetVersionBuilder()
              .setVersionInfo(VersionInfo.newBuilder().setVersion(facts.version()));
      case GET_FLAGS -> flags(reply, visible);
      case GET_METRICS -> reply.setType(Response.Type.GET_METRICS).setGetMetrics(metrics.message());
      case GET_LOGGING_LEVEL ->
          reply
              .setType(Response.Type.GET_LOGGING_LEVEL)
              .getGetLoggingLevelBuilder()
              .setLevel(logging.level());
      case SET_LOGGING_LEVEL -> {
        visible.require(Action.SET_LOG_LEVEL);
        logging.set(
            call.getSetLoggingLevel().getLevel(),
            call.getSetLoggingLevel().getDuration().getNanoseconds());
        return Optional.empty();
      }
      case LIST_FILES -> {
        visible.require(Action.ACCESS_MESOS_LOG);
        reply
            .setType(Response.Type.LIST_FILES)
            .setListFiles(files.list(call.getListFiles().getPath()));
      }
      case READ_FILE -> {
        visible.require(Action.ACCESS_MESOS_LOG);
        reply.setType(Response.Type.READ_FILE).setReadFile(files.read(call.getReadFile()));
      }
      case GET_MASTER -> leader(reply);
      case GET_AGENTS ->
          reply
              .setType(Response.Type.GET_AGENTS)
              .setGetAgents(OperatorMessages.agents(visible.of(master.snapshot())));
      case GET_FRAMEWORKS ->
          reply
              .setType(Response.Type.GET_FRAMEWORKS)
              .setGetFrameworks(OperatorMessages.frameworks(visible.of(master.snapshot())));
      case GET_TASKS ->
          reply
              .setType(Response.Type.GET_TASKS)
              .setGetTasks(OperatorMessages.tasks(visible.of(master.snapshot())));
      case GET_EXECUTORS ->
          reply
              .setType(Response.Type.GET_EXECUTORS)
              .setGetExecutors(OperatorMessages.executors(visible.of(master.snapshot())));
      case GET_OPERATIONS ->
          reply
              .setType(Response.Type.GET_OPERATIONS)
              .setGetOperations(OperatorMessages.operations(visible.of(master.snapshot())));
      case GET_STATE ->
          reply
              .setType(Response.Type.GET_STATE)
              .setGetState(OperatorMessages.state(visible.of(master.snapshot())));
      case GET_ROLES ->
          reply
              .setType(Response.Type.GET_ROLES)
              .setGetRoles(DecisionMessages.roles(visible.of(master.snapshot()), visible));
      case GET_WEIGHTS ->
          reply
              .setType(Response.Type.GET_WEIGHTS)
              .getGetWeightsBuilder()
              .addAllWeightInfos(DecisionMessages.weights(master.snapshot(), visible));
      case GET_QUOTA ->
          reply
              .setType(Response.Type.GET_QUOTA)
              .getGetQuotaBuilder()
              .setStatus(DecisionMessages.quotas(master.snapshot(), visible));
      case GET_MAINTENANCE_SCHEDULE ->
          reply
              .setType(Response.Type.GET_MAINTENANCE_SCHEDULE)
              .getGetMaintenanceScheduleBuilder()
              .setSchedule(DecisionMessages.schedule(master.snapshot(), visible));
      case GET_MAINTENANCE_STATUS ->
          reply
              .setType(Response.Type.GET_MAINTENANCE_STATUS)
              .getGetMaintenanceStatusBuilder()
              .setStatus(DecisionMessages.maintenance(master.snapshot(), visible));
      case UNKNOWN,
          SUBSCRIBE,
          UPDATE_WEIGHTS,
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
          throw HttpException.text(501, call.getType() + " is not supported by this master");
    }
    return Optional.of(reply.build());
  }

  private void flags(Response.Builder reply, Visible visible) {
    visible.require(Action.VIEW_FLAGS);
    Response.GetFlags.Builder flags = reply.setType(Response.Type.GET_FLAGS).getGetFlagsBuilder();
    facts
        .flagTexts()
        .forEach((name, text) -> flags.addFlags(Flag.newBuilder().setName(name).setValue(text)));
  }

  private void leader(Response.Builder reply) {
    Response.GetMaster.Builder leader =
        reply
            .setType(Response.Type.GET_MASTER)
            .getGetMasterBuilder()
            .setMasterInfo(facts.info())
            .setStartTime(seconds(facts.started()));
    facts.elected().ifPresent(since -> leader.setElectedTime(seconds(since)));
  }

  private static double seconds(Instant instant) {
    return TimeUnit.MILLISECONDS.toSeconds(instant.toEpochMilli());
  }
}
