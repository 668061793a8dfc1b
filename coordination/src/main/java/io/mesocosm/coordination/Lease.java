package io.mesocosm.coordination;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * For how long a leader may trust that its session lives, without hearing of it.
 *
 * <p>A contact is an answered {@code sync}, dated by when it was <em>sent</em>: ZooKeeper's leader
 * has seen our session alive after that, and a server that is cut off from the others cannot answer
 * it, as it could a read. The session may be dated earlier at ZooKeeper's leader than the contact,
 * for servers pass signs of life on only every half a tick: by at most the beat between two
 * contacts (a tenth of the session) and half a tick (a quarter of the session at most, for no
 * session is granted below two ticks by default). So ZooKeeper expires the session no earlier than
 * 1 - 0.1 - 0.25 = 0.65 sessions after our last contact, and we hold it lost after 0.6.
 *
 * <p>Time is the machine's monotonic clock, so that a stepped wall clock costs no leader. It runs
 * on while the process is stopped or collects garbage, but not while the machine sleeps: after
 * that, only ZooKeeper's refusal of a deposed leader's writes protects, as it does against
 * everything that slips through here.
 */
final class Lease {
  private static final int BEATS_PER_SESSION = 10;
  private static final int TRUSTED_BEATS = 6;

  private final long beatNanos;
  // Of the newest contact: set by the client's event thread, read by whoever writes and by the
  // beat.
  private final AtomicLong contactNanos;

  Lease(Duration session, long contactNanos) {
    this.beatNanos = session.toNanos() / BEATS_PER_SESSION;
    this.contactNanos = new AtomicLong(contactNanos);
  }

  /** How often to seek contact. */
  Duration beat() {
    return Duration.ofNanos(beatNanos);
  }

  /** Answers may come in any order. */
  void contact(long sentNanos) {
    contactNanos.accumulateAndGet(sentNanos, (known, sent) -> sent - known > 0 ? sent : known);
  }

  Duration silence(long nowNanos) {
    return Duration.ofNanos(nowNanos - contactNanos.get());
  }

  boolean hasLapsed(long nowNanos) {
    return nowNanos - contactNanos.get() >= TRUSTED_BEATS * beatNanos;
  }
}
