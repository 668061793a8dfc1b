package io.mesocosm.master;

import io.mesocosm.model.AgentId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * How agents become unreachable (contracts/mesos-ha.md §5, F2): they wait for their turn if there
 * is a rate limit, are written down, and only then are frameworks told. An agent that gives a sign
 * of life before that is none of it: it stays, and if the write was under way already it is written
 * as admitted again.
 *
 * <pre>
 *   registered or expected --due--> waiting --rate--> marking --stored--> unreachable
 *                         <--back--         <--back--         --failed--> again after a while
 * </pre>
 *
 * Owned by the master's thread.
 */
final class AgentLoss {
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final MasterConfig config;
  private final Registry registry;
  private final ExpectedAgents expected;
  private final AgentRegistrar registrar;
  private final AgentAdmission admission;
  private final AgentRemoval removal;
  private final Reconciliation reconciliation;
  private final Outbox outbox;

  /** With the reason; the longest due first. */
  private final SequencedMap<AgentId, String> waiting = new LinkedHashMap<>();

  /** Being written down. */
  private final Map<AgentId, String> marking = new LinkedHashMap<>();

  /** Of those, the ones that have shown up since. */
  private final SequencedSet<AgentId> backAlready = new LinkedHashSet<>();

  private Instant nextAt = Instant.MIN;

  AgentLoss(
      MasterConfig config,
      Registry registry,
      ExpectedAgents expected,
      AgentRegistrar registrar,
      AgentAdmission admission,
      AgentRemoval removal,
      Reconciliation reconciliation,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.expected = expected;
    this.registrar = registrar;
    this.admission = admission;
    this.removal = removal;
    this.reconciliation = reconciliation;
    this.outbox = outbox;
  }

  /**
   * Nothing was heard of the agent for long enough. Said more than once it counts once. Not of one
   * that is on its way in: should that fail, whoever waits for it waits anew.
   */
  void due(AgentId id, String why, Instant now) {
    if (!marking.containsKey(id)
        && !admission.isPending(id)
        && waiting.putIfAbsent(id, why) == null) {
      outbox.count("master/slave_unreachable_scheduled");
      proceed(now);
    }
  }

  /** As many as the rate limit allows now. */
  void proceed(Instant now) {
    while (!waiting.isEmpty() && !now.isBefore(nextAt)) {
      Map.Entry<AgentId, String> next = waiting.pollFirstEntry();
      if (registry.agent(next.getKey()).isEmpty() && !expected.isExpected(next.getKey())) {
        continue; // it was removed while it waited
      }
      config.agentRemovalRate().ifPresent(rate -> nextAt = now.plus(rate.spacing()));
      mark(next.getKey(), next.getValue(), now);
    }
    if (!waiting.isEmpty()) {
      outbox.setTimer(new MasterTimer.AgentLossDue(), nextAt);
    }
  }

  private void mark(AgentId id, String why, Instant now) {
    Instant since = registrar.later(id, now);
    marking.put(id, why);
    registrar.markUnreachable(
        id,
        since,
        then -> {
          marking.remove(id);
          if (!backAlready.remove(id)) {
            lose(id, why, since, then);
          }
        },
        (_, then) -> {
          marking.remove(id);
          if (!backAlready.remove(id)) {
            outbox.setTimer(new MasterTimer.AgentLost(id), then.plus(RETRY));
          }
        });
  }

  private void lose(AgentId id, String why, Instant since, Instant now) {
    Optional<Agent> agent = registry.agent(id);
    if (agent.isPresent()) {
      removal.lose(agent.get(), why, since, now);
    } else if (expected.isExpected(id)) {
      expected.settled(id);
      removal.loseExpected(id, since);
    } else {
      // It was removed meanwhile, which its other records say already.
      registrar.discardUnreachable(id);
      return;
    }
    outbox.count("master/slave_unreachable_completed");
    registrar.discardAdmitted(id);
    reconciliation.settled(id, now);
  }

  boolean isMarking(AgentId id) {
    return marking.containsKey(id);
  }

  /**
   * There is a sign of life of the agent. Returns whether it may be written as unreachable by now,
   * so that it must be written as admitted anew.
   */
  boolean back(AgentId id) {
    boolean isMarked = marking.containsKey(id);
    if (isMarked ? backAlready.add(id) : waiting.remove(id) != null) {
      outbox.count("master/slave_unreachable_canceled");
    }
    return isMarked;
  }
}
