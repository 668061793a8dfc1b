package io.mesocosm.runtime;

import static java.lang.System.Logger.Level.ERROR;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * Runs a {@link Core} in production: one thread takes commands from a bounded mailbox, hands each
 * to the core and its effects to the performer, in order.
 *
 * <p>The performer runs on the loop's thread and must not block: what blocks goes to a virtual
 * thread and comes back as a command. An exception out of the core is a broken invariant: the loop
 * stops and tells the crash handler, whose duty is to end the process.
 */
public final class EventLoop<C, E> implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());
  private static final int BATCH_MAX = 256;

  private final String name;
  private final Core<C, E> core;
  private final InstantSource clock;
  private final Consumer<E> performer;
  private final Runnable afterBatch;
  private final Consumer<Throwable> crashHandler;
  private final BlockingQueue<C> mailbox;
  private final Thread thread;
  // Written by whoever closes, read by the loop's thread between batches.
  private volatile boolean closed;

  /**
   * @param mailboxMax how many commands may wait; {@link #post} blocks beyond it, {@link #offer}
   *     refuses
   * @param performer carries out one effect, without blocking
   * @param afterBatch called on the loop's thread when the mailbox runs empty or after {@value
   *     #BATCH_MAX} commands: the place to publish a snapshot
   * @param crashHandler told of whatever the core or the performer threw
   */
  public EventLoop(
      String name,
      Core<C, E> core,
      InstantSource clock,
      int mailboxMax,
      Consumer<E> performer,
      Runnable afterBatch,
      Consumer<Throwable> crashHandler) {
    this.name = name;
    this.core = core;
    this.clock = clock;
    this.performer = performer;
    this.afterBatch = afterBatch;
    this.crashHandler = crashHandler;
    this.mailbox = new ArrayBlockingQueue<>(mailboxMax);
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /**
   * Adds a command, waiting for room. Not to be called on the loop's own thread, which would wait
   * for itself; effects that lead to commands at once use {@link #offer}.
   */
  public void post(C command) {
    try {
      while (!closed && !mailbox.offer(command, 100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
        // full: wait on, unless the loop was closed meanwhile
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Adds a command if there is room. */
  public boolean offer(C command) {
    return !closed && mailbox.offer(command);
  }

  /** How many commands wait. */
  public int depth() {
    return mailbox.size();
  }

  private void run() {
    List<C> batch = new ArrayList<>(BATCH_MAX);
    Instant last = Instant.MIN;
    try {
      while (!closed) {
        batch.clear();
        batch.add(mailbox.take());
        mailbox.drainTo(batch, BATCH_MAX - 1);
        for (C command : batch) {
          Instant now = clock.instant();
          // A stepped-back wall clock must not run a core's time backwards.
          last = now.isBefore(last) ? last : now;
          core.handle(command, last).forEach(performer);
        }
        afterBatch.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.log(ERROR, name + " stops: a rule of its state was broken", e);
      closed = true;
      crashHandler.accept(e);
    }
  }

  /** Stops after the command at hand; what still waits is dropped. Idempotent. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    if (Thread.currentThread().equals(thread) || !thread.isAlive()) {
      return;
    }
    try {
      thread.join(java.time.Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
