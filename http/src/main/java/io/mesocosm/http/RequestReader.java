package io.mesocosm.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Fields;

/** Turns Jetty's requests into ours, body and all, within the server's limits. */
final class RequestReader {
  /** A sender must keep up this pace, once the idle time-out has passed. */
  private static final long BYTES_PER_MILLI_MIN = 16;

  /** How much of a body that is too long is read, so that its sender gets to read the answer. */
  private static final int DISCARDED_BYTES_MAX = 16 << 20;

  private static final int CHUNK_BYTES = 16 << 10;

  private final HttpServerOptions options;

  RequestReader(HttpServerOptions options) {
    this.options = options;
  }

  /**
   * Blocks until the body is there.
   *
   * @throws IOException if the client went away
   */
  Request read(org.eclipse.jetty.server.Request request)
      throws IOException, RefusedRequestException {
    SortedMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (HttpField field : request.getHeaders()) {
      headers.computeIfAbsent(field.getName(), _ -> new ArrayList<>()).add(field.getValue());
    }
    String path;
    Map<String, List<String>> query = new LinkedHashMap<>();
    try {
      path = request.getHttpURI().getDecodedPath();
      for (Fields.Field field : org.eclipse.jetty.server.Request.extractQueryParameters(request)) {
        query.put(field.getName(), List.copyOf(field.getValues()));
      }
    } catch (RuntimeException e) {
      throw new RefusedRequestException(400, "malformed URL: " + e.getMessage());
    }
    return new Request(
        // A HEAD is a GET whose body nobody sends.
        request.getMethod().equals("HEAD") ? "GET" : request.getMethod(),
        path == null ? "/" : path,
        query,
        headers,
        Map.of(),
        body(request),
        remote(request));
  }

  private static InetSocketAddress remote(org.eclipse.jetty.server.Request request) {
    return request.getConnectionMetaData().getRemoteSocketAddress()
            instanceof InetSocketAddress address
        ? address
        : InetSocketAddress.createUnresolved("unknown", 0);
  }

  private byte[] body(org.eclipse.jetty.server.Request request)
      throws IOException, RefusedRequestException {
    ByteArrayOutputStream body =
        new ByteArrayOutputStream(Math.clamp(request.getLength(), 0, options.bodyBytesMax()));
    byte[] chunk = new byte[CHUNK_BYTES];
    long startedNanos = System.nanoTime();
    long total = 0;
    // Left open: closing it would break the connection off before the answer.
    InputStream in = Content.Source.asInputStream(request);
    while (true) {
      int length = readChunk(in, chunk);
      if (length < 0) {
        break;
      }
      total += length;
      if (total <= options.bodyBytesMax()) {
        body.write(chunk, 0, length);
      } else if (total > (long) options.bodyBytesMax() + DISCARDED_BYTES_MAX) {
        break;
      }
      long takenMillis = (System.nanoTime() - startedNanos) / 1_000_000;
      if (takenMillis > options.idleTimeout().toMillis() + total / BYTES_PER_MILLI_MIN) {
        throw tooSlow();
      }
    }
    if (total > options.bodyBytesMax()) {
      throw new RefusedRequestException(
          413, "the body is larger than " + options.bodyBytesMax() + " bytes: send less at once");
    }
    return body.toByteArray();
  }

  private int readChunk(InputStream in, byte[] chunk) throws IOException, RefusedRequestException {
    try {
      return in.read(chunk);
    } catch (IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof TimeoutException) {
          throw tooSlow();
        }
        if (cause instanceof org.eclipse.jetty.http.HttpException malformed) {
          throw new RefusedRequestException(
              malformed.getCode(), "malformed body: " + malformed.getReason());
        }
      }
      throw e;
    }
  }

  private RefusedRequestException tooSlow() {
    return new RefusedRequestException(
        408, "the body did not come within " + options.idleTimeout().toMillis() + " ms");
  }
}
