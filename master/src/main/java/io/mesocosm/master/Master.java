package io.mesocosm.master;

import io.mesocosm.allocator.Allocator;
import io.mesocosm.allocator.AllocatorFigures;
import io.mesocosm.allocator.Explanation;
import io.mesocosm.model.access.Principal;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.runtime.Core;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * The core of the leading master: takes one command at a time, hands it to the aggregate that
 * knows, and returns what is to be done. Contract: contracts/mesos-scheduler-api.md; the checks on
 * the form of a call are the shell's.
 */
public final class Master implements Core<MasterCommand, MasterEffect> {
  private final Outbox outbox = new Outbox();
  private final Changes changes = new Changes(outbox);
  private final Durable durable = new Durable(outbox);
  private final Records records = new Records(durable, outbox);
  private final ClusterRecord cluster = new ClusterRecord(durable);
  private final AgentRegistrar registrar = new AgentRegistrar(records);
  private final AgentAdmission admission = new AgentAdmission(registrar, outbox);
  private final ExpectedAgents expected;
  private final Registry registry;
  private final Allocator allocator;
  private final Offers offers;
  private final Reconciliation reconciliation;
  private final Tasks tasks;
  private final Executors executors;
  private final Operations operations;
  private final Subscriptions subscriptions;
  private final SchedulerCalls schedulerCalls;
  private final InverseOffers inverseOffers;
  private final QuotaLimits quotaLimits;
  private final Quotas quotas;
  private final Weights weights;
  private final Maintenance maintenance;
  private final AgentMarks marks;
  private final AgentRemoval removal;
  private final AgentLoss loss;
  private final AgentAbsence absence;
  private final AgentRecovery recovery;
  private final AgentEntry agentEntry;
  private final AgentLinks agentLinks;
  private final AbsentFrameworks absentFrameworks;
  private final RegistryTrimming trimming;
  private final OperatorCalls operatorCalls;

  public Master(MasterConfig config, Allocator allocator) {
    this.allocator = allocator;
    this.registry = new Registry(config.completedFrameworksMax(), changes);
    Ids ids = new Ids(config.masterId());
    this.offers = new Offers(config, ids, registry, allocator, changes, outbox);
    this.inverseOffers = new InverseOffers(config, ids, registry, offers, outbox);
    this.expected = new ExpectedAgents(config);
    this.reconciliation = new Reconciliation(registry, expected, outbox);
    this.tasks = new Tasks(registry, allocator, offers, reconciliation, changes, outbox);
    this.operations = new Operations(ids, registry, outbox);
    this.executors = new Executors(registry, allocator, offers, outbox);
    this.removal =
        new AgentRemoval(
            registry,
            allocator,
            offers,
            tasks,
            operations,
            inverseOffers,
            expected,
            registrar,
            reconciliation,
            outbox);
    this.absentFrameworks = new AbsentFrameworks(config, records, outbox);
    this.subscriptions =
        new Subscriptions(
            config,
            ids,
            registry,
            allocator,
            offers,
            tasks,
            executors,
            operations,
            absentFrameworks,
            changes,
            outbox);
    this.schedulerCalls =
        new SchedulerCalls(
            config,
            registry,
            allocator,
            offers,
            subscriptions,
            tasks,
            executors,
            operations,
            reconciliation,
            inverseOffers,
            outbox);
    this.quotaLimits = new QuotaLimits(config, registry, allocator, expected, offers, outbox);
    this.quotas = new Quotas(config, registry, quotaLimits, offers, cluster, durable, outbox);
    this.weights = new Weights(config, registry, allocator, offers, durable, outbox);
    this.maintenance = new Maintenance(registry, offers, inverseOffers, removal, durable, outbox);
    this.marks =
        new AgentMarks(
            registry,
            allocator,
            offers,
            operations,
            removal,
            expected,
            cluster,
            records,
            durable,
            outbox);
    this.trimming = new RegistryTrimming(config, registry, registrar, marks, outbox);
    this.loss =
        new AgentLoss(
            config, registry, expected, registrar, admission, removal, reconciliation, outbox);
    this.absence =
        new AgentAbsence(
            config,
            registry,
            allocator,
            offers,
            inverseOffers,
            removal,
            loss,
            expected,
            registrar,
            outbox);
    this.recovery =
        new AgentRecovery(
            config, registry, expected, registrar, loss, reconciliation, cluster, outbox);
    AgentHoldings holdings = new AgentHoldings(registry, tasks, subscriptions, outbox);
    this.agentEntry =
        new AgentEntry(
            config,
            registry,
            allocator,
            offers,
            holdings,
            executors,
            operations,
            maintenance,
            marks,
            expected,
            quotaLimits,
            changes,
            outbox);
    this.agentLinks =
        new AgentLinks(
            config,
            ids,
            registry,
            tasks,
            agentEntry,
            holdings,
            maintenance,
            removal,
            absence,
            expected,
            registrar,
            loss,
            recovery,
            reconciliation,
            cluster,
            admission,
            outbox);
    this.operatorCalls =
        new OperatorCalls(
            config,
            registry,
            quotas,
            weights,
            maintenance,
            marks,
            new OperatorResources(registry, allocator, offers, operations, outbox),
            subscriptions,
            durable,
            outbox);
  }

  @Override
  public List<MasterEffect> handle(MasterCommand command, Instant now) {
    switch (command) {
      case MasterCommand.SchedulerSubscribe(
              StreamId stream,
              Call call,
              Optional<Principal> principal) ->
          subscriptions.subscribe(stream, call, principal, now);
      case MasterCommand.SchedulerCall call -> schedulerCalls.handle(call, now);
      case MasterCommand.SchedulerCalls calls -> schedulerCalls.handle(calls, now);
      case MasterCommand.SchedulerStreamClosed(StreamId stream) ->
          subscriptions.disconnected(stream, now);
      case MasterCommand.AgentSubscribe subscribe -> agentLinks.subscribe(subscribe, now);
      case MasterCommand.AgentCall call -> agentCall(call, now);
      case MasterCommand.AgentStreamClosed(StreamId stream) -> agentLinks.disconnected(stream, now);
      case MasterCommand.OperatorCall call -> operatorCalls.handle(call, now);
      case MasterCommand.OperatorSubscribe(StreamId stream) -> {
        changes.listened(stream);
        outbox.add(new MasterEffect.OpenOperatorStream(stream));
      }
      case MasterCommand.OperatorStreamClosed(StreamId stream) -> changes.unheard(stream);
      case MasterCommand.Explain explain -> explain(explain, now);
      case MasterCommand.RegistryRead(List<RegistryRecord> all) -> read(all, now);
      case MasterCommand.WhitelistRead(var hostnames) -> {
        allocator.setWhitelist(hostnames);
        offers.allocateSoon(now);
      }
      case MasterCommand.Stored(long write) -> durable.stored(write, now);
      case MasterCommand.StoreFailed(long write, String problem) ->
          durable.failed(write, problem, now);
      case MasterCommand.TimerFired(MasterTimer timer) -> timerFired(timer, now);
    }
    marks.endDrains(now);
    quotaLimits.follow(now);
    return outbox.take();
  }

  /** What has changed since the last call. On the core's thread. */
  public MasterChanges changes() {
    return changes.take(
        new MasterSnapshot.DecisionsView(
            registry.unreachableAgents(),
            registry.goneAgents(),
            expected.infos(),
            new TreeMap<>(quotas.configs()),
            new TreeMap<>(weights.weights()),
            maintenance.schedule(),
            maintenance.down().stream().map(MachineKey::message).toList(),
            inverseOffers.statuses()),
        shares());
  }

  private MasterSnapshot.AllocationView shares() {
    AllocatorFigures figures = allocator.figures();
    return new MasterSnapshot.AllocationView(
        figures.dominantShareByRole(), figures.offersFilteredByRole(), figures.agentsWaiting());
  }

  private void agentCall(MasterCommand.AgentCall command, Instant now) {
    Optional<Agent> agent = command.stream().flatMap(registry::agent);
    if (agent.isEmpty()) {
      outbox.refuse(
          command.request(), 400, "The agent is not subscribed over this stream: subscribe anew");
      return;
    }
    outbox.accept(command.request());
    // Whatever it says, it is alive.
    absence.heard(agent.get(), now);
    agentSays(agent.get(), command.call(), now);
  }

  private void agentSays(Agent agent, LinkCall call, Instant now) {
    switch (call.getType()) {
      case UPDATE -> tasks.update(agent, call.getUpdate(), now);
      case EXECUTOR_MESSAGE -> executors.message(agent, call.getExecutorMessage(), now);
      case EXITED_EXECUTOR -> executors.exited(agent, call.getExitedExecutor(), now);
      case UPDATE_OPERATION -> operations.update(agent, call.getUpdateOperation(), now);
      case UPDATE_RESOURCES -> agentEntry.resourcesUpdated(agent, call.getUpdateResources(), now);
      case UNREGISTER -> absence.unregister(agent, now);
      case BATCH -> {
        for (LinkCall each : call.getBatchList()) {
          if (agent.isConnected() && each.getType() != LinkCall.Type.BATCH) {
            agentSays(agent, each, now);
          }
        }
      }
      case PONG, SUBSCRIBE, UNKNOWN -> {
        // nothing more to it, or of a later version
      }
    }
  }

  private void read(List<RegistryRecord> all, Instant now) {
    all.stream().filter(RegistryRecord::hasCluster).forEach(it -> cluster.read(it.getCluster()));
    Optional<String> problem = cluster.problem();
    if (problem.isPresent()) {
      outbox.add(new MasterEffect.Abort(problem.get()));
      return;
    }
    all.forEach(this::read);
    recovery.read(all, now);
    quotaLimits.lower();
    all.stream()
        .filter(RegistryRecord::hasAbsentFramework)
        .forEach(it -> subscriptions.read(it.getAbsentFramework(), now));
    trimming.begin(now);
  }

  private void read(RegistryRecord record) {
    if (record.hasQuotas()) {
      quotas.read(record.getQuotas());
    } else if (record.hasWeights()) {
      weights.read(record.getWeights());
    } else if (record.hasMaintenance()) {
      maintenance.read(record.getMaintenance());
    } else if (record.hasAgentMark()) {
      marks.read(record.getAgentMark());
    }
  }

  private void explain(MasterCommand.Explain question, Instant now) {
    List<Explanation> explanations = new ArrayList<>();
    for (Framework framework : registry.frameworks()) {
      boolean asked =
          question.framework().isPresent()
              ? question.framework().get().equals(framework.id())
              : question.role().filter(framework.roles()::contains).isPresent();
      if (asked) {
        explanations.addAll(
            allocator.explain(framework.id(), question.role(), question.agent(), now));
      }
    }
    outbox.add(new MasterEffect.Answer(question.request(), new CallAnswer.Explained(explanations)));
  }

  private void timerFired(MasterTimer timer, Instant now) {
    switch (timer) {
      case MasterTimer.Allocate _, MasterTimer.AllocateLater _ -> {
        offers.allocate(now);
        if (maintenance.isAnythingScheduled()) {
          inverseOffers.offer(now);
        }
      }
      case MasterTimer.QuotaLimitsDue _ -> quotaLimits.raise(now);
      case MasterTimer.InverseOffersDue _ -> inverseOffers.offer(now);
      case MasterTimer.ReregistrationOver _ -> {
        recovery.reregistrationOver(now);
        absentFrameworks.reregistrationOver();
      }
      case MasterTimer.OfferTimeout(var offer) ->
          offers.find(offer).ifPresent(held -> offers.rescind(held, now));
      case MasterTimer.AgentLossDue _ -> loss.proceed(now);
      case MasterTimer.RegistryTrim _ -> trimming.trim(now);
      case MasterTimer.RegistryRetry _ -> {
        records.retry();
        absence.readmitAll(now);
        marks.retry();
      }
      case MasterTimer.PingAgent(var agent) -> absence.ping(agent, now);
      case MasterTimer.AgentLost(var agent) -> absence.silenceTimedOut(agent, now);
      case MasterTimer.FrameworkFailover(var framework) ->
          subscriptions.failoverTimedOut(framework, now);
    }
  }
}
