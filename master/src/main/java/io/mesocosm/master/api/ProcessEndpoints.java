package io.mesocosm.master.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Endpoint;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.http.operator.LoggingToggle;
import io.mesocosm.http.operator.MachineLoad;
import io.mesocosm.http.operator.Permissions;
import io.mesocosm.model.access.Action;
import io.mesocosm.protocol.JsonWriter;
import java.util.List;
import java.util.function.Supplier;

/**
 * What every master answers of itself, whether it leads or not (contracts/mesos-operator-api.md §5,
 * "307 behaviour").
 */
final class ProcessEndpoints {
  private final MasterFacts facts;
  private final MasterEdge edge;
  private final MetricsEndpoint figures;
  private final MasterFiles files;
  private final Supplier<Leader> leader;

  ProcessEndpoints(
      MasterFacts facts,
      MasterEdge edge,
      MetricsEndpoint figures,
      MasterFiles files,
      Supplier<Leader> leader) {
    this.facts = facts;
    this.edge = edge;
    this.figures = figures;
    this.files = files;
    this.leader = leader;
  }

  List<Endpoint> all() {
    LoggingToggle toggle = new LoggingToggle(facts.authorizer(), edge.logging());
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
            request -> Jsonp.response(request, MachineLoad.read().json())),
        Endpoint.get("/logging/toggle", "the level of logs", toggle),
        Endpoint.post("/logging/toggle", "another level of logs for a while", toggle),
        Endpoint.get("/files/browse", "the entries of a folder: a master has none", files::browse),
        Endpoint.get("/files/read", "a part of a file: a master has none", files::read),
        Endpoint.get("/files/download", "a file: a master has none", files::download),
        Endpoint.get(
            "/files/debug", "which folders are served", permitted("/files/debug", files::debug)));
  }

  private Response version(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    MasterJson.version(json, facts);
    return Jsonp.response(request, json.endObject());
  }

  private Response flags(Request request) {
    Permissions.of(facts.authorizer(), request).require(Action.VIEW_FLAGS);
    JsonWriter json = new JsonWriter().beginObject();
    MasterJson.flags(json, facts);
    return Jsonp.response(request, json.endObject());
  }

  private Response redirect(Request request) {
    return switch (leader.get()) {
      case Leader.Unknown _ -> throw HttpException.text(503, FollowerApi.NO_LEADER);
      case Leader.Elsewhere(var info) -> Locations.of(info);
      case Leader.Here _ -> Locations.of(facts.info());
    };
  }

  /** What has no action of its own is asked for by its path ({@code get_endpoints}). */
  private Handler permitted(String path, Handler handler) {
    return request -> {
      Permissions.of(facts.authorizer(), request).requireEndpoint(path);
      return handler.handle(request);
    };
  }
}
