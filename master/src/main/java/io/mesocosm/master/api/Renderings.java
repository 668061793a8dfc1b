package io.mesocosm.master.api;

import io.mesocosm.http.HttpException;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Makes large replies so that they do not take the processors away from the master: few at a time,
 * with a pause between pieces and a rest after each while the master has work waiting, and one for
 * all who ask for the same while they wait for their turn. A reply is made whole before it is sent,
 * so that a client that reads slowly keeps nobody waiting. Thread-safe.
 */
final class Renderings {
  private static final Duration TURN_MAX = Duration.ofSeconds(60);

  /** Of the time that a rendering took. */
  private static final int REST_FACTOR = 4;

  private static final long REST_NANOS_MAX = Duration.ofSeconds(2).toNanos();

  /**
   * Between two pieces: some times what it takes to make one, and to handle a batch of commands.
   */
  private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();

  /** What is shown, and to whom. */
  record Key(String path, Optional<Principal> principal) {}

  /** Makes the reply from the state at the time that it is called. */
  @FunctionalInterface
  interface Body {
    void write(JsonWriter json) throws InterruptedException;
  }

  private final Semaphore turns;
  private final BooleanSupplier masterIsBusy;
  // Under this object's lock: replies that are not begun yet.
  private final Map<Key, CompletableFuture<Chunks>> waiting = new HashMap<>();

  /**
   * @param masterIsBusy whether commands wait for the master's thread
   */
  Renderings(BooleanSupplier masterIsBusy) {
    this.turns = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 4), true);
    this.masterIsBusy = masterIsBusy;
  }

  /**
   * The reply, begun after this was called.
   *
   * @throws HttpException with status 503 if there was no turn for it in a minute
   */
  Chunks of(Key key, Body body) throws InterruptedException {
    CompletableFuture<Chunks> mine = new CompletableFuture<>();
    Optional<CompletableFuture<Chunks>> begun;
    synchronized (this) {
      begun = Optional.ofNullable(waiting.putIfAbsent(key, mine));
    }
    if (begun.isPresent()) {
      return await(begun.get());
    }
    if (!turns.tryAcquire(TURN_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
      abandon(key, mine);
      throw tooBusy();
    }
    try {
      synchronized (this) {
        waiting.remove(key); // who comes from now on wants a later state
      }
      long began = System.nanoTime();
      Chunks chunks = new Chunks(this::giveWay);
      JsonWriter json = new JsonWriter(chunks);
      body.write(json);
      json.flush();
      mine.complete(chunks);
      rest(System.nanoTime() - began);
      return chunks;
    } finally {
      abandon(key, mine);
      turns.release();
    }
  }

  private synchronized void abandon(Key key, CompletableFuture<Chunks> mine) {
    waiting.remove(key, mine);
    mine.completeExceptionally(new IllegalStateException("the reply could not be made"));
  }

  private void giveWay() {
    if (masterIsBusy.getAsBoolean()) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void rest(long took) {
    if (masterIsBusy.getAsBoolean()) {
      LockSupport.parkNanos(Math.min(REST_NANOS_MAX, took * REST_FACTOR));
    }
  }

  private static Chunks await(CompletableFuture<Chunks> reply) throws InterruptedException {
    try {
      return reply.get(TURN_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw (HttpException) tooBusy().initCause(e);
    }
  }

  private static HttpException tooBusy() {
    return HttpException.text(503, "too many large replies are asked for: try again later");
  }

  /** Bytes in memory, in pieces, so that none is too large to be found room for. */
  static final class Chunks extends OutputStream {
    private final List<byte[]> pieces = new ArrayList<>();
    private final Runnable betweenPieces;

    private Chunks(Runnable betweenPieces) {
      this.betweenPieces = betweenPieces;
    }

    @Override
    public void write(int b) {
      pieces.add(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      pieces.add(Arrays.copyOfRange(bytes, offset, offset + length));
      betweenPieces.run();
    }

    void writeTo(OutputStream out) throws IOException {
      for (byte[] piece : pieces) {
        out.write(piece);
      }
    }
  }
}
