package io.mesocosm.master;

import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Allocator;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.AgentInfo;

/** How agents register, come back, fall silent and go. */
final class AgentLinks {
  private static final int PROTOCOL_VERSION = 1;
  private static final String CLUSTER_RECORD = "cluster";

  private final MasterConfig config;
  private final Ids ids;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Tasks tasks;
  private final AgentHoldings holdings;
  private final Executors executors;
  private final Operations operations;
  private final Maintenance maintenance;
  private final InverseOffers inverseOffers;
  private final AgentMarks marks;
  private final AgentRemoval removal;
  private final Durable durable;
  private final Changes changes;
  private final Outbox outbox;
  private boolean agentsRemembered;

  AgentLinks(
      MasterConfig config,
      Ids ids,
      Registry registry,
      Allocator allocator,
      Offers offers,
      Tasks tasks,
      Subscriptions subscriptions,
      Executors executors,
      Operations operations,
      Maintenance maintenance,
      InverseOffers inverseOffers,
      AgentMarks marks,
      AgentRemoval removal,
      Durable durable,
      Changes changes,
      Outbox outbox) {
    this.config = config;
    this.ids = ids;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.tasks = tasks;
    this.holdings = new AgentHoldings(registry, tasks, subscriptions, outbox);
    this.executors = executors;
    this.operations = operations;
    this.maintenance = maintenance;
    this.inverseOffers = inverseOffers;
    this.marks = marks;
    this.removal = removal;
    this.durable = durable;
    this.changes = changes;
    this.outbox = outbox;
  }

  void subscribe(MasterCommand.AgentSubscribe command, Instant now) {
    StreamId stream = command.stream();
    LinkCall.Subscribe call = command.call().getSubscribe();
    String ip = address(command);
    String id = call.getAgentInfo().getId().getValue();
    Optional<String> problem =
        id.isEmpty()
            ? Optional.empty()
            : Identifiers.problem(id).map(reason -> "agent id " + reason);
    if (call.getProtocolVersion() > PROTOCOL_VERSION) {
      problem =
          Optional.of(
              "the agent speaks version "
                  + call.getProtocolVersion()
                  + " of the agent link and this master "
                  + PROTOCOL_VERSION
                  + ": upgrade the master first");
    }
    Resources total = Resources.NONE;
    try {
      // Of a total nothing is allocated, whatever the agent says.
      total =
          ResourceMapping.toModel(
                  call.getTotalResourcesCount() > 0
                      ? call.getTotalResourcesList()
                      : call.getAgentInfo().getResourcesList())
              .unallocated();
    } catch (InvalidMessageException e) {
      problem = Optional.of(e.getMessage() == null ? "invalid resources" : e.getMessage());
    }
    if (problem.isEmpty()) {
      problem = AgentHoldings.problem(call, total).or(() -> unwelcome(command));
    }
    if (problem.isPresent()) {
      shutDown(stream, problem.get());
    } else if (id.isEmpty()) {
      register(stream, call, ip, total, now);
    } else if (registry.isRemoved(new AgentId(id))) {
      shutDown(stream, "agent " + id + " was removed: it must register anew, without an id");
    } else {
      reregister(stream, call, ip, new AgentId(id), total, now);
    }
  }

  /** Where the agent says that it serves, or else where its link comes from. */
  private static String address(MasterCommand.AgentSubscribe command) {
    String said = command.call().getSubscribe().getIp();
    return said.isEmpty() ? command.ip() : said;
  }

  /** Why this agent may not be part of the cluster now, if it may not. */
  private Optional<String> unwelcome(MasterCommand.AgentSubscribe command) {
    AgentInfo info = command.call().getSubscribe().getAgentInfo();
    if (!config.authorizer().allows(command.principal(), Action.REGISTER_AGENT, Optional.empty())) {
      return Optional.of(
          "the agent is not authorized to register: the master's --acls do not allow it");
    }
    if (maintenance.isDown(info.getHostname(), address(command))) {
      return Optional.of(
          "machine "
              + info.getHostname()
              + " is down for maintenance: an operator must bring it up first");
    }
    if (info.hasDomain() && !config.masterInfo().hasDomain()) {
      return Optional.of(
          "the agent has a fault domain and the master has none: give the master --domain too");
    }
    return config.agentDomainRequired() && !info.hasDomain()
        ? Optional.of(
            "the agent has no fault domain, and the master's --require_agent_domain asks for one:"
                + " give the agent --domain")
        : Optional.empty();
  }

  private void register(
      StreamId stream, LinkCall.Subscribe call, String ip, Resources total, Instant now) {
    // A port has one owner: whoever served there before does so no more (A3).
    registry
        .agentAt(call.getAgentInfo().getHostname(), call.getAgentInfo().getPort())
        .ifPresent(old -> {
          outbox.count("master/slave_removals/reason_registered");
          removal.remove(old, "a new agent registered at the same address", now);
        });
    outbox.count("master/messages_register_slave");
    outbox.count("master/slave_registrations");
    rememberAgents();
    admit(ids.nextAgent(), stream, call, ip, total, now);
  }

  /** The first agent ever makes a later master wait for those that may come back to it. */
  private void rememberAgents() {
    if (!agentsRemembered) {
      agentsRemembered = true;
      durable.store(
          CLUSTER_RECORD,
          Optional.of(
              RegistryRecord.newBuilder()
                  .setCluster(RegistryProtos.Cluster.newBuilder().setHadAgents(true))
                  .build()),
          _ -> {},
          _ -> agentsRemembered = false);
    }
  }

  private Agent admit(
      AgentId id,
      StreamId stream,
      LinkCall.Subscribe call,
      String ip,
      Resources total,
      Instant now) {
    Agent agent =
        new Agent(
            id,
            call.getAgentInfo().toBuilder().setId(wire(id)).build(),
            total,
            ip,
            call.getVersion(),
            call.getCapabilitiesList(),
            now,
            stream,
            changes,
            () -> operations.on(id));
    registry.add(agent);
    agent.schedule(maintenance.unavailability(agent.info().getHostname(), ip));
    agent.estimate(estimate(call.getOversubscribedResourcesList()));
    holdings.add(agent, call, now);
    allocator.addAgent(id, AgentTermsOf.agent(agent), agent.usedByFramework());
    welcome(agent, now);
    operations.agentReregistered(agent, call.getOperationsList(), now);
    marks.apply(agent);
    return agent;
  }

  private void reregister(
      StreamId stream,
      LinkCall.Subscribe call,
      String ip,
      AgentId id,
      Resources total,
      Instant now) {
    outbox.count("master/messages_reregister_slave");
    outbox.count("master/slave_reregistrations");
    Optional<Agent> known = registry.agent(id);
    boolean wasUnreachable = registry.unreachableSince(id).isPresent();
    if (known.isPresent()) {
      Agent agent = known.get();
      outbox.closeAgent(agent.stream());
      registry.connect(agent, stream, now);
      AgentTerms before = AgentTermsOf.agent(agent);
      registry.addressed(
          agent,
          () ->
              agent.describe(
                  call.getAgentInfo(), total, ip, call.getVersion(), call.getCapabilitiesList()));
      agent.schedule(maintenance.unavailability(agent.info().getHostname(), ip));
      agent.estimate(estimate(call.getOversubscribedResourcesList()));
      AgentTerms terms = AgentTermsOf.agent(agent);
      outbox.cancelTimer(new MasterTimer.AgentLost(id));
      holdings.dropUnknownToAgent(agent, call, now);
      executors.keepOnly(agent, call, now);
      boolean runsMore = holdings.add(agent, call, now);
      if (!before.equals(terms) || runsMore) {
        // The allocator must learn of it, or it could not take back what those tasks use.
        offers.on(id).forEach(offer -> offers.rescind(offer, now));
        allocator.addAgent(id, terms, agent.usedByFramework());
      } else {
        allocator.activateAgent(id);
      }
      welcome(agent, now);
      operations.agentReregistered(agent, call.getOperationsList(), now);
      marks.apply(agent);
      tasks.sendWaitingKills(agent);
    } else {
      Agent agent = admit(id, stream, call, ip, total, now);
      if (wasUnreachable) {
        holdings.tellBack(agent, now);
      }
    }
    holdings.endUnwanted(id, call);
  }

  /** The agent has another total than before, or another estimate of what it can lend (X2, X3). */
  void resourcesUpdated(Agent agent, LinkCall.UpdateResources update, Instant now) {
    outbox.count("master/messages_update_slave");
    try {
      Resources total = ResourceMapping.toModel(update.getTotalResourcesList()).unallocated();
      if (!total.isEmpty()) {
        agent.resize(total);
      }
    } catch (InvalidMessageException e) {
      outbox.count("master/dropped_messages");
      return;
    }
    agent.estimate(estimate(update.getOversubscribedResourcesList()));
    offers.on(agent.id()).forEach(offer -> offers.rescind(offer, now));
    allocator.updateAgent(agent.id(), AgentTermsOf.agent(agent));
    offers.allocateSoon(now);
  }

  /** Whatever else the agent lends, it may take back: only revocable resources count. */
  private static Resources estimate(List<org.apache.mesos.v1.Protos.Resource> resources) {
    try {
      return ResourceMapping.toModel(resources)
          .unallocated()
          .filter(io.mesocosm.model.resource.Resource::revocable);
    } catch (InvalidMessageException e) {
      return Resources.NONE;
    }
  }

  private void welcome(Agent agent, Instant now) {
    outbox.toAgent(
        agent,
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SUBSCRIBED)
            .setSubscribed(
                LinkEvent.Subscribed.newBuilder()
                    .setAgentId(wire(agent.id()))
                    .setProtocolVersion(PROTOCOL_VERSION)
                    .setPingIntervalSeconds(config.pingInterval().toMillis() / 1000.0)
                    .setPingsMissedMax(config.pingsMissedMax())
                    .setMasterInfo(config.masterInfo()))
            .build());
    outbox.setTimer(new MasterTimer.PingAgent(agent.id()), now.plus(config.pingInterval()));
    offers.allocateSoon(now);
  }

  void pong(Agent agent) {
    agent.ponged();
  }

  void ping(AgentId id, Instant now) {
    Optional<Agent> agent = registry.agent(id).filter(Agent::isConnected);
    if (agent.isEmpty()) {
      return;
    }
    if (agent.get().pinged() >= config.pingsMissedMax()) {
      removal.lose(agent.get(), "health check timed out", now);
      return;
    }
    outbox.toAgent(agent.get(), LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build());
    outbox.setTimer(new MasterTimer.PingAgent(id), now.plus(config.pingInterval()));
  }

  /**
   * The link broke: nothing is offered there until the agent is back, which it has some time for.
   */
  void disconnected(StreamId stream, Instant now) {
    Optional<Agent> agent = registry.agent(stream);
    if (agent.isEmpty()) {
      return; // the stream of an earlier link
    }
    registry.disconnect(agent.get());
    allocator.deactivateAgent(agent.get().id());
    inverseOffers.rescind(agent.get().id());
    offers.on(agent.get().id()).forEach(offer -> offers.rescind(offer, now));
    offers.allocateSoon(now); // what was kept free for guarantees may be elsewhere now
    outbox.cancelTimer(new MasterTimer.PingAgent(agent.get().id()));
    Instant until = now.plus(config.silenceMax());
    agent.get().awaitReturn(until);
    outbox.setTimer(new MasterTimer.AgentLost(agent.get().id()), until);
  }

  void silenceTimedOut(AgentId id, Instant now) {
    Optional<Agent> away = registry.agent(id).filter(agent -> agent.lostAt().isPresent());
    if (away.isEmpty()) {
      return; // it is back
    }
    Instant until = away.get().lostAt().orElseThrow();
    if (now.isBefore(until)) {
      // The timer of an earlier absence, fired before it could be cancelled.
      outbox.setTimer(new MasterTimer.AgentLost(id), until);
    } else {
      removal.lose(away.get(), "link was down for too long", now);
    }
  }

  /** The agent takes its leave: what it ran has ended. */
  void unregister(Agent agent, Instant now) {
    outbox.count("master/messages_unregister_slave");
    outbox.count("master/slave_removals/reason_unregistered");
    removal.remove(agent, "the agent unregistered", now);
  }

  private void shutDown(StreamId stream, String why) {
    LinkEvent event =
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SHUTDOWN)
            .setShutdown(LinkEvent.Shutdown.newBuilder().setMessage(why))
            .build();
    outbox.add(new MasterEffect.SendToAgent(stream, event));
    outbox.add(new MasterEffect.CloseAgentStream(stream));
  }

  private static AgentID wire(AgentId id) {
    return AgentID.newBuilder().setValue(id.value()).build();
  }
}
