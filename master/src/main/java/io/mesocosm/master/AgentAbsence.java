package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Agents that fall silent, lose their link or take their leave (contracts/mesos-ha.md §5, F1, F6).
 * All frameworks count as checkpointing, as our agents keep the tasks of all: a broken link ends
 * nothing. Owned by the master's thread.
 */
final class AgentAbsence {
  private final MasterConfig config;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final InverseOffers inverseOffers;
  private final AgentRemoval removal;
  private final AgentLoss loss;
  private final ExpectedAgents expected;
  private final AgentRegistrar registrar;
  private final Outbox outbox;

  /** Those whose leave is being written down. */
  private final Set<AgentId> leaving = new LinkedHashSet<>();

  AgentAbsence(
      MasterConfig config,
      Registry registry,
      Allocator allocator,
      Offers offers,
      InverseOffers inverseOffers,
      AgentRemoval removal,
      AgentLoss loss,
      ExpectedAgents expected,
      AgentRegistrar registrar,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.inverseOffers = inverseOffers;
    this.removal = removal;
    this.loss = loss;
    this.expected = expected;
    this.registrar = registrar;
    this.outbox = outbox;
  }

  /** The agent has said something. */
  void heard(Agent agent, Instant now) {
    agent.ponged();
    if (loss.back(agent.id())) {
      readmit(agent, now);
    }
  }

  /** Connected agents are admitted; whatever kept one from being so is tried again. */
  void readmitAll(Instant now) {
    for (Agent agent : registry.agents()) {
      if (agent.isConnected()
          && !registrar.isAdmitted(agent.id())
          && !loss.isMarking(agent.id())
          && !leaving.contains(agent.id())) {
        readmit(agent, now);
      }
    }
  }

  private void readmit(Agent agent, Instant now) {
    registrar.admit(agent.id(), agent.info(), agent.ip(), now, _ -> {}, (_, _) -> {});
  }

  void ping(AgentId id, Instant now) {
    Optional<Agent> agent = registry.agent(id).filter(Agent::isConnected);
    if (agent.isEmpty()) {
      return;
    }
    // One that waits to be called unreachable is asked still: an answer saves it.
    outbox.toAgent(agent.get(), LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build());
    outbox.setTimer(new MasterTimer.PingAgent(id), now.plus(config.pingInterval()));
    if (agent.get().pinged() >= config.pingsMissedMax()) {
      loss.due(id, "health check timed out", now);
    }
  }

  /**
   * The link broke: nothing is offered there until the agent is back, which it has some time for.
   */
  void disconnected(StreamId stream, Instant now) {
    Optional<Agent> agent = registry.agent(stream);
    if (agent.isEmpty()) {
      return; // the stream of an earlier link
    }
    AgentId id = agent.get().id();
    registry.disconnect(agent.get());
    allocator.deactivateAgent(id);
    inverseOffers.rescind(id);
    offers.on(id).forEach(offer -> offers.rescind(offer, now));
    offers.allocateSoon(now); // what was kept free for guarantees may be elsewhere now
    outbox.cancelTimer(new MasterTimer.PingAgent(id));
    awaitReturn(agent.get(), now);
  }

  private void awaitReturn(Agent agent, Instant now) {
    Instant until = now.plus(config.silenceMax());
    agent.awaitReturn(until);
    outbox.setTimer(new MasterTimer.AgentLost(agent.id()), until);
  }

  /** It tried to come back, and that could not be written down. */
  void awaitAgain(AgentId id, Instant now) {
    Optional<Agent> away = registry.agent(id).filter(agent -> !agent.isConnected());
    if (away.isPresent()) {
      awaitReturn(away.get(), now);
    } else if (expected.isExpected(id)) {
      outbox.setTimer(new MasterTimer.AgentLost(id), now.plus(config.agentReregisterTimeout()));
    }
  }

  void silenceTimedOut(AgentId id, Instant now) {
    if (expected.isExpected(id)) {
      loss.due(id, "it did not come back", now);
      return;
    }
    Optional<Agent> away = registry.agent(id).filter(agent -> agent.lostAt().isPresent());
    if (away.isEmpty()) {
      return; // it is back
    }
    Instant until = away.get().lostAt().orElseThrow();
    if (now.isBefore(until)) {
      // The timer of an earlier absence, fired before it could be cancelled.
      outbox.setTimer(new MasterTimer.AgentLost(id), until);
    } else {
      loss.due(id, "link was down for too long", now);
    }
  }

  /** The agent takes its leave: what it ran has ended. That is told when it is written down. */
  void unregister(Agent agent, Instant now) {
    AgentId id = agent.id();
    outbox.count("master/messages_unregister_slave");
    if (!leaving.add(id)) {
      return;
    }
    allocator.deactivateAgent(id);
    inverseOffers.rescind(id);
    offers.on(id).forEach(offer -> offers.rescind(offer, now));
    offers.allocateSoon(now);
    registrar.remove(
        id,
        then -> {
          leaving.remove(id);
          registry
              .agent(id)
              .ifPresent(own -> {
                outbox.count("master/slave_removals/reason_unregistered");
                removal.remove(own, "the agent unregistered", then);
              });
        },
        (_, _) -> {
          // It does not come back, and is lost in time.
          leaving.remove(id);
          registry.agent(id).ifPresent(own -> outbox.closeAgent(own.stream()));
        });
  }

  boolean isLeaving(AgentId id) {
    return leaving.contains(id);
  }
}
