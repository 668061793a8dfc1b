package io.mesocosm.master.api;

import io.mesocosm.http.ErrorBody;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.operator.LoggingLevel;
import io.mesocosm.http.operator.MachineLoad;
import io.mesocosm.http.security.AuthenticationFilter;
import io.mesocosm.http.security.Realms;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.model.access.Action;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.runtime.Durations;
import io.mesocosm.runtime.Metrics;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * All routes of a master: each at the root, and again under {@code /master}
 * (contracts/mesos-scheduler-api.md T1, contracts/mesos-operator-api.md §5).
 */
public final class MasterApi {
  private final MasterFacts facts;

  private MasterApi(MasterFacts facts) {
    this.facts = facts;
  }

  /**
   * @param masterIsBusy whether commands wait for the master's thread
   * @param random draws stream ids; shared with nobody else
   * @return answers every request; thread-safe
   */
  public static Handler routes(
      MasterProxy master,
      MasterFacts facts,
      SecurityOptions security,
      EventStreams schedulers,
      EventStreams agents,
      OperatorStreams operators,
      Metrics metrics,
      BooleanSupplier masterIsBusy,
      InstantSource clock,
      RandomGenerator random) {
    MasterApi api = new MasterApi(facts);
    StreamIds streamIds = new StreamIds(random);
    MetricsEndpoint figures = new MetricsEndpoint(master, facts, metrics, clock);
    LoggingLevel logging = new LoggingLevel(clock);
    MasterFiles files = new MasterFiles();
    OperatorReads reads = new OperatorReads(master, facts, figures, logging, files);
    ExplainEndpoint explain = new ExplainEndpoint(master, facts);
    Renderings renderings = new Renderings(masterIsBusy);
    Router router =
        new Router()
            .filter(new AuthenticationFilter(Realms.master(security, clock), ErrorBody.TEXT));
    for (String prefix : new String[] {"", "/master"}) {
      router
          .route(
              "POST",
              prefix + "/api/v1/scheduler",
              new SchedulerEndpoint(master, schedulers, streamIds))
          .route(
              "POST",
              prefix + "/api/v1/agent-link",
              new AgentLinkEndpoint(master, agents, streamIds))
          .route(
              "POST",
              prefix + "/api/v1",
              new OperatorEndpoint(master, facts, reads, explain, operators, streamIds))
          .route("GET", prefix + "/allocation/explain", explain)
          .route("GET", prefix + "/health", _ -> Response.empty(200))
          .route("GET", prefix + "/version", api::version)
          .route("GET", prefix + "/flags", api::flags)
          .route("GET", prefix + "/redirect", api::redirect)
          .route(
              "GET",
              prefix + "/metrics/snapshot",
              api.permitted("/metrics/snapshot", figures::snapshot))
          .route("GET", prefix + "/metrics", api.permitted("/metrics", figures::prometheus))
          .route(
              "GET",
              prefix + "/system/stats.json",
              _ -> Response.json(200, MachineLoad.read().json()))
          .route("GET", prefix + "/logging/toggle", api.toggles(logging))
          .route("POST", prefix + "/logging/toggle", api.toggles(logging))
          .route("GET", prefix + "/files/browse", files::browse)
          .route("GET", prefix + "/files/read", files::read)
          .route("GET", prefix + "/files/download", files::download)
          .route("GET", prefix + "/files/debug", api.permitted("/files/debug", files::debug));
      state(router, prefix, new StateEndpoints(master, facts, renderings));
      decisions(router, prefix, new DecisionEndpoints(master, facts), new LegacyWrites(master));
    }
    return router;
  }

  private static void state(Router router, String prefix, StateEndpoints state) {
    router
        .route("GET", prefix + "/state", state::state)
        .route("GET", prefix + "/state-summary", state::summary)
        .route("GET", prefix + "/slaves", state::slaves)
        .route("GET", prefix + "/frameworks", state::frameworks)
        .route("GET", prefix + "/tasks", state::tasks)
        .route("GET", prefix + "/roles", state::roles);
  }

  private static void decisions(
      Router router, String prefix, DecisionEndpoints decisions, LegacyWrites writes) {
    router
        .route("GET", prefix + "/quota", decisions::quota)
        .route("POST", prefix + "/quota", writes::setQuota)
        .route("DELETE", prefix + "/quota/{role}", writes::removeQuota)
        .route("GET", prefix + "/weights", decisions::weights)
        .route("PUT", prefix + "/weights", writes::updateWeights)
        .route("GET", prefix + "/maintenance/schedule", decisions::schedule)
        .route("POST", prefix + "/maintenance/schedule", writes::updateSchedule)
        .route("GET", prefix + "/maintenance/status", decisions::status)
        .route("POST", prefix + "/machine/down", writes::machineDown)
        .route("POST", prefix + "/machine/up", writes::machineUp)
        .route("POST", prefix + "/reserve", writes::reserve)
        .route("POST", prefix + "/unreserve", writes::unreserve)
        .route("POST", prefix + "/create-volumes", writes::createVolumes)
        .route("POST", prefix + "/destroy-volumes", writes::destroyVolumes)
        .route("POST", prefix + "/teardown", writes::teardown);
  }

  private Response version(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    MasterJson.version(json, facts);
    return Replies.json(request, json.endObject());
  }

  private Response flags(Request request) {
    require(request, Action.VIEW_FLAGS);
    JsonWriter json = new JsonWriter().beginObject();
    MasterJson.flags(json, facts);
    return Replies.json(request, json.endObject());
  }

  /** To the leader, without a scheme: whatever the client speaks. */
  private Response redirect(Request request) {
    String leader = "//" + facts.info().getHostname() + ":" + facts.info().getPort();
    return Response.empty(307).withHeader("Location", leader);
  }

  /** What has no action of its own is asked for by its path ({@code get_endpoints}). */
  private Handler permitted(String path, Handler handler) {
    return request -> {
      if (!facts.authorizer().allows(request.principal(), Action.GET_ENDPOINT_WITH_PATH, path)) {
        throw HttpException.text(
            403,
            "Not authorized: "
                + Action.GET_ENDPOINT_WITH_PATH.key()
                + " is not allowed for "
                + path
                + " (--acls)");
      }
      return handler.handle(request);
    };
  }

  private Handler toggles(LoggingLevel logging) {
    return permitted("/logging/toggle", request -> toggle(request, logging));
  }

  private Response toggle(Request request, LoggingLevel logging) {
    require(request, Action.SET_LOG_LEVEL);
    Optional<String> duration = request.queryValue("duration");
    if (request.queryValue("level").isEmpty() && duration.isEmpty()) {
      return Response.text(200, logging.level() + "\n");
    }
    if (duration.isEmpty()) {
      throw HttpException.text(400, "Expecting 'duration=value' in query, e.g. duration=10secs\n");
    }
    try {
      logging.set(
          Replies.intParameter(request, "level", -1), Durations.parse(duration.get()).toNanos());
    } catch (IllegalArgumentException e) {
      throw HttpException.text(400, "duration=" + duration.get() + ": " + e.getMessage() + "\n");
    }
    return Response.empty(200);
  }

  private void require(Request request, Action action) {
    if (!new Visible(facts.authorizer(), request.principal()).may(action)) {
      throw HttpException.text(403, "Not authorized: " + action.key() + " is not allowed (--acls)");
    }
  }
}
