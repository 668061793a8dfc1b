package io.mesocosm.services.explain;

import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.explain.Explanation.Suggestion;
import io.mesocosm.services.matching.Refusal;
import io.mesocosm.services.matching.Refusal.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What would make instances fit on agents that refused them. All that stands against an agent is
 * known at once, so what would become of it without one or two of these is a matter of comparing,
 * not of guessing. Changes of one thing come first; of several only where no one thing wins as many
 * agents as instances wait.
 */
final class Suggestions {
  private static final int MAX = 8;

  /** Of changes of several things at a time. */
  private static final int COMBINED_MAX = 3;

  private final RunSpec spec;
  private final int waiting;
  private final List<UnusedOffer> offers;

  /**
   * @param waiting how many instances do, at least one
   */
  Suggestions(RunSpec spec, int waiting, List<UnusedOffer> offers) {
    this.spec = spec;
    this.waiting = waiting;
    this.offers = offers;
  }

  List<Suggestion> all() {
    Map<Set<Obstacle>, List<UnusedOffer>> groups = new LinkedHashMap<>();
    for (UnusedOffer offer : offers) {
      groups
          .computeIfAbsent(new LinkedHashSet<>(Obstacle.of(offer)), _ -> new ArrayList<>())
          .add(offer);
    }
    Set<Suggestion> found = new LinkedHashSet<>();
    groups.forEach((obstacles, alike) -> {
      if (obstacles.size() == 1) {
        found.addAll(single(obstacles.iterator().next(), alike));
      }
    });
    acceptedRoles().ifPresent(found::add);
    if (found.stream().mapToInt(one -> one.agents().orElse(0)).max().orElse(0) < waiting) {
      groups.entrySet().stream()
          .filter(group -> group.getKey().size() > 1)
          .sorted(
              Comparator.comparing((Map.Entry<Set<Obstacle>, ?> group) -> group.getKey().size()))
          .map(group -> combined(group.getKey(), group.getValue()))
          .flatMap(Optional::stream)
          .limit(COMBINED_MAX)
          .forEach(found::add);
    }
    List<Suggestion> sorted =
        new ArrayList<>(
            found.stream()
                .sorted(Comparator.comparing((Suggestion one) -> -one.agents().orElse(0)))
                .toList());
    moreAgents(groups).ifPresent(sorted::add);
    return sorted.stream().limit(MAX).toList();
  }

  private List<Suggestion> single(Obstacle obstacle, List<UnusedOffer> alike) {
    List<Suggestion> found = new ArrayList<>();
    if (obstacle.reason() == Reason.UNFULFILLED_ROLE) {
      // each role that is offered is a change of its own
      Map<String, List<Refusal>> byRole =
          refusals(obstacle, alike).stream()
              .collect(
                  Collectors.groupingBy(Refusal::limit, LinkedHashMap::new, Collectors.toList()));
      byRole
          .values()
          .forEach(refused ->
              Change.by(obstacle, refused, waiting)
                  .map(change -> suggestion(List.of(change), " it would be looked at there at all"))
                  .ifPresent(found::add));
      return found;
    }
    List<Refusal> refused = refusals(obstacle, alike);
    // enough for all that wait, and the least change that helps at all
    for (int wanted : new int[] {waiting, 1}) {
      Change.by(obstacle, refused, wanted)
          .map(change -> suggestion(List.of(change), " it would fit"))
          .filter(one -> !found.contains(one))
          .ifPresent(found::add);
    }
    return found;
  }

  private Optional<Suggestion> combined(Set<Obstacle> obstacles, List<UnusedOffer> alike) {
    List<Change> changes = new ArrayList<>();
    for (Obstacle obstacle : obstacles) {
      Change.by(obstacle, refusals(obstacle, alike), alike.size()).ifPresent(changes::add);
    }
    return changes.size() == obstacles.size()
        ? Optional.of(suggestion(changes, " it would fit"))
            .filter(one -> one.agents().orElse(0) > 0)
        : Optional.empty();
  }

  private static List<Refusal> refusals(Obstacle obstacle, List<UnusedOffer> alike) {
    return alike.stream()
        .flatMap(offer -> offer.refusals().stream())
        .filter(refusal -> Obstacle.of(refusal).equals(obstacle))
        .toList();
  }

  private Suggestion suggestion(List<Change> changes, String outcome) {
    int agents = (int) offers.stream().filter(offer -> Change.open(changes, offer)).count();
    String text = changes.stream().map(Change::text).collect(Collectors.joining(" and "));
    boolean summed =
        spec instanceof PodDefinition
            && changes.stream()
                .filter(change -> change.obstacle().reason() != Reason.UNFULFILLED_CONSTRAINT)
                .anyMatch(change -> change.enough().isPresent());
    return new Suggestion(
        text + outcome + (summed ? ", all containers and the executor together" : ""),
        OptionalInt.of(agents));
  }

  /** Agents may have enough, but reserved for roles that are not accepted. */
  private Optional<Suggestion> acceptedRoles() {
    if (spec.acceptedResourceRoles().isEmpty()) {
      return Optional.empty();
    }
    SortedSet<String> roles = new TreeSet<>();
    int agents = 0;
    for (UnusedOffer offer : offers) {
      boolean enough =
          offer.refusals().stream()
              .allMatch(refusal ->
                  refusal.missing().isPresent()
                      && offer.offer().resources().scalar(refusal.rule()).toDouble()
                          >= Double.parseDouble(refusal.value()));
      if (enough) {
        agents++;
        offer.offer().resources().entries().forEach(resource -> roles.add(resource.role()));
      }
    }
    roles.removeAll(spec.acceptedResourceRoles());
    return agents == 0 || roles.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Suggestion(
                "with acceptedResourceRoles that have "
                    + String.join(", ", roles)
                    + " too it would fit",
                OptionalInt.of(agents)));
  }

  /** Where nothing but its own instances is in the way, as many agents more would do. */
  private Optional<Suggestion> moreAgents(Map<Set<Obstacle>, List<UnusedOffer>> groups) {
    for (Map.Entry<Set<Obstacle>, List<UnusedOffer>> group : groups.entrySet()) {
      boolean crowded =
          group.getKey().stream()
              .allMatch(obstacle ->
                  obstacle.reason() == Reason.UNFULFILLED_CONSTRAINT
                      && (obstacle.rule().contains(" UNIQUE")
                          || obstacle.rule().contains(" MAX_PER")));
      if (crowded) {
        String apart =
            group.getKey().stream()
                .map(Obstacle::rule)
                .map(rule -> rule.split(" ", -1)[1])
                .filter(field -> !field.equals("hostname") && !field.equals("@hostname"))
                .distinct()
                .collect(Collectors.joining(" and "));
        return Optional.of(
            new Suggestion(
                "with "
                    + waiting
                    + (waiting == 1 ? " more agent like " : " more agents like ")
                    + group.getValue().getFirst().hostname()
                    + (apart.isEmpty() ? "" : ", each with another " + apart + ",")
                    + (waiting == 1 ? " it would fit" : " all that wait would fit"),
                OptionalInt.empty()));
      }
    }
    return Optional.empty();
  }
}
