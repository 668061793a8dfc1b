package io.mesocosm.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.TaskInfo;

/**
 * A question put to a running container again and again: what checks and health checks have in
 * common (contracts/mesos-containerization.md §8). What an answer means is for the core to say.
 *
 * @param purpose tells the probes of one container apart
 * @param delay from the start of the container to the first try
 * @param interval from the end of one try to the next
 * @param timeout of one try; zero for no limit
 */
public record Probe(
    Purpose purpose, Question question, Duration delay, Duration interval, Duration timeout) {
  private static final String LOOPBACK = "127.0.0.1";

  /** What the answers are for. */
  public enum Purpose {
    /** The task's health, which may cost it its life. */
    HEALTH,
    /** The task's check, which its scheduler alone makes something of. */
    CHECK
  }

  /** How to ask. */
  public sealed interface Question {
    /**
     * Run a command inside the container.
     *
     * @param words the executable and its arguments
     */
    record Command(List<String> words) implements Question {
      public Command {
        words = List.copyOf(words);
      }
    }

    /** GET an address, following redirects, whatever certificate there is. */
    record Http(String uri) implements Question {}

    /** Open a connection and close it. */
    record Tcp(String host, int port) implements Question {}
  }

  /**
   * All that a task asks for.
   *
   * @param host of the container's ports
   */
  static List<Probe> of(TaskInfo task, String host) {
    List<Probe> probes = new ArrayList<>();
    if (task.hasHealthCheck()) {
      of(task.getHealthCheck(), host).ifPresent(probes::add);
    }
    if (task.hasCheck()) {
      of(task.getCheck(), host).ifPresent(probes::add);
    }
    return probes;
  }

  /** Absent for a type that there was not when this was written. */
  private static Optional<Probe> of(HealthCheck check, String host) {
    Optional<Question> question =
        switch (check.getType()) {
          case COMMAND -> Optional.of(command(check.getCommand()));
          case HTTP -> {
            HealthCheck.HTTPCheckInfo http = check.getHttp();
            String address = address(host, http.getProtocol());
            String scheme = http.hasScheme() ? http.getScheme() : "http";
            yield Optional.of(http(scheme, address, http.getPort(), http.getPath()));
          }
          case TCP -> {
            String address = address(host, check.getTcp().getProtocol());
            yield Optional.of(new Question.Tcp(address, check.getTcp().getPort()));
          }
          case UNKNOWN -> Optional.empty();
        };
    return question.map(asked ->
        new Probe(
            Purpose.HEALTH,
            asked,
            seconds(check.getDelaySeconds()),
            seconds(check.getIntervalSeconds()),
            seconds(check.getTimeoutSeconds())));
  }

  /** Absent for a type that there was not when this was written. */
  private static Optional<Probe> of(CheckInfo check, String host) {
    Optional<Question> question =
        switch (check.getType()) {
          case COMMAND -> Optional.of(command(check.getCommand().getCommand()));
          case HTTP ->
              Optional.of(http("http", host, check.getHttp().getPort(), check.getHttp().getPath()));
          case TCP -> Optional.of(new Question.Tcp(host, check.getTcp().getPort()));
          case UNKNOWN -> Optional.empty();
        };
    return question.map(asked ->
        new Probe(
            Purpose.CHECK,
            asked,
            seconds(check.getDelaySeconds()),
            seconds(check.getIntervalSeconds()),
            seconds(check.getTimeoutSeconds())));
  }

  /** Of the command its words and environment count, not its user and URIs (H4). */
  private static Question command(CommandInfo command) {
    List<String> words = new ArrayList<>();
    if (command.getEnvironment().getVariablesCount() > 0) {
      words.add("/usr/bin/env");
      for (Environment.Variable variable : command.getEnvironment().getVariablesList()) {
        words.add(variable.getName() + "=" + variable.getValue());
      }
    }
    if (command.getShell()) {
      words.addAll(List.of("/bin/sh", "-c", command.getValue()));
    } else {
      words.add(command.getValue());
      words.addAll(command.getArgumentsList().stream().skip(1).toList());
    }
    return new Question.Command(words);
  }

  private static Question http(String scheme, String host, int port, String path) {
    return new Question.Http(scheme + "://" + host + ":" + port + path);
  }

  private static String address(String host, NetworkInfo.Protocol protocol) {
    return host.equals(LOOPBACK) && protocol == NetworkInfo.Protocol.IPv6 ? "[::1]" : host;
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
