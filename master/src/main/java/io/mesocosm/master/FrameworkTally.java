package io.mesocosm.master;

import com.google.protobuf.ProtocolMessageEnum;
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
    calls[type.getNumber()]++;
    changed.run();
  }

  void told(Event.Type type) {
    events[type.getNumber()]++;
    changed.run();
  }

  void operated(Operation.Type type) {
    operations[type.getNumber()]++;
    changed.run();
  }

  void ended(TaskState state) {
    ends[state.getNumber()]++;
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

  /** By number; what no number stands for is never counted. */
  private static String[] names(String prefix, ProtocolMessageEnum[] constants) {
    int max = Arrays.stream(constants).mapToInt(ProtocolMessageEnum::getNumber).max().orElse(0);
    String[] names = new String[max + 1];
    for (ProtocolMessageEnum constant : constants) {
      names[constant.getNumber()] =
          prefix + constant.getValueDescriptor().getName().toLowerCase(Locale.ROOT);
    }
    return names;
  }
}
