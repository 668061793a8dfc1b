package io.mesocosm.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Connections between named hosts, as TCP gives them: what one end sends arrives at the other in
 * order, each message after a delay, or the connection breaks and both ends hear of it, each in its
 * own time. A cut between two hosts loses what is under way and lets nothing through until it is
 * healed.
 */
final class Network {
  private static final Duration DELAY_MIN = Duration.ofMillis(1);
  private static final Duration DELAY_MAX = Duration.ofMillis(20);

  /** How long an end may take to notice that the other is gone. */
  private static final Duration NOTICE_MAX = Duration.ofSeconds(2);

  private final Simulation simulation;
  private final RandomGenerator random;
  private final Set<Set<String>> cuts = new LinkedHashSet<>();
  private final Map<Long, Connection> open = new LinkedHashMap<>();
  private long connections;

  Network(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.newRandom();
  }

  /**
   * One connection. Handlers are called while it is open; {@code closed} once an end, unless that
   * end closed it.
   */
  final class Connection {
    private final long number = connections++;
    private final String client;
    private final String server;
    private final Map<String, java.time.Instant> lastArrival = new LinkedHashMap<>();
    private final Map<String, Consumer<String>> closedByHost = new LinkedHashMap<>();
    private boolean isOpen = true;

    private Connection(String client, String server) {
      this.client = client;
      this.server = server;
    }

    /** Tells {@code host} when the other end, or the network, has ended the connection. */
    void onClosed(String host, Consumer<String> action) {
      closedByHost.put(host, action);
    }

    /** Sends from {@code from} to the other end, where {@code receive} runs on arrival. */
    void send(String from, Runnable receive) {
      if (!isOpen) {
        return;
      }
      String to = from.equals(client) ? server : client;
      java.time.Instant arrival =
          simulation.now().plus(Simulation.between(random, DELAY_MIN, DELAY_MAX));
      java.time.Instant earlier = lastArrival.getOrDefault(to, arrival);
      java.time.Instant ordered = arrival.isBefore(earlier) ? earlier : arrival;
      lastArrival.put(to, ordered);
      simulation.at(
          ordered,
          () -> {
            if (isOpen && !isCut(client, server)) {
              receive.run();
            }
          });
    }

    /** Ends it from {@code from}'s side: the other end hears of it. */
    void close(String from) {
      end("closed by " + from, from);
    }

    private void end(String reason, String knowingHost) {
      if (!isOpen) {
        return;
      }
      isOpen = false;
      open.remove(number);
      closedByHost.forEach((host, action) -> {
        if (!host.equals(knowingHost)) {
          simulation.after(
              Simulation.between(random, DELAY_MIN, NOTICE_MAX), () -> action.accept(reason));
        }
      });
    }
  }

  /** Opens a connection, or returns none if the hosts are cut off from each other. */
  java.util.Optional<Connection> connect(String client, String server) {
    if (isCut(client, server)) {
      return java.util.Optional.empty();
    }
    Connection connection = new Connection(client, server);
    open.put(connection.number, connection);
    return java.util.Optional.of(connection);
  }

  /** Breaks every connection between the two, and lets none be made until {@link #heal}. */
  void cut(String one, String other) {
    simulation.note("network: cut between " + one + " and " + other);
    cuts.add(Set.of(one, other));
    List<Connection> broken = new ArrayList<>();
    open.values().stream()
        .filter(
            connection -> Set.of(connection.client, connection.server).equals(Set.of(one, other)))
        .forEach(broken::add);
    broken.forEach(connection -> connection.end("network cut", ""));
  }

  void heal(String one, String other) {
    simulation.note("network: healed between " + one + " and " + other);
    cuts.remove(Set.of(one, other));
  }

  /** A host has lost power: all its connections end. */
  void vanish(String host) {
    List<Connection> broken = new ArrayList<>();
    open.values().stream()
        .filter(connection -> connection.client.equals(host) || connection.server.equals(host))
        .forEach(broken::add);
    broken.forEach(connection -> connection.end(host + " vanished", host));
  }

  private boolean isCut(String one, String other) {
    return cuts.contains(Set.of(one, other));
  }
}
