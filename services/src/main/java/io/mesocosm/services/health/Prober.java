package io.mesocosm.services.health;

import io.mesocosm.services.app.HealthCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Carries out single probes. Blocking and thread-safe. */
final class Prober implements AutoCloseable {
  private final HttpClient client;
  private final ExecutorService threads;

  /**
   * @param threads for what a time-out must be able to leave behind; not closed by this
   */
  Prober(ExecutorService threads) {
    this.threads = threads;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            // A redirect is an answer like any other: 200 to 399 is healthy (row K1).
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(trustingAll())
            .executor(threads)
            .build();
  }

  /** Why the probed one is not healthy; empty if it is. */
  Optional<String> probe(Probe probe) throws InterruptedException {
    return switch (probe.kind()) {
      case HTTP -> request(probe, "http");
      case HTTPS -> request(probe, "https");
      case TCP -> connect(probe);
      case COMMAND, MESOS_HTTP, MESOS_HTTPS, MESOS_TCP ->
          throw new IllegalArgumentException(probe.kind() + " is for the agent to check");
    };
  }

  private Optional<String> request(Probe probe, String scheme) throws InterruptedException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(scheme + "://" + probe.authority() + probe.path()))
              .timeout(probe.timeout())
              .header("User-Agent", "cosm-health-check")
              .GET()
              .build();
      HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
      int status = response.statusCode();
      return status >= 200 && status <= 399
          ? Optional.empty()
          : Optional.of("HTTP status " + status + " of " + request.uri());
    } catch (HttpTimeoutException e) {
      return Optional.of(timedOut(probe));
    } catch (IOException e) {
      return Optional.of(failed(probe, e));
    } catch (IllegalArgumentException e) {
      return Optional.of(probe.path() + " is no path of a URL: " + e.getMessage());
    }
  }

  private Optional<String> connect(Probe probe) throws InterruptedException {
    // Resolving a name knows no time-out of its own.
    Future<?> connected =
        threads.submit(() -> {
          try (Socket socket = new Socket()) {
            socket.connect(
                new InetSocketAddress(probe.host(), probe.port()),
                (int) probe.timeout().toMillis());
          }
          return null;
        });
    try {
      connected.get(probe.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return Optional.empty();
    } catch (TimeoutException e) {
      connected.cancel(true);
      return Optional.of(timedOut(probe));
    } catch (ExecutionException e) {
      return Optional.of(failed(probe, Objects.requireNonNullElse(e.getCause(), e)));
    }
  }

  private static String timedOut(Probe probe) {
    return name(probe) + " did not answer within " + probe.timeout().toSeconds() + " s";
  }

  private static String failed(Probe probe, Throwable cause) {
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return name(probe) + " cannot be reached: " + text;
  }

  private static String name(Probe probe) {
    return probe.kind() == HealthCheck.Kind.TCP
        ? probe.authority()
        : probe.authority() + probe.path();
  }

  /** Row K1: certificates are not verified. */
  static SSLContext trustingAll() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  /**
   * The extended kind: around a plain one, the JDK would still compare host names with
   * certificates.
   */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
