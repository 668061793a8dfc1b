package io.mesocosm.cli.local;

import io.mesocosm.cli.client.Api;
import io.mesocosm.cli.roles.AgentRole;
import io.mesocosm.cli.roles.MasterRole;
import io.mesocosm.cli.roles.RunningAgent;
import io.mesocosm.cli.roles.ServicesRole;
import io.mesocosm.coordination.EmbeddedZooKeeper;
import io.mesocosm.runtime.ShutdownOrder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Every role of a cluster in this JVM, wired as on real machines: agents and schedulers reach the
 * master over HTTP, the services scheduler reaches ZooKeeper on its port. Closing stops all of it
 * and leaves no container behind.
 */
final class LocalCluster implements AutoCloseable {
  private static final Path DOCKER_SOCKET = Path.of("/var/run/docker.sock");
  private static final Duration REGISTRATION_MAX = Duration.ofSeconds(30);
  private static final Duration LOADING_MAX = Duration.ofSeconds(30);

  private final LocalLayout layout;
  private final LocalPorts ports;
  private final String bindAddress;
  private final boolean insecure;
  private final Consumer<Throwable> crashHandler;
  // Parts of one kind are started side by side, so their order of starting says nothing: kinds are
  // stopped by name.
  private final ShutdownOrder zooKeeper = new ShutdownOrder();
  private final ShutdownOrder master = new ShutdownOrder();
  private final List<ShutdownOrder> agents = new ArrayList<>();
  private final ShutdownOrder services = new ShutdownOrder();

  LocalCluster(
      LocalLayout layout,
      LocalPorts ports,
      String bindAddress,
      boolean insecure,
      Consumer<Throwable> crashHandler) {
    this.layout = layout;
    this.crashHandler = crashHandler;
    ports.agents().forEach(_ -> agents.add(new ShutdownOrder()));
    this.ports = ports;
    this.bindAddress = bindAddress;
    this.insecure = insecure;
  }

  /** The address that tells agent {@code index}, from 0, apart from the others. */
  static String agentAddress(int index) {
    return "127.0.0." + (index + 1);
  }

  Api master() {
    return new Api("master", "http://" + reachable() + ":" + ports.master());
  }

  Api services() {
    return new Api("services", "http://" + reachable() + ":" + ports.services());
  }

  /**
   * Starts every part and returns when the master has all agents and the services scheduler serves.
   */
  void start() throws Exception {
    // ZooKeeper and the master need nothing of each other, and the agents only the master: side by
    // side they start sooner.
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> store = starters.submit(this::startZooKeeper);
      master.add("master", MasterRole.start(masterFlags(), crashHandler));
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < ports.agents().size(); i++) {
        int index = i;
        others.add(starters.submit(() -> startAgent(index)));
      }
      store.get();
      services.add("services", ServicesRole.start(servicesFlags(), crashHandler));
      for (Future<?> other : others) {
        other.get();
      }
      awaitServices();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** The services scheduler answers 503 until it has read what it knows from ZooKeeper. */
  private void awaitServices() {
    long deadline = System.nanoTime() + LOADING_MAX.toNanos();
    while (services().exchange("GET", "/v2/apps", "").status() == 503) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "services did not load its state within " + LOADING_MAX.toSeconds() + " s");
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private Void startZooKeeper() throws Exception {
    zooKeeper.add(
        "ZooKeeper", EmbeddedZooKeeper.start(layout.zooKeeper(), "127.0.0.1", ports.zooKeeper()));
    return null;
  }

  private Void startAgent(int index) throws Exception {
    RunningAgent agent =
        agents
            .get(index)
            .add("agent " + (index + 1), AgentRole.start(agentFlags(index), crashHandler));
    if (!agent.process().awaitRegistered(REGISTRATION_MAX)) {
      throw new IllegalStateException(
          "agent "
              + (index + 1)
              + " was not registered within "
              + REGISTRATION_MAX.toSeconds()
              + " s");
    }
    return null;
  }

  private List<String> masterFlags() throws IOException {
    return List.of(
        "--ip=" + bindAddress,
        "--insecure=" + insecure,
        "--port=" + ports.master(),
        "--hostname=" + reachable(),
        "--work_dir=" + Files.createDirectories(layout.master()),
        "--cluster=local",
        // Nothing outlives a local cluster, so there is nobody to wait for.
        "--agent_reregister_timeout=0ms");
  }

  private List<String> agentFlags(int index) throws IOException {
    String address = agentAddress(index);
    return List.of(
        "--master=" + reachable() + ":" + ports.master(),
        "--ip=" + address,
        "--port=" + ports.agents().get(index),
        "--hostname=" + address,
        "--work_dir=" + Files.createDirectories(layout.agent(index + 1)),
        "--containerizers=" + (isDockerThere() ? "docker,mesos" : "mesos"),
        "--resources=mem:" + memoryMegabytesEach(),
        "--attributes=node:n" + (index + 1),
        "--executor_registration_timeout=10mins");
  }

  private List<String> servicesFlags() {
    return List.of(
        "--http_address=" + bindAddress,
        "--insecure=" + insecure,
        "--http_port=" + ports.services(),
        "--hostname=" + reachable(),
        "--master=" + reachable() + ":" + ports.master(),
        "--zk=zk://127.0.0.1:" + ports.zooKeeper() + "/marathon",
        // A person at a laptop deploys one thing after the other and waits for each.
        "--min_revive_offers_interval=100");
  }

  /**
   * Agents share the machine's memory; each is offered all of its cores, which are shares of time
   * and no promise.
   */
  private long memoryMegabytesEach() {
    long total = totalMemoryBytes() >> 20;
    long forTasks = total >= 2048 ? total - 1024 : total / 2;
    return Math.max(64, forTasks / ports.agents().size());
  }

  private static long totalMemoryBytes() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  private static boolean isDockerThere() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(DOCKER_SOCKET));
    } catch (IOException e) {
      return false; // no daemon, or none that this user may talk to: processes alone, then
    }
  }

  private String reachable() {
    return bindAddress.equals("0.0.0.0") ? "127.0.0.1" : bindAddress;
  }

  @Override
  public void close() {
    // The scheduler first, so that it does not take the end of its instances for failures and
    // replace them; agents need
    // the master to take their leave.
    services.close();
    try (ExecutorService closers = Executors.newVirtualThreadPerTaskExecutor()) {
      agents.forEach(agent -> closers.execute(agent::close));
    }
    master.close();
    zooKeeper.close();
  }
}
