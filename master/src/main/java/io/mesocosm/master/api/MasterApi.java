package io.mesocosm.master.api;

import io.mesocosm.http.ErrorBody;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.operator.Endpoint;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * All routes of a master: each at the root, and again under {@code /master}
 * (contracts/mesos-scheduler-api.md T1, contracts/mesos-operator-api.md §5).
 */
public final class MasterApi {
  private static final List<String> PREFIXES = List.of("", "/master");

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
    List<Endpoint> endpoints = new ArrayList<>();
    endpoints.add(
        Endpoint.post(
            "/api/v1/scheduler",
            "the scheduler API",
            new SchedulerEndpoint(master, schedulers, streamIds)));
    endpoints.add(
        Endpoint.post(
            "/api/v1",
            "the operator API",
            new OperatorEndpoint(master, facts, reads, explain, operators, streamIds)));
    endpoints.add(
        Endpoint.post(
            "/api/v1/agent-link",
            "where agents subscribe",
            new AgentLinkEndpoint(master, agents, streamIds)));
    endpoints.add(
        Endpoint.get(
            "/allocation/explain", "why a framework or role is not offered an agent", explain));
    endpoints.addAll(api.ofTheProcess(figures, logging, files));
    endpoints.addAll(state(new StateEndpoints(master, facts, renderings)));
    endpoints.addAll(decisions(new DecisionEndpoints(master, facts), new LegacyWrites(master)));
    Router router =
        new Router()
            .filter(new AuthenticationFilter(Realms.master(security, clock), ErrorBody.TEXT));
    for (String prefix : PREFIXES) {
      endpoints.forEach(endpoint ->
          router.route(endpoint.method(), prefix + endpoint.path(), endpoint.handler()));
      router.route("GET", prefix + "/help", _ -> Endpoint.help("master", endpoints));
    }
    return router;
  }

  private List<Endpoint> ofTheProcess(
      MetricsEndpoint figures, LoggingLevel logging, MasterFiles files) {
    return List.of(
        Endpoint.get("/health", "whether this process answers", _ -> Response.empty(200)),
        Endpoint.get("/version", "the version of this software", this::version),
        Endpoint.get("/flags", "what this master was started with", this::flags),
        Endpoint.get("/redirect", "leads to the leading master", this::redirect),
        Endpoint.get(
            "/metrics/snapshot",
            "counters and gauges",
            permitted("/metrics/snapshot", figures::snapshot)),
        Endpoint.get(
            "/metrics",
            "the same for Prometheus",
            permitted("/metrics/snapshot", figures::prometheus)),
        Endpoint.get(
            "/system/stats.json",
            "load and memory of the machine",
            _ -> Response.json(200, MachineLoad.read().json())),
        Endpoint.get("/logging/toggle", "the level of logs", toggles(logging)),
        Endpoint.post("/logging/toggle", "another level of logs for a while", toggles(logging)),
        Endpoint.get("/files/browse", "the entries of a folder: a master has none", files::browse),
        Endpoint.get("/files/read", "a part of a file: a master has none", files::read),
        Endpoint.get("/files/download", "a file: a master has none", files::download),
        Endpoint.get(
            "/files/debug", "which folders are served", permitted("/files/debug", files::debug)));
  }

  private static List<Endpoint> state(StateEndpoints state) {
    return List.of(
        Endpoint.get(
            "/state", "agents, frameworks, tasks and all that belongs to them", state::state),
        Endpoint.get("/state-summary", "how many tasks are in what state where", state::summary),
        Endpoint.get("/slaves", "agents, or one with slave_id", state::slaves),
        Endpoint.get("/frameworks", "frameworks, or one with framework_id", state::frameworks),
        Endpoint.get("/tasks", "tasks, by limit, offset and order", state::tasks),
        Endpoint.get("/roles", "roles, their weights, quotas and frameworks", state::roles));
  }

  private static List<Endpoint> decisions(DecisionEndpoints decisions, LegacyWrites writes) {
    return List.of(
        Endpoint.get("/quota", "quotas of roles", decisions::quota),
        Endpoint.post("/quota", "gives a role a quota", writes::setQuota),
        new Endpoint("DELETE", "/quota/{role}", "takes a role's quota away", writes::removeQuota),
        Endpoint.get("/weights", "weights of roles", decisions::weights),
        new Endpoint("PUT", "/weights", "gives roles weights", writes::updateWeights),
        Endpoint.get("/maintenance/schedule", "when machines go down", decisions::schedule),
        Endpoint.post("/maintenance/schedule", "another schedule", writes::updateSchedule),
        Endpoint.get(
            "/maintenance/status", "which machines are draining or down", decisions::status),
        Endpoint.post("/machine/down", "takes machines down", writes::machineDown),
        Endpoint.post("/machine/up", "brings machines back", writes::machineUp),
        Endpoint.post("/reserve", "reserves resources of an agent", writes::reserve),
        Endpoint.post("/unreserve", "undoes reservations", writes::unreserve),
        Endpoint.post("/create-volumes", "makes persistent volumes", writes::createVolumes),
        Endpoint.post("/destroy-volumes", "destroys persistent volumes", writes::destroyVolumes),
        Endpoint.post("/teardown", "removes a framework and ends its tasks", writes::teardown));
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
