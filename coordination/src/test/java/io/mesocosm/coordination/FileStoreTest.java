package io.mesocosm.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.CorruptRecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  @Test
  void writesOfManyThreadsAreAllThere() throws Exception {
    List<Callable<VersionedStore.Versioned>> writes = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String path = "/registry/admitted/S" + i % 200;
      writes.add(() -> store.put(path, FOUR));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<VersionedStore.Versioned> written : threads.invokeAll(writes)) {
        written.get();
      }
    }

    assertThat(FileStore.open(directory.resolve("store")).children("/registry/admitted"))
        .hasSize(200)
        .allSatisfy((_, record) -> assertThat(record.version()).isEqualTo(1));
  }

  @Test
  void foldersWithNamesThatBeginAlikeAreNotMixedUp() {
    store.put("/a/1", FOUR);
    store.put("/a0/1", FOUR);
    store.put("/a-/1", FOUR);
    store.put("/a", FOUR);

    assertThat(store.children("/a")).containsOnlyKeys("/a/1");
    store.delete("/a");
    assertThat(store.children("/")).isEmpty();
    assertThat(store.children("/a0")).containsOnlyKeys("/a0/1");
    assertThat(store.children("/a-")).containsOnlyKeys("/a-/1");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("store"))) {
      return files.toList();
    }
  }
}
