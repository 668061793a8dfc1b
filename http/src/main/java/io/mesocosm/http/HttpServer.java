package io.mesocosm.http;

import io.mesocosm.http.tls.Tls;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves HTTP/1.1 on one port: handlers on virtual threads, streams without any thread while they
 * wait. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());
  private static final Duration DRAIN_MAX = Duration.ofSeconds(2);

  /**
   * Ids reach us with doubled and encoded slashes ({@code /v2/queue//app/delay}), which the router
   * takes apart itself. What is no valid encoding or climbs in encoded dots is refused.
   */
  private static final UriCompliance URIS =
      UriCompliance.DEFAULT.with(
          "MESOCOSM",
          UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT,
          UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
          UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
          UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS);

  private final Server server;
  private final ServerConnector connector;
  private final Exchanges exchanges;

  private HttpServer(Server server, ServerConnector connector, Exchanges exchanges) {
    this.server = server;
    this.connector = connector;
    this.exchanges = exchanges;
  }

  /** As below; what no handler answers is answered in plain text. */
  public static HttpServer start(HttpServerOptions options, Handler root) {
    return start(options, root, ErrorBody.TEXT);
  }

  /**
   * Listens, and hands every request to {@code root}.
   *
   * @param errorBody words the server's own refusals, and the 500 of a handler that fails
   * @throws IllegalStateException in one line, if the port is taken or the address is not this
   *     machine's
   */
  public static HttpServer start(HttpServerOptions options, Handler root, ErrorBody errorBody) {
    QueuedThreadPool threads = new QueuedThreadPool(64, 4);
    threads.setName(options.name());
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name(options.name() + "-request-", 0).factory()));
    Server server = new Server(threads);

    HttpConfiguration configuration = new HttpConfiguration();
    // Media types are compared to the letter, so a known one must not come back in another
    // spelling.
    configuration.setHeaderCacheCaseSensitive(true);
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(true);
    configuration.setRequestHeaderSize(options.headerBytesMax());
    configuration.setUriCompliance(URIS);
    HttpConnectionFactory plain = new HttpConnectionFactory(configuration);
    ServerConnector connector =
        options
            .tls()
            .map(tls -> new ServerConnector(server, 1, 1, encrypted(tls, plain), plain))
            .orElseGet(() -> new ServerConnector(server, 1, 1, plain));
    connector.setHost(options.bindAddress());
    connector.setPort(options.port());
    connector.setIdleTimeout(options.idleTimeout().toMillis());
    connector.setAcceptQueueSize(1024);
    server.addConnector(connector);
    Exchanges exchanges = new Exchanges(options, root, errorBody);
    server.setHandler(exchanges);
    server.setErrorHandler(new ServerErrors(errorBody));
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw new IllegalStateException(explain(options, e), e);
    }
    return new HttpServer(server, connector, exchanges);
  }

  private static SslConnectionFactory encrypted(Tls tls, HttpConnectionFactory inner) {
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(tls.serverContext());
    factory.setIncludeProtocols(Tls.PROTOCOLS.toArray(String[]::new));
    factory.setNeedClientAuth(tls.verifiesClients());
    // Clients that come by address name no host: the one certificate is for all.
    factory.setSniRequired(false);
    return new SslConnectionFactory(factory, inner.getProtocol());
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /**
   * Ends all streams, takes no more requests, gives those under way a moment to end, and stops
   * listening. Idempotent.
   */
  @Override
  public void close() {
    if (!server.isRunning()) {
      return;
    }
    try {
      exchanges.drain(DRAIN_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then at once
    }
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "stopping the HTTP server failed", e);
    }
  }

  private static String explain(HttpServerOptions options, Exception e) {
    String where = "port " + options.port() + " on " + options.bindAddress();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return options.bindAddress() + " is no address of this machine: give one that is";
      }
      if (cause instanceof BindException bind) {
        return String.valueOf(bind.getMessage()).contains("assign")
            ? options.bindAddress() + " is no address of this machine: give one that is"
            : where + " is taken: stop what listens there, or give another port";
      }
    }
    return e instanceof IOException
        ? "cannot listen on " + where + ": " + e.getMessage()
        : "cannot serve on " + where + ": " + e;
  }
}
