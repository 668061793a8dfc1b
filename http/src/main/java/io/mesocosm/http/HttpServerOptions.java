package io.mesocosm.http;

import io.mesocosm.http.tls.Tls;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a server listens, and its limits.
 *
 * @param name begins the names of its threads
 * @param port 0 for any free one
 * @param bodyBytesMax a longer request body is answered 413
 * @param headerBytesMax of all request headers together; more is answered 431
 * @param streamBacklogBytesMax how much may wait for a slow reader of a stream before the stream is
 *     closed
 * @param idleTimeout of connections between requests, and of senders in the middle of one
 * @param concurrentRequestsMax more are answered 503; streams do not count once they are open
 * @param openStreamsMax more are answered 503
 * @param tls nothing but TLS is spoken then
 */
public record HttpServerOptions(
    String name,
    String bindAddress,
    int port,
    int bodyBytesMax,
    int headerBytesMax,
    int streamBacklogBytesMax,
    Duration idleTimeout,
    int concurrentRequestsMax,
    int openStreamsMax,
    Optional<Tls> tls) {
  private static final int OPEN_STREAMS_MAX = 20_000;

  /** Without TLS, and with many streams. */
  public HttpServerOptions(
      String name,
      String bindAddress,
      int port,
      int bodyBytesMax,
      int headerBytesMax,
      int streamBacklogBytesMax,
      Duration idleTimeout,
      int concurrentRequestsMax) {
    this(
        name,
        bindAddress,
        port,
        bodyBytesMax,
        headerBytesMax,
        streamBacklogBytesMax,
        idleTimeout,
        concurrentRequestsMax,
        OPEN_STREAMS_MAX,
        Optional.empty());
  }

  /** Limits that suit every role unless its flags say otherwise. */
  public static HttpServerOptions of(String name, String bindAddress, int port) {
    return new HttpServerOptions(
        name, bindAddress, port, 64 << 20, 64 << 10, 64 << 20, Duration.ofSeconds(60), 2000);
  }

  public HttpServerOptions withBodyBytesMax(int bytes) {
    return new HttpServerOptions(
        name,
        bindAddress,
        port,
        bytes,
        headerBytesMax,
        streamBacklogBytesMax,
        idleTimeout,
        concurrentRequestsMax,
        openStreamsMax,
        tls);
  }

  /** The same, speaking TLS or not. */
  public HttpServerOptions withTls(Optional<Tls> replacement) {
    return new HttpServerOptions(
        name,
        bindAddress,
        port,
        bodyBytesMax,
        headerBytesMax,
        streamBacklogBytesMax,
        idleTimeout,
        concurrentRequestsMax,
        openStreamsMax,
        replacement);
  }
}
