package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.DrainState;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.master.Protos.Call;

/**
 * Agents that operators drain, deactivate or give up (contracts/mesos-operator-api.md D1–D3, and
 * mesos-ha.md §8 for agents that are away meanwhile). Owned by the master's thread.
 */
final class AgentMarks {
  static final String RECORDS = "agents/";

  /** A century; more would not fit the wire's nanoseconds. */
  private static final long SECONDS_MAX = 100L * 365 * 24 * 3600;

  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Operations operations;
  private final AgentRemoval removal;
  private final ExpectedAgents expected;
  private final ClusterRecord cluster;
  private final Records records;
  private final Durable durable;
  private final Outbox outbox;
  private final SortedMap<AgentId, AgentMark> marks = new TreeMap<>();

  /** Found drained, and being written down. */
  private final SortedSet<AgentId> endingDrain = new TreeSet<>();

  /** Of those, the ones that the registry did not take. */
  private final SortedSet<AgentId> drainsToEndAgain = new TreeSet<>();

  AgentMarks(
      Registry registry,
      Allocator allocator,
      Offers offers,
      Operations operations,
      AgentRemoval removal,
      ExpectedAgents expected,
      ClusterRecord cluster,
      Records records,
      Durable durable,
      Outbox outbox) {
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.operations = operations;
    this.removal = removal;
    this.expected = expected;
    this.cluster = cluster;
    this.records = records;
    this.durable = durable;
    this.outbox = outbox;
  }

  void read(RegistryProtos.AgentMark record) {
    WireIds.agent(record.getAgentId())
        .ifPresent(id -> {
          AgentMark mark = AgentMark.of(record);
          marks.put(id, mark);
          mark.gone().ifPresent(at -> registry.markGone(id, at));
        });
  }

  AgentMark of(AgentId agent) {
    return marks.getOrDefault(agent, AgentMark.NONE);
  }

  SortedMap<AgentId, AgentMark> all() {
    return Collections.unmodifiableSortedMap(marks);
  }

  void drain(long request, Call.DrainAgent call, Instant now) {
    Optional<AgentId> agent = known(request, call.getAgentId());
    if (agent.isEmpty()) {
      return;
    }
    DrainConfig.Builder config = DrainConfig.newBuilder().setMarkGone(call.getMarkGone());
    if (call.hasMaxGracePeriod()) {
      if (call.getMaxGracePeriod().getSeconds() < 0 || call.getMaxGracePeriod().getNanos() < 0) {
        outbox.refuse(
            request,
            400,
            "'max_grace_period' is "
                + call.getMaxGracePeriod().getSeconds()
                + " s and must not be negative");
        return;
      }
      config.setMaxGracePeriod(
          DurationInfo.newBuilder()
              .setNanoseconds(
                  Math.min(call.getMaxGracePeriod().getSeconds(), SECONDS_MAX) * 1_000_000_000L
                      + call.getMaxGracePeriod().getNanos()));
    }
    if (isNotGone(request, agent.get())) {
      cluster.require(ClusterRecord.Capability.AGENT_DRAINING);
      set(
          request,
          agent.get(),
          of(agent.get()).draining(config.build(), now),
          then -> {
            leaveAlone(agent.get(), then);
            registry.agent(agent.get()).ifPresent(this::resendDrain);
          });
    }
  }

  void deactivate(long request, AgentID id) {
    Optional<AgentId> agent = known(request, id);
    if (agent.isPresent() && isNotGone(request, agent.get())) {
      cluster.require(ClusterRecord.Capability.AGENT_DRAINING);
      set(request, agent.get(), of(agent.get()).deactivate(), now -> leaveAlone(agent.get(), now));
    }
  }

  void reactivate(long request, AgentID id) {
    Optional<AgentId> agent = known(request, id);
    if (agent.isEmpty() || !isNotGone(request, agent.get())) {
      return;
    }
    AgentMark mark = of(agent.get());
    if (!mark.keepsFromOffers()) {
      outbox.refuse(request, 400, "Agent " + agent.get() + " is not deactivated");
    } else if (mark.isDraining()) {
      outbox.refuse(
          request,
          400,
          "Agent " + agent.get() + " is still in the DRAINING state: wait for DRAINED");
    } else {
      set(
          request,
          agent.get(),
          AgentMark.NONE,
          now ->
              registry
                  .agent(agent.get())
                  .filter(Agent::isActive)
                  .ifPresent(back -> {
                    outbox.toAgent(
                        back,
                        LinkEvent.newBuilder()
                            .setType(LinkEvent.Type.DRAIN)
                            .setDrain(LinkEvent.Drain.getDefaultInstance())
                            .build());
                    allocator.activateAgent(back.id());
                    offers.allocateSoon(now);
                  }));
    }
  }

  /** Its tasks are declared gone, and it never comes back under its id. */
  void markGone(long request, AgentID id, Instant now) {
    Optional<AgentId> agent = WireIds.agent(id);
    if (agent.isEmpty() || !isKnown(agent.get())) {
      outbox.refuse(request, 404, "Agent '" + id.getValue() + "' not found");
    } else if (of(agent.get()).isGone()) {
      outbox.applied(request);
    } else {
      set(
          request,
          agent.get(),
          of(agent.get()).gone(now),
          then -> removal.markGone(agent.get(), "Agent was marked gone by an operator", then));
    }
  }

  /** An agent has registered or come back: it is what operators made it. */
  void apply(Agent agent) {
    agent.mark(of(agent.id()));
    if (agent.mark().keepsFromOffers()) {
      allocator.deactivateAgent(agent.id());
    }
    if (agent.mark().isDraining()) {
      resendDrain(agent);
    }
  }

  /** Ends the draining of agents on which nothing is left. Cheap while none is drained. */
  void endDrains(Instant now) {
    if (marks.isEmpty()) {
      return;
    }
    for (AgentId id : List.copyOf(marks.keySet())) {
      Optional<Agent> agent = registry.agent(id).filter(Agent::isConnected);
      if (of(id).isDraining()
          && agent.filter(own -> own.tasks().isEmpty()).isPresent()
          && operations.on(id).isEmpty()
          && endingDrain.add(id)) {
        boolean givenUp = of(id).drain().orElseThrow().getConfig().getMarkGone();
        AgentMark ended = givenUp ? of(id).drained().gone(now) : of(id).drained();
        durable.store(
            RECORDS + id,
            Optional.of(ended.record(id)),
            then -> {
              endingDrain.remove(id);
              adopt(id, ended);
              if (givenUp) {
                removal.markGone(id, "Agent was drained and marked gone", then);
              }
            },
            (_, then) -> {
              drainsToEndAgain.add(id);
              records.retryLater(then);
            });
      }
    }
  }

  /** Another try at what the registry did not take. */
  void retry() {
    endingDrain.removeAll(drainsToEndAgain);
    drainsToEndAgain.clear();
  }

  /** It was given up so long ago that nobody remembers. */
  void forgetGone(AgentId id) {
    durable.store(
        RECORDS + id,
        Optional.empty(),
        _ -> {
          marks.remove(id);
          registry.forgetGone(id);
        },
        (_, _) -> {}); // the next trimming tries again
  }

  private void resendDrain(Agent agent) {
    agent
        .mark()
        .drain()
        .filter(info -> info.getState() == DrainState.DRAINING)
        .ifPresent(info ->
            outbox.toAgent(
                agent,
                LinkEvent.newBuilder()
                    .setType(LinkEvent.Type.DRAIN)
                    .setDrain(LinkEvent.Drain.newBuilder().setConfig(info.getConfig()))
                    .build()));
  }

  private void leaveAlone(AgentId id, Instant now) {
    allocator.deactivateAgent(id);
    offers.on(id).forEach(offer -> offers.rescind(offer, now));
  }

  private void set(long request, AgentId id, AgentMark mark, Consumer<Instant> deed) {
    durable.commit(
        request,
        new CallAnswer.Applied(),
        RECORDS + id,
        mark.equals(AgentMark.NONE) ? Optional.empty() : Optional.of(mark.record(id)),
        now -> {
          adopt(id, mark);
          deed.accept(now);
        });
  }

  private void adopt(AgentId id, AgentMark mark) {
    if (mark.equals(AgentMark.NONE)) {
      marks.remove(id);
    } else {
      marks.put(id, mark);
    }
    registry.agent(id).ifPresent(agent -> agent.mark(mark));
  }

  private boolean isKnown(AgentId id) {
    return registry.agent(id).isPresent()
        || registry.unreachableSince(id).isPresent()
        || expected.isExpected(id)
        || marks.containsKey(id);
  }

  private Optional<AgentId> known(long request, AgentID id) {
    Optional<AgentId> agent = WireIds.agent(id).filter(this::isKnown);
    if (agent.isEmpty()) {
      outbox.refuse(request, 400, "Unknown agent '" + id.getValue() + "'");
    }
    return agent;
  }

  private boolean isNotGone(long request, AgentId id) {
    boolean gone = of(id).isGone();
    if (gone) {
      outbox.refuse(request, 409, "Agent " + id + " has been marked gone");
    }
    return !gone;
  }
}
