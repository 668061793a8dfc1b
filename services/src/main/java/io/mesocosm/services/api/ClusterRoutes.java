package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.json.DeploymentWriter;
import io.mesocosm.services.json.JsonStream;
import io.mesocosm.services.json.QueueWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Deployments, queue, groups, and what there is to know about this process. */
final class ClusterRoutes {
  private final ServicesProxy core;
  private final ServicesIdentity identity;
  private final Metrics metrics;
  private final InstantSource clock;
  private final Optional<Runnable> abdication;

  ClusterRoutes(
      ServicesProxy core,
      ServicesIdentity identity,
      Metrics metrics,
      InstantSource clock,
      Optional<Runnable> abdication) {
    this.abdication = abdication;
    this.core = core;
    this.identity = identity;
    this.metrics = metrics;
    this.clock = clock;
  }

  Response deployments() {
    ArrayNode body = Answers.object().arrayNode();
    ServicesSnapshot snapshot = core.snapshot();
    snapshot
        .deployments()
        .forEach(one -> body.add(DeploymentWriter.write(one.deployment(), snapshot::readiness)));
    return Answers.json(200, body);
  }

  Response cancelDeployment(Request request, String id) {
    ApiAnswer answer = core.cancelDeployment(new DeploymentId(id), Writes.options(request, false));
    if (answer instanceof ApiAnswer.Done) {
      return Response.empty(202);
    }
    return Answers.deployedOrRefused(200, answer);
  }

  Response queue(Request request) {
    boolean offers = new Query(request).values("embed").contains("lastUnusedOffers");
    Instant now = clock.instant();
    Collection<SpecView> views = core.snapshot().specs().values();
    return new Response.Written(
        200,
        Map.of("Content-Type", "application/json"),
        out ->
            JsonStream.list(
                out,
                "queue",
                views.iterator(),
                (view, json) -> QueueWriter.write(view, offers, now, json)));
  }

  Response resetDelay(AppId app) {
    boolean queued =
        Optional.ofNullable(core.snapshot().specs().get(app))
            .flatMap(SpecView::waiting)
            .isPresent();
    if (!queued) {
      return Answers.message(404, "Application '" + app + "' not found in tasks queue");
    }
    ApiAnswer answer = core.resetDelay(app);
    if (answer instanceof ApiAnswer.Done) {
      return Response.empty(204);
    }
    throw Answers.refused(answer);
  }

  Response info() {
    ObjectNode body = Answers.object();
    body.put("name", identity.name());
    body.put("version", identity.version());
    body.put("buildref", "unknown");
    body.put("elected", true);
    body.put("leader", identity.address());
    core.snapshot().frameworkId().ifPresent(id -> body.put("frameworkId", id));
    identity.flags().forEach(body.putObject("marathon_config")::put);
    body.putObject("zookeeper_config").put("zk", identity.flags().getOrDefault("zk", ""));
    body.putObject("http_config").put("http_port", identity.port());
    return Answers.json(200, body);
  }

  Response leader() {
    return Answers.json(200, Answers.object().put("leader", identity.address()));
  }

  Response abdicate(Request request) {
    for (String unsupported : List.of("backup", "restore")) {
      if (request.query().containsKey(unsupported)) {
        throw new HttpException(
            Answers.message(
                400, unsupported + " is not supported yet: abdicate without it, or not at all"));
      }
    }
    abdication
        .orElseThrow(() ->
            new HttpException(
                Answers.message(404, "this scheduler has no rivals that could lead instead")))
        .run();
    return Answers.message(200, "Leadership abdicated");
  }

  Response ping(Request request) {
    String accept = request.header("Accept").orElse("*/*").toLowerCase(Locale.ROOT);
    if (accept.contains("text/") || accept.contains("*/*")) {
      return Response.text(200, "pong");
    }
    return accept.contains("json") ? Response.json(200, "\"pong\"") : Response.empty(204);
  }

  Response metrics() {
    ObjectNode body = Answers.object().put("version", "5.0.0");
    body.putObject("counters");
    ObjectNode gauges = body.putObject("gauges");
    metrics.snapshot().forEach((name, value) -> gauges.putObject(name).put("value", value));
    return Answers.json(200, body);
  }
}
