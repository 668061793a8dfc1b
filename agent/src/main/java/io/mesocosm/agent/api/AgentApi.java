package io.mesocosm.agent.api;

import io.mesocosm.http.Filter;
import io.mesocosm.http.Handler;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.operator.LoggingLevel;
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
    ProcessEndpoints process = new ProcessEndpoints(facts, logging);
    MetricsEndpoint metrics = new MetricsEndpoint(facts);
    SandboxContent content = new SandboxContent(facts);
    SandboxFiles files = new SandboxFiles(facts, content);
    ContainerEndpoints containers =
        new ContainerEndpoints(facts, new ProcessUsage(PROCESSES, facts.clock()));
    OperatorReads reads = new OperatorReads(facts, metrics, logging, content, containers);
    OperatorEndpoint operators = new OperatorEndpoint(facts, reads);
    Router router = new Router().filter(authentication);
    for (String prefix : PREFIXES) {
      router
          .route("GET", prefix + "/health", _ -> Response.empty(200))
          .route("GET", prefix + "/version", process::version)
          .route("GET", prefix + "/flags", process::flags)
          .route(
              "GET",
              prefix + "/state",
              request ->
                  Jsonp.response(request, AgentStateJson.render(facts, facts.visible(request))))
          .route("GET", prefix + "/containers", containers::containers)
          .route("GET", prefix + "/containerizer/debug", containers::debug)
          .route("GET", prefix + "/monitor/statistics", containers::statistics)
          .route("GET", prefix + "/metrics/snapshot", metrics::snapshot)
          .route("GET", prefix + "/metrics", metrics::prometheus)
          .route("GET", prefix + "/system/stats.json", process::stats)
          .route("GET", prefix + "/logging/toggle", process::toggle)
          .route("POST", prefix + "/logging/toggle", process::toggle)
          .route("POST", prefix + "/api/v1", operators)
          .route("POST", prefix + "/api/v1/executor", executors::handle)
          .route("GET", prefix + "/files/browse", files::browse)
          .route("GET", prefix + "/files/read", files::read)
          .route("GET", prefix + "/files/download", files::download)
          .route("GET", prefix + "/files/debug", process::files);
    }
    return router;
  }
}
