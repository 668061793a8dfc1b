package io.mesocosm.services.autoscale;

import io.mesocosm.http.security.ClientAccess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets small things by HTTP, in bounded time and of bounded size, without following redirects.
 * Blocking and thread-safe.
 */
final class Fetcher implements AutoCloseable {
  private final HttpClient client;
  private final ClientAccess access;
  private final Duration timeout;

  /**
   * @param timeout from the first byte sent to the last one read
   */
  Fetcher(ClientAccess access, Duration timeout) {
    this.access = access;
    this.timeout = timeout;
    this.client =
        access.clients().followRedirects(HttpClient.Redirect.NEVER).connectTimeout(timeout).build();
  }

  /** Any status. */
  HttpResponse<byte[]> get(URI address, int bytesMax)
      throws UnmeasurableException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer;
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(address)
              .timeout(timeout)
              .header("User-Agent", "cosm-autoscaler")
              .header("Accept", "application/json, text/plain;q=0.9, */*;q=0.5")
              .GET();
      access.headers().forEach(request::header);
      answer =
          client.sendAsync(
              request.build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofByteArray(), bytesMax));
    } catch (IllegalArgumentException e) {
      throw new UnmeasurableException(address + " is no http address: " + e.getMessage());
    }
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new UnmeasurableException(
          address + " did not answer in full within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String text =
          cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
      throw new UnmeasurableException(
          address + " cannot be read, of at most " + bytesMax + " bytes: " + text);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  /** The body of an answer 200. */
  byte[] body(URI address, int bytesMax) throws UnmeasurableException, InterruptedException {
    HttpResponse<byte[]> answer = get(address, bytesMax);
    if (answer.statusCode() != 200) {
      throw new UnmeasurableException(
          address + " answers " + answer.statusCode() + ", expected 200");
    }
    return answer.body();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
