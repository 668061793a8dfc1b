package io.mesocosm.master;

import io.mesocosm.master.AgentAdmission.Joining;
import io.mesocosm.model.AgentId;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.registry.RegistryProtos.AdmittedAgent;
import java.time.Instant;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentInfo;

/**
 * How agents register and come back (contracts/mesos-ha.md §4). Whatever is new about an agent is
 * written down before the agent, or anybody else, hears of it.
 */
final class AgentLinks implements AgentAdmission.Outcome {
  private final Ids ids;
  private final Registry registry;
  private final Tasks tasks;
  private final AgentEntry entry;
  private final AgentHoldings holdings;
  private final AgentRemoval removal;
  private final AgentAbsence absence;
  private final ExpectedAgents expected;
  private final AgentRegistrar registrar;
  private final AgentLoss loss;
  private final AgentRecovery recovery;
  private final Reconciliation reconciliation;
  private final ClusterRecord cluster;
  private final AgentChecks checks;
  private final AgentAdmission admission;
  private final AgentNumbers numbers = new AgentNumbers();
  private final Outbox outbox;

  AgentLinks(
      MasterConfig config,
      Ids ids,
      Registry registry,
      Tasks tasks,
      AgentEntry entry,
      AgentHoldings holdings,
      Maintenance maintenance,
      AgentRemoval removal,
      AgentAbsence absence,
      ExpectedAgents expected,
      AgentRegistrar registrar,
      AgentLoss loss,
      AgentRecovery recovery,
      Reconciliation reconciliation,
      ClusterRecord cluster,
      AgentAdmission admission,
      Outbox outbox) {
    this.ids = ids;
    this.registry = registry;
    this.tasks = tasks;
    this.entry = entry;
    this.holdings = holdings;
    this.removal = removal;
    this.absence = absence;
    this.expected = expected;
    this.registrar = registrar;
    this.loss = loss;
    this.recovery = recovery;
    this.reconciliation = reconciliation;
    this.cluster = cluster;
    this.checks = new AgentChecks(config, maintenance);
    this.admission = admission;
    this.outbox = outbox;
  }

  void subscribe(MasterCommand.AgentSubscribe command, Instant now) {
    LinkCall.Subscribe call = command.call().getSubscribe();
    Optional<String> malformed = AgentChecks.form(call);
    if (malformed.isPresent()) {
      shutDown(command.stream(), malformed.get());
      return;
    }
    Optional<AgentId> id =
        Optional.of(call.getAgentInfo().getId().getValue())
            .filter(text -> !text.isEmpty())
            .map(AgentId::new);
    if (numbers.isLate(id, call, now)) {
      // Not to be told to stop: a later link of its own is in use.
      outbox.add(new MasterEffect.CloseAgentStream(command.stream()));
      return;
    }
    Optional<String> problem = checks.unwelcome(command);
    if (problem.isPresent()) {
      shutDown(command.stream(), problem.get());
      return;
    }
    Joining joining =
        new Joining(command.stream(), call, AgentChecks.address(command), total(call));
    if (id.isPresent()) {
      comeBack(joining, id.get(), now);
    } else {
      register(joining, now);
    }
  }

  private static Resources total(LinkCall.Subscribe call) {
    try {
      return AgentChecks.total(call);
    } catch (InvalidMessageException e) {
      throw new IllegalStateException("resources were validated before: " + e.getMessage(), e);
    }
  }

  private void register(Joining joining, Instant now) {
    outbox.count("master/messages_register_slave");
    cluster.agentAdmitted();
    AgentId id = admission.pendingId(joining).orElseGet(this::unusedId);
    numbers.accepted(id, joining.call(), now);
    admission.begin(id, true, joining, this, now);
  }

  /** Ids bear the name of the master that gave them out; should that be reused, they differ. */
  private AgentId unusedId() {
    AgentId id = ids.nextAgent();
    while (registry.agent(id).isPresent()
        || registry.isRemoved(id)
        || registry.unreachableSince(id).isPresent()
        || expected.isExpected(id)
        || admission.isPending(id)) {
      id = ids.nextAgent();
    }
    return id;
  }

  private void comeBack(Joining joining, AgentId id, Instant now) {
    Optional<String> problem = notUnder(id, joining.call().getAgentInfo());
    if (problem.isPresent()) {
      shutDown(joining.stream(), problem.get());
      return;
    }
    numbers.accepted(id, joining.call(), now);
    if (absence.isLeaving(id)) {
      // It asks again, and is told to begin anew when that is written down.
      outbox.add(new MasterEffect.CloseAgentStream(joining.stream()));
      return;
    }
    outbox.count("master/messages_reregister_slave");
    loss.back(id);
    if (!admission.isPending(id) && registrar.isAdmitted(id, joining.info(id), joining.ip())) {
      admitted(id, joining, now);
      return;
    }
    if (registrar.isAdmitted(id)) {
      cluster.require(ClusterRecord.Capability.AGENT_UPDATE);
    } else if (registry.unreachableSince(id).isEmpty() && registry.agent(id).isEmpty()) {
      recovery.stranger(id, now);
    }
    cluster.agentAdmitted();
    admission.begin(id, false, joining, this, now);
  }

  /** Why the agent may not be in the cluster under that id. */
  private Optional<String> notUnder(AgentId id, AgentInfo info) {
    if (registry.isRemoved(id)) {
      return Optional.of("agent " + id + " was removed: it must register anew, without an id");
    }
    return registry
        .agent(id)
        .map(Agent::info)
        .or(() -> expected.find(id).map(AdmittedAgent::getInfo))
        .flatMap(known -> AgentChecks.moved(known, info));
  }

  @Override
  public void admitted(AgentId id, Joining joining, Instant now) {
    AgentInfo info = joining.call().getAgentInfo();
    // Operators may have decided about it meanwhile.
    Optional<String> problem =
        notUnder(id, info).or(() -> checks.down(info.getHostname(), joining.ip()));
    if (problem.isPresent()) {
      if (registry.isRemoved(id) || info.getId().getValue().isEmpty()) {
        registrar.erase(id);
      }
      shutDown(joining.stream(), problem.get());
      return;
    }
    if (info.getId().getValue().isEmpty()) {
      // A port has one owner: whoever served there before does so no more (A3).
      registry
          .agentAt(info.getHostname(), info.getPort())
          .ifPresent(old -> {
            outbox.count("master/slave_removals/reason_registered");
            removal.remove(old, "a new agent registered at the same address", now);
          });
      outbox.count("master/slave_registrations");
      entry.enter(id, joining, now);
    } else {
      outbox.count("master/slave_reregistrations");
      boolean wasUnreachable = registry.unreachableSince(id).isPresent();
      Optional<Agent> known = registry.agent(id);
      Agent agent =
          known.isPresent()
              ? entry.enterAgain(known.get(), joining, now)
              : entry.enter(id, joining, now);
      if (wasUnreachable) {
        holdings.tellBack(agent, now);
      }
      tasks.sendWaitingKills(agent);
      holdings.endUnwanted(id, joining.call());
    }
    reconciliation.settled(id, now);
  }

  @Override
  public void streamIsClosed(StreamId stream, Instant now) {
    absence.disconnected(stream, now);
  }

  /** It stays what it was, and whoever waited for it waits anew. */
  @Override
  public void failed(AgentId id, Instant now) {
    absence.awaitAgain(id, now);
  }

  /** A link broke, of an agent that is known or of one that is being written down. */
  void disconnected(StreamId stream, Instant now) {
    if (!admission.closed(stream)) {
      absence.disconnected(stream, now);
    }
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
}
