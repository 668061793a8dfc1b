package io.mesocosm.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends VersionedStoreContract {
  private static final byte[] FOUR = "four".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;
  private VersionedStore store = new MemoryStore();

  @BeforeEach
  void open() {
    store = FileStore.open(directory.resolve("store"));
  }

  @Override
  VersionedStore store() {
    return store;
  }

  @Test
  void anotherProcessLaterFindsWhatWasWritten() {
    store.put("/registry/agents/S0", FOUR);
    store.put("/registry/agents/S0", "five".getBytes(StandardCharsets.UTF_8));

    VersionedStore.Versioned found =
        FileStore.open(directory.resolve("store")).get("/registry/agents/S0").orElseThrow();

    assertThat(found.bytes()).asString().isEqualTo("five");
    assertThat(found.version()).isEqualTo(1);
  }

  @Test
  void aTornFileIsRefusedAndNotHalfRead() throws IOException {
    store.put("/quotas", FOUR);
    Path file = files().getFirst();
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 2));

    assertThatThrownBy(() -> store.get("/quotas"))
        .isInstanceOf(CorruptRecordException.class)
        .hasMessageContaining("/quotas");
  }

  @Test
  void whatACrashLeftBesideARecordIsNoRecord() throws IOException {
    store.put("/quotas", FOUR);
    Files.write(directory.resolve("store/%2Fweights.record.new"), FOUR);

    assertThat(store.children("/")).containsOnlyKeys("/quotas");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("store"))) {
      return files.toList();
    }
  }
}
