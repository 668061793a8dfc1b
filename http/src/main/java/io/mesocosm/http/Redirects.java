package io.mesocosm.http;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Redirects of POSTs to the leading master: 307 with a Location that may leave the scheme out
 * ({@code //host:port/path}).
 */
public final class Redirects {
  private static final int REDIRECTS_MAX = 5;

  private Redirects() {}

  /**
   * Where to go instead, if the answer says so; nothing if it does not, or not in a way that can be
   * followed.
   */
  public static Optional<URI> target(URI requested, int status, Optional<String> location) {
    if (status != 307 && status != 308) {
      return Optional.empty();
    }
    try {
      return location
          .map(requested::resolve)
          .filter(
              uri -> uri.getHost() != null && String.valueOf(uri.getScheme()).startsWith("http"));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * Sends a request, again with method, headers and body wherever a 307 points, five times at most;
   * but what was asked for over TLS is never sent on without, because credentials would go with it.
   *
   * @param max for each answer, until {@code bodies} has what it waits for: the whole body, or just
   *     the head if it hands out a stream
   * @throws IOException with a message that names the server, if it cannot be reached or does not
   *     answer in time
   */
  public static <T> HttpResponse<T> send(
      HttpClient client, HttpRequest request, BodyHandler<T> bodies, Duration max)
      throws IOException, InterruptedException {
    HttpRequest next = request;
    for (int redirects = 0; ; redirects++) {
      HttpResponse<T> response = sendOnce(client, next, bodies, max);
      Optional<URI> elsewhere =
          target(next.uri(), response.statusCode(), response.headers().firstValue("Location"));
      boolean exposed =
          "https".equals(next.uri().getScheme())
              && elsewhere.filter(uri -> !"https".equals(uri.getScheme())).isPresent();
      if (elsewhere.isEmpty() || exposed || redirects == REDIRECTS_MAX) {
        return response;
      }
      if (response.body() instanceof Closeable open) {
        open.close();
      }
      next = HttpRequest.newBuilder(next, (_, _) -> true).uri(elsewhere.get()).build();
    }
  }

  /**
   * The time-out is ours, not the request's: from JDK 26 on that one also covers the body, and
   * would end every stream.
   */
  private static <T> HttpResponse<T> sendOnce(
      HttpClient client, HttpRequest request, BodyHandler<T> bodies, Duration max)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, bodies);
    String server = request.uri().getScheme() + "://" + request.uri().getRawAuthority();
    boolean answered = false;
    try {
      HttpResponse<T> response = answer.get(max.toMillis(), TimeUnit.MILLISECONDS);
      answered = true;
      return response;
    } catch (TimeoutException _) {
      throw new HttpTimeoutException("no answer from " + server + " in " + max.toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String said =
          cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
      throw new IOException(
          (cause instanceof ConnectException ? "cannot connect to " : "no answer from ")
              + server
              + ": "
              + said,
          cause);
    } finally {
      if (!answered) {
        answer.cancel(true);
      }
    }
  }
}
