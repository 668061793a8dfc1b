package io.mesocosm.master.shell;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.MemoryStore;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.operator.LoggingLevel;
import io.mesocosm.http.security.SecurityOptions;
import io.mesocosm.master.api.FollowerApi;
import io.mesocosm.master.api.Leader;
import io.mesocosm.master.api.MasterEdge;
import io.mesocosm.master.api.MasterFacts;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.runtime.ShutdownOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.MasterInfo;

/**
 * A master that runs. Its HTTP server lives from start to end; the rest changes:
 *
 * <pre>
 *              elected               registry read              lost, fenced
 *   Following ---------> Starting ---------------------> Leading ----------> Ended
 *       ^  |                 |  registry unreadable                            ^
 *       |__| leader changed  |________________________________________________|
 * </pre>
 *
 * Without {@code --zk} it leads from the start. Who follows sends requests on to the leader
 * (contracts/mesos-ha.md M1); who has lost the leadership answers nobody and does not follow: its
 * process ends, and the supervisor's next one begins without anything that this one believed (M3).
 *
 * <p>Threads: the contest's tells who leads, the registry's writer that it was fenced, the caller's
 * closes.
 */
public final class MasterProcess implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(MasterProcess.class.getName());

  private final MasterOptions options;
  private final HttpServer server;
  private final Front front;
  private final MasterInfo info;
  private final Instant started;
  private final MasterEdge edge;
  private final RandomGenerator random;
  private final MasterListener listener;
  private final Handler followerRoutes;

  /** The ZooKeeper in this process and the candidacy, if there are. */
  private final ShutdownOrder coordination = new ShutdownOrder();

  // The threads above meet under this lock; HTTP threads read the leader.
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Leader leader = new Leader.Unknown();
  private Optional<Leading> leading = Optional.empty();
  private boolean ended;

  private MasterProcess(
      MasterOptions options,
      HttpServer server,
      Front front,
      InstantSource clock,
      RandomGenerator random,
      MasterListener listener) {
    this.options = options;
    this.server = server;
    this.front = front;
    this.random = random;
    this.listener = listener;
    this.started = clock.instant();
    this.info = MasterIdentity.draw(options, server.port(), random);
    Metrics metrics = new Metrics();
    for (String queue : List.of("messages", "dispatches", "http_requests")) {
      metrics.gauge("master/event_queue_" + queue, () -> 0);
    }
    metrics.gauge("master/operator_event_stream_subscribers", () -> 0);
    this.edge = new MasterEdge(options.security(), metrics, new LoggingLevel(clock), clock);
    this.followerRoutes =
        FollowerApi.routes(
            facts(Optional.empty()), edge, Leading.nothing(options, info), () -> leader);
    LOG.log(
        INFO,
        "master "
            + info.getId()
            + " listens on "
            + options.http().bindAddress()
            + ":"
            + server.port()
            + " and is known as "
            + info.getHostname());
  }

  /**
   * As below, for a master whose end is as bad as a crash to the one who starts it.
   *
   * @param crashHandler its duty is to end the process
   */
  public static MasterProcess start(
      MasterOptions options,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    return start(
        options,
        clock,
        random,
        new MasterListener() {
          @Override
          public void ended(String line) {
            crashHandler.accept(new IllegalStateException(line));
          }

          @Override
          public void crashed(Throwable cause) {
            crashHandler.accept(cause);
          }
        });
  }

  /**
   * Starts a master. With {@code --zk} it contends for the leadership from now on, and this returns
   * before anybody was elected; without, it leads when this returns.
   *
   * @param random draws ids; used by several threads, but never by two at once
   * @throws IllegalStateException if a port is taken, an address or directory is no good, or the
   *     registry of a master without {@code --zk} cannot be read
   * @throws IllegalArgumentException if it would listen where it must not, or a flag names what is
   *     not there
   */
  public static MasterProcess start(
      MasterOptions options, InstantSource clock, RandomGenerator random, MasterListener listener) {
    return start(options, clock, random, listener, options.election().contest());
  }

  /** As above, with a contest of the caller's. */
  static MasterProcess start(
      MasterOptions options,
      InstantSource clock,
      RandomGenerator random,
      MasterListener listener,
      Optional<Contest> contest) {
    SecurityOptions.refusalToListen(options.http().bindAddress(), options.security())
        .ifPresent(refusal -> {
          throw new IllegalArgumentException(refusal);
        });
    options.workDir().ifPresent(MasterProcess::prepare);
    Front front = new Front();
    HttpServer server = HttpServer.start(options.http().withTls(options.security().tls()), front);
    ShutdownOrder begun = new ShutdownOrder();
    begun.add("the HTTP server", server);
    boolean complete = false;
    try {
      MasterProcess process = new MasterProcess(options, server, front, clock, random, listener);
      begun.add("the ZooKeeper of this process", process.coordination);
      process.begin(contest);
      complete = true;
      return process;
    } finally {
      if (!complete) {
        begun.close();
      }
    }
  }

  private void begin(Optional<Contest> contest) {
    if (contest.isEmpty()) {
      lead(standaloneStore());
      return;
    }
    front.serve(followerRoutes);
    options
        .election()
        .embedded()
        .ifPresent(peers -> coordination.add("the ZooKeeper of this process", peers.start()));
    coordination.add(
        "the candidacy", Candidacy.start(contest.get(), info, edge.clock(), new Contender()));
  }

  private VersionedStore standaloneStore() {
    if (options.registryInMemory()) {
      return new MemoryStore();
    }
    if (options.workDir().isPresent()) {
      return coordination.add("the registry", RegistryFiles.hold(options.workDir().get())).store();
    }
    LOG.log(
        INFO,
        "quotas, weights, maintenance and drains will be forgotten when this master ends: give"
            + " --work_dir or --zk to keep them");
    return new MemoryStore();
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Who it is, drawn anew with each start (contracts/mesos-ha.md M4). */
  public MasterInfo info() {
    return info;
  }

  private MasterFacts facts(Optional<Instant> elected) {
    return new MasterFacts(
        info,
        MasterIdentity.version(),
        started,
        elected,
        options.cluster(),
        options.core().authorizer(),
        options.frameworkMetrics(),
        options.flagTexts());
  }

  /**
   * Reads the registry, then leads.
   *
   * @throws RuntimeException if the registry cannot be read
   */
  private void lead(VersionedStore store) {
    RegistryStorage registry =
        new RegistryStorage(
            store, options.election().servers(), edge.metrics(), edge.clock(), this::lost);
    Leading begun;
    try {
      List<RegistryRecord> records = new ArrayList<>(registry.read());
      if (store instanceof MemoryStore) {
        // What an earlier master knew is forgotten: agents of its time may come back.
        records.add(
            RegistryRecord.newBuilder()
                .setCluster(RegistryProtos.Cluster.newBuilder().setHadAgents(true))
                .build());
      }
      begun =
          Leading.begin(
              options,
              facts(Optional.of(edge.clock().instant())),
              edge,
              registry,
              records,
              random,
              this::end,
              listener::crashed);
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
    if (!install(begun)) {
      begun.cut();
      return;
    }
    LOG.log(INFO, "master {0} leads", info.getId());
    listener.leads();
  }

  /** False if it has ended meanwhile. */
  private boolean install(Leading begun) {
    lock.lock();
    try {
      if (!ended) {
        leading = Optional.of(begun);
        leader = new Leader.Here();
        front.serve(begun.routes());
      }
      return !ended;
    } finally {
      lock.unlock();
    }
  }

  private void lost(String why) {
    end(
        "the leadership was lost ("
            + why
            + "): exiting so that the supervisor restarts this master as a standby");
  }

  /** Stops to act as a leader, then tells; the first reason counts. */
  private void end(String line) {
    Optional<Optional<Leading>> last = retire();
    if (last.isEmpty()) {
      return;
    }
    last.get().ifPresent(Leading::cut);
    LOG.log(ERROR, "master {0}: {1}", info.getId(), line);
    listener.ended(line);
  }

  /** What led, if anything did; nothing at all if this has ended before. */
  private Optional<Optional<Leading>> retire() {
    lock.lock();
    try {
      if (ended) {
        return Optional.empty();
      }
      ended = true;
      leader = new Leader.Unknown();
      front.serve(followerRoutes);
      return Optional.of(leading);
    } finally {
      lock.unlock();
    }
  }

  private void follow(Leader next) {
    lock.lock();
    try {
      if (ended || leading.isPresent()) {
        return;
      }
      leader = next;
    } finally {
      lock.unlock();
    }
    switch (next) {
      case Leader.Unknown _ -> LOG.log(INFO, "master {0} knows no leader", info.getId());
      case Leader.Here _ -> LOG.log(INFO, "master {0} is elected", info.getId());
      case Leader.Elsewhere(MasterInfo other) -> {
        LOG.log(INFO, "master {0} follows {1}", info.getId(), other.getPid());
        otherRegion(other).ifPresent(this::end);
      }
    }
  }

  /** M5: the masters of one cluster are in one region. */
  private Optional<String> otherRegion(MasterInfo other) {
    if (!other.hasDomain() || !info.hasDomain()) {
      return Optional.empty();
    }
    String theirs = other.getDomain().getFaultDomain().getRegion().getName();
    String ours = info.getDomain().getFaultDomain().getRegion().getName();
    return theirs.equals(ours)
        ? Optional.empty()
        : Optional.of(
            "the leading master "
                + other.getPid()
                + " is in region "
                + theirs
                + " and this one in "
                + ours
                + ": give all masters of a cluster a --domain of one region");
  }

  /**
   * Ends all streams and stops. A leader leaves the contest, so that another can lead at once.
   * Idempotent; not for the threads that tell the listener.
   */
  @Override
  public void close() {
    Optional<Leading> last;
    lock.lock();
    try {
      ended = true;
      last = leading;
    } finally {
      lock.unlock();
    }
    server.close();
    last.ifPresent(Leading::close);
    coordination.close();
  }

  private static void prepare(Path workDir) {
    try {
      Files.createDirectories(workDir);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "--work_dir=" + workDir + " cannot be made: give a directory that can be written to", e);
    }
    if (!Files.isWritable(workDir)) {
      throw new IllegalStateException(
          "--work_dir=" + workDir + " is not writable: give a directory that is");
    }
  }

  /** What the contest tells. */
  private final class Contender implements Candidacy.Events {
    @Override
    public void elected(VersionedStore store) {
      follow(new Leader.Here());
      try {
        lead(options.registryInMemory() ? new MemoryStore() : store);
      } catch (RuntimeException e) {
        end(
            "this master was elected and cannot lead, for the registry cannot be read ("
                + e.getMessage()
                + "): exiting so that another may try");
      }
    }

    @Override
    public void lost(String why) {
      MasterProcess.this.lost(why);
    }

    @Override
    public void leaderChanged(Leader next) {
      follow(next);
    }
  }
}
