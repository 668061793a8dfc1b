package io.mesocosm.simulation.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A ZooKeeper ensemble as its clients see it: sessions that end some time after the last sign of
 * life, and hosts that cannot reach it for a while. Signs of life are not simulated one by one: a
 * session is in contact while its process lives and its host reaches the ensemble.
 */
public final class SimulatedZooKeeper {
  private static final Duration DELAY_MIN = Duration.ofMillis(1);
  private static final Duration DELAY_MAX = Duration.ofMillis(15);
  private static final Duration RECONNECT_MAX = Duration.ofMillis(800);

  /** Sessions are looked at this often by the leading server. */
  private static final Duration TICK = Duration.ofMillis(500);

  /** How a client is told of its session; both on its host, each at most once. */
  public interface SessionListener {
    /** Two thirds of the time-out have passed without contact: the session may end soon. */
    void disconnected();

    /** The session is over, and all that belonged to it is gone. */
    void expired();
  }

  private final Simulation simulation;
  private final RandomGenerator random;
  private final Duration sessionTimeout;
  // By host, in the order of their opening, until the process is gone and the session over.
  private final Map<String, Sessions> sessionsByHost = new LinkedHashMap<>();
  private final SortedMap<String, Integer> unreachable = new TreeMap<>();
  private final Map<String, Waiting> waitingByHost = new LinkedHashMap<>();
  private int outages;
  private int failurePercent;

  public SimulatedZooKeeper(Simulation simulation, Duration sessionTimeout) {
    this.simulation = simulation;
    this.random = simulation.newRandom();
    this.sessionTimeout = sessionTimeout;
  }

  private record Sessions(Host host, Set<Session> all) {}

  private record Waiting(Host host, List<Runnable> actions) {}

  /** One process's session. */
  public final class Session {
    private final Host host;
    private final SessionListener listener;
    private final List<Runnable> expiryActions = new ArrayList<>();
    private final List<Runnable> contactActions = new ArrayList<>();
    private boolean alive = true;
    private boolean abandoned;
    private boolean contact = true;
    private boolean told;
    private long generation;

    private Session(Host host, SessionListener listener) {
      this.host = host;
      this.listener = listener;
    }

    /** The process has died: the ensemble learns of it by silence. */
    public void abandon() {
      if (!abandoned) {
        abandoned = true;
        if (contact) {
          loseContact();
        }
        forgetIfOver(this);
      }
    }

    boolean isAlive() {
      return alive;
    }

    boolean isAbandoned() {
      return abandoned;
    }

    boolean isInContact() {
      return contact;
    }

    Host host() {
      return host;
    }

    /** Runs something on the host once this session is heard, if it lives until then. */
    void whenInContact(Runnable action) {
      if (contact && reaches(host)) {
        host.after(delay(), action);
      } else {
        contactActions.add(action);
      }
    }

    void onExpiry(Runnable action) {
      expiryActions.add(action);
    }

    private void loseContact() {
      contact = false;
      long lost = ++generation;
      Duration silent = Simulation.between(random, Duration.ZERO, sessionTimeout.dividedBy(3));
      host.after(
          sessionTimeout.multipliedBy(2).dividedBy(3).minus(silent),
          () -> {
            if (lost == generation && !abandoned && !told) {
              told = true;
              listener.disconnected();
            }
          });
      expireAfter(sessionTimeout.minus(silent));
    }

    private void expireAfter(Duration delay) {
      long lost = generation;
      simulation.after(
          delay.plus(Simulation.between(random, Duration.ZERO, TICK)),
          () -> {
            if (lost == generation && alive && outages == 0) {
              alive = false;
              forgetIfOver(this);
              simulation.note(() -> "zookeeper: a session of " + host.name() + " expires");
              expiryActions.forEach(Runnable::run);
            }
          });
    }

    private void seekContact() {
      host.after(
          Simulation.between(random, DELAY_MIN, RECONNECT_MAX),
          () -> {
            if (contact || abandoned || !reaches(host)) {
              return;
            }
            if (alive) {
              contact = true;
              told = false;
              generation++;
              List<Runnable> actions = List.copyOf(contactActions);
              contactActions.clear();
              actions.forEach(this::whenInContact);
            } else {
              abandoned = true;
              forgetIfOver(this);
              listener.expired();
            }
          });
    }
  }

  /** Opens a session; as good as one that is opened while the host reaches nothing. */
  public Session open(Host host, SessionListener listener) {
    Session session = new Session(host, listener);
    sessionsByHost
        .computeIfAbsent(host.name(), _ -> new Sessions(host, new LinkedHashSet<>()))
        .all()
        .add(session);
    if (!reaches(host)) {
      session.contact = false;
      session.generation++;
      whenReachable(host, session::seekContact);
    }
    return session;
  }

  /** Whether a request from there gets through now. */
  public boolean reaches(Host host) {
    return outages == 0 && !unreachable.containsKey(host.name());
  }

  /** Runs something on the host after a request and its answer, once it can reach us. */
  void whenReachable(Host host, Runnable action) {
    if (reaches(host)) {
      host.after(delay(), action);
    } else {
      waitingByHost
          .computeIfAbsent(host.name(), _ -> new Waiting(host, new ArrayList<>()))
          .actions()
          .add(action);
    }
  }

  /** How long a message takes, one way. */
  Duration delay() {
    return Simulation.between(random, DELAY_MIN, DELAY_MAX);
  }

  /** Whether a write is to come to grief now. */
  boolean fails() {
    return failurePercent > 0 && random.nextInt(100) < failurePercent;
  }

  boolean tossCoin() {
    return random.nextBoolean();
  }

  int draw(int bound) {
    return random.nextInt(bound);
  }

  Simulation simulation() {
    return simulation;
  }

  /** How many of a hundred writes end with nobody knowing whether they happened. */
  public void failWrites(int percent) {
    failurePercent = percent;
  }

  /** The host reaches nothing here until {@link #heal}; cuts of one host add up. */
  public void cut(Host host) {
    simulation.note(() -> "zookeeper: out of reach of " + host.name());
    if (unreachable.merge(host.name(), 1, Integer::sum) == 1 && outages == 0) {
      sessionsOf(host).filter(Session::isInContact).forEach(Session::loseContact);
    }
  }

  public void heal(Host host) {
    if (!unreachable.containsKey(host.name())) {
      return;
    }
    unreachable.computeIfPresent(host.name(), (_, count) -> count - 1);
    if (unreachable.remove(host.name(), 0) && outages == 0) {
      simulation.note(() -> "zookeeper: within reach of " + host.name());
      regain(host);
    }
  }

  /** The ensemble has no quorum until {@link #recover}: nobody reaches it, no session ends. */
  public void lose() {
    if (outages++ == 0) {
      simulation.note(() -> "zookeeper: quorum lost");
      sessionsByHost.values().stream()
          .flatMap(of -> List.copyOf(of.all()).stream())
          .filter(Session::isInContact)
          .forEach(Session::loseContact);
    }
  }

  /** All sessions have their whole time-out again. */
  public void recover() {
    if (outages == 0 || --outages > 0) {
      return;
    }
    simulation.note(() -> "zookeeper: quorum again");
    for (Sessions of : sessionsByHost.values()) {
      of.all().stream()
          .filter(session -> session.isAlive() && !session.isInContact())
          .forEach(session -> session.expireAfter(sessionTimeout));
    }
    regainAll();
  }

  /** Nothing is wrong any more. */
  public void healAll() {
    failurePercent = 0;
    while (outages > 0) {
      recover();
    }
    unreachable.clear();
    regainAll();
  }

  private void regainAll() {
    SortedMap<String, Host> hosts = new TreeMap<>();
    sessionsByHost.values().forEach(of -> hosts.put(of.host().name(), of.host()));
    waitingByHost.values().forEach(of -> hosts.put(of.host().name(), of.host()));
    hosts.values().stream().filter(this::reaches).forEach(this::regain);
  }

  private void regain(Host host) {
    sessionsOf(host).filter(session -> !session.isInContact()).forEach(Session::seekContact);
    Optional.ofNullable(waitingByHost.remove(host.name()))
        .ifPresent(of -> of.actions().forEach(action -> whenReachable(host, action)));
  }

  private Stream<Session> sessionsOf(Host host) {
    return Optional.ofNullable(sessionsByHost.get(host.name())).stream()
        .flatMap(of -> List.copyOf(of.all()).stream());
  }

  private void forgetIfOver(Session session) {
    if (session.abandoned && !session.alive) {
      Optional.ofNullable(sessionsByHost.get(session.host.name()))
          .ifPresent(of -> of.all().remove(session));
    }
  }
}
