package io.mesocosm.services.shell;

import io.mesocosm.http.Handler;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.services.api.ServicesApi;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the HTTP server hands all requests to: who answers them changes with who leads
 * (contracts/marathon-api.md A2, A3). Thread-safe.
 */
final class Front implements Handler {
  /** For an election to come to its end. */
  private static final Duration ELECTION_MAX = Duration.ofMillis(2500);

  /** Who answers. */
  sealed interface Standing {
    /** Nobody, until somebody is elected. */
    record Undecided(String why) implements Standing {}

    /** The API of this scheduler, or the way to that of the leader. */
    record Answering(Handler handler) implements Standing {}

    /** Nobody, any more. */
    record Ended() implements Standing {}
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Standing standing = new Standing.Undecided("this scheduler is starting");

  /** Of no effect once it has ended. */
  void now(Standing next) {
    lock.lock();
    try {
      if (!(standing instanceof Standing.Ended)) {
        standing = next;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Response handle(Request request) throws Exception {
    return switch (decided()) {
      case Standing.Answering(Handler handler) -> handler.handle(request);
      case Standing.Undecided(String why) ->
          ServicesApi.error(502, "no scheduler leads just now: " + why + ": try again soon");
      case Standing.Ended _ ->
          ServicesApi.error(503, "this scheduler is ending: ask another, or try again soon");
    };
  }

  private Standing decided() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = ELECTION_MAX.toNanos();
      while (standing instanceof Standing.Undecided && left > 0) {
        left = changed.awaitNanos(left);
      }
      return standing;
    } finally {
      lock.unlock();
    }
  }
}
