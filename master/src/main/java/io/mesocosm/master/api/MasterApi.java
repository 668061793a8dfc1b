package io.mesocosm.master.api;

import io.mesocosm.http.ErrorBody;
import io.mesocosm.http.Handler;
import io.mesocosm.http.Router;
import io.mesocosm.http.operator.Endpoint;
import io.mesocosm.http.security.AuthenticationFilter;
import io.mesocosm.http.security.Realms;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * All routes of the leading master: each at the root, and again under {@code /master}
 * (contracts/mesos-scheduler-api.md T1, contracts/mesos-operator-api.md §5).
 */
public final class MasterApi {
  static final List<String> PREFIXES = List.of("", "/master");

  private MasterApi() {}

  /**
   * @param masterIsBusy whether commands wait for the master's thread
   * @param random draws stream ids; shared with nobody else
   * @return answers every request; thread-safe
   */
  public static Handler routes(
      MasterProxy master,
      MasterFacts facts,
      MasterEdge edge,
      EventStreams schedulers,
      EventStreams agents,
      OperatorStreams operators,
      BooleanSupplier masterIsBusy,
      RandomGenerator random) {
    StreamIds streamIds = new StreamIds(random);
    MetricsEndpoint figures = new MetricsEndpoint(master::snapshot, facts, edge);
    MasterFiles files = new MasterFiles();
    OperatorReads reads = new OperatorReads(master, facts, figures, edge.logging(), files);
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
    endpoints.addAll(new ProcessEndpoints(facts, edge, figures, files, Leader.Here::new).all());
    endpoints.addAll(state(new StateEndpoints(master, facts, renderings)));
    endpoints.addAll(decisions(new DecisionEndpoints(master, facts), new LegacyWrites(master)));
    Router router =
        new Router()
            .filter(
                new AuthenticationFilter(
                    Realms.master(edge.security(), edge.clock()), ErrorBody.TEXT));
    for (String prefix : PREFIXES) {
      endpoints.forEach(endpoint ->
          router.route(endpoint.method(), prefix + endpoint.path(), endpoint.handler()));
      router.route("GET", prefix + "/help", _ -> Endpoint.help("master", endpoints));
    }
    return router;
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
}
