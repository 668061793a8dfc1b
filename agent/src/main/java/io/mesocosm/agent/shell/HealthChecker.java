package io.mesocosm.agent.shell;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.NetworkInfo;

/**
 * Runs health checks, one virtual thread a container (contracts/mesos-containerization.md §8). What
 * the results mean is for the core to say. Thread-safe.
 */
final class HealthChecker implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";

  /** Stands for no limit: a time-out of 0 seconds. */
  private static final Duration FOREVER = Duration.ofDays(365);

  private final ContainerRunner containers;
  private final Consumer<AgentCommand> mailbox;
  private final HttpClient client;
  // The event loop adds and removes, closing removes.
  private final Map<ContainerId, Thread> threadsById = new ConcurrentHashMap<>();

  HealthChecker(ContainerRunner containers, Consumer<AgentCommand> mailbox) {
    this.containers = containers;
    this.mailbox = mailbox;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .sslContext(TrustingTls.context())
            .build();
  }

  void start(ContainerId id, HealthCheck check, String host) {
    Thread thread =
        Thread.ofVirtual().name("health-" + id).unstarted(() -> repeat(id, check, host));
    Thread earlier = threadsById.put(id, thread);
    if (earlier != null) {
      earlier.interrupt();
    }
    thread.start();
  }

  void stop(ContainerId id) {
    Thread thread = threadsById.remove(id);
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public void close() {
    List.copyOf(threadsById.keySet()).forEach(this::stop);
    client.shutdownNow();
  }

  private void repeat(ContainerId id, HealthCheck check, String host) {
    try {
      Thread.sleep(seconds(check.getDelaySeconds()));
      while (!Thread.currentThread().isInterrupted()) {
        Optional<String> problem = problem(id, check, host);
        mailbox.accept(new AgentCommand.HealthReported(id, problem.isEmpty(), problem.orElse("")));
        Thread.sleep(seconds(check.getIntervalSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the check once; absent if the task is healthy. */
  private Optional<String> problem(ContainerId id, HealthCheck check, String host)
      throws InterruptedException {
    Duration timeout = check.getTimeoutSeconds() > 0 ? seconds(check.getTimeoutSeconds()) : FOREVER;
    try {
      return switch (check.getType()) {
        case COMMAND -> command(id, check.getCommand(), timeout);
        case HTTP -> http(check.getHttp(), host, timeout);
        case TCP -> tcp(check.getTcp(), host, timeout);
        case UNKNOWN -> Optional.of("health check has no type: set it to COMMAND, HTTP or TCP");
      };
    } catch (IOException | ContainerException | IllegalArgumentException e) {
      return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private Optional<String> command(ContainerId id, CommandInfo command, Duration timeout)
      throws ContainerException, InterruptedException {
    List<String> words = new ArrayList<>();
    if (command.getShell()) {
      words.addAll(List.of("/bin/sh", "-c", command.getValue()));
    } else {
      words.add(command.getValue());
      words.addAll(command.getArgumentsList().stream().skip(1).toList());
    }
    int exitCode = containers.execute(id, words, timeout);
    return exitCode == 0
        ? Optional.empty()
        : Optional.of("Command health check exited with status " + exitCode);
  }

  private Optional<String> http(HealthCheck.HTTPCheckInfo http, String host, Duration timeout)
      throws IOException, InterruptedException {
    String scheme = http.hasScheme() ? http.getScheme() : "http";
    URI uri =
        URI.create(
            scheme
                + "://"
                + address(host, http.getProtocol())
                + ":"
                + http.getPort()
                + http.getPath());
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(timeout).GET().build();
    int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    return status >= 200 && status < 400
        ? Optional.empty()
        : Optional.of("HTTP health check of " + uri + " got status " + status);
  }

  private static Optional<String> tcp(HealthCheck.TCPCheckInfo tcp, String host, Duration timeout)
      throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(address(host, tcp.getProtocol()), tcp.getPort());
    try (Socket socket = new Socket()) {
      socket.connect(address, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
      return Optional.empty();
    } catch (IOException e) {
      throw new IOException("TCP health check of " + address + " failed: " + e.getMessage(), e);
    }
  }

  private static String address(String host, NetworkInfo.Protocol protocol) {
    return host.equals(LOOPBACK) && protocol == NetworkInfo.Protocol.IPv6 ? "[::1]" : host;
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
