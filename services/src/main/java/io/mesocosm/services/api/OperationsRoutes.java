package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What operators ask a scheduler that leads about itself (contracts/marathon-api.md §2, §16), and
 * what there was in older releases and is no more. Thread-safe.
 */
public final class OperationsRoutes {
  private static final String HELP =
      """
      <!DOCTYPE html><html><head><title>Mesocosm services</title></head><body>
      <h1>The services scheduler</h1><dl>
      <dt><code>/v2/apps, /v2/pods, /v2/groups</code></dt><dd>what is to run</dd>
      <dt><code>/v2/deployments, /v2/queue, /v2/tasks, /v2/events</code></dt><dd>what happens</dd>
      <dt><code>/v2/info, /v2/leader, /config, /logging</code></dt><dd>this scheduler</dd>
      <dt><code>/metrics, /metrics/prometheus, /ping</code></dt><dd>how it does</dd>
      </dl></body></html>
      """;

  private static final Duration LEVEL_KEPT_MAX = Duration.ofDays(365);

  private final InfoPage info;
  private final ServicesIdentity identity;
  private final Metrics metrics;
  private final boolean prometheus;
  private final LogLevels levels;

  /**
   * @param prometheus whether metrics are shown in Prometheus's format, too
   */
  public OperationsRoutes(
      ServicesProxy core,
      ServicesIdentity identity,
      Settings settings,
      Metrics metrics,
      boolean prometheus,
      LogLevels levels) {
    this.info = new InfoPage(core, identity, settings);
    this.identity = identity;
    this.metrics = metrics;
    this.prometheus = prometheus;
    this.levels = levels;
  }

  /** Answers what is its own, and leaves the rest to the API. */
  public Handler before(Handler api) {
    return request -> {
      List<String> path =
          Arrays.stream(request.path().split("/")).filter(segment -> !segment.isEmpty()).toList();
      Optional<Response> own = answer(request, path);
      return own.isPresent() ? StandardHeaders.on(own.get(), identity) : api.handle(request);
    };
  }

  private Optional<Response> answer(Request request, List<String> path) {
    try {
      return route(request, path);
    } catch (InvalidRequestException e) {
      return Optional.of(Answers.of(e));
    } catch (HttpException e) {
      return Optional.of(e.response());
    }
  }

  /**
   * The answer, if the path is one of these; any core state will do, loaded or not.
   *
   * @param path the segments that are not empty
   * @throws HttpException for another method than the path has
   * @throws InvalidRequestException for a body that is none
   */
  public Optional<Response> route(Request request, List<String> path) {
    if (path.isEmpty()) {
      return get(request, Response.empty(302).withHeader("Location", "/ui/"));
    }
    return switch (path.getFirst()) {
      case "v2" -> path.size() < 2 ? Optional.empty() : version2(request, path);
      case "config" -> path.size() == 1 ? get(request, info.config()) : Optional.empty();
      case "logging" -> path.size() == 1 ? Optional.of(logging(request)) : Optional.empty();
      case "help" -> get(request, help());
      case "metrics" ->
          path.equals(List.of("metrics", "prometheus"))
              ? get(request, prometheus())
              : Optional.empty();
      case "ui", "public" -> gone("the web console is not part of this scheduler yet");
      default -> Optional.empty();
    };
  }

  private Optional<Response> version2(Request request, List<String> path) {
    return switch (path.get(1)) {
      case "info" -> path.size() == 2 ? get(request, info.page()) : Optional.empty();
      case "plugins" ->
          path.size() == 2
              ? get(request, plugins())
              : gone("Plugin '" + path.get(2) + "' does not exist: there are no plugins");
      case "artifacts" ->
          gone("the artifact store is gone since release 1.8: serve files by another HTTP server");
      case "schemas" ->
          gone("there are no JSON schemas: POST /v2/apps says of each field what is wrong with it");
      case "eventSubscriptions" ->
          gone("HTTP callbacks are gone since release 1.5: GET /v2/events has all events");
      default -> Optional.empty();
    };
  }

  private static Optional<Response> gone(String why) {
    return Optional.of(Answers.message(404, why));
  }

  private static Optional<Response> get(Request request, Response response) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      throw Answers.wrongMethod(request.method());
    }
    return Optional.of(response);
  }

  private static Response plugins() {
    ObjectNode body = Answers.object();
    body.putArray("plugins");
    return Answers.json(200, body);
  }

  private static Response help() {
    return Response.of(200, "text/html;charset=utf-8", HELP.getBytes(StandardCharsets.UTF_8));
  }

  private Response prometheus() {
    return prometheus
        ? MetricsText.response(metrics.snapshot())
        : Answers.message(404, "metrics for Prometheus are off: --metrics_prometheus has them");
  }

  private Response logging(Request request) {
    return switch (request.method()) {
      case "GET", "HEAD" -> {
        ObjectNode body = Answers.object();
        levels.levels().forEach((logger, level) -> body.put(logger, level.name()));
        yield Answers.json(200, body);
      }
      case "POST" -> setLevel(Json.parse(request.body()));
      default -> throw Answers.wrongMethod(request.method());
    };
  }

  private Response setLevel(JsonNode body) {
    String logger = text(body, "logger");
    String word = text(body, "level");
    LogLevel level =
        LogLevel.parse(word)
            .orElseThrow(() ->
                InvalidRequestException.bad(
                    "level is " + word + ", and must be " + LogLevel.EXPECTED));
    Optional<Duration> duration = duration(body.path("durationSeconds"));
    levels.set(logger, level, duration);
    ObjectNode answer = Answers.object().put("logger", logger).put("level", level.name());
    duration.ifPresent(length -> answer.put("durationSeconds", length.toSeconds()));
    return Answers.json(200, answer);
  }

  private static String text(JsonNode body, String field) {
    JsonNode value = body.path(field);
    if (!value.isTextual() || value.textValue().isBlank()) {
      throw InvalidRequestException.bad(
          "expected {\"logger\": name, \"level\": level, \"durationSeconds\": optional}: "
              + field
              + " is missing or no text");
    }
    return value.textValue().strip();
  }

  private static Optional<Duration> duration(JsonNode seconds) {
    if (seconds.isMissingNode() || seconds.isNull()) {
      return Optional.empty();
    }
    long max = LEVEL_KEPT_MAX.toSeconds();
    if (!seconds.canConvertToLong()
        || !seconds.isIntegralNumber()
        || seconds.longValue() < 1
        || seconds.longValue() > max) {
      throw InvalidRequestException.bad(
          "durationSeconds is " + seconds + ", and must be a whole number from 1 to " + max);
    }
    return Optional.of(Duration.ofSeconds(seconds.longValue()));
  }
}
