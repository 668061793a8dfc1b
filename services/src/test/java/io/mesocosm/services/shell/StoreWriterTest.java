package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.VersionedStore.Write;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesEffect;
import io.mesocosm.services.StoredRecord;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.PodReader;
import io.mesocosm.services.json.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreWriterTest {
  private final MemoryStore store = new MemoryStore();
  private final BlockingQueue<ServicesCommand> reports = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> fencings = new LinkedBlockingQueue<>();
  private final StoreWriter writer =
      new StoreWriter(
          store,
          new RecordCodec(new AppReader("services"), new PodReader("services", Optional.empty())),
          5_000,
          reports::add,
          fencings::add);

  @AfterEach
  void stop() {
    writer.close();
  }

  @Test
  void whatWaitsIsWrittenTogetherAndReportedOneByOne() throws Exception {
    for (int write = 0; write < 100; write++) {
      writer.write(framework(write, "F" + write));
    }
    writer.start();

    assertThat(reports(100)).isEqualTo(stored(0, 100));
    assertThat(store.batches()).extracting(List::size).containsExactly(100);
    assertThat(writer.load()).containsExactly(new StoredRecord.FrameworkRecord("F99"));
  }

  @Test
  void removalsFollowTheRecordsOfTheirWrite() throws Exception {
    store.put("/apps/old", new byte[] {1});
    writer.write(
        new ServicesEffect.Store(
            7, List.of(new StoredRecord.FrameworkRecord("F")), List.of("/apps/old", "/nothing")));
    writer.start();

    assertThat(reports(1)).containsExactly(new ServicesCommand.Stored(7));
    assertThat(store.batches().getFirst())
        .extracting(Write::path)
        .containsExactly("/framework", "/apps/old", "/nothing");
    assertThat(store.get("/apps/old")).isEmpty();
  }

  @Test
  void whatIsMoreThanGoesAtOnceGoesInSeveralBatches() throws Exception {
    for (int write = 0; write < 2_500; write++) {
      writer.write(removal(write, "/apps/" + write));
    }
    String large = "F".repeat(500_000);
    writer.write(framework(2_500, large + 1));
    writer.write(framework(2_501, large + 2));
    writer.start();

    assertThat(reports(2_502)).isEqualTo(stored(0, 2_502));
    assertThat(store.batches()).extracting(List::size).containsExactly(1_000, 1_000, 501, 1);
  }

  @Test
  void oneWriteOfMoreThanThatGoesWhole() throws Exception {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      paths.add("/apps/" + i);
    }
    writer.write(removal(1, "/apps/x"));
    writer.write(new ServicesEffect.Store(2, List.of(), paths));
    writer.write(removal(3, "/apps/y"));
    writer.start();

    assertThat(reports(3)).isEqualTo(stored(1, 4));
    assertThat(store.batches()).extracting(List::size).containsExactly(1, 3_000, 1);
  }

  @Test
  void aBadWriteFailsAlone() throws Exception {
    store.refuse("/apps/bad");
    writer.write(framework(1, "F1"));
    writer.write(removal(2, "/apps/bad"));
    writer.write(framework(3, "F3"));
    writer.start();

    List<ServicesCommand> told = reports(3);
    assertThat(told.get(0)).isEqualTo(new ServicesCommand.Stored(1));
    assertThat(told.get(1))
        .isEqualTo(
            new ServicesCommand.StoreFailed(2, "the store did not take it: /apps/bad is refused"));
    assertThat(told.get(2)).isEqualTo(new ServicesCommand.Stored(3));
    assertThat(writer.load()).containsExactly(new StoredRecord.FrameworkRecord("F3"));
    assertThat(fencings).isEmpty();
  }

  @Test
  void whileTheStoreCannotBeReachedEachWriteFailsAndLaterOnesGoOn() throws Exception {
    store.failing = true;
    writer.write(framework(1, "F1"));
    writer.write(framework(2, "F2"));
    writer.start();
    assertThat(reports(2))
        .containsExactly(
            new ServicesCommand.StoreFailed(1, "the store did not take it: no quorum"),
            new ServicesCommand.StoreFailed(2, "the store did not take it: no quorum"));

    store.failing = false;
    writer.write(framework(3, "F3"));
    assertThat(reports(1)).containsExactly(new ServicesCommand.Stored(3));
  }

  @Test
  void nothingIsWrittenOnceAnotherLeads() throws Exception {
    store.deposeAt("/apps/a");
    writer.write(framework(1, "F1"));
    writer.write(removal(2, "/apps/a"));
    for (int write = 3; write < 1_100; write++) {
      writer.write(removal(write, "/apps/" + write));
    }
    writer.start();

    assertThat(fencings.poll(10, TimeUnit.SECONDS)).contains("another was elected");
    assertThat(reports(1_000))
        .allSatisfy(report -> assertThat(report).isInstanceOf(ServicesCommand.StoreFailed.class));
    assertThat(writer.mayAct()).isFalse();
    assertThat(store.batches()).isEmpty();
    assertThat(fencings).isEmpty();
    assertThat(reports).isEmpty();
  }

  @Test
  void moreThanMayWaitIsRefused() {
    for (int write = 0; write < 5_000; write++) {
      writer.write(removal(write, "/apps/" + write));
    }
    assertThatThrownBy(() -> writer.write(removal(5_000, "/apps/x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("5000 writes wait for the store");
  }

  private static ServicesEffect.Store framework(long write, String id) {
    return new ServicesEffect.Store(
        write, List.of(new StoredRecord.FrameworkRecord(id)), List.of());
  }

  private static ServicesEffect.Store removal(long write, String path) {
    return new ServicesEffect.Store(write, List.of(), List.of(path));
  }

  private static List<ServicesCommand> stored(long from, long to) {
    List<ServicesCommand> stored = new ArrayList<>();
    for (long write = from; write < to; write++) {
      stored.add(new ServicesCommand.Stored(write));
    }
    return stored;
  }

  private List<ServicesCommand> reports(int count) throws InterruptedException {
    List<ServicesCommand> told = new ArrayList<>();
    while (told.size() < count) {
      ServicesCommand report = reports.poll(10, TimeUnit.SECONDS);
      assertThat(report).as("report %d of %d", told.size() + 1, count).isNotNull();
      told.add(report);
    }
    return told;
  }
}
