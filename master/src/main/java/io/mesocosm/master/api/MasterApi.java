package io.mesocosm.master.api;

import io.mesocosm.http.Handler;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.Router;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.runtime.Metrics;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * All routes of a master: each at the root, and again under {@code /master}
 * (contracts/mesos-scheduler-api.md T1, contracts/mesos-operator-api.md §5).
 */
public final class MasterApi {
  private final MasterProxy master;
  private final MasterFacts facts;

  private MasterApi(MasterProxy master, MasterFacts facts) {
    this.master = master;
    this.facts = facts;
  }

  /**
   * @param random draws stream ids; shared with nobody else
   * @return answers every request; thread-safe
   */
  public static Handler routes(
      MasterProxy master,
      MasterFacts facts,
      EventStreams schedulers,
      EventStreams agents,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    MasterApi api = new MasterApi(master, facts);
    StreamIds streamIds = new StreamIds(random);
    StateEndpoints state = new StateEndpoints(master, facts);
    MetricsEndpoint metricsEndpoint = new MetricsEndpoint(master, facts, metrics, clock);
    Router router = new Router();
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
          .route("POST", prefix + "/api/v1", new OperatorEndpoint(master, facts))
          .route("GET", prefix + "/state", state::state)
          .route("GET", prefix + "/state-summary", state::summary)
          .route("GET", prefix + "/slaves", state::slaves)
          .route("GET", prefix + "/frameworks", state::frameworks)
          .route("GET", prefix + "/tasks", state::tasks)
          .route("GET", prefix + "/roles", state::roles)
          .route("GET", prefix + "/health", _ -> Response.empty(200))
          .route("GET", prefix + "/version", api::version)
          .route("GET", prefix + "/flags", api::flags)
          .route("GET", prefix + "/redirect", api::redirect)
          .route("POST", prefix + "/teardown", api::teardown)
          .route("GET", prefix + "/metrics/snapshot", metricsEndpoint::snapshot);
    }
    return router;
  }

  private Response version(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    MasterJson.version(json, facts);
    return Replies.json(request, json.endObject());
  }

  private Response flags(Request request) {
    JsonWriter json = new JsonWriter().beginObject();
    MasterJson.flags(json, facts);
    return Replies.json(request, json.endObject());
  }

  /** To the leader, without a scheme: whatever the client speaks. */
  private Response redirect(Request request) {
    String leader = "//" + facts.info().getHostname() + ":" + facts.info().getPort();
    return Response.empty(307).withHeader("Location", leader);
  }

  private Response teardown(Request request) throws InterruptedException {
    Optional<String> id = formValue(request, "frameworkId");
    if (id.isEmpty()) {
      return Response.text(400, "Missing 'frameworkId' query parameter in the request body");
    }
    if (Identifiers.problem(id.get()).isPresent()) {
      return Response.text(400, "No framework found with specified ID");
    }
    FrameworkId framework = new FrameworkId(id.get());
    return CallBody.answerRemoval(
        master.ask(number -> new MasterCommand.TeardownFramework(number, framework)));
  }

  private static Optional<String> formValue(Request request, String name) {
    String form = new String(request.body(), StandardCharsets.UTF_8);
    for (String pair : form.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        String text = pair.substring(equals + 1).strip();
        try {
          return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
          return Optional.of(text);
        }
      }
    }
    return Optional.empty();
  }
}
