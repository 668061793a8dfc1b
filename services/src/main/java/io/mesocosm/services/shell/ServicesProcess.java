package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.ElectionListener;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.runtime.ShutdownOrder;
import io.mesocosm.services.api.ServicesApi;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A services scheduler that runs. Its HTTP server lives from start to end; the rest changes:
 *
 * <pre>
 *   Following --------> Leading -------------------------> Ended
 *       |     elected           lost, fenced, abdicated      ^
 *       |____________________________________________________|
 *                     elected, and the store unreadable
 * </pre>
 *
 * Who follows passes requests on to the leader (contracts/marathon-api.md A2); who has lost the
 * leadership does not follow: its process ends, and the supervisor's next one begins without
 * anything that this one believed (A4). Without an election it leads from the start.
 *
 * <p>Threads: the election's tells who leads, the store's writer that it was fenced, a request's
 * that it is to abdicate, the caller's closes.
 */
public final class ServicesProcess implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ServicesProcess.class.getName());

  private final ServicesOptions options;
  private final Optional<Tls> tls;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ServicesListener listener;
  private final Front front;
  private final HttpServer http;
  private final LeaderProxy proxy;

  /** What others are told of it: where it is. */
  private final byte[] self;

  /** Closed last: what speaks with clients. */
  private final ShutdownOrder outside = new ShutdownOrder();

  /** Membership in it, if it contends. */
  private final ShutdownOrder election = new ShutdownOrder();

  // The threads above meet under this lock.
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<Leading> leading = Optional.empty();
  private boolean ended;

  private ServicesProcess(
      ServicesOptions options,
      InstantSource clock,
      RandomGenerator random,
      ServicesListener listener) {
    this.options = options;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    this.front = new Front();
    this.tls = options.security().tls();
    this.http =
        outside.add(
            "HTTP server",
            HttpServer.start(options.http().withTls(tls), front, ServicesApi::error));
    String address = options.config().hostname() + ":" + http.port();
    this.self =
        (options.scheme().equals("https") ? "https://" + address : address)
            .getBytes(StandardCharsets.UTF_8);
    this.proxy =
        outside.add(
            "proxy",
            new LeaderProxy(
                address,
                options.leaderAccess(tls),
                options.ha().proxyConnectMax(),
                options.ha().proxyReadMax()));
  }

  /**
   * Leads at once and alone, with the state that the store holds.
   *
   * @param store of this scheduler alone; not closed by it
   * @param random for ids and ports
   * @param crashHandler told of a broken invariant: its duty is to end the process
   * @throws IllegalArgumentException naming a stored record that cannot be read, or a TLS file that
   *     is no good
   * @throws IllegalStateException if the port cannot be listened on
   */
  public static ServicesProcess start(
      ServicesOptions options,
      VersionedStore store,
      InstantSource clock,
      RandomGenerator random,
      Consumer<Throwable> crashHandler) {
    ServicesListener listener =
        new ServicesListener() {
          @Override
          public void ended(String line) {
            crashHandler.accept(new IllegalStateException(line));
          }

          @Override
          public void crashed(Throwable cause) {
            crashHandler.accept(cause);
          }
        };
    return begun(
        new ServicesProcess(options, clock, random, listener),
        process -> process.lead(store, Optional.empty()));
  }

  /**
   * Contends with the other schedulers of its {@code --zk} from now on, and returns before anybody
   * is elected: until it leads, it passes requests on to whoever does. What it knows is kept there,
   * too, and can be written only while it leads.
   *
   * @param random for ids and ports; used by several threads, but never by two at once
   * @throws IllegalArgumentException if it is not to contend ({@code --ha=false}), or a TLS file is
   *     no good
   * @throws IllegalStateException if the port cannot be listened on
   */
  public static ServicesProcess contend(
      ServicesOptions options,
      InstantSource clock,
      RandomGenerator random,
      ServicesListener listener) {
    Contest contest =
        options
            .contest()
            .orElseThrow(() ->
                new IllegalArgumentException("--ha=false: this scheduler leads without a contest"));
    return contend(options, clock, random, listener, contest);
  }

  /** As above, with a contest of the caller's. */
  static ServicesProcess contend(
      ServicesOptions options,
      InstantSource clock,
      RandomGenerator random,
      ServicesListener listener,
      Contest contest) {
    return begun(
        new ServicesProcess(options, clock, random, listener),
        process ->
            process.election.add("election", contest.enter(process.self, process.new Contender())));
  }

  private static ServicesProcess begun(ServicesProcess process, Consumer<ServicesProcess> begin) {
    boolean begun = false;
    try {
      begin.accept(process);
      begun = true;
      return process;
    } finally {
      if (!begun) {
        process.close();
      }
    }
  }

  /** The port that the API is served on. */
  public int port() {
    return http.port();
  }

  /**
   * Reads what the store holds, then leads.
   *
   * @throws RuntimeException if it cannot be read
   */
  private void lead(VersionedStore store, Optional<Runnable> abdication) {
    Leading begun =
        Leading.begin(
            new Leading.Surroundings(
                options, port(), tls, clock, random, this::lost, abdication, listener::crashed),
            store);
    if (!install(begun)) {
      begun.cut();
      begun.close();
    }
  }

  /** False if it has ended meanwhile. */
  private boolean install(Leading begun) {
    lock.lock();
    try {
      if (!ended) {
        leading = Optional.of(begun);
        front.now(new Front.Standing.Answering(begun.routes()));
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
            + "): exiting so that the supervisor restarts this scheduler as a standby");
  }

  /** On a thread of its own: the request that asks for it is answered first. */
  private void abdicate() {
    Thread.ofVirtual()
        .name("services-abdication")
        .start(() -> {
          end(
              "the leadership was given up, as DELETE /v2/leader asked: exiting so that the"
                  + " supervisor restarts this scheduler as a standby");
          election.close();
        });
  }

  /** Stops to act as a leader, then tells; the first reason counts. */
  private void end(String line) {
    Optional<Leading> last;
    lock.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
      last = leading;
      front.now(new Front.Standing.Ended());
    } finally {
      lock.unlock();
    }
    last.ifPresent(Leading::cut);
    LOG.log(ERROR, "services on port {0,number,#}: {1}", port(), line);
    listener.ended(line);
  }

  private void follow(Optional<byte[]> leader) {
    lock.lock();
    try {
      if (ended || leading.isPresent()) {
        return;
      }
      front.now(standing(leader));
    } finally {
      lock.unlock();
    }
  }

  private Front.Standing standing(Optional<byte[]> leader) {
    if (leader.isEmpty()) {
      LOG.log(INFO, "services on port {0,number,#} knows no leader", port());
      return new Front.Standing.Undecided("none is elected, or ZooKeeper cannot be reached");
    }
    if (Arrays.equals(leader.get(), self)) {
      return new Front.Standing.Undecided(
          "this one is about to lead, or what ran at its address before is not yet declared dead");
    }
    String text = new String(leader.get(), StandardCharsets.UTF_8);
    try {
      URI address = new URI(text.contains("://") ? text : "http://" + text);
      if (address.getHost() == null) {
        throw new URISyntaxException(text, "no host in it");
      }
      LOG.log(INFO, "services on port {0,number,#} follows {1}", port(), address);
      return new Front.Standing.Answering(request -> proxy.forward(request, address));
    } catch (URISyntaxException e) {
      LOG.log(WARNING, "the leading scheduler says of itself what is no address: {0}", text);
      return new Front.Standing.Undecided("the one that leads gives no address");
    }
  }

  /**
   * Stops in good order; the tasks go on. A leader leaves the election, so that another can lead at
   * once. Idempotent; not for the threads that tell the listener.
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
    last.ifPresent(Leading::close);
    election.close();
    front.now(new Front.Standing.Ended());
    outside.close();
  }

  /** What the election tells. */
  private final class Contender implements ElectionListener {
    @Override
    public void elected(VersionedStore store) {
      try {
        lead(store, Optional.of(ServicesProcess.this::abdicate));
      } catch (RuntimeException e) {
        end(
            "this scheduler was elected and cannot lead, for its state cannot be read ("
                + e.getMessage()
                + "): exiting so that another may try");
      }
    }

    @Override
    public void lost(String why) {
      ServicesProcess.this.lost(why);
    }

    @Override
    public void leaderChanged(Optional<byte[]> leader) {
      follow(leader);
    }
  }
}
