package io.mesocosm.agent.shell;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.ContainerLaunch;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.containerizer.Containerizer;
import io.mesocosm.containerizer.StartedContainer;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Carries out what the core wants done with containers: each step blocks a virtual thread and comes
 * back as a command. Thread-safe; no method blocks but {@link #awaitIdle}.
 */
final class ContainerRunner {
  private static final System.Logger LOG = System.getLogger(ContainerRunner.class.getName());

  private final Containerizers containerizers;
  private final Fetcher fetcher;
  private final Consumer<AgentCommand> mailbox;
  // The event loop adds and looks up, the threads of containers remove.
  private final Map<ContainerId, Run> runsById = new ConcurrentHashMap<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  ContainerRunner(Containerizers containerizers, Fetcher fetcher, Consumer<AgentCommand> mailbox) {
    this.containerizers = containerizers;
    this.fetcher = fetcher;
    this.mailbox = mailbox;
  }

  private static final class Run {
    final Containerizer containerizer;
    // Its own thread leaves the launch while another may want to interrupt it: never after.
    final ReentrantLock lock = new ReentrantLock();
    private Optional<Thread> launching = Optional.empty();
    private boolean givenUp;
    final CountDownLatch launched = new CountDownLatch(1);

    Run(Containerizer containerizer) {
      this.containerizer = containerizer;
    }

    /**
     * @return false if the launch was given up before it began
     */
    boolean enterLaunch() {
      lock.lock();
      try {
        launching = Optional.of(Thread.currentThread());
        return !givenUp;
      } finally {
        lock.unlock();
      }
    }

    /**
     * @return whether somebody gave the launch up
     */
    boolean leaveLaunch() {
      lock.lock();
      try {
        launching = Optional.empty();
        // An interrupt that came too late for the launch must not hit what follows.
        return Thread.interrupted() || givenUp;
      } finally {
        lock.unlock();
        launched.countDown();
      }
    }

    /** Interrupts the launch if it is still under way. */
    void giveUp() {
      lock.lock();
      try {
        givenUp = true;
        launching.ifPresent(Thread::interrupt);
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Takes over a container of an earlier run of this agent; to be called before the loop starts.
   */
  void adopt(ContainerId id, Containerizer containerizer) {
    Run run = new Run(containerizer);
    run.launched.countDown();
    runsById.put(id, run);
  }

  /** Waits for the end of one that was adopted. */
  void awaitAgain(ContainerId id) {
    Run run = runsById.get(id);
    if (run == null) {
      throw new IllegalStateException("container " + id + " was not found again");
    }
    start("container-" + id, () -> awaitEnd(id, run));
  }

  void launch(ContainerLaunch launch) {
    Run run = new Run(containerizers.of(launch));
    runsById.put(launch.id(), run);
    start("container-" + launch.id(), () -> live(launch, run));
  }

  void stop(ContainerId id, Duration grace) {
    Run run = runsById.get(id);
    if (run == null) {
      return;
    }
    run.giveUp();
    start(
        "stop-" + id,
        () -> {
          try {
            run.containerizer.stop(id, grace);
          } catch (ContainerException e) {
            LOG.log(WARNING, "container " + id + " could not be stopped", e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  void destroy(ContainerId id) {
    Run run = runsById.remove(id);
    if (run != null) {
      start("destroy-" + id, () -> destroy(id, run.containerizer));
    }
  }

  /** Runs a command inside a running container; see {@link Containerizer#execute}. */
  int execute(ContainerId id, List<String> command, Duration timeout)
      throws ContainerException, InterruptedException {
    Run run = runsById.get(id);
    if (run == null) {
      throw new ContainerException("container " + id + " does not run");
    }
    return run.containerizer.execute(id, command, timeout);
  }

  /**
   * Lets launches under way come to their end, so that the next agent finds the containers; those
   * that take longer are given up.
   */
  void settleLaunches(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Map.Entry<ContainerId, Run> entry : Map.copyOf(runsById).entrySet()) {
      Run run = entry.getValue();
      if (!run.launched.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        LOG.log(WARNING, "the launch of container {0} is given up: the agent ends", entry.getKey());
        run.giveUp();
      }
    }
  }

  /** Waits until everything asked for is done. */
  boolean awaitIdle(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Thread thread : Set.copyOf(threads)) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || !thread.join(Duration.ofNanos(left))) {
        return false;
      }
    }
    return true;
  }

  private void live(ContainerLaunch launch, Run run) {
    ContainerId id = launch.id();
    Optional<StartedContainer> started = start(launch, run);
    if (started.isEmpty()) {
      return;
    }
    mailbox.accept(new AgentCommand.ContainerStarted(id, started.get()));
    awaitEnd(id, run);
  }

  private void awaitEnd(ContainerId id, Run run) {
    try {
      ContainerExit exit = run.containerizer.await(id);
      mailbox.accept(new AgentCommand.ContainerExited(exit));
    } catch (ContainerException e) {
      LOG.log(WARNING, "the end of container " + id + " cannot be told", e);
      destroy(id, run.containerizer);
      mailbox.accept(new AgentCommand.ContainerFailed(id, message(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<StartedContainer> start(ContainerLaunch launch, Run run) {
    ContainerId id = launch.id();
    Optional<StartedContainer> started = Optional.empty();
    String problem = "the launch was given up";
    try {
      if (run.enterLaunch()) {
        Sandboxes.create(launch);
        fetcher.fetch(launch);
        started = Optional.of(run.containerizer.launch(spec(launch)));
      }
    } catch (ContainerException | IOException e) {
      problem = message(e);
    } catch (InterruptedException e) {
      LOG.log(INFO, "the launch of container {0} was interrupted", id);
    } catch (RuntimeException e) {
      LOG.log(WARNING, "the engine broke down at the launch of container " + id, e);
      problem = "the engine broke down: " + message(e);
    }
    boolean givenUp = run.leaveLaunch();
    if (started.isEmpty()) {
      if (givenUp) {
        destroy(id, run.containerizer);
      }
      mailbox.accept(new AgentCommand.ContainerFailed(id, problem));
    }
    return started;
  }

  private static ContainerSpec spec(ContainerLaunch launch) {
    return new ContainerSpec(
        launch.id(),
        Path.of(launch.sandbox()),
        launch.command(),
        launch.environment(),
        launch.cpus(),
        launch.memoryMegabytes(),
        launch.volumes(),
        launch.docker(),
        launch.user(),
        launch.labels(),
        launch.launchTimeout());
  }

  private static void destroy(ContainerId id, Containerizer containerizer) {
    try {
      containerizer.destroy(id);
    } catch (ContainerException e) {
      LOG.log(
          WARNING,
          "remains of container " + id + " could not be removed; the next start will try again",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(String name, Runnable work) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(() -> {
              try {
                work.run();
              } finally {
                threads.remove(Thread.currentThread());
              }
            });
    threads.add(thread);
    thread.start();
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
