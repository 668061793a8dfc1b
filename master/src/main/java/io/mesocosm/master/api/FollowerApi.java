package io.mesocosm.master.api;

import io.mesocosm.http.ErrorBody;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.http.operator.Endpoint;
import io.mesocosm.http.security.AuthenticationFilter;
import io.mesocosm.http.security.Realms;
import io.mesocosm.master.MasterSnapshot;
import java.util.List;
import java.util.function.Supplier;

/**
 * The routes of a master that does not lead, or does not yet: what it says of itself it answers,
 * and all the rest is the leader's, unknown paths included (contracts/mesos-ha.md M1, M2).
 */
public final class FollowerApi {
  static final String NO_LEADER = "No leader elected";
  private static final String NOT_YET =
      "this master leads, and has not read its registry yet: try again in a moment";

  private FollowerApi() {}

  /**
   * @param nothing the state of a cluster without anybody in it: the metrics of one that this
   *     master knows nothing of
   * @param leader asked with every request; on any thread
   * @return answers every request; thread-safe
   */
  public static Handler routes(
      MasterFacts facts, MasterEdge edge, MasterSnapshot nothing, Supplier<Leader> leader) {
    MetricsEndpoint figures = new MetricsEndpoint(() -> nothing, facts, edge);
    List<Endpoint> endpoints =
        new ProcessEndpoints(facts, edge, figures, new MasterFiles(), leader).all();
    Router router =
        new Router()
            .filter(
                new AuthenticationFilter(
                    Realms.master(edge.security(), edge.clock()), ErrorBody.TEXT))
            .notFound(request -> elsewhere(request, leader.get()));
    for (String prefix : MasterApi.PREFIXES) {
      endpoints.forEach(endpoint ->
          router.route(endpoint.method(), prefix + endpoint.path(), endpoint.handler()));
      router.route("GET", prefix + "/help", _ -> Endpoint.help("master", endpoints));
      router.route(
          "*",
          prefix + "/redirect/{rest...}",
          request -> Response.text(404, "no such path: " + request.path()));
    }
    return router;
  }

  private static Response elsewhere(Request request, Leader leader) {
    return switch (leader) {
      case Leader.Unknown _ -> throw HttpException.text(503, NO_LEADER);
      case Leader.Here _ -> throw HttpException.text(503, NOT_YET);
      case Leader.Elsewhere(var info) -> Locations.of(info, request);
    };
  }
}
