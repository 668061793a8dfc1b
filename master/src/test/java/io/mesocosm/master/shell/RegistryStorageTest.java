package io.mesocosm.master.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.coordination.MemoryStore;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.master.MasterEffect;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.runtime.Metrics;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryStorageTest {
  /** Of those that a write is to wait for, by path. */
  private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

  private final Map<String, RuntimeException> failures = new ConcurrentHashMap<>();
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<MasterCommand> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> fenced = new LinkedBlockingQueue<>();
  private final VersionedStore store =
      new StoreDecorator(new MemoryStore()) {
        @Override
        public Versioned put(String path, byte[] bytes) {
          asked.add(path);
          CountDownLatch gate = gates.get(path);
          if (gate != null) {
            try {
              gate.await();
            } catch (InterruptedException e) {
              throw new StoreUnavailableException("interrupted", e);
            }
          }
          RuntimeException failure = failures.get(path);
          if (failure != null) {
            throw failure;
          }
          return super.put(path, bytes);
        }
      };
  private final RegistryStorage storage =
      new RegistryStorage(store, 1, new Metrics(), InstantSource.system(), fenced::add);
  private long writes;

  @AfterEach
  void close() {
    storage.close();
  }

  private CountDownLatch gate(String name) {
    CountDownLatch gate = new CountDownLatch(1);
    gates.put("/registry/" + name, gate);
    return gate;
  }

  private void write(String name) {
    storage.write(
        new MasterEffect.Store(writes++, name, Optional.of(RegistryRecord.getDefaultInstance())),
        answers::add);
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    return Optional.ofNullable(queue.poll(10, TimeUnit.SECONDS)).orElseThrow();
  }

  @Test
  void agentsAndFrameworksAreWrittenTogether() throws InterruptedException {
    gate("admitted/S0");
    gate("unreachable/S1");
    write("admitted/S0");
    write("unreachable/S1");
    write("frameworks/F0");
    assertThat(next(answers)).isEqualTo(new MasterCommand.Stored(2));
  }

  @Test
  void recordsOfOneAgentAreWrittenInOrder() throws InterruptedException {
    CountDownLatch admission = gate("admitted/S0");
    write("admitted/S0");
    write("unreachable/S0");
    assertThat(next(asked)).isEqualTo("/registry/admitted/S0");
    assertThat(asked).isEmpty();

    admission.countDown();

    assertThat(next(answers)).isEqualTo(new MasterCommand.Stored(0));
    assertThat(next(answers)).isEqualTo(new MasterCommand.Stored(1));
  }

  /** A record says what a master must be capable of before there is one that takes it. */
  @Test
  void whatIsAboutTheClusterIsWrittenBeforeWhatFollows() throws InterruptedException {
    CountDownLatch cluster = gate("cluster");
    write("cluster");
    write("quotas");
    write("admitted/S0");
    assertThat(next(asked)).isEqualTo("/registry/cluster");
    assertThat(asked).isEmpty();

    cluster.countDown();

    for (long write = 0; write < 3; write++) {
      assertThat(next(answers)).isEqualTo(new MasterCommand.Stored(write));
    }
  }

  @Test
  void writeThatFailsIsToldAndTheOthersGoOn() throws InterruptedException {
    failures.put(
        "/registry/admitted/S0",
        new VersionedStore.StoreUnavailableException("no quorum", new IllegalStateException()));
    write("admitted/S0");
    assertThat(next(answers)).isEqualTo(new MasterCommand.StoreFailed(0, "no quorum"));
    write("admitted/S0");
    write("admitted/S1");
    assertThat(next(answers)).isNotNull();
    assertThat(next(answers)).isNotNull();
    assertThat(store.get("/registry/admitted/S1")).isPresent();
  }

  @Test
  void onceDeposedItWritesAndAnswersNothingMore() throws InterruptedException {
    failures.put(
        "/registry/admitted/S0",
        new VersionedStore.FencedException("/registry/admitted/S0", "the epoch is another"));
    CountDownLatch late = gate("admitted/S1");
    write("admitted/S1");
    write("admitted/S0");
    assertThat(next(fenced)).contains("the epoch is another");
    write("admitted/S2");
    write("quotas");

    late.countDown();

    storage.write(new MasterEffect.Store(9, "weights", Optional.empty()), answers::add);
    assertThat(answers.poll(200, TimeUnit.MILLISECONDS)).isNull();
    assertThat(store.get("/registry/admitted/S2")).isEmpty();
    assertThat(store.get("/registry/quotas")).isEmpty();
    assertThat(fenced).isEmpty();
  }
}
