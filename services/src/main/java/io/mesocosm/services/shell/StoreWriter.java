package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.json.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Writes what the core wants stored, in its order, on one virtual thread, and reports each write as
 * a command. What waits while the store is busy goes together next time, so that the store's delay
 * is paid once for many; where it does not take them together, each goes by itself, so that a bad
 * one fails alone.
 */
public final class StoreWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StoreWriter.class.getName());
  private static final int TAKEN_MAX = VersionedStore.TOGETHER_MAX;

  private final VersionedStore store;
  private final RecordCodec codec;
  private final Consumer<ServicesCommand> mailbox;
  private final Consumer<String> fenced;
  private final BlockingQueue<ServicesEffect.Store> waiting;
  private final Thread thread;
  // Written by whoever closes and by the writer's thread, which reads it.
  private volatile boolean closed;

  /**
   * @param waitingMax how many writes may wait: more than that means that the store is stuck
   * @param mailbox takes commands for the core; may block
   * @param fenced told why, on the writer's thread or on that of who asks {@link #mayAct}, when
   *     another leads; nothing is written after that
   */
  public StoreWriter(
      VersionedStore store,
      RecordCodec codec,
      int waitingMax,
      Consumer<ServicesCommand> mailbox,
      Consumer<String> fenced) {
    this.fenced = fenced;
    this.store = store;
    this.codec = codec;
    this.mailbox = mailbox;
    this.waiting = new LinkedBlockingQueue<>(waitingMax);
    this.thread = Thread.ofVirtual().name("services-store").unstarted(this::run);
  }

  /**
   * Everything that the store holds.
   *
   * @throws IllegalArgumentException naming a record that cannot be read: to go on without it would
   *     be to end or forget what it stands for
   */
  public List<StoredRecord> load() {
    List<StoredRecord> records = new ArrayList<>();
    store
        .get("/framework")
        .ifPresent(stored -> records.add(codec.decode("/framework", stored.bytes())));
    for (String folder : RecordCodec.folders()) {
      store
          .children(folder)
          .forEach((path, stored) -> records.add(codec.decode(path, stored.bytes())));
    }
    return records;
  }

  public void start() {
    thread.start();
  }

  /** Queues a write; never blocks. */
  public void write(ServicesEffect.Store write) {
    if (!waiting.offer(write)) {
      throw new IllegalStateException(
          waiting.size() + " writes wait for the store, which takes none: look at ZooKeeper");
    }
  }

  private void run() {
    try {
      while (!closed) {
        List<ServicesEffect.Store> taken = new ArrayList<>();
        taken.add(waiting.take());
        waiting.drainTo(taken, TAKEN_MAX - 1);
        writeAll(taken);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll(List<ServicesEffect.Store> taken) {
    StoreBatch batch = new StoreBatch();
    for (ServicesEffect.Store write : taken) {
      EncodedStore encoded = EncodedStore.of(write, codec);
      if (!batch.hasRoomFor(encoded)) {
        write(batch);
        batch = new StoreBatch();
      }
      batch.add(encoded);
    }
    write(batch);
  }

  private void write(StoreBatch batch) {
    if (closed) {
      return;
    }
    try {
      store.writeAll(batch.writes());
    } catch (VersionedStore.FencedException | VersionedStore.StoreUnavailableException e) {
      String problem = problem(e, batch.entries().size() + " writes to the store failed");
      batch.entries().forEach(entry -> report(entry, Optional.of(problem)));
      return;
    } catch (RuntimeException e) {
      if (batch.entries().size() > 1) {
        LOG.log(DEBUG, "the store does not take all of a batch: writing one by one", e);
      }
      batch.entries().forEach(this::writeAlone);
      return;
    }
    batch.entries().forEach(entry -> report(entry, Optional.empty()));
  }

  private void writeAlone(EncodedStore entry) {
    if (closed) {
      return;
    }
    try {
      store.writeAll(entry.writes());
    } catch (RuntimeException e) {
      report(entry, Optional.of(problem(e, "write " + entry.write() + " to the store failed")));
      return;
    }
    report(entry, Optional.empty());
  }

  private void report(EncodedStore entry, Optional<String> failure) {
    Optional<String> why =
        entry
            .problem()
            .map(e -> problem(e, "write " + entry.write() + " cannot be stored"))
            .or(() -> failure);
    mailbox.accept(
        why.<ServicesCommand>map(text -> new ServicesCommand.StoreFailed(entry.write(), text))
            .orElseGet(() -> new ServicesCommand.Stored(entry.write())));
  }

  /** For the core; and those who look on are told, or another leads. */
  private String problem(RuntimeException failure, String line) {
    if (failure instanceof VersionedStore.FencedException fence) {
      depose(fence);
      return String.valueOf(fence.getMessage());
    }
    LOG.log(WARNING, line, failure);
    return "the store did not take it: " + failure.getMessage();
  }

  /**
   * Whether this scheduler may act on what comes next: after a long stop of its process it learns
   * here that another may lead, before anything else tells it. Cheap; on any thread.
   */
  boolean mayAct() {
    if (closed) {
      return false;
    }
    try {
      store.requireLead();
      return true;
    } catch (VersionedStore.FencedException e) {
      depose(e);
      return false;
    }
  }

  private void depose(VersionedStore.FencedException why) {
    closed = true;
    fenced.accept(String.valueOf(why.getMessage()));
  }

  /** Drops what waits: nobody was told that it is stored. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    if (!thread.isAlive() || Thread.currentThread().equals(thread)) {
      return;
    }
    try {
      thread.join(java.time.Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
