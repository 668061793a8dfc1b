package io.mesocosm.agent.api;

import io.mesocosm.http.Filter;
import io.mesocosm.http.Handler;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.operator.Endpoint;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.http.operator.LoggingLevel;
import io.mesocosm.http.operator.LoggingToggle;
import java.nio.file.Path;
import java.util.List;

/** The agent's endpoints (contracts/mesos-operator-api.md §3, §7 to §9), each under two paths. */
public final class AgentApi {
  private static final List<String> PREFIXES = List.of("", "/slave(1)");
  private static final Path PROCESSES = Path.of("/proc");

  private AgentApi() {}

  /**
   * Answers all of the agent's endpoints.
   *
   * @param authentication finds out who sends a request
   * @param executors answers the executor API
   */
  public static Handler handler(AgentFacts facts, Filter authentication, ExecutorApi executors) {
    LoggingLevel logging = new LoggingLevel(facts.clock());
    ProcessEndpoints process = new ProcessEndpoints(facts);
    LoggingToggle toggle = new LoggingToggle(facts.authorizer(), logging);
    MetricsEndpoint metrics = new MetricsEndpoint(facts);
    SandboxContent content = new SandboxContent(facts);
    SandboxFiles files = new SandboxFiles(facts, content);
    ContainerEndpoints containers =
        new ContainerEndpoints(facts, new ProcessUsage(PROCESSES, facts.clock()));
    OperatorReads reads = new OperatorReads(facts, metrics, logging, content, containers);
    OperatorEndpoint operators = new OperatorEndpoint(facts, reads);
    List<Endpoint> endpoints =
        List.of(
            Endpoint.get("/health", "whether this process answers", _ -> Response.empty(200)),
            Endpoint.get("/version", "the version of this software", process::version),
            Endpoint.get("/flags", "what this agent was started with", process::flags),
            Endpoint.get(
                "/state",
                "frameworks, executors, tasks and resources of this agent",
                request ->
                    Jsonp.response(request, AgentStateJson.render(facts, facts.visible(request)))),
            Endpoint.get(
                "/containers",
                "containers of executors, and what they use",
                containers::containers),
            Endpoint.get(
                "/containerizer/debug",
                "containers that engines have not started yet",
                containers::debug),
            Endpoint.get(
                "/monitor/statistics",
                "what executors use; two answers a second",
                containers::statistics),
            Endpoint.get("/metrics/snapshot", "counters and gauges", metrics::snapshot),
            Endpoint.get("/metrics", "the same for Prometheus", metrics::prometheus),
            Endpoint.get("/system/stats.json", "load and memory of the machine", process::stats),
            Endpoint.get("/logging/toggle", "the level of logs", toggle),
            Endpoint.post("/logging/toggle", "another level of logs for a while", toggle),
            Endpoint.post("/api/v1", "the operator API", operators),
            Endpoint.post("/api/v1/executor", "the executor API", executors::handle),
            Endpoint.get("/files/browse", "the entries of a folder of a sandbox", files::browse),
            Endpoint.get("/files/read", "a part of a file of a sandbox", files::read),
            Endpoint.get("/files/download", "a file of a sandbox", files::download),
            Endpoint.get("/files/debug", "where sandboxes lie on the machine", process::files));
    Router router = new Router().filter(authentication);
    for (String prefix : PREFIXES) {
      endpoints.forEach(endpoint ->
          router.route(endpoint.method(), prefix + endpoint.path(), endpoint.handler()));
      router.route("GET", prefix + "/help", _ -> Endpoint.help("agent", endpoints));
    }
    return router;
  }
}
