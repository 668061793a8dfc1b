package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.Election;
import io.mesocosm.coordination.ElectionListener;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.master.api.Leader;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MesosJson;
import io.mesocosm.runtime.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * One master's part in the contest for the leadership: a candidate for as long as it lives, until
 * it is elected once. A candidate that drops out before that, because ZooKeeper or its session with
 * it is gone, enters again (contracts/mesos-ha.md Z8); one that led and lost is done.
 */
final class Candidacy implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Candidacy.class.getName());
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** Told on the contest's thread, one call at a time. */
  interface Events {
    /** This master leads, and keeps what it knows in {@code store}. */
    void elected(VersionedStore store);

    /** It led, and does not any more. */
    void lost(String why);

    void leaderChanged(Leader leader);
  }

  private final Contest contest;
  private final MasterInfo self;
  private final Events events;
  private final InstantSource clock;

  /** One timer, whose key says nothing. */
  private final Timers<Boolean> entrance;

  // The entering thread and whoever closes meet under this lock.
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Election> membership = Optional.empty();
  private boolean closed;

  private Candidacy(Contest contest, MasterInfo self, InstantSource clock, Events events) {
    this.contest = contest;
    this.self = self;
    this.clock = clock;
    this.entrance = new Timers<>("master-candidacy", clock);
    this.events = events;
  }

  /** Enters the contest on a thread of its own, and returns at once. */
  static Candidacy start(Contest contest, MasterInfo self, InstantSource clock, Events events) {
    Candidacy candidacy = new Candidacy(contest, self, clock, events);
    candidacy.enterIn(Duration.ZERO);
    return candidacy;
  }

  private void enterIn(Duration delay) {
    try {
      entrance.set(true, clock.instant().plus(delay), this::enter);
    } catch (RejectedExecutionException _) {
      // Closed: it is to enter no more.
    }
  }

  private void enter() {
    replace(Optional.empty());
    try {
      byte[] content = MesosJson.print(self).getBytes(StandardCharsets.UTF_8);
      replace(Optional.of(contest.enter(content, new Member())));
    } catch (RuntimeException e) {
      LOG.log(
          WARNING,
          "master "
              + self.getId()
              + " cannot contend for the leadership, and tries again in "
              + RETRY.toSeconds()
              + " s: "
              + e.getMessage());
      enterIn(RETRY);
    }
  }

  /** Leaves the membership of before; and the new one, if it came too late. */
  private void replace(Optional<Election> next) {
    Optional<Election> obsolete;
    lock.lock();
    try {
      obsolete = closed ? next : membership;
      membership = closed ? membership : next;
    } finally {
      lock.unlock();
    }
    obsolete.ifPresent(Election::close);
  }

  /** Leaves the contest: if this master led, another may at once. Not for the contest's thread. */
  @Override
  public void close() {
    Optional<Election> last;
    lock.lock();
    try {
      closed = true;
      last = membership;
      membership = Optional.empty();
    } finally {
      lock.unlock();
    }
    entrance.close();
    last.ifPresent(Election::close);
  }

  private Leader leader(byte[] content) {
    try {
      MasterInfo info =
          MesosJson.parse(new String(content, StandardCharsets.UTF_8), MasterInfo.newBuilder())
              .build();
      return info.getId().equals(self.getId()) ? new Leader.Here() : new Leader.Elsewhere(info);
    } catch (InvalidMessageException e) {
      LOG.log(WARNING, "the leading master says of itself what this one cannot read", e);
      return new Leader.Unknown();
    }
  }

  /** One membership. */
  private final class Member implements ElectionListener {
    /** Of the contest's thread. */
    private boolean led;

    @Override
    public void elected(VersionedStore store) {
      led = true;
      events.elected(store);
    }

    @Override
    public void lost(String why) {
      if (led) {
        events.lost(why);
        return;
      }
      LOG.log(INFO, "master {0} is no candidate any more, and enters anew: {1}", self.getId(), why);
      events.leaderChanged(new Leader.Unknown());
      enterIn(RETRY);
    }

    @Override
    public void leaderChanged(Optional<byte[]> content) {
      events.leaderChanged(content.map(Candidacy.this::leader).orElseGet(Leader.Unknown::new));
    }
  }
}
