package io.mesocosm.services.health;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.ReadinessCheck;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.ReadinessResult.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The readiness checks of new instances, a virtual thread each (contracts/marathon-api.md §7). The
 * first poll is made at once, each further one an interval after the last, until the instance is
 * ready; when they begin and end, and what they mean, is for the core to say.
 */
public final class ReadinessCheckers implements AutoCloseable {
  private static final int BODY_BYTES_MAX = 4 << 10;

  /** Hears of every result, on the checker's thread; may block. */
  @FunctionalInterface
  public interface Reporter {
    /**
     * @param check the name of the check in the app's definition
     * @param response absent if there was none
     */
    void report(InstanceId instance, String check, boolean ready, Optional<Response> response);
  }

  private final Reporter reporter;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("readiness-check-", 0).factory());
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          // A redirect is an answer like any other, with a status that may be listed.
          .followRedirects(HttpClient.Redirect.NEVER)
          .sslContext(Prober.trustingAll())
          .executor(threads)
          .build();
  // Checkers take turns: so many polls at once and no more.
  private final Semaphore polls;
  // The event loop starts and stops, whoever closes stops all.
  private final Map<InstanceId, CountDownLatch> stopByInstance = new ConcurrentHashMap<>();

  /**
   * @param pollsMax how many polls may be under way at once
   */
  public ReadinessCheckers(int pollsMax, Reporter reporter) {
    this.polls = new Semaphore(pollsMax);
    this.reporter = reporter;
  }

  /** Begins the checks of an instance; does nothing if they are under way. Never blocks. */
  public void start(Instance instance, AppDefinition app) {
    CountDownLatch stop = new CountDownLatch(1);
    if (stopByInstance.putIfAbsent(instance.id(), stop) == null) {
      for (ReadinessCheck check : app.readinessChecks()) {
        threads.execute(() -> run(instance, app, check, stop));
      }
    }
  }

  /** Ends the checks of an instance; a result on its way may still come. Never blocks. */
  public void stop(InstanceId instance) {
    CountDownLatch stop = stopByInstance.remove(instance);
    if (stop != null) {
      stop.countDown();
    }
  }

  private void run(
      Instance instance, AppDefinition app, ReadinessCheck check, CountDownLatch stop) {
    Optional<Probe> probe = Probe.of(check, instance, app);
    boolean ready = false;
    try {
      do {
        Optional<Response> response =
            probe.isPresent() ? poll(probe.get(), check) : Optional.empty();
        ready = response.filter(is -> check.readyStatuses().contains(is.status())).isPresent();
        if (stop.getCount() > 0) {
          reporter.report(instance.id(), check.name(), ready, response);
        }
      } while (!ready && !stop.await(check.interval().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Response> poll(Probe probe, ReadinessCheck check) throws InterruptedException {
    polls.acquire();
    try {
      return ask(probe, check.preserveLastResponse() ? BODY_BYTES_MAX : 0);
    } finally {
      polls.release();
    }
  }

  /** What was answered; nothing if the instance cannot be reached, or takes too long. */
  private Optional<Response> ask(Probe probe, int bodyBytesMax) throws InterruptedException {
    HttpRequest request;
    try {
      String scheme = probe.kind() == HealthCheck.Kind.HTTPS ? "https" : "http";
      request =
          HttpRequest.newBuilder(URI.create(scheme + "://" + probe.authority() + probe.path()))
              .header("User-Agent", "cosm-readiness-check")
              .GET()
              .build();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no path of a URL: nobody answers there
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, _ -> new BoundedBody(bodyBytesMax));
    try {
      // The client's own time-out ends with the headers, this one with the body.
      HttpResponse<byte[]> response = answer.get(probe.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return Optional.of(
          new Response(
              response.statusCode(),
              response.headers().firstValue("Content-Type").orElse(""),
              new String(response.body(), StandardCharsets.UTF_8)));
    } catch (TimeoutException | ExecutionException e) {
      answer.cancel(true);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    stopByInstance.keySet().forEach(this::stop);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
