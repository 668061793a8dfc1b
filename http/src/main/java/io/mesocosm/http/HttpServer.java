package io.mesocosm.http;

import java.io.IOException;
import java.net.BindException;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves HTTP/1.1 on one port: handlers on virtual threads, streams without any thread while they
 * wait. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());

  private final Server server;
  private final ServerConnector connector;
  private final Exchanges exchanges;

  private HttpServer(Server server, ServerConnector connector, Exchanges exchanges) {
    this.server = server;
    this.connector = connector;
    this.exchanges = exchanges;
  }

  /**
   * Listens, and hands every request to {@code root}.
   *
   * @throws IllegalStateException in one line, if the port is taken or the address is not this
   *     machine's
   */
  public static HttpServer start(HttpServerOptions options, Handler root) {
    QueuedThreadPool threads = new QueuedThreadPool(64, 4);
    threads.setName(options.name());
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name(options.name() + "-request-", 0).factory()));
    Server server = new Server(threads);

    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(true);
    configuration.setRequestHeaderSize(options.headerBytesMax());
    // Ids reach us with encoded slashes and doubled ones (/v2/queue//app/delay): the router takes
    // paths apart itself.
    configuration.setUriCompliance(UriCompliance.UNSAFE);
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
    connector.setHost(options.bindAddress());
    connector.setPort(options.port());
    connector.setIdleTimeout(options.idleTimeout().toMillis());
    connector.setAcceptQueueSize(1024);
    server.addConnector(connector);
    Exchanges exchanges = new Exchanges(options, root);
    server.setHandler(exchanges);
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw new IllegalStateException(explain(options, e), e);
    }
    return new HttpServer(server, connector, exchanges);
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Ends all streams, and stops listening. Requests under way get a moment to end. */
  @Override
  public void close() {
    exchanges.closeStreams();
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
