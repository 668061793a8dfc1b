package io.mesocosm.master;

import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.Offer.Operation;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * How often what happened to one framework since this master knows it, for its metrics
 * (contracts/mesos-operator-api.md §8). Owned by the master's thread; an increment of an array is
 * all that counting costs there.
 */
final class FrameworkTally {
  private static final String[] CALLS = names("calls/", Call.Type.values());
  private static final String[] EVENTS = names("events/", Event.Type.values());
  private static final String[] OPERATIONS = names("operations/", Operation.Type.values());
  private static final String[] ENDS = names("tasks/terminal/", TaskState.values());

  private final long[] calls = new long[CALLS.length];
  private final long[] events = new long[EVENTS.length];
  private final long[] operations = new long[OPERATIONS.length];
  private final long[] ends = new long[ENDS.length];
  private final Runnable changed;
  private long offersSent;
  private long offersAccepted;
  private long offersDeclined;
  private long offersRescinded;

  /**
   * @param changed told of every increment
   */
  FrameworkTally(Runnable changed) {
    this.changed = changed;
  }

  void called(Call.Type type) {
    calls[type.ordinal()]++;
    changed.run();
  }

  void told(Event.Type type) {
    events[type.ordinal()]++;
    changed.run();
  }

  void operated(Operation.Type type) {
    operations[type.ordinal()]++;
    changed.run();
  }

  void ended(TaskState state) {
    ends[state.ordinal()]++;
    changed.run();
  }

  void offered(int offers) {
    offersSent += offers;
    changed.run();
  }

  void accepted(int offers) {
    offersAccepted += offers;
    changed.run();
  }

  void declined(int offers) {
    offersDeclined += offers;
    changed.run();
  }

  void rescinded() {
    offersRescinded++;
    changed.run();
  }

  /** By the metric's name below the framework's own prefix. */
  SortedMap<String, Long> counts() {
    SortedMap<String, Long> counts = new TreeMap<>();
    counts.put("calls", Arrays.stream(calls).sum());
    counts.put("events", Arrays.stream(events).sum());
    counts.put("operations", Arrays.stream(operations).sum());
    put(counts, CALLS, calls);
    put(counts, EVENTS, events);
    put(counts, OPERATIONS, operations);
    put(counts, ENDS, ends);
    counts.put("offers/sent", offersSent);
    counts.put("offers/accepted", offersAccepted);
    counts.put("offers/declined", offersDeclined);
    counts.put("offers/rescinded", offersRescinded);
    return counts;
  }

  /** What has never happened is left out: most of it never does. */
  private static void put(SortedMap<String, Long> counts, String[] names, long[] values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] > 0) {
        counts.put(names[i], values[i]);
      }
    }
  }

  private static String[] names(String prefix, Enum<?>[] constants) {
    return Arrays.stream(constants)
        .map(constant -> prefix + constant.name().toLowerCase(Locale.ROOT))
        .toArray(String[]::new);
  }
}
