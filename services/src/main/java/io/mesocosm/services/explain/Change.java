package io.mesocosm.services.explain;

import io.mesocosm.services.Waiting.UnusedOffer;
import io.mesocosm.services.matching.Refusal;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that an app or its surroundings could do without, or with less of.
 *
 * @param obstacle what would not stand against it then
 * @param enough of a resource, the amount that would be asked for; of a rule of at most so many,
 *     that number; absent for what is dropped altogether
 * @param text begins with {@code with} or {@code without}
 */
record Change(Obstacle obstacle, Optional<BigDecimal> enough, String text) {
  /** Values of a field that are shown. */
  private static final int VALUES_MAX = 5;

  private static final Pattern MAX_PER = Pattern.compile("(.* MAX_PER )([0-9]{1,9})");
  private static final Pattern ALREADY = Pattern.compile("already has ([0-9]{1,9})");

  /** Whether the refusal would not have been one. */
  boolean answers(Refusal refusal) {
    if (!obstacle.equals(Obstacle.of(refusal))) {
      return false;
    }
    return switch (refusal.reason()) {
      case INSUFFICIENT_CPUS, INSUFFICIENT_MEMORY, INSUFFICIENT_DISK, INSUFFICIENT_GPUS ->
          Refusal.amount(refusal.limit())
              .filter(limit -> enough.isPresent() && limit.compareTo(enough.get()) >= 0)
              .isPresent();
      case INSUFFICIENT_PORTS -> isAnyPortFree(refusal);
      case UNFULFILLED_ROLE -> text.startsWith("with role " + refusal.limit() + " instead of ");
      case UNFULFILLED_CONSTRAINT ->
          enough.isEmpty()
              || here(refusal).filter(here -> here.compareTo(enough.get()) < 0).isPresent();
      case AGENT_MAINTENANCE, DECLINED_SCARCE_RESOURCES -> true;
      case NO_CORRESPONDING_RESERVATION_FOUND -> false;
    };
  }

  private static boolean isAnyPortFree(Refusal refusal) {
    return refusal.value().matches("[0-9]+") && !refusal.limit().equals("none");
  }

  /**
   * The least change by which at least so many of the offers lose the obstacle, if there is one.
   *
   * @param refused by offers that have the obstacle
   * @param wanted how many agents are to be won; all of them if there are not as many
   */
  static Optional<Change> by(Obstacle obstacle, List<Refusal> refused, int wanted) {
    Refusal first = refused.getFirst();
    return switch (obstacle.reason()) {
      case INSUFFICIENT_CPUS, INSUFFICIENT_MEMORY, INSUFFICIENT_DISK, INSUFFICIENT_GPUS -> {
        List<BigDecimal> amounts =
            refused.stream()
                .filter(refusal -> refusal.missing().isPresent())
                .map(refusal -> Refusal.amount(refusal.limit()).orElseThrow())
                .filter(amount -> amount.signum() > 0)
                .sorted((one, other) -> other.compareTo(one))
                .toList();
        yield amounts.isEmpty()
            ? Optional.empty()
            : Optional.of(less(obstacle, first, amounts, wanted));
      }
      case INSUFFICIENT_PORTS -> {
        Set<String> ports = new LinkedHashSet<>();
        refused.stream().filter(Change::isAnyPortFree).forEach(port -> ports.add(port.value()));
        yield ports.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Change(
                    obstacle,
                    Optional.empty(),
                    "with any free host port (hostPort 0, or requirePorts false) instead of "
                        + some(ports)));
      }
      case UNFULFILLED_ROLE ->
          Optional.of(new Change(obstacle, Optional.empty(), otherRole(first)));
      case UNFULFILLED_CONSTRAINT ->
          Optional.of(
              maxPer(obstacle, refused, wanted)
                  .orElseGet(
                      () -> new Change(obstacle, Optional.empty(), without(first, refused))));
      case AGENT_MAINTENANCE ->
          Optional.of(
              new Change(
                  obstacle, Optional.empty(), "without the maintenance of the agents themselves"));
      case DECLINED_SCARCE_RESOURCES ->
          Optional.of(
              new Change(
                  obstacle,
                  Optional.empty(),
                  "with a use for the agents' gpus, or --gpu_scheduling_behavior unrestricted"));
      case NO_CORRESPONDING_RESERVATION_FOUND -> Optional.empty();
    };
  }

  private static String otherRole(Refusal refusal) {
    String other =
        refusal.limit().equals(refusal.value()) ? "a role of its own" : "role " + refusal.limit();
    return "with " + other + " instead of " + refusal.value();
  }

  private static Change less(
      Obstacle obstacle, Refusal first, List<BigDecimal> amounts, int wanted) {
    BigDecimal enough = amounts.get(Math.min(wanted, amounts.size()) - 1);
    return new Change(
        obstacle,
        Optional.of(enough),
        "with " + first.rule() + " " + enough.toPlainString() + " instead of " + first.value());
  }

  /** A rule of at most so many on a value can have a higher number. */
  private static Optional<Change> maxPer(Obstacle obstacle, List<Refusal> refused, int wanted) {
    Matcher rule = MAX_PER.matcher(obstacle.rule());
    List<BigDecimal> here =
        refused.stream().map(Change::here).flatMap(Optional::stream).sorted().toList();
    if (!rule.matches() || here.isEmpty()) {
      return Optional.empty();
    }
    BigDecimal enough = here.get(Math.min(wanted, here.size()) - 1).add(BigDecimal.ONE);
    return Optional.of(
        new Change(
            obstacle,
            Optional.of(enough),
            "with " + rule.group(1) + enough + " instead of " + rule.group(2)));
  }

  /** How many instances are on the value already. */
  private static Optional<BigDecimal> here(Refusal refusal) {
    Matcher text = ALREADY.matcher(refusal.limit());
    return text.matches() ? Optional.of(new BigDecimal(text.group(1))) : Optional.empty();
  }

  /** Of rules that name values, with those that there are instead. */
  private static String without(Refusal first, List<Refusal> refused) {
    String text = "without " + first.rule();
    if (first.waitingMayHelp()) {
      return text;
    }
    Set<String> offered = new TreeSet<>();
    refused.stream()
        .filter(refusal -> !refusal.limit().startsWith("has no "))
        .forEach(refusal -> offered.add(refusal.value()));
    return text + (offered.isEmpty() ? " (no agent has one)" : " (offered: " + some(offered) + ")");
  }

  private static String some(Set<String> values) {
    String text = String.join(", ", values.stream().limit(VALUES_MAX).toList());
    return values.size() <= VALUES_MAX
        ? text
        : text + " and " + (values.size() - VALUES_MAX) + " more";
  }

  /** Whether nothing would stand against the agent any more. */
  static boolean open(List<Change> changes, UnusedOffer offer) {
    return offer.refusals().stream()
        .allMatch(refusal -> changes.stream().anyMatch(change -> change.answers(refusal)));
  }
}
