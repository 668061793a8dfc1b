package io.mesocosm.simulation.world;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Connections between hosts, as TCP gives them: what one end sends arrives at the other in order,
 * each message after a delay; an end that is closed is heard of at the other after what was sent
 * before. What is lost on the way is sent again underneath, and so shows as delay, or as the end of
 * the connection.
 */
public final class Network {
  private static final Duration DELAY_MIN = Duration.ofMillis(1);
  private static final Duration DELAY_MAX = Duration.ofMillis(20);

  /** How long an end may take to notice that its connection was reset. */
  private static final Duration NOTICE_MAX = Duration.ofSeconds(2);

  private static final Duration REFUSAL_MAX = Duration.ofMillis(50);

  /** When a client gives up to connect to a host that does not answer. */
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  /** How long a replayed connection comes after, or before, the one that counts. */
  private static final Duration REPLAY_MAX = Duration.ofSeconds(5);

  /** How two hosts can be cut off from each other. */
  public enum Cut {
    /** All connections break at once, what was under way is lost, none can be made. */
    RESET,
    /** Nobody is told: what is sent waits, and arrives when the cut is healed. */
    SILENT,
    /** As {@link #SILENT}, for what the first sends to the second only. */
    ONE_WAY
  }

  private record Way(String from, String to) implements Comparable<Way> {
    @Override
    public int compareTo(Way other) {
      int byFrom = from.compareTo(other.from);
      return byFrom != 0 ? byFrom : to.compareTo(other.to);
    }
  }

  private final Simulation simulation;
  private final RandomGenerator random;
  // Several cuts of one way may overlap: how many there are.
  private final SortedMap<Way, Integer> cuts = new TreeMap<>();
  private final Map<String, Duration> slowness = new TreeMap<>();
  private final SortedSet<String> replaying = new TreeSet<>();
  private final SortedSet<String> up = new TreeSet<>();
  private final Map<String, List<End>> orphans = new TreeMap<>();
  // Ends are equal only to themselves; the order is that of their making.
  private final Set<End> open = new LinkedHashSet<>();

  public Network(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.newRandom();
  }

  /** One host's end of a connection. */
  public final class End {
    private final Host host;
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private Optional<End> peer = Optional.empty();
    private Consumer<String> closedAction = _ -> {};
    private Instant lastArrival = Instant.MIN;
    private boolean isOpen = true;
    private boolean vanished;
    private int stalled;

    private End(Host host) {
      this.host = host;
    }

    /** The other end. */
    public End peer() {
      return peer.orElseThrow();
    }

    /** Where this end is. */
    public String hostName() {
      return host.name();
    }

    /** Says what to do when the other end, or the network, has ended the connection; once. */
    public void onClosed(Consumer<String> action) {
      closedAction = action;
    }

    /** Has {@code receive} run at the other end, if that is still open then. */
    public void send(Runnable receive) {
      if (isOpen) {
        peer().expect(receive, DELAY_MAX);
      }
    }

    /** Ends it: the other end hears of it after what was sent, this end hears no more. */
    public void close() {
      end(host.name() + " has closed it", DELAY_MAX);
    }

    private void end(String reason, Duration delayMax) {
      if (isOpen) {
        forget();
        peer().expect(() -> peer().broken(reason), delayMax);
      }
    }

    private void expect(Runnable message, Duration delayMax) {
      if (!isOpen) {
        return;
      }
      inbox.add(message);
      Duration delay =
          Simulation.between(random, DELAY_MIN, delayMax)
              .plus(slownessOf(host.name()))
              .plus(slownessOf(peer().host.name()));
      Instant arrival = simulation.now().plus(delay);
      lastArrival = arrival.isBefore(lastArrival) ? lastArrival : arrival;
      simulation.at(lastArrival, this::arrive);
    }

    /** One message is there, always the oldest, unless it is held up on its way. */
    private void arrive() {
      if (isCut(peer().host.name(), host.name())) {
        stalled++;
      } else {
        host.perform(() -> {
          if (isOpen && !inbox.isEmpty()) {
            inbox.remove().run();
          }
        });
      }
    }

    private void resume() {
      for (; stalled > 0; stalled--) {
        simulation.after(Simulation.between(random, DELAY_MIN, DELAY_MAX), this::arrive);
      }
    }

    private void broken(String reason) {
      if (isOpen) {
        forget();
        closedAction.accept(reason);
      }
    }

    /** Neither end can reach the other any more, and this one will notice. */
    private void reset() {
      if (isOpen) {
        forget();
        host.after(
            Simulation.between(random, DELAY_MIN, NOTICE_MAX),
            () -> {
              if (!vanished) {
                closedAction.accept("connection reset");
              }
            });
      }
    }

    private void forget() {
      isOpen = false;
      inbox.clear();
      open.remove(this);
    }

    public boolean isOpen() {
      return isOpen;
    }
  }

  /**
   * Opens a connection and hands its near end over, or says after a while that there is none.
   *
   * @param opened called at once
   */
  public void connect(Host client, Host server, Consumer<End> opened, Runnable failed) {
    boolean unheard = isCut(client.name(), server.name()) || isCut(server.name(), client.name());
    if (unheard || !up.contains(server.name())) {
      Duration max = unheard ? CONNECT_MAX : REFUSAL_MAX;
      client.after(Simulation.between(random, DELAY_MIN, max), failed);
      return;
    }
    End near = new End(client);
    End far = new End(server);
    near.peer = Optional.of(far);
    far.peer = Optional.of(near);
    open.add(near);
    open.add(far);
    opened.accept(near);
  }

  /**
   * While the client's connections are being duplicated: has the first message of this one arrive
   * once more, on a connection of which the client knows nothing, and which ends some time later.
   *
   * @param first given the server's end
   */
  public void replay(Host client, Host server, Consumer<End> first) {
    if (!replaying.contains(client.name())) {
      return;
    }
    Duration before = Simulation.between(random, DELAY_MIN, REPLAY_MAX);
    Duration open = Simulation.between(random, DELAY_MIN, REPLAY_MAX);
    simulation.after(
        before,
        () ->
            connect(
                client,
                server,
                near -> {
                  simulation.note(() -> client.name() + ": a SUBSCRIBE arrives twice");
                  near.send(() -> first.accept(near.peer()));
                  simulation.after(open, near::close);
                },
                () -> {}));
  }

  /** From now on, or no longer, {@link #replay} does something for this client. */
  public void duplicate(String client, boolean on) {
    if (on) {
      replaying.add(client);
    } else {
      replaying.remove(client);
    }
  }

  /** All that goes to or from the host takes so much longer. */
  public void slow(String host, Duration more) {
    slowness.put(host, more);
  }

  private Duration slownessOf(String host) {
    return slowness.isEmpty() ? Duration.ZERO : slowness.getOrDefault(host, Duration.ZERO);
  }

  /** Lets nothing through between the two until {@link #heal}. */
  public void cut(String one, String other, Cut how) {
    simulation.note(() -> "network: " + how + " cut between " + one + " and " + other);
    cuts.merge(new Way(one, other), 1, Integer::sum);
    if (how != Cut.ONE_WAY) {
      cuts.merge(new Way(other, one), 1, Integer::sum);
    }
    if (how == Cut.RESET) {
      between(one, other).forEach(End::reset);
    }
  }

  /** Takes one cut away again; others of the same two stay. */
  public void heal(String one, String other, Cut how) {
    boolean healed = healWay(new Way(one, other));
    if (how != Cut.ONE_WAY) {
      healed |= healWay(new Way(other, one));
    }
    if (healed) {
      simulation.note(() -> "network: healed between " + one + " and " + other);
      between(one, other).forEach(End::resume);
    }
  }

  private boolean healWay(Way way) {
    if (!cuts.containsKey(way)) {
      return false;
    }
    cuts.computeIfPresent(way, (_, count) -> count - 1);
    return cuts.remove(way, 0);
  }

  /** No cut, no delay, nothing twice. */
  public void healAll() {
    List<Way> ways = List.copyOf(cuts.keySet());
    cuts.clear();
    ways.forEach(way -> between(way.from(), way.to()).forEach(End::resume));
    slowness.clear();
    replaying.clear();
  }

  /** Whether nothing gets from the one to the other now. */
  public boolean isCut(String from, String to) {
    return !cuts.isEmpty() && cuts.containsKey(new Way(from, to));
  }

  private List<End> between(String one, String other) {
    return open.stream()
        .filter(end -> {
          String here = end.host.name();
          String there = end.peer().host.name();
          return here.equals(one) && there.equals(other) || here.equals(other) && there.equals(one);
        })
        .toList();
  }

  /** A host's process listens from now on. Who still waits for an earlier one learns of its end. */
  public void up(String host) {
    up.add(host);
    Optional.ofNullable(orphans.remove(host))
        .ifPresent(ends ->
            ends.forEach(end ->
                end.peer().expect(() -> end.peer().broken(host + " has restarted"), NOTICE_MAX)));
  }

  /** A host's process has died: its ends are gone, the other ends hear of it. */
  public void down(String host) {
    up.remove(host);
    for (End end : endsOf(host)) {
      end.vanished = true;
      end.end(host + " has died", NOTICE_MAX);
    }
  }

  /** A host has lost power: the other ends hear nothing, until it is up again. */
  public void powerless(String host) {
    up.remove(host);
    for (End end : endsOf(host)) {
      end.vanished = true;
      end.forget();
      orphans.computeIfAbsent(host, _ -> new ArrayList<>()).add(end);
    }
  }

  private List<End> endsOf(String host) {
    return open.stream().filter(end -> end.host.name().equals(host)).toList();
  }
}
