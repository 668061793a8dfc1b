package io.mesocosm.services.explain;

import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.explain.Explanation.Refusing;
import io.mesocosm.services.matching.Refusal;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes a list of agents that refused that a person can read, however many they are. */
final class RefusingAgents {
  /** Values shown of agents that stand together. */
  private static final int VALUES_MAX = 5;

  private RefusingAgents() {}

  /**
   * @param offers sorted by host name
   */
  static List<Refusing> of(List<UnusedOffer> offers) {
    return offers.size() <= Refusing.MAX ? each(offers) : together(offers);
  }

  private static List<Refusing> each(List<UnusedOffer> offers) {
    return offers.stream()
        .map(offer ->
            new Refusing(offer.hostname(), offer.agentId(), offer.at(), offer.refusals(), 1))
        .toList();
  }

  /** Those together that the same things stand against, whatever the amounts are. */
  private static List<Refusing> together(List<UnusedOffer> offers) {
    Map<List<Obstacle>, List<UnusedOffer>> byObstacles = new LinkedHashMap<>();
    for (UnusedOffer offer : offers) {
      byObstacles.computeIfAbsent(Obstacle.of(offer), _ -> new ArrayList<>()).add(offer);
    }
    return byObstacles.values().stream()
        .map(RefusingAgents::joined)
        .sorted(Comparator.comparing((Refusing entry) -> -entry.agents()))
        .limit(Refusing.MAX)
        .toList();
  }

  private static Refusing joined(List<UnusedOffer> alike) {
    UnusedOffer first = alike.getFirst();
    List<Refusal> refusals = new ArrayList<>();
    for (int i = 0; i < first.refusals().size(); i++) {
      int index = i;
      refusals.add(joinedRefusals(alike.stream().map(o -> o.refusals().get(index)).toList()));
    }
    String others = alike.size() == 1 ? "" : " and " + (alike.size() - 1) + " more";
    Instant last = alike.stream().map(UnusedOffer::at).max(Instant::compareTo).orElseThrow();
    return new Refusing(first.hostname() + others, first.agentId(), last, refusals, alike.size());
  }

  private static Refusal joinedRefusals(List<Refusal> alike) {
    Refusal first = alike.getFirst();
    Set<String> values = new LinkedHashSet<>();
    Set<String> limits = new LinkedHashSet<>();
    boolean waitingMayHelp = false;
    for (Refusal refusal : alike) {
      values.add(refusal.value());
      limits.add(refusal.limit());
      waitingMayHelp |= refusal.waitingMayHelp();
    }
    String value = shown(values);
    String limit = shown(limits);
    String text =
        values.size() == 1 && limits.size() == 1
            ? first.text()
            : first.missing().isPresent()
                ? "needs " + first.rule() + " " + value + ", offers have " + limit
                : first.rule() + ": " + value + ": " + limit;
    return new Refusal(first.reason(), first.rule(), value, limit, text, waitingMayHelp);
  }

  private static String shown(Set<String> values) {
    List<BigDecimal> amounts =
        values.stream().map(Refusal::amount).flatMap(Optional::stream).sorted().toList();
    if (amounts.size() == values.size() && values.size() > 1) {
      return amounts.getFirst().toPlainString() + " to " + amounts.getLast().toPlainString();
    }
    String text = String.join(", ", values.stream().limit(VALUES_MAX).toList());
    return values.size() <= VALUES_MAX
        ? text
        : text + " and " + (values.size() - VALUES_MAX) + " more";
  }
}
