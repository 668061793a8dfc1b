package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.AgentEffect;
import io.mesocosm.agent.VolumeChange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Carries out {@link AgentEffect.Store}, one after another, on a thread of its own. */
final class StateKeeper implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StateKeeper.class.getName());
  private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

  private final StateFile file;
  private final Consumer<AgentCommand> mailbox;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("agent-state").factory());

  StateKeeper(StateFile file, Consumer<AgentCommand> mailbox) {
    this.file = file;
    this.mailbox = mailbox;
  }

  void store(AgentEffect.Store store) {
    worker.execute(() -> carryOut(store));
  }

  /** Lets what was begun come to its end. */
  @Override
  public void close() {
    worker.shutdown();
    try {
      if (!worker.awaitTermination(CLOSE_MAX.toSeconds(), TimeUnit.SECONDS)) {
        LOG.log(WARNING, "the agent's state is still being written after {0}", CLOSE_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void carryOut(AgentEffect.Store store) {
    try {
      for (VolumeChange change : store.before()) {
        VolumeFolders.apply(change);
      }
      file.write(store.state());
    } catch (IOException e) {
      LOG.log(WARNING, "the agent's state could not be written", e);
      mailbox.accept(new AgentCommand.StoreFailed(store.number(), String.valueOf(e.getMessage())));
      return;
    }
    for (VolumeChange change : store.after()) {
      try {
        VolumeFolders.apply(change);
      } catch (IOException e) {
        LOG.log(WARNING, "the volume at " + Path.of(change.path()) + " was not cleared", e);
      }
    }
    mailbox.accept(new AgentCommand.Stored(store.number()));
  }
}
