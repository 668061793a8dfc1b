package io.mesocosm.services.matching;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.ValuePattern;
import io.mesocosm.services.instance.Placement;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Whether an agent is one that the constraints of an app allow, given where its other instances are
 * (contracts/marathon-api.md §6). Pure.
 */
final class ConstraintMatcher {
  private static final int NUMBER_LENGTH_MAX = 100;

  private ConstraintMatcher() {}

  /**
   * @param candidate the agent in question
   * @param existing where the app's instances that have not ended are, of any version
   * @param instances how many the app asks for
   * @return nothing if the constraint is met
   */
  static Optional<Refusal> check(
      Constraint constraint, Placement candidate, Placed existing, int instances) {
    Optional<String> value = candidate.field(constraint.field());
    String operand = constraint.value().orElse("");
    if (value.isEmpty()) {
      return constraint.operator() == Constraint.Operator.UNLIKE
          ? Optional.empty()
          : refusal(constraint, candidate.hostname(), "has no " + constraint.field(), false);
    }
    String place = value.get();
    SortedMap<String, Integer> counts = existing.counts(constraint.field());
    int here = counts.getOrDefault(place, 0);
    return switch (constraint.operator()) {
      case UNIQUE ->
          here == 0
              ? Optional.empty()
              : refusal(constraint, place, "already has an instance", true);
      case CLUSTER -> cluster(constraint, place, existing);
      case GROUP_BY -> groupBy(constraint, place, counts, instances);
      case LIKE, UNLIKE -> byPattern(constraint, place);
      case MAX_PER ->
          here < Integer.parseInt(operand)
              ? Optional.empty()
              : refusal(constraint, place, "already has " + here, true);
      case IS ->
          normalised(operand).equals(normalised(place))
              ? Optional.empty()
              : refusal(constraint, place, "is another value", false);
    };
  }

  /** An expression that takes too much work fits nothing, whichever way it is meant. */
  private static Optional<Refusal> byPattern(Constraint constraint, String place) {
    boolean like = constraint.operator() == Constraint.Operator.LIKE;
    return switch (ValuePattern.compare(constraint.value().orElse(""), place)) {
      case MATCHES -> like ? Optional.empty() : refusal(constraint, place, "matches", false);
      case DIFFERS -> like ? refusal(constraint, place, "does not match", false) : Optional.empty();
      case GIVEN_UP ->
          refusal(
              constraint,
              place,
              "takes too much work to compare with this regular expression: simplify it",
              false);
    };
  }

  private static Optional<Refusal> cluster(Constraint constraint, String place, Placed existing) {
    Optional<String> wanted =
        constraint.value().filter(text -> !text.isEmpty()).or(() -> existing.first(constraint));
    if (wanted.isEmpty() || normalised(wanted.get()).equals(normalised(place))) {
      return Optional.empty();
    }
    return refusal(constraint, place, "is not " + wanted.get(), false);
  }

  /**
   * With a number of groups, each gets its share of the instances, and the first ones to get there
   * one of those left over. Without, the agents that are used least come first.
   */
  private static Optional<Refusal> groupBy(
      Constraint constraint, String place, SortedMap<String, Integer> counts, int instances) {
    int here = counts.getOrDefault(place, 0);
    Optional<Integer> groups =
        constraint.value().filter(text -> !text.isEmpty()).map(Integer::parseInt);
    if (groups.isEmpty()) {
      int least = counts.values().stream().min(Integer::compare).orElse(0);
      return here == 0 || here <= least
          ? Optional.empty()
          : refusal(constraint, place, "has " + here + ", another value " + least, true);
    }
    int wanted = Math.max(1, groups.get());
    if (here == 0) {
      return counts.size() < wanted
          ? Optional.empty()
          : refusal(constraint, place, "would be one more than " + wanted + " groups", true);
    }
    int share = instances / wanted;
    int leftOver = instances % wanted;
    int leftOverUsed = counts.values().stream().mapToInt(count -> Math.max(0, count - share)).sum();
    if (here < share || (here == share && leftOverUsed < leftOver)) {
      return Optional.empty();
    }
    return refusal(constraint, place, "has its share of " + here, true);
  }

  /** Numbers are compared as numbers: {@code 4}, {@code 4.0} and {@code 4.000} are one. */
  private static String normalised(String text) {
    if (text.length() > NUMBER_LENGTH_MAX || !text.matches("-?[0-9]+(\\.[0-9]+)?")) {
      return text;
    }
    BigDecimal number = new BigDecimal(text).stripTrailingZeros();
    return number.toPlainString();
  }

  private static Optional<Refusal> refusal(
      Constraint constraint, String value, String limit, boolean waitingMayHelp) {
    String rule = constraint.field() + " " + constraint.operator();
    String operand =
        constraint.value().filter(text -> !text.isEmpty()).map(v -> " " + v).orElse("");
    return Optional.of(Refusal.constraint(rule + operand, value, limit, waitingMayHelp));
  }
}
