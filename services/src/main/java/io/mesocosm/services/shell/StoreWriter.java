package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.json.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Writes what the core wants stored, one write after the other on one virtual thread, and reports
 * each as a command.
 */
public final class StoreWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StoreWriter.class.getName());

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
        ServicesEffect.Store write = waiting.take();
        mailbox.accept(carriedOut(write));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ServicesCommand carriedOut(ServicesEffect.Store write) {
    try {
      for (StoredRecord stored : write.records()) {
        store.put(stored.path(), codec.encode(stored));
      }
      write.removedPaths().forEach(store::delete);
      return new ServicesCommand.Stored(write.write());
    } catch (VersionedStore.FencedException e) {
      depose(e);
      return new ServicesCommand.StoreFailed(write.write(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.log(WARNING, "write " + write.write() + " to the store failed", e);
      return new ServicesCommand.StoreFailed(
          write.write(), "the store did not take it: " + e.getMessage());
    }
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
