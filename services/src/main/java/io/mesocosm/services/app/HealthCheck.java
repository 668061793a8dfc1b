package io.mesocosm.services.app;

import java.time.Duration;
import java.util.Optional;

/**
 * How to find out whether an instance does its work (contracts/marathon-api.md §7).
 *
 * @param path of the HTTP kinds
 * @param portIndex of the app's ports, in order; at most one of this and {@code port}; neither
 *     means the first port, unless the app has none
 * @param port a number of its own
 * @param command of {@link Kind#COMMAND}
 * @param gracePeriod from the start of running, within which failures before the first success
 *     count for nothing
 * @param maxConsecutiveFailures after which the instance is ended; 0 for never
 * @param delay before the first check; only of the kinds that agents carry out
 * @param ignoreHttp1xx whether an answer 1xx is no answer at all
 * @param ipv6 whether the agent asks over IPv6 instead of IPv4
 */
public record HealthCheck(
    Kind kind,
    Optional<String> path,
    Optional<Integer> portIndex,
    Optional<Integer> port,
    Optional<String> command,
    Duration gracePeriod,
    Duration interval,
    Duration timeout,
    int maxConsecutiveFailures,
    Duration delay,
    boolean ignoreHttp1xx,
    boolean ipv6) {
  public HealthCheck(
      Kind kind,
      Optional<String> path,
      Optional<Integer> portIndex,
      Optional<Integer> port,
      Optional<String> command,
      Duration gracePeriod,
      Duration interval,
      Duration timeout,
      int maxConsecutiveFailures,
      Duration delay,
      boolean ignoreHttp1xx) {
    this(
        kind,
        path,
        portIndex,
        port,
        command,
        gracePeriod,
        interval,
        timeout,
        maxConsecutiveFailures,
        delay,
        ignoreHttp1xx,
        false);
  }

  /** Kinds of checks; the names are the protocols of the API. */
  public enum Kind {
    /** A request from here. */
    HTTP,
    /** A request over TLS from here, whatever the certificate. */
    HTTPS,
    /** A connection from here. */
    TCP,
    /** A shell command on the agent. */
    COMMAND,
    /** A request from the agent. */
    MESOS_HTTP,
    /** A request over TLS from the agent. */
    MESOS_HTTPS,
    /** A connection from the agent. */
    MESOS_TCP;

    /** Whether the agent carries the check out, and ends instances that fail it (K4). */
    public boolean isByAgent() {
      return switch (this) {
        case HTTP, HTTPS, TCP -> false;
        case COMMAND, MESOS_HTTP, MESOS_HTTPS, MESOS_TCP -> true;
      };
    }

    /** Whether a path is asked for. */
    public boolean isHttp() {
      return switch (this) {
        case HTTP, HTTPS, MESOS_HTTP, MESOS_HTTPS -> true;
        case TCP, COMMAND, MESOS_TCP -> false;
      };
    }
  }
}
