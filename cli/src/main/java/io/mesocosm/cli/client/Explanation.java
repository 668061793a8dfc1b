package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Why an application does not run as wanted, for a person: the sentence, what would help, which
 * agents refused for what, and for how long nothing will be tried. Whatever the answer leaves out
 * is left out here.
 */
final class Explanation {
  private final JsonNode answer;
  private final Instant now;

  Explanation(JsonNode answer, Instant now) {
    this.answer = answer;
    this.now = now;
  }

  /**
   * @param all each agent by itself instead of those alike in one row
   */
  void print(PrintWriter out, boolean all) {
    String id = answer.path("appId").asText("application");
    out.println((summary().startsWith(id) ? "" : id + ": ") + summary());
    line(out, "counts", counts());
    line(out, "waits since", moment("since"));
    line(out, "halted", answer.path("haltedBecause").asText(""));
    line(out, "back-off", backOff());
    line(out, "quota", quota());
    deployments(out);
    suggestions(out);
    JsonNode agents = answer.path("agents");
    if (!agents.isEmpty()) {
      out.println();
      Refusals refusals = Refusals.of(agents);
      (all ? refusals.each() : refusals.grouped()).print(out);
      refusals.remark(all).ifPresent(out::println);
    } else if (answer.path("waiting").asInt() > 0) {
      out.println();
      out.println(
          "no agent has been looked at yet: cosm node list shows whether the cluster has any");
    }
    out.flush();
  }

  private String summary() {
    String summary = answer.path("summary").asText("");
    if (!summary.isEmpty()) {
      return summary;
    }
    return answer.path("waiting").asInt() == 0
        ? "nothing waits"
        : answer.path("waiting").asInt() + " instances wait";
  }

  private String counts() {
    List<String> counts = new ArrayList<>();
    for (String name : List.of("wanted", "running", "staged", "waiting")) {
      JsonNode count = answer.path(name);
      if (count.isNumber()) {
        counts.add(count.asInt() + " " + name);
      }
    }
    return String.join(", ", counts);
  }

  private String quota() {
    JsonNode quota = answer.path("quota");
    String text = quota.path("text").asText(quota.isTextual() ? quota.asText() : "");
    String role = quota.path("role").asText(answer.path("role").asText(""));
    return text.isEmpty() || role.isEmpty() || text.contains(role)
        ? text
        : "role " + role + ": " + text;
  }

  private String backOff() {
    String until = answer.path("delayUntil").asText("");
    if (until.isEmpty()) {
      return "";
    }
    try {
      Duration left = Duration.between(now, Instant.parse(until));
      return left.isNegative()
          ? "over since " + until
          : "no launch before " + until + ", in " + Math.max(1, left.toSeconds()) + " s";
    } catch (DateTimeParseException _) {
      return "no launch before " + until; // a time in another form is still worth reading
    }
  }

  private String moment(String field) {
    return answer.path(field).asText("");
  }

  private void deployments(PrintWriter out) {
    for (JsonNode deployment : answer.path("deployments")) {
      List<String> waitsFor = texts(deployment.path("waitsFor"));
      line(
          out,
          "deployment",
          deployment.path("id").asText()
              + (deployment.has("step")
                  ? ", step "
                      + deployment.path("step").asText()
                      + " of "
                      + deployment.path("of").asText("?")
                  : "")
              + (waitsFor.isEmpty() ? "" : ", waits for " + String.join("; ", waitsFor)));
    }
  }

  private void suggestions(PrintWriter out) {
    JsonNode suggestions = answer.path("suggestions");
    if (suggestions.isEmpty()) {
      return;
    }
    out.println();
    out.println("what would make it fit");
    for (JsonNode suggestion : suggestions) {
      out.println("  - " + suggestion.path("text").asText(suggestion.asText()) + on(suggestion));
    }
  }

  private static String on(JsonNode suggestion) {
    JsonNode agents = suggestion.path("agents");
    if (agents.isArray()) {
      return agents.isEmpty() ? "" : " (" + Refusals.some(texts(agents)) + ")";
    }
    return switch (agents.asInt()) {
      case 0 -> "";
      case 1 -> " (1 agent)";
      default -> " (" + agents.asInt() + " agents)";
    };
  }

  private static List<String> texts(JsonNode values) {
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(value.isValueNode() ? value.asText() : value.toString()));
    return texts;
  }

  private static void line(PrintWriter out, String name, String text) {
    if (!text.isEmpty()) {
      out.println("  " + name + " ".repeat(Math.max(1, 13 - name.length())) + text);
    }
  }
}
