package io.mesocosm.http;

import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The limits of a role's HTTP server as flags, the same for every role. */
public final class HttpFlags {
  public static final Flag<Integer> BODY_BYTES_MAX =
      Flag.integer(
          "http_body_bytes_max",
          64 << 20,
          1 << 10,
          1 << 30,
          "how many bytes the body of a request may have; more is answered 413");
  public static final Flag<Integer> HEADER_BYTES_MAX =
      Flag.integer(
          "http_header_bytes_max",
          64 << 10,
          1 << 10,
          1 << 20,
          "how many bytes all headers of a request may have; more is answered 431");
  public static final Flag<Integer> STREAM_BACKLOG_BYTES_MAX =
      Flag.integer(
          "http_stream_backlog_bytes_max",
          64 << 20,
          64 << 10,
          1 << 30,
          "how many bytes may wait for the reader of a stream before the stream is closed");
  public static final Flag<Integer> OPEN_STREAMS_MAX =
      Flag.integer(
          "http_open_streams_max",
          20_000,
          1,
          1_000_000,
          "how many streams may be open at once; more are answered 503");
  public static final Flag<Integer> CONCURRENT_REQUESTS_MAX =
      Flag.integer(
          "http_concurrent_requests_max",
          2000,
          1,
          100_000,
          "how many requests may be answered at once; more are answered 503");
  public static final Flag<Duration> IDLE_TIMEOUT =
      Flag.duration(
          "http_idle_timeout",
          "60secs",
          "after which silence a connection is closed, or a sender in mid-request answered 408");

  /** All of them, for the role's own list. */
  public static final List<Flag<?>> ALL =
      List.of(
          BODY_BYTES_MAX,
          HEADER_BYTES_MAX,
          STREAM_BACKLOG_BYTES_MAX,
          OPEN_STREAMS_MAX,
          CONCURRENT_REQUESTS_MAX,
          IDLE_TIMEOUT);

  private HttpFlags() {}

  /** Options with these limits; without TLS. */
  public static HttpServerOptions options(Flags flags, String name, String bindAddress, int port) {
    return new HttpServerOptions(
        name,
        bindAddress,
        port,
        flags.get(BODY_BYTES_MAX),
        flags.get(HEADER_BYTES_MAX),
        flags.get(STREAM_BACKLOG_BYTES_MAX),
        flags.get(IDLE_TIMEOUT),
        flags.get(CONCURRENT_REQUESTS_MAX),
        flags.get(OPEN_STREAMS_MAX),
        Optional.empty());
  }
}
