package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.ERROR;

import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.MasterEffect;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.Timings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Keeps the registry in a store: reads all of it when the master has come to lead, then carries out
 * writes, beside the master's thread. Records of different agents and frameworks do not depend on
 * each other, and many are written at once; every other record is written after all that was asked
 * for before it, and before all that is asked for after it.
 *
 * <p>A write that fails because another master leads is not answered: this one is told to stop, and
 * nothing more is written or answered. A store that is out of reach for one write is no reason to
 * end, other than in Mesos (contracts/mesos-ha.md G2): whether this master may lead is its
 * election's to say, which watches over the same ZooKeeper. The core then answers 503.
 */
final class RegistryStorage implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RegistryStorage.class.getName());

  /** Folders of records that do not depend on each other. */
  private static final Set<String> INDEPENDENT = Set.of("admitted", "unreachable", "frameworks");

  private final VersionedStore store;
  private final Consumer<String> fenced;
  private final InstantSource clock;
  private final Timings storing;
  private final Timings fetching;

  /** By path. */
  private final Map<String, Integer> sizes = new ConcurrentHashMap<>();

  private final AtomicLong size = new AtomicLong();
  private final AtomicBoolean deposed = new AtomicBoolean();
  private final RegistryWriters writers = new RegistryWriters();

  /**
   * @param store stays the caller's
   * @param servers how many keep what is written
   * @param fenced told why, once another master leads; on a thread of the writers or on that of who
   *     asks {@link #mayAct}
   */
  RegistryStorage(
      VersionedStore store,
      int servers,
      Metrics metrics,
      InstantSource clock,
      Consumer<String> fenced) {
    this.store = store;
    this.fenced = fenced;
    this.clock = clock;
    this.storing = metrics.timings("registrar/state_store_ms");
    this.fetching = metrics.timings("registrar/state_fetch_ms");
    metrics.gauge("registrar/registry_size_bytes", size::get);
    metrics.gauge("registrar/log/recovered", () -> 1);
    metrics.gauge("registrar/log/ensemble_size", () -> servers);
  }

  /**
   * Everything that was written down before.
   *
   * @throws IllegalStateException naming the record that cannot be read
   */
  List<RegistryRecord> read() {
    Instant begin = clock.instant();
    List<RegistryRecord> records = new ArrayList<>();
    for (RegistryContent.Entry entry : RegistryContent.read(store)) {
      records.add(entry.record());
      resized(RegistryContent.ROOT + "/" + entry.name(), entry.bytes());
    }
    fetching.record(Duration.between(begin, clock.instant()));
    return records;
  }

  private void resized(String path, int bytes) {
    Integer before = bytes == 0 ? sizes.remove(path) : sizes.put(path, bytes);
    size.addAndGet(bytes - (before == null ? 0L : before));
  }

  /** Writes, then tells {@code done}, on a thread of the writers. */
  void write(MasterEffect.Store effect, Consumer<MasterCommand> done) {
    writers.write(
        subject(effect.name()),
        () -> {
          if (deposed.get()) {
            return;
          }
          try {
            MasterCommand outcome = outcome(effect.write(), effect.name(), effect.record());
            if (!deposed.get()) {
              done.accept(outcome);
            }
          } catch (VersionedStore.FencedException e) {
            depose(e);
          }
        });
  }

  /**
   * Whether this master may act on what comes next: after a long stop of its process it learns here
   * that another may lead, before anything else tells it. Cheap; on any thread.
   */
  boolean mayAct() {
    if (deposed.get()) {
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
    if (!deposed.getAndSet(true)) {
      fenced.accept(String.valueOf(why.getMessage()));
    }
  }

  /**
   * The agent or framework that the record is about, if it is about nothing else. The admission and
   * the loss of one agent are written in order. The marks of operators are theirs to be taken one
   * by one.
   */
  private static Optional<String> subject(String name) {
    int end = name.indexOf('/');
    return end > 0 && INDEPENDENT.contains(name.substring(0, end))
        ? Optional.of(name.substring(end + 1))
        : Optional.empty();
  }

  private MasterCommand outcome(long write, String name, Optional<RegistryRecord> record) {
    String path = RegistryContent.ROOT + "/" + name;
    Instant begin = clock.instant();
    try {
      byte[] bytes = record.map(RegistryRecord::toByteArray).orElse(new byte[0]);
      if (record.isPresent()) {
        store.put(path, bytes);
      } else {
        store.delete(path);
      }
      resized(path, bytes.length);
      storing.record(Duration.between(begin, clock.instant()));
      return new MasterCommand.Stored(write);
    } catch (VersionedStore.StoreUnavailableException
        | VersionedStore.CorruptRecordException
        | IllegalArgumentException e) {
      LOG.log(ERROR, "the registry's record " + name + " could not be written", e);
      return new MasterCommand.StoreFailed(write, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    writers.close();
  }
}
