package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Response;
import io.mesocosm.services.ApiAnswer;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.GivenAnswer;
import io.mesocosm.services.json.DeploymentWriter;
import io.mesocosm.services.json.InvalidRequestException;
import io.mesocosm.services.json.Json;
import io.mesocosm.services.json.SpecWriter;
import java.util.List;

/**
 * Responses, and the words for what went wrong (contracts/marathon-api.md §1): clients match some
 * of them.
 */
final class Answers {
  private Answers() {}

  static Response json(int status, JsonNode body) {
    return Response.of(status, "application/json", Json.bytes(body));
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static Response message(int status, String text) {
    return json(status, object().put("message", text));
  }

  static HttpException notFound(String kind, String id) {
    return new HttpException(message(404, kind + " '" + id + "' does not exist"));
  }

  static HttpException unknownRoute() {
    return new HttpException(message(404, "URI not found"));
  }

  static HttpException wrongMethod(String method) {
    return new HttpException(message(405, "HTTP 405 Method Not Allowed: " + method));
  }

  static Response of(InvalidRequestException e) {
    ObjectNode body = object().put("message", e.getMessage());
    if (!e.errorsByPath().isEmpty()) {
      ArrayNode details = body.putArray("details");
      e.errorsByPath()
          .forEach((path, errors) -> {
            ArrayNode texts = details.addObject().put("path", path).putArray("errors");
            errors.forEach(texts::add);
          });
    }
    return json(e.status(), body);
  }

  /** Row H4: what a request that led to a deployment is answered with. */
  static Response deployed(int status, ApiAnswer.Deployed deployed) {
    return json(status, DeploymentWriter.result(deployed.deployment(), deployed.version()))
        .withHeader("Marathon-Deployment-Id", deployed.deployment().value());
  }

  /** The answer to a request of which nothing but a deployment can come, done or only planned. */
  static Response deployedOrRefused(int status, ApiAnswer answer) {
    return switch (answer) {
      case ApiAnswer.Deployed deployed -> deployed(status, deployed);
      case ApiAnswer.Repeated(GivenAnswer first) ->
          deployed(status, new ApiAnswer.Deployed(first.deployment(), first.version(), List.of()));
      case ApiAnswer.Planned planned -> planned(planned);
      default -> throw refused(answer);
    };
  }

  /** What a dry run would have done, and what the definitions would be. */
  static Response planned(ApiAnswer.Planned planned) {
    ObjectNode body = DeploymentWriter.plan(planned.deployment());
    ArrayNode definitions = body.putArray("definitions");
    planned.specs().forEach(spec -> definitions.add(SpecWriter.write(spec)));
    return json(200, body);
  }

  /** What the core refused, as an answer; what it did not refuse is no answer to the request. */
  static HttpException refused(ApiAnswer answer) {
    return switch (answer) {
      case ApiAnswer.NotFound(String kind, String id) -> notFound(kind, id);
      case ApiAnswer.AlreadyExists(String kind, String id) ->
          new HttpException(
              message(
                  409,
                  (kind.equals("app") ? "An " : "A ")
                      + kind
                      + " with id ["
                      + id
                      + "] already exists."));
      case ApiAnswer.Locked(List<DeploymentId> deployments) ->
          new HttpException(locked(deployments));
      case ApiAnswer.Invalid(String path, String text) ->
          new HttpException(of(InvalidRequestException.broken(path, text)));
      case ApiAnswer.TooManyDeployments(int max) ->
          new HttpException(
              message(
                  403,
                  "Max number ("
                      + max
                      + ") of running deployments is achieved. Wait for existing deployments to"
                      + " complete or cancel one using force=true parameter. You can increase max"
                      + " deployment number by using --max_running_deployments parameter but be"
                      + " advised that this can have negative effects on the performance."));
      case ApiAnswer.TooManyApps(int max) ->
          new HttpException(
              message(
                  403,
                  "there may be "
                      + max
                      + " apps and pods, and this would be more: delete some, or raise --max_apps"));
      case ApiAnswer.NotStored(String why) -> new HttpException(message(503, why));
      case ApiAnswer.NotReady() ->
          new HttpException(message(503, "not ready: stored state is being loaded, try again"));
      case ApiAnswer.KeyReused() ->
          new HttpException(
              message(
                  422,
                  "this Idempotency-Key was used for another request: take a new one for each"));
      case ApiAnswer.Unknown() ->
          new HttpException(
              message(
                  504,
                  "this scheduler stops before it knows whether it was stored: ask again, with an"
                      + " Idempotency-Key to be sure that it is not done twice"));
      case ApiAnswer.Retry() ->
          new HttpException(
              message(
                  503, "the app is being changed by others over and over: look at it, try again"));
      case ApiAnswer.Deployed _,
          ApiAnswer.Planned _,
          ApiAnswer.Repeated _,
          ApiAnswer.Killed _,
          ApiAnswer.Done _ ->
          throw new IllegalStateException("the core answered what it was not asked: " + answer);
    };
  }

  private static Response locked(List<DeploymentId> deployments) {
    ObjectNode body =
        object()
            .put(
                "message",
                "App is locked by one or more deployments. Override with the option"
                    + " '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.");
    ArrayNode ids = body.putArray("deployments");
    deployments.forEach(id -> ids.addObject().put("id", id.value()));
    return json(409, body);
  }
}
