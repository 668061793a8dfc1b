package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the scheduler what a write would do, and makes sure first that it will not simply do it: a
 * scheduler that does not know {@code dryRun} ignores the word.
 */
final class DryRun {
  private final Api services;

  DryRun(Api services) {
    this.services = services;
  }

  /**
   * @param definitions how the scheduler reads what it was given, defaults filled in; nothing if it
   *     does not say
   */
  record Plan(List<List<Action>> steps, Optional<Definitions> definitions) {}

  /** One line of a step, e.g. {@code ScaleApplication /web}. */
  record Action(String name, String id) {
    boolean isRemoval() {
      return name.equals("StopApplication") || name.equals("StopPod");
    }

    @Override
    public String toString() {
      return name + " " + id;
    }
  }

  /**
   * Whether every write may be asked for dry. Found out with writes that change nothing even where
   * the word is ignored: no apps at all, and a group of which every Marathon knows dry runs.
   */
  boolean isKnown() {
    Api.Answer nothing = services.exchange("PUT", "/v2/apps?dryRun=true&partialUpdate=false", "[]");
    if (nothing.isSuccess()) {
      return nothing.body().has("steps");
    }
    // A scheduler that refuses an empty list is no Marathon: one question is left.
    return nothing.status() != 404
        && services
            .exchange("PUT", "/v2/groups/cosm-asks-for-dry-runs?dryRun=true", "{\"apps\":[]}")
            .body()
            .has("steps");
  }

  /**
   * The answer to a write, dry; a deployment under way does not stand in its way. Only for those
   * that know the word for this path.
   */
  Api.Answer ask(String method, String path, JsonNode body) {
    String asked = path + (path.contains("?") ? "&" : "?") + "dryRun=true&force=true";
    Api.Answer answer = services.exchange(method, asked, body.toString());
    if (answer.isSuccess() && !answer.body().has("steps")) {
      throw CommandFailure.failed(
          "the scheduler at "
              + services.base()
              + " does not know dryRun and may have carried out "
              + method
              + " "
              + path
              + ": look with cosm app show");
    }
    return answer;
  }

  static Plan plan(JsonNode answer) {
    List<List<Action>> steps = new ArrayList<>();
    for (JsonNode step : answer.path("steps")) {
      List<Action> actions = new ArrayList<>();
      // Old schedulers print a step as the array of its actions.
      for (JsonNode action : step.isArray() ? step : step.path("actions")) {
        actions.add(
            new Action(
                action.path("action").asText(),
                action.path("app").asText(action.path("pod").asText())));
      }
      steps.add(List.copyOf(actions));
    }
    return new Plan(List.copyOf(steps), definitions(answer.path("definitions")));
  }

  private static Optional<Definitions> definitions(JsonNode listed) {
    if (!listed.isArray()) {
      return Optional.empty();
    }
    Definitions definitions = Definitions.none();
    for (JsonNode one : listed) {
      if (Definitions.isPod(one)) {
        definitions.addPod(one, "/");
      } else {
        definitions.addApp(one, "/");
      }
    }
    return Optional.of(definitions);
  }
}
