package io.mesocosm.bench.cluster;

import io.mesocosm.bench.wire.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Services schedulers, a master and ZooKeeper in processes of their own, and simulated agents in
 * this one whose tasks run as soon as they are launched. For one controlling thread.
 */
public final class ServicesCluster implements AutoCloseable {
  private static final double POLL_SECONDS = 0.01;
  private static final String LOOPBACK = "127.0.0.1";

  /**
   * How it is set up.
   *
   * @param master how the master is run
   * @param services how each services scheduler is run
   * @param processes how many of them contend
   * @param session how long one may be silent before ZooKeeper takes it for dead
   * @param limitSeconds how long any step may take before the run is given up
   */
  public record Setup(
      MasterUnderTest.Options master,
      MasterUnderTest.Options services,
      Sizes agents,
      int processes,
      Duration session,
      long limitSeconds) {}

  private final Setup setup;
  private final Loop loop = new Loop("bench");
  private final List<ProductProcess> services = new ArrayList<>();
  private final ProductProcess zooKeeper;
  private final MasterUnderTest master;
  private final AgentFleet fleet;
  private final TouchWitness witness = new TouchWitness();
  private final ServicesClient client;
  private int leader;

  // The controlling thread adds, the one that ends this process reads.
  private final List<AutoCloseable> started = new CopyOnWriteArrayList<>();
  private final Thread atEnd = Thread.ofPlatform().name("bench-end").unstarted(this::endAtOnce);

  /** Starts it; when this returns, all agents are registered and a scheduler leads. */
  public ServicesCluster(Setup setup) {
    this.setup = setup;
    Runtime.getRuntime().addShutdownHook(atEnd);
    try {
      List<Integer> ports = FreePorts.find(2 + setup.processes());
      this.zooKeeper = started(zooKeeper(ports.get(0), ports.get(1)));
      zooKeeper.awaitHealthy();
      this.master = started(MasterUnderTest.start(setup.master()));
      this.fleet = new AgentFleet(loop, master.address(), setup.agents(), 0, true);
      for (int i = 0; i < setup.processes(); i++) {
        services.add(started(scheduler(ports.get(2 + i), ports.get(0))));
      }
      this.client = new ServicesClient(services.getFirst().address());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      populate();
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  /** When this process is told to end in the middle of it: nothing is left behind. */
  private void endAtOnce() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    started.forEach(ended -> {
      try {
        ended.close();
      } catch (Exception e) {
        System.getLogger(ServicesCluster.class.getName())
            .log(System.Logger.Level.WARNING, "a process was not cleaned up after", e);
      }
    });
  }

  private <T extends AutoCloseable> T started(T process) {
    started.add(process);
    return process;
  }

  private static ProductProcess zooKeeper(int port, int healthPort) {
    Path directory = ProductProcess.newDirectory("zookeeper");
    return ProductProcess.launch(
        new MasterUnderTest.Options(
            System.getProperty("java.class.path"), List.of("-Xmx1g"), List.of()),
        new ProductProcess.Program(
            "zookeeper",
            ZooKeeperAlone.class.getName(),
            List.of(
                directory.resolve("data").toString(),
                Integer.toString(port),
                Integer.toString(healthPort)),
            "/health"),
        directory,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), healthPort));
  }

  private ProductProcess scheduler(int port, int zooKeeperPort) {
    return ProductProcess.launch(
        setup.services(),
        new ProductProcess.Program(
            "services",
            "io.mesocosm.cli.Main",
            List.of(
                "services",
                "--http_address=" + LOOPBACK,
                "--http_port=" + port,
                "--hostname=" + LOOPBACK,
                "--master=" + LOOPBACK + ":" + master.address().getPort(),
                "--zk=zk://" + LOOPBACK + ":" + zooKeeperPort + "/services",
                "--zk_session_timeout=" + setup.session().toMillis()),
            "/ping"),
        ProductProcess.newDirectory("services"),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private void populate() {
    await(
        "all agents registered",
        loop.call(() -> {
          fleet.tell(witness);
          fleet.connectAll();
          return fleet.subscriptions().at(setup.agents().agents());
        }));
    services.forEach(ProductProcess::awaitHealthy);
    findLeader();
    await("the leader answers", () -> client.get("/v2/apps").status() == 200);
  }

  private void findLeader() {
    await(
        "a scheduler leads",
        () -> {
          int port = client.leaderPort();
          for (int i = 0; i < services.size(); i++) {
            if (services.get(i).address().getPort() == port) {
              leader = i;
              return true;
            }
          }
          return false;
        });
    client.moveTo(services.get(leader).address());
  }

  public ServicesClient client() {
    return client;
  }

  public InetSocketAddress leaderAddress() {
    return services.get(leader).address();
  }

  ProductProcess leader() {
    return services.get(leader);
  }

  TouchWitness witness() {
    return witness;
  }

  Loop loop() {
    return loop;
  }

  /** How many tasks all agents have. */
  public long tasksOnAgents() {
    return loop.call(fleet::taskCount);
  }

  /** Completes when so many more tasks have been reported running, and that was acknowledged. */
  public CompletableFuture<Long> moreRunning(long number) {
    return loop.call(() -> fleet.runningAcknowledged().more(number));
  }

  /** The processes that share the machine, by role. */
  SequencedMap<String, Long> pids() {
    SequencedMap<String, Long> pids = new LinkedHashMap<>();
    pids.put("services", leader().pid());
    pids.put("master", master.pid());
    pids.put("zookeeper", zooKeeper.pid());
    pids.put("agents and clients", ProcessHandle.current().pid());
    return pids;
  }

  /** Kills the leader without warning and returns it; requests go to the next one from now on. */
  ProductProcess killLeader() {
    ProductProcess victim = leader();
    leader = (leader + 1) % services.size();
    client.moveTo(leader().address());
    victim.kill();
    return victim;
  }

  /**
   * Starts those again that have ended by themselves, as a supervisor does.
   *
   * @param dead is to stay so
   * @return how many
   */
  int supervise(ProductProcess dead) {
    int ended = 0;
    for (ProductProcess process : services) {
      if (process != dead && !process.isAlive()) {
        ended++;
        System.getLogger(ServicesCluster.class.getName())
            .log(System.Logger.Level.WARNING, "started again: {0}", text("services", process));
        process.launchAgain();
      }
    }
    return ended;
  }

  /** Starts all again that are dead, as standbys, and waits until they know the leader. */
  void startDeadOnesAgain() {
    for (ProductProcess process : services) {
      if (!process.isAlive()) {
        process.launchAgain();
        process.awaitHealthy();
      }
    }
    findLeader();
  }

  /**
   * Waits until it is so.
   *
   * @throws IllegalStateException with how everything is, if it does not come to be in time
   */
  public void await(String what, BooleanSupplier condition) {
    awaitSupervised(
        what,
        () -> {
          boolean reached = condition.getAsBoolean();
          if (!reached) {
            requireAlive(what);
          }
          return reached;
        });
  }

  /** As above, for who sees to the processes: that one ends is no reason to give up. */
  void awaitSupervised(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(setup.limitSeconds());
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw tooLate(what);
      }
      BenchCluster.sleep(POLL_SECONDS);
    }
  }

  /** As above; returns the nanosecond. */
  public long await(String what, CompletableFuture<Long> reached) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(setup.limitSeconds());
    while (System.nanoTime() < until) {
      try {
        return reached.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        requireAlive(what);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    throw tooLate(what);
  }

  private IllegalStateException tooLate(String what) {
    return new IllegalStateException(
        "not within " + setup.limitSeconds() + " s: " + what + "; " + state());
  }

  private void requireAlive(String what) {
    if (services.size() > leader && !leader().isAlive() || !zooKeeper.isAlive()) {
      throw new IllegalStateException(
          "a process ended by itself before this came to be: " + what + "; " + state());
    }
  }

  /** How everything is, for who must find out why something did not come to be. */
  public String state() {
    List<String> parts = new ArrayList<>();
    parts.add(
        loop.call(() ->
            String.format(
                "agents: %s, %s, %s, %d tasks; troubles: %s",
                fleet.subscriptions(),
                fleet.runningAcknowledged(),
                fleet.endAcknowledged(),
                fleet.taskCount(),
                fleet.troubles())));
    parts.add(
        said("tasks as services counts them: staged ", () -> client.sum("tasksStaged"))
            + said(", running ", () -> client.sum("tasksRunning"))
            + said("; deployments: ", client::deployments));
    parts.add("queue: " + client.get("/v2/queue"));
    services.forEach(process -> parts.add(text("services", process)));
    parts.add("the master said:\n" + master.logText());
    parts.add(text("zookeeper", zooKeeper));
    return String.join("\n", parts);
  }

  private static String said(String title, Supplier<? extends Number> value) {
    try {
      return title + value.get();
    } catch (IllegalStateException e) {
      return title + e.getMessage();
    }
  }

  private static String text(String role, ProductProcess process) {
    return role + (process.isAlive() ? " said:\n" : ", dead, said:\n") + process.logText();
  }

  @Override
  public void close() {
    client.close();
    // Without hurry they would end one by one in good order, which nobody waits for here.
    services.forEach(process -> {
      process.kill();
      process.close();
    });
    loop.execute(fleet::close);
    loop.close();
    master.close();
    zooKeeper.kill();
    zooKeeper.close();
    try {
      Runtime.getRuntime().removeShutdownHook(atEnd);
    } catch (IllegalStateException e) {
      started.clear(); // it runs already: this process was told to end
    }
  }
}
