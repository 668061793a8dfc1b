package io.mesocosm.agent;

import com.google.protobuf.ByteString;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;

/**
 * How the agent stands with the master.
 *
 * <pre>
 *             Reconnect due               SUBSCRIBED
 *   WAITING ----------------> CONNECTING ------------> REGISTERED
 *      ^ ^ `--------------------'  |                        |
 *      | |      closed, silent     |                        |
 *      | `-------------------------+------------------------'
 *      |                           | SHUTDOWN               |
 *      `---- nothing runs ---- RETIRING <-------------------'
 *
 *   any ---- leave ----> LEFT
 * </pre>
 */
final class Registration {
  private static final Duration BACKOFF_MAX = Duration.ofMinutes(1);

  /** How long a master may take to answer a SUBSCRIBE. */
  private static final Duration ANSWER_MAX = Duration.ofMinutes(1);

  /** So many links are numbered within one life of the agent. */
  private static final int LINK_BITS = 32;

  private static final double PING_INTERVAL_SECONDS_DEFAULT = 15;
  private static final int PINGS_MISSED_MAX_DEFAULT = 5;

  enum State {
    /** No link; a timer is set for the next try. */
    WAITING,
    /** A SUBSCRIBE is under way. */
    CONNECTING,
    /** The master knows and hears this agent. */
    REGISTERED,
    /** The master has told this agent to stop; once nothing runs it registers as a new one. */
    RETIRING,
    /** The agent has stopped for good. */
    LEFT
  }

  private final AgentConfig config;
  private final Changes changes;
  private final Effects effects;
  private final RandomGenerator random;
  private final Duration backoffMin;
  private State state = State.WAITING;
  private Optional<AgentId> agentId = Optional.empty();
  private Optional<AgentInfo> registeredInfo = Optional.empty();
  private final ByteString incarnation;
  private long lives = 1;
  private Duration backoff;
  private long link;
  private Instant lastHeard = Instant.MIN;
  private Duration silenceMax = ANSWER_MAX;
  private long registrations;

  Registration(AgentConfig config, RandomGenerator random, Changes changes, Effects effects) {
    this.config = config;
    this.changes = changes;
    this.backoffMin = config.registrationBackoffFactor().dividedBy(10);
    this.backoff = backoffMin;
    this.random = random;
    this.effects = effects;
    this.incarnation = new RandomIds(random).uuidBytes();
  }

  Optional<AgentId> agentId() {
    return agentId;
  }

  /** What the master last registered, without the id; absent without an id, and after the leave. */
  Optional<AgentInfo> registeredInfo() {
    return state == State.LEFT ? Optional.empty() : registeredInfo;
  }

  /**
   * Is again what an earlier run of this agent was.
   *
   * @param earlierLives how many have been this agent before
   */
  void restore(AgentId id, AgentInfo info, long earlierLives) {
    agentId = Optional.of(id);
    registeredInfo = Optional.of(info);
    lives = earlierLives + 1;
    changes.identity();
  }

  /** How many processes have been this agent, this one included. */
  long lives() {
    return lives;
  }

  /** Names this life of the agent's process. */
  ByteString incarnation() {
    return incarnation;
  }

  /** Of the next link: above that of any link before, whichever process made it. */
  long nextNumber() {
    return (lives << LINK_BITS) + link + 1;
  }

  /** Goes on with an end that an earlier run of this agent has begun. */
  void restoreRetiring() {
    state = State.RETIRING;
  }

  boolean isRegistered() {
    return state == State.REGISTERED;
  }

  boolean isRetiring() {
    return state == State.RETIRING;
  }

  long registrations() {
    return registrations;
  }

  /** Whether news of that link are of the present one. */
  boolean isCurrent(long number) {
    return number == link && (state == State.CONNECTING || state == State.REGISTERED);
  }

  /** Sets the timer for the next try, anywhere between now and the back-off. */
  void waitToConnect(Instant now) {
    state = State.WAITING;
    long nanos = (long) (random.nextDouble() * backoff.toNanos());
    effects.add(new AgentEffect.SetTimer(new AgentTimer.Reconnect(), now.plusNanos(nanos)));
    backoff =
        backoff.multipliedBy(2).compareTo(BACKOFF_MAX) < 0 ? backoff.multipliedBy(2) : BACKOFF_MAX;
  }

  /** A master was found: a try that waits comes soon, whatever the back-off. */
  void masterDetected(Instant now) {
    if (state == State.WAITING) {
      backoff = backoffMin;
      waitToConnect(now);
    }
  }

  boolean isWaiting() {
    return state == State.WAITING;
  }

  void connect(LinkCall subscribe, Instant now) {
    state = State.CONNECTING;
    link++;
    lastHeard = now;
    silenceMax = ANSWER_MAX;
    effects.add(new AgentEffect.Connect(link, subscribe));
    watchSilence();
  }

  /** Something came from the master. */
  void heard(Instant now) {
    lastHeard = now;
  }

  /**
   * @return false if the master has given this agent another id than it has
   */
  boolean subscribed(LinkEvent.Subscribed subscribed, Instant now) {
    AgentId given = new AgentId(subscribed.getAgentId().getValue());
    if (agentId.filter(own -> !own.equals(given)).isPresent()) {
      return false;
    }
    agentId = Optional.of(given);
    registeredInfo = Optional.of(config.agentInfo());
    changes.identity();
    state = State.REGISTERED;
    backoff = backoffMin;
    registrations++;
    double interval =
        subscribed.getPingIntervalSeconds() > 0
            ? subscribed.getPingIntervalSeconds()
            : PING_INTERVAL_SECONDS_DEFAULT;
    int missedMax =
        subscribed.getPingsMissedMax() > 0
            ? subscribed.getPingsMissedMax()
            : PINGS_MISSED_MAX_DEFAULT;
    silenceMax = Duration.ofNanos((long) (interval * missedMax * 1e9));
    lastHeard = now;
    watchSilence();
    return true;
  }

  /** The link is gone by itself. */
  void closed(Instant now) {
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.LinkSilence()));
    waitToConnect(now);
  }

  /**
   * Looks whether the master has been silent for too long, and gives the link up if so.
   *
   * @return true if it was given up
   */
  boolean checkSilence(Instant now) {
    if (!isCurrent(link)) {
      return false;
    }
    if (now.isBefore(lastHeard.plus(silenceMax))) {
      watchSilence();
      return false;
    }
    giveUp("the master has been silent for " + silenceMax.toSeconds() + " s", now);
    return true;
  }

  /** Leaves the link and tries again later. */
  void giveUp(String reason, Instant now) {
    disconnect(reason);
    waitToConnect(now);
  }

  /** Gives up the link and the id; {@link #waitToConnect} starts the next life. */
  void retire(String reason) {
    disconnect(reason);
    agentId = Optional.empty();
    registeredInfo = Optional.empty();
    changes.identity();
    state = State.RETIRING;
  }

  /** Takes leave of the master, if it hears. */
  void leave() {
    if (isRegistered()) {
      send(LinkCall.newBuilder().setType(LinkCall.Type.UNREGISTER).build());
    }
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.LinkSilence()));
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.Reconnect()));
    state = State.LEFT;
    changes.identity();
  }

  void send(LinkCall call) {
    LinkCall.Builder named = call.toBuilder();
    agentId.ifPresent(id -> named.setAgentId(AgentID.newBuilder().setValue(id.value())));
    effects.add(new AgentEffect.SendToMaster(link, named.build()));
  }

  /** Sends a call if the master hears; what is not heard it learns when the agent registers. */
  void tell(LinkCall call) {
    if (isRegistered()) {
      send(call);
    }
  }

  private void disconnect(String reason) {
    effects.add(new AgentEffect.Disconnect(link, reason));
    effects.add(new AgentEffect.CancelTimer(new AgentTimer.LinkSilence()));
  }

  private void watchSilence() {
    effects.add(new AgentEffect.SetTimer(new AgentTimer.LinkSilence(), lastHeard.plus(silenceMax)));
  }
}
