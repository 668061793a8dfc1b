package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentConfig;
import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.Handler;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.protocol.JsonWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;

/** The agent's endpoints (contracts/mesos-operator-api.md §7 to §9), each under two paths. */
public final class AgentApi {
  private static final List<String> PREFIXES = List.of("", "/slave(1)");

  private final AgentConfig config;
  private final SortedMap<String, String> flags;
  private final Instant startedAt;
  private final InstantSource clock;
  private final Supplier<AgentSnapshot> snapshots;

  private AgentApi(
      AgentConfig config,
      SortedMap<String, String> flags,
      Instant startedAt,
      InstantSource clock,
      Supplier<AgentSnapshot> snapshots) {
    this.config = config;
    this.flags = flags;
    this.startedAt = startedAt;
    this.clock = clock;
    this.snapshots = snapshots;
  }

  /**
   * Answers all of the agent's endpoints.
   *
   * @param snapshots the latest, from any thread
   */
  public static Handler handler(
      AgentConfig config,
      SortedMap<String, String> flags,
      Instant startedAt,
      InstantSource clock,
      Supplier<AgentSnapshot> snapshots) {
    AgentApi api = new AgentApi(config, flags, startedAt, clock, snapshots);
    SandboxFiles files =
        new SandboxFiles(Path.of(config.workDir()), () -> snapshots.get().agentId());
    Router router = new Router();
    for (String prefix : PREFIXES) {
      router
          .route("GET", prefix + "/health", _ -> Response.empty(200))
          .route("GET", prefix + "/version", api::version)
          .route("GET", prefix + "/flags", api::flags)
          .route("GET", prefix + "/state", api::state)
          .route("GET", prefix + "/metrics/snapshot", api::metrics)
          .route("GET", prefix + "/files/browse", files::browse)
          .route("GET", prefix + "/files/read", files::read)
          .route("GET", prefix + "/files/download", files::download);
    }
    return router;
  }

  private Response version(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    AgentStateJson.writeBuild(config, json);
    return Jsonp.response(request, json.endObject().toString());
  }

  private Response flags(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    AgentStateJson.writeFlags(flags, json);
    return Jsonp.response(request, json.endObject().toString());
  }

  private Response state(Request request) {
    return Jsonp.response(
        request, AgentStateJson.render(snapshots.get(), config, flags, startedAt));
  }

  private Response metrics(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    AgentMetrics.values(snapshots.get(), config, Duration.between(startedAt, clock.instant()))
        .forEach(json::field);
    return Jsonp.response(request, json.endObject().toString());
  }
}
