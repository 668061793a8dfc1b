package io.mesocosm.services.shell;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.coordination.Contest;
import io.mesocosm.coordination.VersionedStore;
import io.mesocosm.http.Handler;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.tls.Tls;
import io.mesocosm.runtime.ShutdownOrder;
import io.mesocosm.services.api.LogLevels;
import io.mesocosm.services.api.ServicesApi;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A services scheduler that runs. Its HTTP server lives from start to end; the rest changes:
 *
 * <pre>
 *                  elected
 *   Following ----------------> Leading
 *       ^                          |
 *       |__________________________|
 *         lost, fenced, abdicated,
 *         or the store is unreadable
 * </pre>
 *
 * Who follows passes requests on to the leader (contracts/marathon-api.md A2). Who has lost the
 * leadership throws away all that it believed, enters the election anew, and needs nobody for that;
 * should it lead again, it begins with what the store holds. Only a rule of its own state that is
 * broken ends the process. Without an election it leads from the start.
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
  private final LogLevels logLevels;
  private final Front front;
  private final int port;
  private final LeaderProxy proxy;

  /** What others are told of it: where it is. */
  private final byte[] self;

  /** Closed last: what speaks with clients. */
  private final ShutdownOrder outside = new ShutdownOrder();

  /** Membership in the election, if it contends; or what leads without one. */
  private final ShutdownOrder inside = new ShutdownOrder();

  // The threads above meet under this lock.
  private final ReentrantLock lock = new ReentrantLock();
  private String told = "";
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
    this.logLevels =
        new LogLevels((length, action) ->
            CompletableFuture.delayedExecutor(length.toMillis(), TimeUnit.MILLISECONDS)
                .execute(action));
    InertFlags.warn(options.warnings());
    options.api().loggingLevel().ifPresent(level -> logLevels.set("ROOT", level, Optional.empty()));
    this.front = new Front();
    this.tls = options.security().tls();
    boolean begun = false;
    try {
      this.port = listen(options.api());
      String address = options.config().hostname() + ":" + port;
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
                  options.ha().proxyReadMax(),
                  options.ha().proxiedMax()));
      begun = true;
    } finally {
      if (!begun) {
        outside.close();
      }
    }
  }

  /** The port that clients are told of: the plain one, if there are two. */
  private int listen(ApiOptions api) {
    Handler handler = new Manners(api.origins(), api.compresses(), front);
    Optional<HttpServer> encrypted =
        api.https()
            .map(https ->
                HttpServer.start(
                    https
                        .http()
                        .withTls(
                            Optional.of(
                                https.keystore().load(options.security().tlsAuthorities()))),
                    handler,
                    ServicesApi::error));
    encrypted.ifPresent(server -> outside.add("HTTPS server", server));
    if (!api.listensPlainly()) {
      return encrypted.orElseThrow().port();
    }
    return outside
        .add("HTTP server", HttpServer.start(api.http().withTls(tls), handler, ServicesApi::error))
        .port();
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
          public void changed(String line) {
            LOG.log(System.Logger.Level.DEBUG, "services without rivals: {0}", line);
          }

          @Override
          public void crashed(Throwable cause) {
            crashHandler.accept(cause);
          }
        };
    return begun(
        new ServicesProcess(options, clock, random, listener), process -> process.leadAlone(store));
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
        process -> {
          Candidacies candidacies =
              new Candidacies(
                  contest,
                  process.self,
                  process::begin,
                  process::standing,
                  process::stand,
                  listener::crashed);
          process.inside.add("candidacies", candidacies);
          candidacies.enter();
        });
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
    return port;
  }

  /**
   * @throws RuntimeException if the store cannot be read
   */
  private void leadAlone(VersionedStore store) {
    Leading leading =
        begin(
            store,
            why ->
                listener.crashed(
                    new IllegalStateException("another writes to what is ours alone: " + why)),
            Optional.empty());
    inside.add("core", leading);
    stand(new Front.Standing.Answering(leading.routes()), "leads, as it has no rivals");
  }

  private Leading begin(
      VersionedStore store, Consumer<String> fenced, Optional<Runnable> abdication) {
    return Leading.begin(
        new Leading.Surroundings(
            options, port, tls, clock, random, fenced, abdication, logLevels, listener::crashed),
        store);
  }

  /** From now on requests are answered so; each change is told once. */
  private void stand(Front.Standing standing, String line) {
    lock.lock();
    try {
      front.now(standing);
      if (ended || line.equals(told)) {
        return;
      }
      told = line;
    } finally {
      lock.unlock();
    }
    System.Logger.Level level = standing instanceof Front.Standing.Undecided ? WARNING : INFO;
    LOG.log(level, "services on port {0,number,#} {1}", port, line);
    listener.changed(line);
  }

  /** Tells, and answers requests by, who leads in an election that this process has not won. */
  private void standing(Optional<byte[]> leader) {
    if (leader.isEmpty()) {
      undecided("knows of no leader: none is elected, or ZooKeeper cannot be reached");
      return;
    }
    if (Arrays.equals(leader.get(), self)) {
      undecided("is about to lead, or what ran at its address before is not yet declared dead");
      return;
    }
    String text = new String(leader.get(), StandardCharsets.UTF_8);
    try {
      URI address = new URI(text.contains("://") ? text : "http://" + text);
      if (address.getHost() == null) {
        throw new URISyntaxException(text, "no host in it");
      }
      stand(
          new Front.Standing.Answering(request -> proxy.forward(request, address)),
          "follows " + address);
    } catch (URISyntaxException e) {
      LOG.log(System.Logger.Level.DEBUG, "the leader's address cannot be read", e);
      undecided("knows of a leader that says of itself what is no address: " + text);
    }
  }

  private void undecided(String line) {
    stand(new Front.Standing.Undecided("this one " + line), line);
  }

  /**
   * Stops in good order; the tasks go on. A leader leaves the election, so that another can lead at
   * once. Idempotent; not for the threads that tell the listener.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      ended = true;
    } finally {
      lock.unlock();
    }
    inside.close();
    front.now(new Front.Standing.Ended());
    outside.close();
  }
}
