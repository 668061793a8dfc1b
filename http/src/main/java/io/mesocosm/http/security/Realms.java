package io.mesocosm.http.security;

import io.mesocosm.http.Request;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which realm guards which endpoint (contracts/mesos-operator-api.md A8, mesos-ha.md U9): paths are
 * looked at as the router does, so that no spelling of one gets round its guard.
 */
public final class Realms {
  /** Open to anyone: they say that, and what, a process is. */
  private static final Set<String> OPEN = Set.of("/health", "/version", "/redirect");

  /** They change things whatever their method. */
  private static final Set<String> ALWAYS_WRITE = Set.of("/logging/toggle", "/api/v1");

  private Realms() {}

  /** The realms of a master: schedulers, agents, reading, and all the rest. */
  public static Function<Request, Optional<Realm>> master(
      SecurityOptions options, InstantSource clock) {
    List<Authenticator> anyone = operators(options, clock);
    Realm schedulers =
        new Realm("mesos-master-scheduler", options.authenticateFrameworks(), true, anyone);
    Realm agents = new Realm("mesos-master-agent", options.authenticateAgents(), true, anyone);
    Realm readers =
        new Realm("mesos-master-readonly", options.authenticateReadOnly(), false, anyone);
    Realm writers =
        new Realm("mesos-master-readwrite", options.authenticateReadWrite(), false, anyone);
    return request -> {
      String path = normal(request.path()).replaceFirst("^/master(?=/)", "");
      return switch (path) {
        case "/api/v1/scheduler" -> Optional.of(schedulers);
        case "/api/v1/agent-link" -> Optional.of(agents);
        default -> operator(request, path, readers, writers);
      };
    };
  }

  /** The realms of an agent: executors, reading, and all the rest. */
  public static Function<Request, Optional<Realm>> agent(
      SecurityOptions options, InstantSource clock) {
    List<Authenticator> anyone = operators(options, clock);
    List<Authenticator> tokens =
        options
            .executorTokens()
            .<List<Authenticator>>map(
                known -> List.of(new BearerAuthenticator(Optional.of(known), List.of(), clock)))
            .orElse(List.of());
    Realm executors =
        new Realm("mesos-agent-executor", options.authenticateExecutors(), false, tokens);
    Realm readers =
        new Realm("mesos-agent-readonly", options.authenticateReadOnly(), false, anyone);
    Realm writers =
        new Realm("mesos-agent-readwrite", options.authenticateReadWrite(), false, anyone);
    return request -> {
      String path = normal(request.path()).replaceFirst("^/slave\\([0-9]+\\)(?=/)", "");
      return path.equals("/api/v1/executor")
          ? Optional.of(executors)
          : operator(request, path, readers, writers);
    };
  }

  private static Optional<Realm> operator(
      Request request, String path, Realm readers, Realm writers) {
    if (OPEN.contains(path)) {
      return Optional.empty();
    }
    return Optional.of(
        request.method().equals("GET") && !ALWAYS_WRITE.contains(path) ? readers : writers);
  }

  private static List<Authenticator> operators(SecurityOptions options, InstantSource clock) {
    List<Authenticator> all = new ArrayList<>();
    if (!options.credentials().isEmpty()) {
      all.add(new BasicAuthenticator(options.credentials()));
    }
    if (!options.bearerTokens().isEmpty() || options.webTokens().isPresent()) {
      all.add(new BearerAuthenticator(options.webTokens(), options.bearerTokens(), clock));
    }
    return all;
  }

  /** Without empty segments, which the router passes over. */
  static String normal(String path) {
    StringBuilder normal = new StringBuilder();
    for (String segment : path.split("/", -1)) {
      if (!segment.isEmpty()) {
        normal.append('/').append(segment);
      }
    }
    return normal.isEmpty() ? "/" : normal.toString();
  }
}
