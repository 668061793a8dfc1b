package io.mesocosm.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the agents in view said to an application: agent by agent, or in as few rows as there are
 * combinations of reasons. Agents that refuse for the same rules stand together even if their
 * numbers differ: 500 agents without enough memory are one row that names the best of them.
 */
final class Refusals {
  private static final int GROUPS_MAX = 20;
  private static final int NAMES_MAX = 3;

  private record Refusal(
      String reason, String rule, String value, String limit, String text, boolean mayPass) {
    static Refusal of(JsonNode json) {
      String reason = json.path("reason").asText("");
      return new Refusal(
          reason,
          json.path("rule").asText(""),
          json.path("value").asText(""),
          json.path("limit").asText(""),
          json.path("text").asText(json.isTextual() ? json.asText() : reason),
          json.path("waitingMayHelp").asBoolean());
    }

    /** What agents must share to stand in one row. */
    List<String> kind() {
      return List.of(reason, rule);
    }
  }

  private record Agent(String hostname, String id, String at, List<Refusal> refusals) {
    static Agent of(JsonNode json) {
      List<Refusal> refusals = new ArrayList<>();
      json.path("refusals").forEach(refusal -> refusals.add(Refusal.of(refusal)));
      String id = json.path("agentId").asText("");
      return new Agent(
          json.path("hostname").asText(id.isEmpty() ? "?" : id),
          id,
          json.path("at").asText("-"),
          refusals);
    }
  }

  private final List<Agent> agents;

  private Refusals(List<Agent> agents) {
    this.agents = agents;
  }

  static Refusals of(JsonNode agents) {
    List<Agent> read = new ArrayList<>();
    agents.forEach(agent -> read.add(Agent.of(agent)));
    return new Refusals(read);
  }

  /** A row for each agent and reason. */
  Table each() {
    Table table = new Table("AGENT", "ID", "SEEN", "REASON", "WHY", "MAY PASS");
    for (Agent agent : agents) {
      String name = agent.hostname();
      String id = agent.id();
      String at = agent.at();
      if (agent.refusals().isEmpty()) {
        table.row(name, id, at, "-", "fits", "-");
      }
      for (Refusal refusal : agent.refusals()) {
        table.row(name, id, at, refusal.reason(), refusal.text(), mayPass(refusal));
        name = "";
        id = "";
        at = "";
      }
    }
    return table;
  }

  /** A row for each reason of each combination of reasons; those with the fewest come first. */
  Table grouped() {
    Table table = new Table("AGENTS", "REASON", "WHY", "MAY PASS");
    groups().stream().limit(GROUPS_MAX).forEach(group -> add(group, table));
    return table;
  }

  /** As {@link #grouped}, a line for each combination of reasons. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    groups().stream()
        .limit(GROUPS_MAX)
        .forEach(group ->
            lines.add(
                some(group.stream().map(Agent::hostname).toList())
                    + ": "
                    + String.join("; ", whys(group))));
    return lines;
  }

  /** What the table does not show. */
  Optional<String> remark(boolean all) {
    int groups = groups().size();
    if (all || groups == agents.size() && groups <= GROUPS_MAX) {
      return Optional.empty();
    }
    String hidden =
        groups > GROUPS_MAX ? (groups - GROUPS_MAX) + " more combinations of reasons; " : "";
    return Optional.of(
        "(" + agents.size() + " agents in view; " + hidden + "--all shows each by itself)");
  }

  private static void add(List<Agent> group, Table table) {
    String names = some(group.stream().map(Agent::hostname).toList());
    List<Refusal> first = group.getFirst().refusals();
    if (first.isEmpty()) {
      table.row(names, "-", "fits", "-");
    }
    List<String> whys = whys(group);
    for (int i = 0; i < first.size(); i++) {
      table.row(names, first.get(i).reason(), whys.get(i), mayPass(first.get(i)));
      names = "";
    }
  }

  /** A text for each reason that the group shares. */
  private static List<String> whys(List<Agent> group) {
    List<String> whys = new ArrayList<>();
    for (int i = 0; i < group.getFirst().refusals().size(); i++) {
      int index = i;
      whys.add(why(group.stream().map(agent -> agent.refusals().get(index)).distinct().toList()));
    }
    return whys;
  }

  private List<List<Agent>> groups() {
    Map<List<List<String>>, List<Agent>> byKinds = new LinkedHashMap<>();
    for (Agent agent : agents) {
      byKinds
          .computeIfAbsent(
              agent.refusals().stream().map(Refusal::kind).toList(), _ -> new ArrayList<>())
          .add(agent);
    }
    // Nearest to a fit first, then what holds for most.
    return byKinds.values().stream()
        .sorted(
            Comparator.comparingInt((List<Agent> group) -> group.getFirst().refusals().size())
                .thenComparing(group -> -group.size()))
        .toList();
  }

  private static String why(List<Refusal> alike) {
    Refusal best = alike.getFirst();
    List<String> texts = alike.stream().map(Refusal::text).distinct().toList();
    if (texts.size() == 1) {
      return texts.getFirst();
    }
    if (best.reason().startsWith("Insufficient")) {
      for (Refusal other : alike) {
        Optional<BigDecimal> limit = number(other.limit());
        if (limit.isEmpty() || number(best.limit()).isEmpty()) {
          return texts.getFirst() + " (others alike)";
        }
        best = limit.get().compareTo(number(best.limit()).get()) > 0 ? other : best;
      }
      return best.text() + " (the best of them)";
    }
    return texts.getFirst() + " (others alike)";
  }

  private static Optional<BigDecimal> number(String text) {
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException _) {
      return Optional.empty(); // e.g. ranges of ports: then there is no best
    }
  }

  /** The first names, and how many more there are. */
  static String some(List<String> names) {
    return names.size() <= NAMES_MAX
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, NAMES_MAX - 1))
            + " and "
            + (names.size() - NAMES_MAX + 1)
            + " more";
  }

  private static String mayPass(Refusal refusal) {
    return refusal.mayPass() ? "yes" : "no";
  }
}
