package io.mesocosm.services;

import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * Our side of the scheduler API: who we are, and what we say to the master. While nothing is to be
 * launched offers are suppressed; once something is, they are revived (contracts/marathon-api.md
 * S1, S2). The interval between two calls for offers is there to spare the master those that ask in
 * vain: it is kept after a call whose offers were of no use. After one that brought what could be
 * used, the next follows soon, or apps that come one by one would wait for each other: after
 * {@value #INTERVAL_IN_USE_MILLIS} ms, and the longer the more offers had to be given back.
 */
final class Subscription {
  private static final int INTERVAL_IN_USE_MILLIS = 100;

  /**
   * Offers of no use that the master is asked to make in vain, a millisecond: a thousand in 500.
   */
  private static final int GIVEN_BACK_PER_MILLI = 2;

  private final ServicesState state;
  private final Outbox outbox;
  private final SortedSet<String> roles = new TreeSet<>();
  // What the client subscribes with, each time anew.
  private final SortedSet<String> rolesAtStart = new TreeSet<>();
  private Optional<String> frameworkId = Optional.empty();
  private boolean identityStored;
  private boolean connected;
  private boolean suppressed;
  private boolean hungry;
  private Optional<Instant> reviveTimer = Optional.empty();
  private Instant lastRevive = Instant.EPOCH;
  // An offer was put to use since then.
  private boolean fruitful;
  private int givenBack;
  // Offers to give back, with the next call or at the end of the command.
  private final List<String> unwanted = new ArrayList<>();

  Subscription(ServicesState state, Outbox outbox) {
    this.state = state;
    this.outbox = outbox;
  }

  Optional<String> frameworkId() {
    return frameworkId;
  }

  boolean isConnected() {
    return connected;
  }

  /** Whether offers may be used: not before our identity would survive a crash. */
  boolean isReadyForOffers() {
    return connected && identityStored;
  }

  void restoreIdentity(String id) {
    frameworkId = Optional.of(id);
    identityStored = true;
  }

  void identityStored() {
    identityStored = true;
  }

  void subscribe() {
    outbox.add(new ServicesEffect.Subscribe(frameworkInfo()));
    rolesAtStart.addAll(roles);
  }

  void subscribed(String id) {
    connected = true;
    suppressed = false;
    hungry = true;
    boolean known = frameworkId.equals(Optional.of(id));
    if (!known) {
      frameworkId = Optional.of(id);
      identityStored = false;
      outbox.store(
          List.of(new StoredRecord.FrameworkRecord(id)), List.of(), new Deed.AdoptFramework(id));
    }
    outbox.announce(new ServicesNotice.Subscribed(id, known));
    if (!rolesAtStart.containsAll(roles)) {
      tellRoles();
    }
  }

  void disconnected(String reason) {
    connected = false;
    unwanted.clear();
    outbox.announce(new ServicesNotice.Disconnected(reason));
  }

  private FrameworkInfo frameworkInfo() {
    ServicesConfig config = state.config;
    roles.add(config.role());
    state.specs.all().forEach(app -> roles.add(state.roleOf(app)));
    roles.addAll(state.leftovers.roles());
    FrameworkInfo.Builder info =
        FrameworkInfo.newBuilder()
            .setUser(config.user())
            .setName(config.frameworkName())
            .setFailoverTimeout(config.failoverTimeout().toMillis() / 1000.0)
            .setCheckpoint(config.checkpoint())
            .setHostname(config.hostname())
            .addAllRoles(roles);
    config.webUi().ifPresent(info::setWebuiUrl);
    config.principal().ifPresent(info::setPrincipal);
    frameworkId.ifPresent(id -> info.setId(FrameworkID.newBuilder().setValue(id)));
    for (FrameworkInfo.Capability.Type type :
        List.of(
            FrameworkInfo.Capability.Type.TASK_KILLING_STATE,
            FrameworkInfo.Capability.Type.PARTITION_AWARE,
            FrameworkInfo.Capability.Type.MULTI_ROLE,
            FrameworkInfo.Capability.Type.REGION_AWARE)) {
      info.addCapabilitiesBuilder().setType(type);
    }
    if (config.gpus()) {
      info.addCapabilitiesBuilder().setType(FrameworkInfo.Capability.Type.GPU_RESOURCES);
    }
    return info.build();
  }

  /** Asks for offers of one more role, if that is a new one. */
  void join(String role) {
    if (roles.contains(role)) {
      return;
    }
    roles.add(role);
    tellRoles();
  }

  private void tellRoles() {
    Call.Builder call = call(Call.Type.UPDATE_FRAMEWORK);
    call.getUpdateFrameworkBuilder().setFrameworkInfo(frameworkInfo());
    send(call);
  }

  /** More is to be launched than when offers were last declined: they are worth another look. */
  void hunger() {
    hungry = true;
  }

  /** Suppresses or revives, whichever is called for. */
  void settle(boolean due, Instant now) {
    if (!connected) {
      return;
    }
    if (!due) {
      hungry = false;
      if (!suppressed) {
        suppressed = true;
        send(call(Call.Type.SUPPRESS));
      }
      return;
    }
    if (!hungry && !suppressed) {
      return;
    }
    Instant earliest = lastRevive.plus(reviveInterval());
    if (now.isBefore(earliest)) {
      if (reviveTimer.filter(at -> !at.isAfter(earliest)).isEmpty()) {
        reviveTimer = Optional.of(earliest);
        outbox.setTimer(new ServicesTimer.Revive(), earliest);
      }
      return;
    }
    hungry = false;
    suppressed = false;
    fruitful = false;
    givenBack = 0;
    lastRevive = now;
    send(call(Call.Type.REVIVE));
  }

  private Duration reviveInterval() {
    Duration usual = state.config.reviveIntervalMin();
    Duration inUse =
        Duration.ofMillis(Math.max(INTERVAL_IN_USE_MILLIS, givenBack / GIVEN_BACK_PER_MILLI));
    return fruitful && inUse.compareTo(usual) < 0 ? inUse : usual;
  }

  void reviveTimerFired() {
    reviveTimer = Optional.empty();
  }

  /** Gives an offer back, for long; many of them go in one call. */
  void decline(String offer) {
    givenBack++;
    unwanted.add(offer);
  }

  /** What waits for the end of the command is sent. */
  void flush() {
    if (unwanted.isEmpty()) {
      return;
    }
    Call.Builder call = call(Call.Type.DECLINE);
    call.getDeclineBuilder()
        .getFiltersBuilder()
        .setRefuseSeconds(state.config.declineDuration().toMillis() / 1000.0);
    unwanted.forEach(
        offer -> call.getDeclineBuilder().addOfferIds(OfferID.newBuilder().setValue(offer)));
    unwanted.clear();
    send(call);
  }

  /**
   * @param moreWanted true to be offered what is left without delay
   */
  void accept(String offer, List<Offer.Operation> operations, boolean moreWanted) {
    fruitful = true;
    Call.Builder call = call(Call.Type.ACCEPT);
    call.getAcceptBuilder()
        .addOfferIds(OfferID.newBuilder().setValue(offer))
        .addAllOperations(joined(operations));
    if (moreWanted) {
      call.getAcceptBuilder().getFiltersBuilder().setRefuseSeconds(0);
    }
    send(call);
  }

  /** Launches that follow each other become one. */
  private static List<Offer.Operation> joined(List<Offer.Operation> operations) {
    List<Offer.Operation> joined = new ArrayList<>();
    for (Offer.Operation operation : operations) {
      boolean isMore =
          operation.getType() == Offer.Operation.Type.LAUNCH
              && !joined.isEmpty()
              && joined.getLast().getType() == Offer.Operation.Type.LAUNCH;
      joined.add(isMore ? joined.removeLast().toBuilder().mergeFrom(operation).build() : operation);
    }
    return joined;
  }

  /** All its tasks that have not ended. */
  void kill(Instance instance) {
    for (InstanceTask task : instance.tasks()) {
      if (!task.condition().isTerminal()) {
        kill(task.taskId(), Optional.of(instance.placement().agentId()));
      }
    }
  }

  void kill(String taskId, Optional<String> agentId) {
    Call.Builder call = call(Call.Type.KILL);
    call.getKillBuilder().setTaskId(TaskID.newBuilder().setValue(taskId));
    agentId.ifPresent(
        agent -> call.getKillBuilder().setAgentId(AgentID.newBuilder().setValue(agent)));
    send(call);
  }

  void acknowledge(TaskStatus status) {
    Call.Builder call = call(Call.Type.ACKNOWLEDGE);
    call.getAcknowledgeBuilder()
        .setAgentId(status.getAgentId())
        .setTaskId(status.getTaskId())
        .setUuid(status.getUuid());
    send(call);
  }

  /** Asks after the instances that we know of, then after all that the master knows of. */
  void reconcile(Collection<Instance> known) {
    Call.Builder explicit = call(Call.Type.RECONCILE);
    for (Instance instance : known) {
      for (InstanceTask task : instance.tasks()) {
        if (task.condition().isTerminal()) {
          continue;
        }
        explicit
            .getReconcileBuilder()
            .addTasksBuilder()
            .setTaskId(TaskID.newBuilder().setValue(task.taskId()))
            .setAgentId(AgentID.newBuilder().setValue(instance.placement().agentId()));
      }
    }
    if (explicit.getReconcileBuilder().getTasksCount() > 0) {
      send(explicit);
    }
    Call.Builder implicit = call(Call.Type.RECONCILE);
    implicit.getReconcileBuilder();
    send(implicit);
  }

  /** A launch that was just sent is not asked after: the master may not have it yet. */
  static boolean isWorthAsking(Instance instance) {
    return instance.condition() != Condition.PROVISIONED
        && instance.condition() != Condition.SCHEDULED;
  }

  private Call.Builder call(Call.Type type) {
    Call.Builder call = Call.newBuilder().setType(type);
    frameworkId.ifPresent(id -> call.setFrameworkId(FrameworkID.newBuilder().setValue(id)));
    return call;
  }

  private void send(Call.Builder call) {
    flush();
    if (connected) {
      outbox.send(call.build());
    }
  }
}
