package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.ERROR;

import io.mesocosm.master.MasterChanges;
import io.mesocosm.master.MasterMirror;
import io.mesocosm.master.MasterSnapshot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The thread that keeps the readers' copy of the master's state, in the order in which the master
 * tells of changes: what is told later is never in what was asked for earlier, and the other way
 * round.
 */
final class Readers implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Readers.class.getName());

  private final MasterMirror mirror;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("master-readers").daemon().factory());

  Readers(MasterMirror mirror) {
    this.mirror = mirror;
  }

  void apply(MasterChanges changes) {
    run(() -> mirror.apply(changes));
  }

  /** Hands the state to somebody, who must be quick. */
  void show(Consumer<MasterSnapshot> reader) {
    run(() -> reader.accept(mirror.snapshot()));
  }

  void complete(CompletableFuture<MasterSnapshot> reader) {
    run(() -> reader.complete(mirror.snapshot()));
  }

  /** Does something after all that was told before. */
  void run(Runnable action) {
    try {
      thread.execute(() -> {
        try {
          action.run();
        } catch (RuntimeException e) {
          LOG.log(ERROR, "the readers' copy of the master's state could not be kept", e);
        }
      });
    } catch (RejectedExecutionException _) {
      // The master is stopping: nobody reads any more.
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
