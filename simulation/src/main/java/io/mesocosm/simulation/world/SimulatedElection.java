package io.mesocosm.simulation.world;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The part of ZooKeeper that belongs to one role: its members, of which the one that entered first
 * leads, the epoch of the latest leader, and the records, which only that leader can change.
 *
 * @param <V> immutable
 */
public final class SimulatedElection<V> {
  /** How a write came out. */
  public enum WriteResult {
    DONE,
    /** Another leads: nothing was written. */
    FENCED,
    /** Nobody knows whether it was written, wholly or in part. */
    UNKNOWN
  }

  /** Sees every change, from outside of the world. */
  public interface Witness {
    /**
     * @param epoch of the writer
     * @param newest epoch that was ever given out
     */
    void written(String path, long epoch, long newest);
  }

  private final SimulatedZooKeeper zooKeeper;
  private final String name;
  private final Witness witness;
  private final SortedMap<Long, Member<V>> members = new TreeMap<>();
  private final Set<Watch> watches = new LinkedHashSet<>();
  private final SortedMap<String, V> records = new TreeMap<>();
  private boolean fenced = true;
  private long sequence;
  private long epoch;

  public SimulatedElection(SimulatedZooKeeper zooKeeper, String name, Witness witness) {
    this.zooKeeper = zooKeeper;
    this.name = name;
    this.witness = witness;
  }

  /** From now on a deposed leader's writes are carried out: a planted bug. */
  public void dropFences() {
    fenced = false;
  }

  /** What is written down, as nobody in the world can see it. */
  public SortedMap<String, V> records() {
    return Collections.unmodifiableSortedMap(records);
  }

  private record Member<V>(
      SimulatedZooKeeper.Session session, String content, Consumer<Leadership<V>> elected) {}

  /** What a leader holds. */
  public static final class Leadership<V> {
    private final SimulatedElection<V> election;
    private final SimulatedZooKeeper.Session session;
    private final long epoch;
    private Instant lastArrival = Instant.MIN;
    private Instant lastAnswer = Instant.MIN;

    private Leadership(
        SimulatedElection<V> election, SimulatedZooKeeper.Session session, long epoch) {
      this.election = election;
      this.session = session;
      this.epoch = epoch;
    }

    public long epoch() {
      return epoch;
    }

    /**
     * What the leader can tell by its own steady clock: a session that has expired was not heard of
     * for longer than a leader trusts.
     */
    public boolean mayAct() {
      return session.isAlive();
    }

    /** Everything that is written down; never answered if the leader has lost its session. */
    public void read(Consumer<SortedMap<String, V>> answer) {
      SimulatedZooKeeper zooKeeper = election.zooKeeper;
      session.whenInContact(() -> {
        if (session.isAlive() && !session.isAbandoned()) {
          SortedMap<String, V> copy = new TreeMap<>(election.records);
          session.host().after(zooKeeper.delay(), () -> answer.accept(copy));
        }
      });
    }

    /**
     * Carries out changes one after the other, after those of earlier calls.
     *
     * @param changes by path, in order; absent to remove
     * @param answer on the writer's host
     */
    public void write(Map<String, Optional<V>> changes, Consumer<WriteResult> answer) {
      Map<String, Optional<V>> copy = new LinkedHashMap<>(changes);
      SimulatedZooKeeper zooKeeper = election.zooKeeper;
      Instant arrival = zooKeeper.simulation().now().plus(zooKeeper.delay());
      lastArrival = arrival.isBefore(lastArrival) ? lastArrival : arrival;
      zooKeeper
          .simulation()
          .at(
              lastArrival,
              () -> {
                WriteResult result = election.arrived(this, copy);
                Instant at = zooKeeper.simulation().now().plus(zooKeeper.delay());
                lastAnswer = at.isBefore(lastAnswer) ? lastAnswer : at;
                zooKeeper
                    .simulation()
                    .at(lastAnswer, () -> session.host().perform(() -> answer.accept(result)));
              });
    }
  }

  private WriteResult arrived(Leadership<V> leader, Map<String, Optional<V>> changes) {
    SimulatedZooKeeper.Session session = leader.session;
    if (fenced && (leader.epoch != epoch || !session.isAlive())) {
      return WriteResult.FENCED;
    }
    if (!session.isInContact() && !session.isAbandoned() || !zooKeeper.reaches(session.host())) {
      return WriteResult.UNKNOWN;
    }
    boolean whole = !session.isAbandoned() && !zooKeeper.fails();
    int count = whole ? changes.size() : zooKeeper.draw(changes.size() + 1);
    changes.entrySet().stream()
        .limit(count)
        .forEach(change -> apply(leader.epoch, change.getKey(), change.getValue()));
    return whole ? WriteResult.DONE : WriteResult.UNKNOWN;
  }

  private void apply(long writer, String path, Optional<V> value) {
    value.ifPresentOrElse(present -> records.put(path, present), () -> records.remove(path));
    witness.written(path, writer, epoch);
  }

  /**
   * Becomes a member.
   *
   * @param content how others find it
   * @param elected called on the member's host, once at most
   */
  public void enter(
      SimulatedZooKeeper.Session session, String content, Consumer<Leadership<V>> elected) {
    session.whenInContact(() -> {
      if (session.isAbandoned() || !session.isAlive()) {
        return;
      }
      long number = sequence++;
      Optional<String> before = leader();
      members.put(number, new Member<>(session, content, elected));
      session.onExpiry(() -> left(number));
      if (before.isEmpty()) {
        changed();
      }
    });
  }

  private void left(long number) {
    boolean led = !members.isEmpty() && members.firstKey() == number;
    members.remove(number);
    if (led) {
      changed();
    }
  }

  /** Who leads, in its own words. */
  public Optional<String> leader() {
    return first().map(Member::content);
  }

  private Optional<Member<V>> first() {
    return members.isEmpty() ? Optional.empty() : Optional.of(members.firstEntry().getValue());
  }

  private void changed() {
    zooKeeper
        .simulation()
        .note(() -> "zookeeper: first of " + name + " is " + leader().orElse("nobody"));
    first().ifPresent(member -> member.session().whenInContact(() -> claimed(member)));
    watches.forEach(Watch::look);
  }

  /** The member has learnt that it is the first, and takes an epoch before it does anything. */
  private void claimed(Member<V> member) {
    SimulatedZooKeeper.Session session = member.session();
    if (session.isAbandoned()) {
      return;
    }
    zooKeeper
        .simulation()
        .after(
            zooKeeper.delay(),
            () -> {
              if (!session.isAlive() || session.isAbandoned()) {
                return;
              }
              if (!session.isInContact() || !zooKeeper.reaches(session.host())) {
                session.whenInContact(() -> claimed(member));
                return;
              }
              Leadership<V> leadership = new Leadership<>(this, session, ++epoch);
              session
                  .host()
                  .after(
                      zooKeeper.delay(),
                      () -> {
                        if (!session.isAbandoned()) {
                          member.elected().accept(leadership);
                        }
                      });
            });
  }

  /** Follows the leader for one process, as far as its host can see. */
  public final class Watch {
    private final Host host;
    private final Consumer<Optional<String>> changed;
    private Optional<String> known = Optional.empty();
    private boolean ended;

    private Watch(Host host, Consumer<Optional<String>> changed) {
      this.host = host;
      this.changed = changed;
    }

    /** Who leads, as this host last heard. */
    public Optional<String> leader() {
      return known;
    }

    public void end() {
      ended = true;
      watches.remove(this);
    }

    private void look() {
      zooKeeper.whenReachable(
          host,
          () -> {
            Optional<String> now = SimulatedElection.this.leader();
            if (!ended && !now.equals(known)) {
              known = now;
              changed.accept(now);
            }
          });
    }
  }

  /** Begins to follow the leader. */
  public Watch watch(Host host, Consumer<Optional<String>> changed) {
    Watch watch = new Watch(host, changed);
    watches.add(watch);
    watch.look();
    return watch;
  }

  /** Hosts of all members, the leader first. */
  public List<String> members() {
    return members.values().stream().map(Member::content).toList();
  }
}
