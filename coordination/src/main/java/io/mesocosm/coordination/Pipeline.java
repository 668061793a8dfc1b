package io.mesocosm.coordination;

import io.mesocosm.coordination.VersionedStore.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.zookeeper.KeeperException;

/**
 * Calls of ZooKeeper's client, many under way at once, their answers taken in order: a thousand
 * cost a few round trips. The rest waits, so that neither we nor the server drown in them.
 *
 * @param patience for one answer
 * @param underWayMax how many calls are under way at most
 */
record Pipeline(Duration patience, int underWayMax) {
  /** Of small calls: half of what a server takes from all its clients. */
  static final int UNDER_WAY_MAX = 500;

  Pipeline(Duration patience) {
    this(patience, UNDER_WAY_MAX);
  }

  /** Takes an answer, on the caller's thread. */
  interface Taker<S, A> {
    void take(S subject, A answer) throws KeeperException, InterruptedException;
  }

  private record Call<S, A>(S subject, CompletableFuture<A> answer) {}

  /**
   * @param send sends one call, whose answer completes the future; must not block
   * @throws StoreUnavailableException if an answer does not come
   */
  <S, A> void run(Iterable<S> subjects, BiConsumer<S, CompletableFuture<A>> send, Taker<S, A> taker)
      throws KeeperException, InterruptedException {
    Deque<Call<S, A>> underWay = new ArrayDeque<>();
    for (S subject : subjects) {
      if (underWay.size() == underWayMax) {
        take(underWay.removeFirst(), taker);
      }
      CompletableFuture<A> answer = new CompletableFuture<>();
      send.accept(subject, answer);
      underWay.addLast(new Call<>(subject, answer));
    }
    for (Call<S, A> call : underWay) {
      take(call, taker);
    }
  }

  private <S, A> void take(Call<S, A> call, Taker<S, A> taker)
      throws KeeperException, InterruptedException {
    taker.take(call.subject(), answer(call.answer()));
  }

  private <A> A answer(CompletableFuture<A> answer) throws InterruptedException {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new StoreUnavailableException(
          "ZooKeeper did not answer within " + patience.toMillis() + " ms: is it running", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call of ZooKeeper ended without an answer", e);
    }
  }
}
