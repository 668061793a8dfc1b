package io.mesocosm.services;

import io.mesocosm.services.app.Autoscale;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says how many instances an app should have, from what was measured. More come as soon as the last
 * change of the number is a cooldown ago; fewer only when fewer would have been enough all through
 * a cooldown, and then as many as were enough at its busiest moment. Within {@link #TOLERANCE} of
 * the target nothing changes. Pure: what it has to remember is handed in and out.
 */
final class Autoscaler {
  /** How far from its target the load may be, as a part of it, before the number changes. */
  static final double TOLERANCE = 0.1;

  // Far beyond any real number of instances, and far from where ints end.
  private static final double NEEDED_MAX = 1e8;

  private Autoscaler() {}

  /**
   * How things are.
   *
   * @param instances asked for at present
   * @param scaledAt when that number was last chosen, by whomever
   * @param ready instances that the load is on
   * @param measured percent of the cpus asked for, on average, or the metric's value
   */
  record Reading(int instances, Instant scaledAt, int ready, double measured) {}

  /** So many instances would have been enough at that time, less than there were. */
  private record Enough(Instant at, int instances) {}

  /**
   * What is remembered from one decision to the next.
   *
   * @param scaledAt of the number that it is about
   * @param lowerSince from when on fewer instances would have been enough all the time
   * @param lower what would have been enough then; later ones are smaller, as an earlier one that
   *     is smaller does not matter any more
   */
  record Past(Instant scaledAt, Optional<Instant> lowerSince, List<Enough> lower) {
    static final Past NONE = new Past(Instant.EPOCH, Optional.empty(), List.of());

    Past {
      lower = List.copyOf(lower);
    }
  }

  /**
   * @param to how many instances there should be, within the bounds
   * @param desired the same without them
   * @param reason in words
   */
  record Decision(int from, int to, int desired, String reason) {
    boolean isChange() {
      return from != to;
    }
  }

  record Outcome(Decision decision, Past past) {}

  static Outcome decide(Autoscale rule, Reading reading, Past past, Instant now) {
    Past known =
        past.scaledAt().equals(reading.scaledAt())
            ? past
            : new Past(reading.scaledAt(), Optional.empty(), List.of());
    double needed = Math.min(needed(rule.target(), reading), NEEDED_MAX);
    int desired = desired(needed, reading.instances());
    int bounded = Math.max(rule.min(), Math.min(rule.max(), desired));
    String text = text(rule, reading, desired);
    if (bounded < reading.instances()) {
      return fewer(rule, reading, desired, bounded, known, text, now);
    }
    Past fresh = new Past(reading.scaledAt(), Optional.empty(), List.of());
    Instant mayGrowAt = reading.scaledAt().plus(rule.cooldown());
    if (bounded > reading.instances() && mayGrowAt.isAfter(now)) {
      return stay(
          reading, desired, text + "; the last change cools down until " + mayGrowAt, fresh);
    }
    if (bounded == reading.instances()) {
      return stay(reading, desired, text, fresh);
    }
    return new Outcome(new Decision(reading.instances(), bounded, desired, text), fresh);
  }

  private static Outcome fewer(
      Autoscale rule,
      Reading reading,
      int desired,
      int bounded,
      Past past,
      String text,
      Instant now) {
    Instant since = past.lowerSince().orElse(now);
    Instant from = now.minus(rule.cooldown());
    List<Enough> lower = new ArrayList<>(past.lower());
    lower.removeIf(enough -> enough.at().isBefore(from) || enough.instances() <= bounded);
    lower.add(new Enough(now, bounded));
    Past next = new Past(reading.scaledAt(), Optional.of(since), lower);
    Instant mayShrinkAt = since.plus(rule.cooldown());
    if (mayShrinkAt.isAfter(now)) {
      return stay(reading, desired, text + "; fewer from " + mayShrinkAt + " on", next);
    }
    int enough = lower.getFirst().instances();
    return new Outcome(
        new Decision(
            reading.instances(),
            enough,
            desired,
            text
                + "; at most "
                + enough
                + " within the last "
                + rule.cooldown().toSeconds()
                + " s"),
        next);
  }

  private static Outcome stay(Reading reading, int desired, String reason, Past past) {
    return new Outcome(
        new Decision(reading.instances(), reading.instances(), desired, reason), past);
  }

  /** How many instances the load is enough for. */
  private static double needed(Autoscale.Target target, Reading reading) {
    return switch (target) {
      case Autoscale.Target.CpuPercent cpu -> reading.ready() * reading.measured() / cpu.percent();
      case Autoscale.Target.Metric metric -> reading.measured() / metric.perInstance();
    };
  }

  private static int desired(double needed, int instances) {
    if (instances > 0 && Math.abs(needed / instances - 1) <= TOLERANCE) {
      return instances;
    }
    // What a rounding error adds is no instance.
    return (int) Math.ceil(needed - 1e-9);
  }

  private static String text(Autoscale rule, Reading reading, int desired) {
    String measured =
        switch (rule.target()) {
          case Autoscale.Target.CpuPercent cpu ->
              String.format(
                  Locale.ROOT,
                  "%d instances use %.1f %% of their cpus, the target is %.1f %%",
                  reading.ready(),
                  reading.measured(),
                  cpu.percent());
          case Autoscale.Target.Metric metric ->
              String.format(
                  Locale.ROOT,
                  "the metric is %.3f, the target %.3f for each instance",
                  reading.measured(),
                  metric.perInstance());
        };
    String bound =
        desired > rule.max()
            ? ", of which " + rule.max() + " is the most"
            : desired < rule.min() ? ", and " + rule.min() + " is the least" : "";
    return measured + ": " + desired + " wanted" + bound;
  }
}
