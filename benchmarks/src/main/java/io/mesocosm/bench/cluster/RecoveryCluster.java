package io.mesocosm.bench.cluster;

import io.mesocosm.bench.cluster.SimulatedScheduler.Manner;
import io.mesocosm.bench.wire.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * A master and an agent in processes of their own, and real tasks that sleep. For one controlling
 * thread.
 */
public final class RecoveryCluster implements AutoCloseable {
  private static final String PROGRAM = "sleep";
  private static final long SECONDS_MAX = 120;
  private static final double POLL_SECONDS = 0.005;

  /** For acknowledgements that are on their way, and for what may still come after a recovery. */
  private static final double SETTLE_SECONDS = 1;

  /**
   * What followed a kill.
   *
   * @param foundSeconds from the start of the new process until the agent says that all run
   * @param registeredSeconds until it is registered
   * @param agentsOwnSeconds how long the agent says that finding its containers took
   * @param knownSeconds until the scheduler, which asked after the registration, had heard of all
   * @param samePids how many processes are the same as before
   * @param disturbed tasks that were; must be 0
   */
  public record Recovery(
      double foundSeconds,
      double registeredSeconds,
      double agentsOwnSeconds,
      double knownSeconds,
      int samePids,
      long disturbed) {}

  private final int tasks;
  private final HttpJson http = new HttpJson();
  private final Loop loop = new Loop("bench");
  private final MasterUnderTest master;
  private final ProductProcess agent;
  private final SimulatedScheduler scheduler;
  private final TaskWitness witness;

  /** Starts them; when this returns the agent is registered. */
  public RecoveryCluster(MasterUnderTest.Options options, int tasks) {
    this.tasks = tasks;
    this.witness = new TaskWitness(tasks);
    this.master = MasterUnderTest.start(options);
    try {
      this.agent =
          ProductProcess.launch(
              new MasterUnderTest.Options(
                  options.classPath(),
                  options.javaOptions(),
                  List.of(
                      "--master=127.0.0.1:" + master.address().getPort(),
                      "--containerizers=mesos",
                      "--resources=" + Shapes.text(tasks))),
              "agent",
              new InetSocketAddress(
                  InetAddress.getLoopbackAddress(), FreePorts.find(1).getFirst()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.scheduler =
        new SimulatedScheduler(
            loop,
            master.address(),
            new AgentFleet(loop, master.address(), new Sizes(0, 1), 0, true),
            "bench",
            true,
            1);
    try {
      agent.awaitHealthy();
      poll("the agent is registered", () -> agentSays("slave/registered") == 1);
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  /** Launches all tasks; returns how many seconds passed from the offer until the last one ran. */
  public double launch() {
    loop.execute(() -> {
      scheduler.tell(witness);
      scheduler.connect(Manner.LAUNCH);
    });
    long end = await(witness.allRun());
    loop.execute(() -> scheduler.from(Manner.DECLINE));
    BenchCluster.sleep(SETTLE_SECONDS);
    return (end - loop.call(witness::firstOffer)) / 1e9;
  }

  /** Kills the agent without warning, and starts it at once with the same folder. */
  public Recovery recover() {
    SortedMap<Long, Long> before = ContainerProcesses.startsByPid(PROGRAM, agent.workDir());
    if (before.size() != tasks) {
      throw new IllegalStateException(
          before.size() + " processes run in sandboxes, not the " + tasks + " that were launched");
    }
    agent.kill();
    long begin = System.nanoTime();
    agent.launchAgain();
    poll("all tasks are found", () -> agentSays("slave/tasks_running") == tasks);
    double found = (System.nanoTime() - begin) / 1e9;
    poll("the agent is registered again", () -> agentSays("slave/registered") == 1);
    double registered = (System.nanoTime() - begin) / 1e9;
    loop.execute(() -> scheduler.reconcile(witness.tasks()));
    double known = (await(witness.allKnown()) - begin) / 1e9;
    BenchCluster.sleep(SETTLE_SECONDS);
    SortedMap<Long, Long> after = ContainerProcesses.startsByPid(PROGRAM, agent.workDir());
    long same =
        after.entrySet().stream()
            .filter(process -> process.getValue().equals(before.get(process.getKey())))
            .count();
    return new Recovery(
        found,
        registered,
        agentSays("slave/recovery_time_secs"),
        known,
        (int) same,
        loop.call(witness::disturbed));
  }

  /** A figure of the agent's; -1 while it does not answer. */
  private double agentSays(String metric) {
    return http.get(agent.address(), "/metrics/snapshot")
        .map(all -> all.path(metric).asDouble(-1))
        .orElse(-1.0);
  }

  private void poll(String what, BooleanSupplier is) {
    long until = System.nanoTime() + SECONDS_MAX * 1_000_000_000;
    while (!is.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(
            "not within " + SECONDS_MAX + " s: " + what + "; the agent said: " + agent.logText());
      }
      BenchCluster.sleep(POLL_SECONDS);
    }
  }

  private long await(CompletableFuture<Long> reached) {
    return Progress.await(
        reached,
        SECONDS_MAX,
        () ->
            loop.call(() -> witness + "; " + String.join("; ", scheduler.troubles()))
                + "; the agent said: "
                + agent.logText());
  }

  /** Ends all, the tasks too. */
  @Override
  public void close() {
    loop.execute(scheduler::close);
    loop.close();
    agent.end("USR1"); // it ends its containers and takes leave
    ContainerProcesses.killAll(agent.workDir());
    agent.close();
    master.close();
    http.close();
  }
}
