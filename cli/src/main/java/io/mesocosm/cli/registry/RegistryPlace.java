package io.mesocosm.cli.registry;

import io.mesocosm.cli.client.CommandFailure;
import io.mesocosm.coordination.Election;
import io.mesocosm.coordination.ElectionListener;
import io.mesocosm.coordination.ElectionOptions;
import io.mesocosm.coordination.FileStore;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperElection;
import io.mesocosm.coordination.ZooKeeperStore;
import io.mesocosm.master.shell.ElectionFlags;
import io.mesocosm.master.shell.RegistryFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Where the registry is, as masters are told it. */
final class RegistryPlace {
  private static final Duration ELECTION_MAX = Duration.ofSeconds(15);
  private static final ElectionOptions ELECTION =
      new ElectionOptions("/", "json.info_", Duration.ofSeconds(10));

  @Option(
      names = "--zk",
      paramLabel = "ADDRESS",
      description =
          "zk://[user:password@]host:port[,...]/path or file://PATH, as the masters' --zk")
  private String zooKeeper = "";

  @Option(
      names = {"--work_dir", "--work-dir"},
      paramLabel = "FOLDER",
      description = "the --work_dir of a master without --zk")
  private String workDir = "";

  /** Reads, whoever writes meanwhile. */
  <T> T read(Function<VersionedStore, T> reading) {
    if (workDir().isPresent()) {
      Path folder = RegistryFiles.folder(workDir().get());
      if (!Files.isDirectory(folder)) {
        throw CommandFailure.failed(folder + " is no registry: give the --work_dir of a master");
      }
      try (VersionedStore store = FileStore.open(folder)) {
        return told(() -> reading.apply(store));
      }
    }
    ZooKeeperAddress address = address();
    return told(() -> {
      try (VersionedStore store = ZooKeeperStore.connect(address)) {
        return reading.apply(store);
      }
    });
  }

  /**
   * Writes while no master leads, nor can come to.
   *
   * @throws CommandFailure if one does
   */
  void write(Consumer<VersionedStore> writing) throws InterruptedException {
    if (workDir().isPresent()) {
      Path folder = workDir().get();
      told(() -> {
        try (RegistryFiles held = RegistryFiles.hold(folder)) {
          writing.accept(held.store());
        }
        return folder;
      });
      return;
    }
    writeElected(address(), writing);
  }

  /** Who is elected in the masters' own election knows that no master leads. */
  private static void writeElected(ZooKeeperAddress address, Consumer<VersionedStore> writing)
      throws InterruptedException {
    Candidate candidate = new Candidate();
    try (Election _ = ZooKeeperElection.enter(address, ELECTION, Candidate.NAME, candidate)) {
      VersionedStore store = candidate.store.get(ELECTION_MAX.toMillis(), TimeUnit.MILLISECONDS);
      told(() -> {
        writing.accept(store);
        return store;
      });
    } catch (TimeoutException _) {
      throw CommandFailure.failed(
          "ZooKeeper at "
              + address
              + " did not answer within "
              + ELECTION_MAX.toSeconds()
              + " s: check --zk, and that it runs");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw CommandFailure.failed(
          String.valueOf(cause == null ? e.getMessage() : cause.getMessage()));
    }
  }

  private static <T> T told(java.util.function.Supplier<T> action) {
    try {
      return action.get();
    } catch (VersionedStore.StoreUnavailableException
        | VersionedStore.CorruptRecordException
        | VersionedStore.FencedException
        | IllegalStateException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }

  private Optional<Path> workDir() {
    if (zooKeeper.isEmpty() == workDir.isEmpty()) {
      throw CommandFailure.misused("give either --zk or --work_dir, as the masters have it");
    }
    return Optional.of(workDir).filter(text -> !text.isEmpty()).map(Path::of);
  }

  private ZooKeeperAddress address() {
    try {
      return ElectionFlags.ZK.parser().apply(zooKeeper);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.misused("--zk is not valid: expected " + e.getMessage());
    }
  }

  /** Takes part under a name that is no master's. */
  private static final class Candidate implements ElectionListener {
    static final byte[] NAME =
        "{\"pid\":\"cosm registry import\"}".getBytes(StandardCharsets.UTF_8);

    final CompletableFuture<VersionedStore> store = new CompletableFuture<>();

    @Override
    public void elected(VersionedStore records) {
      store.complete(records);
    }

    @Override
    public void lost(String why) {
      store.completeExceptionally(new IllegalStateException("the election was lost: " + why));
    }

    @Override
    public void leaderChanged(Optional<byte[]> leader) {
      leader
          .filter(content -> !Arrays.equals(content, NAME))
          .ifPresent(content ->
              store.completeExceptionally(
                  new IllegalStateException(
                      "a master leads, or did so a moment ago ("
                          + new String(content, StandardCharsets.UTF_8)
                          + "): stop all masters, wait for their --zk_session_timeout, and try"
                          + " again")));
    }
  }
}
