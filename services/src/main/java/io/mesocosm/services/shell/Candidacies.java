package io.mesocosm.services.shell;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.Election;
import io.mesocosm.coordination.ElectionListener;
import io.mesocosm.coordination.VersionedStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One candidacy after the other, in the same contest, for as long as the process lives: whoever
 * loses the leadership is a candidate again as soon as everything of the last time has ended.
 *
 * <p>A candidacy ends once, by whatever is first: the election's word, the store's refusal of a
 * write, somebody's request, or the failure to begin to lead. What it led is cut off from the
 * master in that very moment, on the thread that found out; the rest is done on a thread of its
 * own, since those that find out must not wait. Thread-safe.
 */
final class Candidacies implements AutoCloseable {
  /** Who was elected and could not lead leaves the field to others for a while. */
  private static final Duration REST_MIN = Duration.ofSeconds(1);

  private static final Duration REST_MAX = Duration.ofSeconds(30);
  private static final int DOUBLINGS_MAX = 5;

  /** Begins to lead. */
  @FunctionalInterface
  interface Begin {
    /**
     * @param fenced told, on a thread that must not be kept, that another leads
     * @param abdication to be run when somebody asks to hand the leadership over
     * @throws RuntimeException in one line, if the store cannot be read
     */
    Leading lead(VersionedStore store, Consumer<String> fenced, Optional<Runnable> abdication);
  }

  private final Contest contest;
  private final byte[] self;
  private final Begin begin;
  private final Consumer<Optional<byte[]>> followed;
  private final BiConsumer<Front.Standing, String> standing;
  private final Consumer<Throwable> crashHandler;
  private final CountDownLatch closing = new CountDownLatch(1);

  // Of the election's thread, the store's, a request's, the one between two candidacies and who
  // closes.
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Candidacy> current = Optional.empty();
  private int failures;

  /**
   * @param self what a member says of itself
   * @param followed told who leads, while nothing is led here
   * @param standing told who answers requests from now on, and a line about that
   * @param crashHandler told if nobody could enter the contest again
   */
  Candidacies(
      Contest contest,
      byte[] self,
      Begin begin,
      Consumer<Optional<byte[]>> followed,
      BiConsumer<Front.Standing, String> standing,
      Consumer<Throwable> crashHandler) {
    this.contest = contest;
    this.self = self.clone();
    this.begin = begin;
    this.followed = followed;
    this.standing = standing;
    this.crashHandler = crashHandler;
  }

  /** Becomes a candidate; of no effect once closed. */
  void enter() {
    lock.lock();
    try {
      if (closing.getCount() == 0) {
        return;
      }
      Candidacy next = new Candidacy();
      current = Optional.of(next);
      // Whoever the election tells anything waits for the lock, and so for this.
      next.election = Optional.of(contest.enter(self, next));
    } finally {
      lock.unlock();
    }
  }

  /** What was led ends in good order, then the election is left. Idempotent. */
  @Override
  public void close() {
    Optional<Candidacy> last;
    lock.lock();
    try {
      closing.countDown();
      last = current;
      current = Optional.empty();
    } finally {
      lock.unlock();
    }
    last.ifPresent(Candidacy::leave);
  }

  private Duration rest() {
    return failures == 0
        ? Duration.ZERO
        : min(REST_MIN.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS_MAX)), REST_MAX);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /**
   * One membership in the election. Its fields change under the lock, and not any more when it is
   * over.
   */
  private final class Candidacy implements ElectionListener {
    private Optional<Election> election = Optional.empty();
    private Optional<Leading> leading = Optional.empty();
    private boolean over;

    @Override
    public void elected(VersionedStore store) {
      Leading begun;
      try {
        begun = begin.lead(store, this::lost, Optional.of(this::abdicate));
      } catch (RuntimeException e) {
        end(
            "was elected and cannot lead, for its state cannot be read (" + e.getMessage() + ")",
            true);
        return;
      }
      if (!install(begun)) {
        begun.cut();
        begun.close();
      }
    }

    /** False if it is over already. */
    private boolean install(Leading begun) {
      lock.lock();
      try {
        if (!isCurrent()) {
          return false;
        }
        leading = Optional.of(begun);
        failures = 0;
        standing.accept(new Front.Standing.Answering(begun.routes()), "leads");
        return true;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void lost(String why) {
      end("has lost the leadership (" + why + ")", false);
    }

    @Override
    public void leaderChanged(Optional<byte[]> leader) {
      lock.lock();
      try {
        if (isCurrent() && leading.isEmpty()) {
          followed.accept(leader);
        }
      } finally {
        lock.unlock();
      }
    }

    /** On a thread of its own: the request that asks for it is answered first. */
    private void abdicate() {
      Thread.ofVirtual()
          .name("services-abdication")
          .start(() -> end("has given up the leadership, as DELETE /v2/leader asked", false));
    }

    private boolean isCurrent() {
      return !over && current.filter(this::equals).isPresent();
    }

    /** Acts as a leader no more, and begins anew; the first reason counts. */
    private void end(String line, boolean failed) {
      lock.lock();
      try {
        if (!isCurrent()) {
          return;
        }
        over = true;
        failures = failed ? failures + 1 : 0;
        standing.accept(
            new Front.Standing.Undecided("this one " + line + " and stands by"),
            line + ": standing by");
      } finally {
        lock.unlock();
      }
      leading.ifPresent(Leading::cut);
      Thread.ofVirtual().name("services-next-candidacy").start(this::makeRoom);
    }

    private void makeRoom() {
      Duration rest;
      lock.lock();
      try {
        rest = rest();
      } finally {
        lock.unlock();
      }
      try {
        // First, so that another may lead.
        election.ifPresent(Election::close);
        leading.ifPresent(Leading::close);
        boolean closed = closing.await(rest.toMillis(), TimeUnit.MILLISECONDS);
        if (!closed) {
          enter();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        crashHandler.accept(e);
      }
    }

    private void leave() {
      leading.ifPresent(Leading::close);
      election.ifPresent(Election::close);
    }
  }
}
