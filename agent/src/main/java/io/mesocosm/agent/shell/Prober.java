package io.mesocosm.agent.shell;

import io.mesocosm.agent.AgentCommand;
import io.mesocosm.agent.Probe;
import io.mesocosm.agent.ProbeResult;
import io.mesocosm.containerizer.ContainerException;
import io.mesocosm.model.ContainerId;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Puts probes to containers, one virtual thread a probe (contracts/mesos-containerization.md §8).
 * What the answers mean is for the core to say. Thread-safe.
 */
final class Prober implements AutoCloseable {
  /** Stands for no limit: a time-out of 0 seconds. */
  private static final Duration FOREVER = Duration.ofDays(365);

  /** Probes without a pause would keep the agent from its work. */
  private static final Duration INTERVAL_MIN = Duration.ofMillis(10);

  private final Commands commands;
  private final Consumer<AgentCommand> mailbox;
  private final HttpClient client;
  // The event loop adds and removes, closing removes.
  private final Map<ContainerId, List<Thread>> threadsById = new ConcurrentHashMap<>();

  /** Runs commands inside containers. */
  interface Commands {
    /**
     * Returns the exit code; kills the command at the time-out.
     *
     * @throws ContainerException if the command cannot be run
     */
    int execute(ContainerId id, List<String> words, Duration timeout)
        throws ContainerException, InterruptedException;
  }

  Prober(Commands commands, Consumer<AgentCommand> mailbox) {
    this.commands = commands;
    this.mailbox = mailbox;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .sslContext(TrustingTls.context())
            .build();
  }

  /** Begins with these probes of a container, and ends all earlier ones of it. */
  void start(ContainerId id, List<Probe> probes) {
    List<Thread> threads =
        probes.stream()
            .map(probe ->
                Thread.ofVirtual()
                    .name("probe-" + probe.purpose() + "-" + id)
                    .unstarted(() -> repeat(id, probe)))
            .toList();
    List<Thread> earlier = threadsById.put(id, threads);
    if (earlier != null) {
      earlier.forEach(Thread::interrupt);
    }
    threads.forEach(Thread::start);
  }

  void stop(ContainerId id) {
    List<Thread> threads = threadsById.remove(id);
    if (threads != null) {
      threads.forEach(Thread::interrupt);
    }
  }

  @Override
  public void close() {
    List.copyOf(threadsById.keySet()).forEach(this::stop);
    client.shutdownNow();
  }

  private void repeat(ContainerId id, Probe probe) {
    try {
      Duration interval =
          probe.interval().compareTo(INTERVAL_MIN) < 0 ? INTERVAL_MIN : probe.interval();
      Thread.sleep(probe.delay());
      while (!Thread.currentThread().isInterrupted()) {
        ProbeResult result = result(id, probe);
        mailbox.accept(new AgentCommand.ProbeReported(id, probe.purpose(), result));
        Thread.sleep(interval);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ProbeResult result(ContainerId id, Probe probe) throws InterruptedException {
    Duration timeout = probe.timeout().isZero() ? FOREVER : probe.timeout();
    try {
      return switch (probe.question()) {
        case Probe.Question.Command(List<String> words) -> command(id, words, timeout);
        case Probe.Question.Http(String uri) -> http(uri, timeout);
        case Probe.Question.Tcp(String host, int port) -> tcp(host, port, timeout);
      };
    } catch (IOException | ContainerException | IllegalArgumentException e) {
      return new ProbeResult.Unanswered(message(e));
    }
  }

  private ProbeResult command(ContainerId id, List<String> words, Duration timeout)
      throws ContainerException, InterruptedException {
    long begin = System.nanoTime();
    int exitCode = commands.execute(id, words, timeout);
    // Its exit code alone does not tell a command that was killed at the time-out.
    return System.nanoTime() - begin >= timeout.toNanos()
        ? new ProbeResult.Unanswered("Command check timed out after " + inSeconds(timeout))
        : new ProbeResult.Exited(exitCode);
  }

  private ProbeResult http(String address, Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address)).timeout(timeout).GET().build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      // The status is enough: a body may have no end.
      response.body().close();
      return new ProbeResult.Answered(response.statusCode());
    } catch (IOException e) {
      throw new IOException("HTTP check of " + address + " failed: " + message(e), e);
    }
  }

  private static ProbeResult tcp(String host, int port, Duration timeout) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    try (Socket socket = new Socket()) {
      socket.connect(address, Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
      return new ProbeResult.Connected();
    } catch (ConnectException e) {
      return new ProbeResult.Refused("TCP check of " + address + " failed: " + message(e));
    } catch (IOException e) {
      return new ProbeResult.Unanswered("TCP check of " + address + " failed: " + message(e));
    }
  }

  private static String inSeconds(Duration timeout) {
    return timeout.toMillis() / 1e3 + " s";
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
