package io.mesocosm.systemtests.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Breaks one thing after another for a time, and mends each. */
final class Nemesis {
  private static final Duration BREATH_MIN = Duration.ofSeconds(2);
  private static final Duration BREATH_MAX = Duration.ofSeconds(6);

  private enum Fault {
    KILL,
    PAUSE,
    UNPLUG,
    SLOW_NETWORK,
    FULL_DISK,
    CLOCK_STEP,
    ROLLING_RESTART
  }

  private final Laboratory laboratory;
  private final RandomGenerator random;
  private final List<String> history = new ArrayList<>();
  private final SortedMap<Fault, Integer> tally = new TreeMap<>();
  private Thread workload = Thread.currentThread();

  Nemesis(Laboratory laboratory, RandomGenerator random) {
    this.laboratory = laboratory;
    this.random = random;
  }

  List<String> history() {
    return history;
  }

  /** How many of each kind, in one line. */
  String summary() {
    return tally.toString();
  }

  /**
   * @param workload what runs meanwhile; its end is this one's failure
   */
  void rage(Duration time, Thread workload) throws InterruptedException {
    this.workload = workload;
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
      inflict(fault);
      tally.merge(fault, 1, Integer::sum);
      rest(BREATH_MIN, BREATH_MAX);
    }
  }

  private void inflict(Fault fault) throws InterruptedException {
    Role role = any(laboratory.allRoles());
    Host host = any(laboratory.allHosts());
    switch (fault) {
      case KILL -> {
        note("kill -9 " + role.name());
        role.signal("KILL");
      }
      case PAUSE -> {
        note("stop " + role.name());
        role.signal("STOP");
        rest(Duration.ofSeconds(2), Duration.ofSeconds(9));
        role.signal("CONT");
        note("continue " + role.name());
      }
      case UNPLUG -> {
        note("unplug " + host.name());
        host.plugged(false);
        rest(Duration.ofSeconds(2), Duration.ofSeconds(12));
        host.plugged(true);
        note("plug " + host.name());
      }
      case SLOW_NETWORK -> {
        note("slow and lossy network of " + host.name());
        host.degrade();
        rest(Duration.ofSeconds(4), Duration.ofSeconds(10));
        host.mend();
        note("good network of " + host.name());
      }
      case FULL_DISK -> {
        Host full = any(laboratory.agentHosts());
        note("full disk of " + full.name());
        full.fillDisk();
        rest(Duration.ofSeconds(3), Duration.ofSeconds(8));
        full.freeDisk();
        note("room on the disk of " + full.name());
      }
      case CLOCK_STEP -> {
        if (role.canStepClock()) {
          int seconds = random.nextInt(-120, 120);
          note("clock of " + role.name() + " " + seconds + " s off");
          role.stepClock(seconds);
          rest(Duration.ofSeconds(2), Duration.ofSeconds(6));
          role.stepClock(0);
          note("clock of " + role.name() + " right");
        }
      }
      case ROLLING_RESTART -> {
        note("rolling restart of the agents");
        for (Role agent : laboratory.agents()) {
          agent.signal("TERM");
          rest(Duration.ofSeconds(3), Duration.ofSeconds(4));
        }
      }
    }
  }

  /** Everything works again from now on. */
  void heal() {
    for (Host host : laboratory.allHosts()) {
      host.plugged(true);
      host.mend();
      host.freeDisk();
    }
    for (Role role : laboratory.allRoles()) {
      role.signal("CONT");
      role.stepClock(0);
    }
    note("healed");
  }

  private void rest(Duration least, Duration most) throws InterruptedException {
    Duration length = Duration.ofMillis(random.nextLong(least.toMillis(), most.toMillis()));
    if (workload.join(length)) {
      throw new AssertionError("the workload ended by itself");
    }
  }

  private <T> T any(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  private void note(String what) {
    history.add("%tT %s".formatted(System.currentTimeMillis(), what));
  }
}
