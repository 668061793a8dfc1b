package io.mesocosm.master;

import io.mesocosm.allocator.AgentTerms;
import io.mesocosm.allocator.Allocator;
import io.mesocosm.master.AgentAdmission.Joining;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.ResourceMapping;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Instant;
import java.util.List;
import org.apache.mesos.v1.Protos.AgentID;

/**
 * Brings an agent that is written down into the cluster, with all that it runs, and keeps what it
 * says of its resources.
 */
final class AgentEntry {
  private final MasterConfig config;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final AgentHoldings holdings;
  private final Executors executors;
  private final Operations operations;
  private final Maintenance maintenance;
  private final AgentMarks marks;
  private final ExpectedAgents expected;
  private final QuotaLimits limits;
  private final Changes changes;
  private final Outbox outbox;

  AgentEntry(
      MasterConfig config,
      Registry registry,
      Allocator allocator,
      Offers offers,
      AgentHoldings holdings,
      Executors executors,
      Operations operations,
      Maintenance maintenance,
      AgentMarks marks,
      ExpectedAgents expected,
      QuotaLimits limits,
      Changes changes,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.allocator = allocator;
    this.offers = offers;
    this.holdings = holdings;
    this.executors = executors;
    this.operations = operations;
    this.maintenance = maintenance;
    this.marks = marks;
    this.expected = expected;
    this.limits = limits;
    this.changes = changes;
    this.outbox = outbox;
  }

  /** One that this master does not know, though earlier ones may have. */
  Agent enter(AgentId id, Joining joining, Instant now) {
    LinkCall.Subscribe call = joining.call();
    Agent agent =
        new Agent(
            id,
            joining.info(id),
            joining.total(),
            joining.ip(),
            call.getVersion(),
            call.getCapabilitiesList(),
            now,
            joining.stream(),
            changes,
            () -> operations.on(id));
    expected.settled(id);
    registry.add(agent);
    agent.schedule(maintenance.unavailability(agent.info().getHostname(), joining.ip()));
    agent.estimate(estimate(call.getOversubscribedResourcesList()));
    holdings.add(agent, call, now);
    allocator.addAgent(id, AgentTermsOf.agent(agent), agent.usedByFramework());
    limits.entered(agent, now);
    welcome(agent, now);
    operations.agentReregistered(agent, call.getOperationsList(), now);
    marks.apply(agent);
    return agent;
  }

  /** One that this master knows, over a new link. */
  Agent enterAgain(Agent agent, Joining joining, Instant now) {
    AgentId id = agent.id();
    LinkCall.Subscribe call = joining.call();
    outbox.closeAgent(agent.stream());
    registry.connect(agent, joining.stream(), now);
    AgentTerms before = AgentTermsOf.agent(agent);
    registry.addressed(
        agent,
        () ->
            agent.describe(
                joining.info(id),
                joining.total(),
                joining.ip(),
                call.getVersion(),
                call.getCapabilitiesList()));
    agent.schedule(maintenance.unavailability(agent.info().getHostname(), joining.ip()));
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
      limits.entered(agent, now);
    } else {
      allocator.activateAgent(id);
    }
    welcome(agent, now);
    operations.agentReregistered(agent, call.getOperationsList(), now);
    marks.apply(agent);
    return agent;
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
    limits.entered(agent, now);
    offers.allocateSoon(now);
  }

  /** Whatever else the agent lends, it may take back: only revocable resources count. */
  private static Resources estimate(List<org.apache.mesos.v1.Protos.Resource> resources) {
    try {
      return ResourceMapping.toModel(resources).unallocated().filter(Resource::revocable);
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
                    .setAgentId(AgentID.newBuilder().setValue(agent.id().value()))
                    .setProtocolVersion(AgentChecks.PROTOCOL_VERSION)
                    .setPingIntervalSeconds(config.pingInterval().toMillis() / 1000.0)
                    .setPingsMissedMax(config.pingsMissedMax())
                    .setMasterInfo(config.masterInfo()))
            .build());
    outbox.setTimer(new MasterTimer.PingAgent(agent.id()), now.plus(config.pingInterval()));
    offers.allocateSoon(now);
  }
}
