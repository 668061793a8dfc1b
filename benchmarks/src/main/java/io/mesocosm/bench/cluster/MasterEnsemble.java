package io.mesocosm.bench.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mesocosm.coordination.ElectionOptions;
import io.mesocosm.coordination.EmbeddedZooKeeper;
import io.mesocosm.coordination.ZooKeeperAddress;
import io.mesocosm.coordination.ZooKeeperDetector;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MesosJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * Three masters that elect one of them to lead, in processes of their own. For one controlling
 * thread.
 */
public final class MasterEnsemble implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int PORTS_EACH = 4;
  private static final String PATH = "/mesos";
  private static final double SERVING_SECONDS_MAX = 60;

  /** Where ZooKeeper runs. */
  public enum ZooKeeper {
    /** In the masters: when one is killed ZooKeeper has lost a server too. */
    IN_MASTERS,
    /** One server of its own, here, which nobody kills. */
    APART
  }

  private final HttpJson http;
  private final Duration session;
  private final List<MasterUnderTest> masters = new ArrayList<>();
  private final List<Integer> clientPorts = new ArrayList<>();
  private final ZooKeeperAddress address;
  private Optional<EmbeddedZooKeeper> apart = Optional.empty();
  private Optional<Path> apartFolder = Optional.empty();

  private MasterEnsemble(HttpJson http, Duration session, ZooKeeperAddress address) {
    this.http = http;
    this.session = session;
    this.address = address;
  }

  /**
   * Starts them and waits until all of them answer.
   *
   * @throws IllegalStateException with what a master printed, if it does not
   */
  static MasterEnsemble start(
      MasterUnderTest.Options options, ZooKeeper place, Duration session, HttpJson http) {
    try {
      return switch (place) {
        case IN_MASTERS -> withOwnZooKeeper(options, session, http);
        case APART -> withZooKeeperApart(options, session, http);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while ZooKeeper started", e);
    }
  }

  private static MasterEnsemble withOwnZooKeeper(
      MasterUnderTest.Options options, Duration session, HttpJson http) throws IOException {
    List<Integer> ports = FreePorts.find(MASTERS * PORTS_EACH);
    List<String> peers = new ArrayList<>();
    List<String> servers = new ArrayList<>();
    for (int i = 0; i < MASTERS; i++) {
      List<Integer> own = ports.subList(i * PORTS_EACH, (i + 1) * PORTS_EACH);
      peers.add("127.0.0.1:" + own.get(1) + ":" + own.get(2) + ":" + own.get(3));
      servers.add("127.0.0.1:" + own.get(3));
    }
    MasterEnsemble ensemble =
        new MasterEnsemble(
            http, session, ZooKeeperAddress.parse("zk://" + String.join(",", servers) + PATH));
    for (int i = 0; i < MASTERS; i++) {
      ensemble.clientPorts.add(ports.get(i * PORTS_EACH + 3));
      ensemble.masters.add(
          MasterUnderTest.launch(
              options.withFlags(
                  "--zk_embedded",
                  "--peers=" + String.join(",", peers),
                  "--zk_self=" + (i + 1),
                  "--zk_session_timeout=" + session.toMillis() + "ms"),
              ports.get(i * PORTS_EACH)));
    }
    ensemble.awaitAll();
    return ensemble;
  }

  private static MasterEnsemble withZooKeeperApart(
      MasterUnderTest.Options options, Duration session, HttpJson http)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("bench-zookeeper");
    List<Integer> ports = FreePorts.find(MASTERS + 1);
    EmbeddedZooKeeper server = EmbeddedZooKeeper.start(folder, "127.0.0.1", ports.getLast());
    String url = "zk://" + server.connectString() + PATH;
    MasterEnsemble ensemble = new MasterEnsemble(http, session, ZooKeeperAddress.parse(url));
    ensemble.apart = Optional.of(server);
    ensemble.apartFolder = Optional.of(folder);
    for (int i = 0; i < MASTERS; i++) {
      ensemble.masters.add(
          MasterUnderTest.launch(
              options.withFlags("--zk=" + url, "--zk_session_timeout=" + session.toMillis() + "ms"),
              ports.get(i)));
    }
    ensemble.awaitAll();
    return ensemble;
  }

  private void awaitAll() {
    try {
      masters.forEach(MasterUnderTest::awaitListening);
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  List<MasterUnderTest> masters() {
    return masters;
  }

  /** The one at this address. */
  MasterUnderTest at(InetSocketAddress where) {
    return masters.stream()
        .filter(master -> master.address().getPort() == where.getPort())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no master of ours is at " + where));
  }

  /**
   * Follows who leads, as agents and schedulers do.
   *
   * @param consumer called on a thread of its own
   */
  ZooKeeperDetector follow(Consumer<InetSocketAddress> consumer) {
    return ZooKeeperDetector.watch(
        address,
        new ElectionOptions("/", "json.info_", session),
        content -> content.map(MasterEnsemble::leader).ifPresent(consumer));
  }

  private static InetSocketAddress leader(byte[] content) {
    try {
      MasterInfo info =
          MesosJson.parse(new String(content, StandardCharsets.UTF_8), MasterInfo.newBuilder())
              .build();
      return new InetSocketAddress(
          InetAddress.getByName(info.getAddress().getIp()), info.getAddress().getPort());
    } catch (InvalidMessageException | IOException e) {
      throw new IllegalStateException("ZooKeeper names a master that cannot be understood", e);
    }
  }

  /** Whether the ZooKeeper server inside this master leads the others; never if there is none. */
  boolean leadsZooKeeper(MasterUnderTest master) {
    return zooKeeperSays(master).contains("Mode: leader");
  }

  private String zooKeeperSays(MasterUnderTest master) {
    if (clientPorts.isEmpty()) {
      return "";
    }
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), clientPorts.get(masters.indexOf(master)))) {
      socket.getOutputStream().write("srvr".getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    } catch (IOException _) {
      return ""; // not yet there
    }
  }

  /**
   * Starts those again that have ended by themselves, as a supervisor does.
   *
   * @param dead is to stay so
   * @return how many
   */
  int supervise(MasterUnderTest dead) {
    int ended = 0;
    for (MasterUnderTest master : masters) {
      if (master != dead && !master.isAlive()) {
        ended++;
        master.launchAgain();
      }
    }
    return ended;
  }

  /** The end of what each printed. */
  String logText() {
    return masters.stream()
        .map(master ->
            master.address() + (master.isAlive() ? ":\n" : ", dead:\n") + master.logText())
        .collect(Collectors.joining("\n"));
  }

  /** Starts a master again that was killed, and waits until it is a candidate again. */
  void startAgain(MasterUnderTest master) {
    master.launchAgain();
    master.awaitListening();
    long until = System.nanoTime() + (long) (SERVING_SECONDS_MAX * 1e9);
    while (http.status(master.address(), "/master/redirect") != 307
        || (!clientPorts.isEmpty() && !zooKeeperSays(master).contains("Mode: "))) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(
            "a master that was started again follows nobody: " + master.logText());
      }
      BenchCluster.sleep(0.05);
    }
  }

  @Override
  public void close() {
    masters.forEach(MasterUnderTest::close);
    apart.ifPresent(EmbeddedZooKeeper::close);
    apartFolder.ifPresent(MasterEnsemble::remove);
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.getLogger(MasterEnsemble.class.getName())
          .log(System.Logger.Level.WARNING, folder + " could not be removed", e);
    }
  }
}
