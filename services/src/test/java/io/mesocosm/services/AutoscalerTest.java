package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.Autoscale;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoscalerTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration COOLDOWN = Duration.ofMinutes(5);

  private static Autoscale cpu(double percent) {
    return new Autoscale(2, 10, new Autoscale.Target.CpuPercent(percent), COOLDOWN);
  }

  private static Autoscale metric(double perInstance) {
    return new Autoscale(2, 10, new Autoscale.Target.Metric("http://m/", perInstance), COOLDOWN);
  }

  private static Autoscaler.Reading reading(int instances, int ready, double measured) {
    return new Autoscaler.Reading(instances, START, ready, measured);
  }

  private static Autoscaler.Decision decide(Autoscale rule, Autoscaler.Reading reading) {
    return Autoscaler.decide(rule, reading, Autoscaler.Past.NONE, START.plus(COOLDOWN)).decision();
  }

  @ParameterizedTest(
      name = "{0} instances, {1} of them ready, use {2} % for a target of {3} %: {4}")
  @CsvSource({
    "4, 4, 50, 50, 4, 4",
    "4, 4, 54.9, 50, 4, 4",
    "4, 4, 56, 50, 5, 5",
    "4, 4, 100, 50, 8, 8",
    "4, 4, 200, 50, 16, 10",
    "4, 3, 100, 50, 6, 6",
    "2, 2, 0, 50, 0, 2",
    "4, 4, 25, 50, 2, 4",
  })
  void cpuPercent(int instances, int ready, double used, double target, int desired, int to) {
    Autoscaler.Decision decision = decide(cpu(target), reading(instances, ready, used));
    assertThat(decision.desired()).isEqualTo(desired);
    assertThat(decision.to()).isEqualTo(to);
  }

  @ParameterizedTest(name = "{0} instances, {1} in all for a target of {2} each: {3}")
  @CsvSource({
    "4, 400, 100, 4, 4",
    "4, 430, 100, 4, 4",
    "4, 441, 100, 5, 5",
    "3, 900, 100, 9, 9",
    "3, 1001, 100, 11, 10",
    "0, 150, 100, 2, 2",
    "3, 1e300, 1, 100000000, 10",
  })
  void metrics(int instances, double value, double perInstance, int desired, int to) {
    Autoscaler.Decision decision =
        decide(metric(perInstance), reading(instances, instances, value));
    assertThat(decision.desired()).isEqualTo(desired);
    assertThat(decision.to()).isEqualTo(to);
  }

  @Test
  void moreComeOnlyACooldownAfterTheLastChange() {
    Autoscaler.Reading busy = reading(4, 4, 100);
    Instant early = START.plus(COOLDOWN).minusSeconds(1);
    Autoscaler.Decision waits =
        Autoscaler.decide(cpu(50), busy, Autoscaler.Past.NONE, early).decision();
    assertThat(waits.isChange()).isFalse();
    assertThat(waits.reason()).contains("cools down until");
    assertThat(decide(cpu(50), busy).isChange()).isTrue();
  }

  @Test
  void reasonsAreInWords() {
    assertThat(decide(cpu(50), reading(4, 4, 200)).reason())
        .isEqualTo(
            "4 instances use 200.0 % of their cpus, the target is 50.0 %: 16 wanted, of which 10 is"
                + " the most");
    assertThat(decide(metric(50), reading(2, 2, 10)).reason())
        .startsWith("the metric is 10.000, the target 50.000 for each instance: 1 wanted")
        .contains("2 is the least");
  }

  /** Follows readings that come every 15 s; each is what so many instances are enough for. */
  private static List<Integer> follow(int instances, int... enough) {
    Autoscaler.Past past = Autoscaler.Past.NONE;
    Instant scaledAt = START.minus(COOLDOWN);
    Instant now = START;
    int current = instances;
    List<Integer> counts = new ArrayList<>();
    for (int wanted : enough) {
      Autoscaler.Outcome outcome =
          Autoscaler.decide(
              metric(10),
              new Autoscaler.Reading(current, scaledAt, current, wanted * 10.0),
              past,
              now);
      past = outcome.past();
      if (outcome.decision().isChange()) {
        current = outcome.decision().to();
        scaledAt = now;
      }
      counts.add(current);
      now = now.plusSeconds(15);
    }
    return counts;
  }

  private static int[] repeat(int count, int... pattern) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = pattern[i % pattern.length];
    }
    return all;
  }

  @Test
  void fewerStayOnlyAfterAWholeCooldownOfLess() {
    List<Integer> counts = follow(8, repeat(21, 3));
    assertThat(counts.subList(0, 20)).containsOnly(8);
    assertThat(counts.getLast()).isEqualTo(3);
  }

  @Test
  void fewerAreStillEnoughForTheBusiestMomentOfTheCooldown() {
    int[] enough = repeat(21, 3);
    enough[10] = 6;
    assertThat(follow(8, enough).getLast()).isEqualTo(6);
  }

  @Test
  void oneBusyMomentStartsTheWaitAnew() {
    int[] enough = repeat(30, 3);
    enough[15] = 8;
    assertThat(follow(8, enough)).containsOnly(8);
  }

  @Test
  void noisyMetricDoesNotFlap() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
    int[] enough = new int[2000];
    for (int i = 0; i < enough.length; i++) {
      enough[i] = 4 + random.nextInt(4);
    }
    List<Integer> counts = follow(5, enough);
    long changes = 0;
    for (int i = 1; i < counts.size(); i++) {
      changes += counts.get(i).equals(counts.get(i - 1)) ? 0 : 1;
    }
    assertThat(changes).isLessThanOrEqualTo(6);
  }

  @Test
  void numberChosenBySomebodyElseIsWhereItStartsFrom() {
    Autoscaler.Past past = Autoscaler.Past.NONE;
    Instant now = START.plus(COOLDOWN);
    for (int i = 0; i < 20; i++) {
      past = Autoscaler.decide(metric(10), reading(8, 8, 30), past, now).past();
      now = now.plusSeconds(15);
    }
    Autoscaler.Reading chosen = new Autoscaler.Reading(6, now, 6, 30);
    assertThat(
            Autoscaler.decide(metric(10), chosen, past, now.plusSeconds(15)).decision().isChange())
        .isFalse();
  }
}
