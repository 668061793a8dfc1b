package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.ERROR;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.VersionedStore.Versioned;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.MasterEffect;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.Timings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Keeps the registry in a store: reads all of it at the start, then carries out writes one after
 * the other, beside the master's thread.
 */
final class RegistryStorage implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RegistryStorage.class.getName());
  private static final String FOLDER = "/registry";
  private static final String AGENTS = FOLDER + "/agents";

  private final VersionedStore store;
  private final InstantSource clock;
  private final Timings storing;
  private final Timings fetching;

  /** By path; of the writer's thread, once everything was read. */
  private final Map<String, Integer> sizes = new HashMap<>();

  // Written by the writer's thread, read for metrics.
  private final AtomicLong size = new AtomicLong();

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("master-registry").daemon().factory());

  /**
   * @param servers how many keep what is written
   */
  RegistryStorage(VersionedStore store, int servers, Metrics metrics, InstantSource clock) {
    this.store = store;
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
    for (String folder : List.of(FOLDER, AGENTS)) {
      for (Map.Entry<String, Versioned> entry : store.children(folder).entrySet()) {
        try {
          if (entry.getValue().bytes().length > 0) {
            records.add(RegistryRecord.parseFrom(entry.getValue().bytes()));
            resized(folder + "/" + entry.getKey(), entry.getValue().bytes().length);
          }
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException(
              "the registry's record " + entry.getKey() + " cannot be read: restore it", e);
        }
      }
    }
    fetching.record(Duration.between(begin, clock.instant()));
    return records;
  }

  private void resized(String path, int bytes) {
    Integer before = bytes == 0 ? sizes.remove(path) : sizes.put(path, bytes);
    size.addAndGet(bytes - (before == null ? 0L : before));
  }

  /** Writes, then tells {@code done}, on the writer's thread. */
  void write(MasterEffect.Store effect, Consumer<MasterCommand> done) {
    writer.execute(() -> done.accept(outcome(effect.write(), effect.name(), effect.record())));
  }

  private MasterCommand outcome(long write, String name, Optional<RegistryRecord> record) {
    String path = FOLDER + "/" + name;
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
    } catch (VersionedStore.StoreUnavailableException | IllegalArgumentException e) {
      LOG.log(ERROR, "the registry's record " + name + " could not be written", e);
      return new MasterCommand.StoreFailed(write, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    writer.shutdownNow();
    store.close();
  }
}
