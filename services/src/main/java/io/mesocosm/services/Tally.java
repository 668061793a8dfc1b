package io.mesocosm.services;

import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Goal;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many instances of an app are in which standing, kept up as they change: with a hundred
 * thousand of them nobody can count after every update.
 */
final class Tally {
  /**
   * What one instance counts for.
   *
   * @param exists whether it takes room that a replacement could have; one given up for lost does
   *     not
   * @param active whether it is one of those that are asked for
   * @param ready whether a deployment may count on it
   * @param serving whether it does its work as far as is known
   * @param scheduled whether it waits to be launched in its reservation
   * @param resident whether it is active and owns a reservation
   * @param stopped whether it is ending, to come back in its reservation
   */
  record Standing(
      Instant configVersion,
      boolean exists,
      boolean active,
      boolean ending,
      boolean ready,
      boolean serving,
      boolean scheduled,
      boolean resident,
      boolean stopped,
      boolean staged,
      boolean running,
      boolean healthy,
      boolean unhealthy) {
    static Standing of(
        Instance instance, boolean ready, boolean serving, java.util.Optional<Boolean> healthy) {
      Condition condition = instance.condition();
      boolean running = instance.isRunning();
      return new Standing(
          instance.configVersion(),
          condition != Condition.UNREACHABLE_INACTIVE,
          instance.isActive(),
          !instance.wanted(),
          instance.isActive() && ready,
          instance.isActive() && serving,
          instance.isActive() && condition == Condition.SCHEDULED,
          instance.isActive() && instance.reservation().isPresent(),
          instance.goal() == Goal.STOPPED,
          condition == Condition.PROVISIONED
              || condition == Condition.STAGING
              || condition == Condition.STARTING,
          running,
          running && healthy.orElse(false),
          running && !healthy.orElse(true));
    }
  }

  /** Of those of one configuration that are active. */
  static final class OfConfiguration {
    private int active;
    private int ready;
    private int serving;
    private int resident;

    int active() {
      return active;
    }

    int ready() {
      return ready;
    }

    int serving() {
      return serving;
    }

    int resident() {
      return resident;
    }
  }

  private static final OfConfiguration NONE = new OfConfiguration();

  private final SortedMap<Instant, OfConfiguration> byConfiguration = new TreeMap<>();
  private int existing;
  private int active;
  private int ending;
  private int ready;
  private int serving;
  private int scheduled;
  private int resident;
  private int stopped;
  private int staged;
  private int running;
  private int healthy;
  private int unhealthy;

  void add(Standing standing) {
    count(standing, 1);
  }

  void subtract(Standing standing) {
    count(standing, -1);
  }

  private void count(Standing standing, int by) {
    existing += standing.exists() ? by : 0;
    active += standing.active() ? by : 0;
    ending += standing.ending() ? by : 0;
    ready += standing.ready() ? by : 0;
    serving += standing.serving() ? by : 0;
    scheduled += standing.scheduled() ? by : 0;
    resident += standing.resident() ? by : 0;
    stopped += standing.stopped() ? by : 0;
    staged += standing.staged() ? by : 0;
    running += standing.running() ? by : 0;
    healthy += standing.healthy() ? by : 0;
    unhealthy += standing.unhealthy() ? by : 0;
    if (standing.active()) {
      OfConfiguration same =
          byConfiguration.computeIfAbsent(standing.configVersion(), _ -> new OfConfiguration());
      same.active += by;
      same.ready += standing.ready() ? by : 0;
      same.serving += standing.serving() ? by : 0;
      same.resident += standing.resident() ? by : 0;
      if (same.active == 0) {
        byConfiguration.remove(standing.configVersion());
      }
    }
  }

  OfConfiguration of(Instant configVersion) {
    return byConfiguration.getOrDefault(configVersion, NONE);
  }

  int existing() {
    return existing;
  }

  int active() {
    return active;
  }

  int ending() {
    return ending;
  }

  int ready() {
    return ready;
  }

  int serving() {
    return serving;
  }

  int scheduled() {
    return scheduled;
  }

  int resident() {
    return resident;
  }

  int stopped() {
    return stopped;
  }

  ServicesSnapshot.Counts counts() {
    return new ServicesSnapshot.Counts(staged, running, healthy, unhealthy);
  }
}
