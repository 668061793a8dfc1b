package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How many instances of each configuration failed one after the other without any of it coming up,
 * and which configurations are halted because of that ({@link
 * io.mesocosm.services.app.LaunchLimit}). Only instances that never came up themselves count: an
 * agent that dies with a hundred of them says nothing about what they run.
 *
 * <p>With health checks an instance has come up when it is healthy. Without, running means little,
 * as a command that fails at once runs first: then it has to run for {@link #STEADY}.
 *
 * <p>Halts are stored and outlive this process; counts that have not reached the limit do not.
 */
final class LaunchAttempts {
  /** How long an instance without health checks has to run to have come up. */
  static final Duration STEADY = Duration.ofSeconds(30);

  /** Configurations of one app that are remembered, the latest ones. */
  private static final int CONFIGURATIONS_MAX = 4;

  private static final int FAILURE_LENGTH_MAX = 500;

  private static final class Streak {
    int failures;
    // Instances without health checks that run, in the order in which they began to.
    final SequencedMap<InstanceId, Instant> runningSince = new LinkedHashMap<>();
  }

  /** A limit that was just reached. */
  record Reached(RunSpec spec, LaunchHalt halt) {}

  private final SortedMap<AppId, SortedMap<Instant, Streak>> streaks = new TreeMap<>();
  private final SortedMap<AppId, SortedMap<Instant, LaunchHalt>> halts = new TreeMap<>();
  private final SortedSet<AppId> changed = new TreeSet<>();
  private final SortedSet<AppId> stuck = new TreeSet<>();
  private List<Reached> reached = new ArrayList<>();

  /**
   * An instance ended before it came up.
   *
   * @param how it ended, for people
   * @param isUp whether another instance runs and is wanted
   */
  void failed(
      Instance instance, RunSpec spec, String how, Instant now, Predicate<InstanceId> isUp) {
    Instant configuration = instance.configVersion();
    AppId app = instance.id().app();
    if (!spec.launchLimit().isLimited() || halt(app, configuration).isPresent()) {
      return;
    }
    SortedMap<Instant, Streak> ofApp = streaks.computeIfAbsent(app, _ -> new TreeMap<>());
    Streak streak = ofApp.computeIfAbsent(configuration, _ -> new Streak());
    streak.runningSince.remove(instance.id());
    if (isBroken(streak, now, isUp)) {
      streak.failures = 0;
    }
    streak.failures++;
    if (streak.failures >= spec.launchLimit().attemptsMax()) {
      String last = how.length() > FAILURE_LENGTH_MAX ? how.substring(0, FAILURE_LENGTH_MAX) : how;
      LaunchHalt halt = new LaunchHalt(configuration, streak.failures, last, now);
      ofApp.remove(configuration);
      SortedMap<Instant, LaunchHalt> halted = halts.computeIfAbsent(app, _ -> new TreeMap<>());
      halted.put(configuration, halt);
      prune(halted);
      changed.add(app);
      reached.add(new Reached(spec, halt));
    }
    prune(ofApp);
    if (ofApp.isEmpty()) {
      streaks.remove(app);
    }
  }

  private static void prune(SortedMap<Instant, ?> byConfiguration) {
    while (byConfiguration.size() > CONFIGURATIONS_MAX) {
      byConfiguration.remove(byConfiguration.firstKey());
    }
  }

  /** Whether an instance has been running for long enough in the meantime. */
  private static boolean isBroken(Streak streak, Instant now, Predicate<InstanceId> isUp) {
    Iterator<Map.Entry<InstanceId, Instant>> entries = streak.runningSince.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<InstanceId, Instant> oldest = entries.next();
      if (oldest.getValue().plus(STEADY).isAfter(now)) {
        return false;
      }
      entries.remove();
      if (isUp.test(oldest.getKey())) {
        return true;
      }
    }
    return false;
  }

  /**
   * An instance became ready. That ends no halt: too many before it were not.
   *
   * @param checked whether health checks say so
   * @param isUp whether another instance runs and is wanted
   */
  void ready(Instance instance, boolean checked, Predicate<InstanceId> isUp) {
    SortedMap<Instant, Streak> ofApp = streaks.get(instance.id().app());
    Streak streak = ofApp == null ? null : ofApp.get(instance.configVersion());
    if (ofApp == null || streak == null) {
      return;
    }
    if (checked || isBroken(streak, instance.conditionSince(), isUp)) {
      ofApp.remove(instance.configVersion());
    } else {
      streak.runningSince.putIfAbsent(instance.id(), instance.conditionSince());
    }
  }

  /** Why nothing is launched for the definition, if that is so. */
  Optional<LaunchHalt> halt(RunSpec spec) {
    return halt(spec.id(), spec.lastConfigChangeAt());
  }

  private Optional<LaunchHalt> halt(AppId app, Instant configuration) {
    SortedMap<Instant, LaunchHalt> ofApp = halts.get(app);
    return ofApp == null ? Optional.empty() : Optional.ofNullable(ofApp.get(configuration));
  }

  /** All configurations of it may be tried again. */
  void reset(AppId app) {
    streaks.remove(app);
    stuck.remove(app);
    if (halts.remove(app) != null) {
      changed.add(app);
    }
  }

  /** The configuration is brought anew: it may be tried again. */
  void reset(RunSpec spec) {
    SortedMap<Instant, Streak> counted = streaks.get(spec.id());
    if (counted != null) {
      counted.remove(spec.lastConfigChangeAt());
    }
    SortedMap<Instant, LaunchHalt> halted = halts.get(spec.id());
    if (halted != null && halted.remove(spec.lastConfigChangeAt()) != null) {
      changed.add(spec.id());
      if (halted.isEmpty()) {
        halts.remove(spec.id());
      }
    }
  }

  /** A deployment cannot go on without launches of a halted configuration. */
  void stuck(AppId app) {
    stuck.add(app);
  }

  SortedSet<AppId> takeStuck() {
    SortedSet<AppId> taken = stuck.isEmpty() ? Collections.emptySortedSet() : new TreeSet<>(stuck);
    stuck.clear();
    return taken;
  }

  List<Reached> takeReached() {
    List<Reached> taken = reached;
    reached = taken.isEmpty() ? taken : new ArrayList<>();
    return taken;
  }

  /** The apps whose halts are not as they were when this was last asked. */
  SortedSet<AppId> takeChanged() {
    SortedSet<AppId> taken =
        changed.isEmpty() ? Collections.emptySortedSet() : new TreeSet<>(changed);
    changed.clear();
    return taken;
  }

  void load(StoredRecord.HaltRecord stored) {
    SortedMap<Instant, LaunchHalt> ofApp = new TreeMap<>();
    stored.halts().forEach(halt -> ofApp.put(halt.configVersion(), halt));
    if (!ofApp.isEmpty()) {
      halts.put(stored.app(), ofApp);
    }
  }

  /** What the store should hold of the app. */
  Optional<StoredRecord.HaltRecord> record(AppId app) {
    return Optional.ofNullable(halts.get(app))
        .map(halted -> new StoredRecord.HaltRecord(app, List.copyOf(halted.values())));
  }

  List<StoredRecord.HaltRecord> records() {
    return halts.keySet().stream().flatMap(app -> record(app).stream()).toList();
  }
}
