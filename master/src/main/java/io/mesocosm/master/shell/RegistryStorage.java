package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.ERROR;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.VersionedStore.Versioned;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.MasterEffect;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("master-registry").daemon().factory());

  RegistryStorage(VersionedStore store) {
    this.store = store;
  }

  /**
   * Everything that was written down before.
   *
   * @throws IllegalStateException naming the record that cannot be read
   */
  List<RegistryRecord> read() {
    List<RegistryRecord> records = new ArrayList<>();
    for (String folder : List.of(FOLDER, AGENTS)) {
      for (Map.Entry<String, Versioned> entry : store.children(folder).entrySet()) {
        try {
          if (entry.getValue().bytes().length > 0) {
            records.add(RegistryRecord.parseFrom(entry.getValue().bytes()));
          }
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException(
              "the registry's record " + entry.getKey() + " cannot be read: restore it", e);
        }
      }
    }
    return records;
  }

  /** Writes, then tells {@code done}, on the writer's thread. */
  void write(MasterEffect.Store effect, Consumer<MasterCommand> done) {
    writer.execute(() -> done.accept(outcome(effect.write(), effect.name(), effect.record())));
  }

  private MasterCommand outcome(long write, String name, Optional<RegistryRecord> record) {
    String path = FOLDER + "/" + name;
    try {
      if (record.isPresent()) {
        store.put(path, record.get().toByteArray());
      } else {
        store.delete(path);
      }
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
