package io.mesocosm.simulation.invariant;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * No two masters take it that they lead at one instant, nothing is written by one that was deposed,
 * and nobody goes back from a newer leader to an older one.
 */
final class OneLeaderActs extends Invariant {
  private final SortedSet<String> leaders = new TreeSet<>();
  private final Map<String, Long> newestByHost = new HashMap<>();

  OneLeaderActs() {
    super("at most one leader acts");
  }

  @Override
  public void masterLeads(String master, long epoch) {
    leaders.add(master);
    if (leaders.size() > 1) {
      violated("these lead at once: " + leaders);
    }
  }

  @Override
  public void masterCeased(String master) {
    leaders.remove(master);
  }

  @Override
  public void written(String election, String path, long epoch, long newest) {
    if (epoch < newest) {
      violated(
          "record "
              + path
              + " of "
              + election
              + " is written by the leader of epoch "
              + epoch
              + ", and epoch is "
              + newest);
    }
  }

  @Override
  public void subscribed(String host, long epoch) {
    long before = newestByHost.getOrDefault(host, 0L);
    if (epoch < before) {
      violated(host + " goes from the leader of epoch " + before + " back to that of " + epoch);
    }
    newestByHost.put(host, epoch);
  }
}
