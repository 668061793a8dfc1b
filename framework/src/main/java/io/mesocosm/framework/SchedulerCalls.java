package io.mesocosm.framework;

import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.Filters;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.KillPolicy;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OfferID;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Request;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.OfferConstraints;

/**
 * Every call of the v1 scheduler API but SUBSCRIBE (contracts/mesos-scheduler-api.md §4), for
 * {@link SchedulerClient#send}, which fills in the framework's id. Pure.
 */
public final class SchedulerCalls {
  private SchedulerCalls() {}

  /** Ends the framework and all its tasks (C2). */
  public static Call teardown() {
    return Call.newBuilder().setType(Call.Type.TEARDOWN).build();
  }

  /**
   * Uses offers of one agent: launches, reservations, volumes, disks (C3). What is not used goes
   * back, with these filters.
   */
  public static Call accept(
      Collection<OfferID> offers,
      Collection<Offer.Operation> operations,
      Optional<Filters> filters) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.ACCEPT);
    call.getAcceptBuilder().addAllOfferIds(offers).addAllOperations(operations);
    filters.ifPresent(call.getAcceptBuilder()::setFilters);
    return call.build();
  }

  /** An operation that launches tasks, for {@link #accept}. */
  public static Offer.Operation launch(Collection<TaskInfo> tasks) {
    Offer.Operation.Builder operation =
        Offer.Operation.newBuilder().setType(Offer.Operation.Type.LAUNCH);
    operation.getLaunchBuilder().addAllTaskInfos(tasks);
    return operation.build();
  }

  /** Gives offers back (C4). */
  public static Call decline(Collection<OfferID> offers, Optional<Filters> filters) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.DECLINE);
    call.getDeclineBuilder().addAllOfferIds(offers);
    filters.ifPresent(call.getDeclineBuilder()::setFilters);
    return call.build();
  }

  /**
   * Takes back filters and suppression (C5).
   *
   * @param roles none for all
   */
  public static Call revive(Collection<String> roles) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.REVIVE);
    call.getReviveBuilder().addAllRoles(roles);
    return call.build();
  }

  /**
   * Wants no more offers (C12).
   *
   * @param roles none for all
   */
  public static Call suppress(Collection<String> roles) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.SUPPRESS);
    call.getSuppressBuilder().addAllRoles(roles);
    return call.build();
  }

  /** Ends a task (C6). */
  public static Call kill(TaskID task, Optional<AgentID> agent, Optional<KillPolicy> policy) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.KILL);
    call.getKillBuilder().setTaskId(task);
    agent.ifPresent(call.getKillBuilder()::setAgentId);
    policy.ifPresent(call.getKillBuilder()::setKillPolicy);
    return call.build();
  }

  /** Ends an executor and its tasks (C7). */
  public static Call shutdown(ExecutorID executor, AgentID agent) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.SHUTDOWN);
    call.getShutdownBuilder().setExecutorId(executor).setAgentId(agent);
    return call.build();
  }

  /**
   * Says that an update has been dealt with (C8).
   *
   * @return nothing for an update without uuid, which wants no acknowledgement
   */
  public static Optional<Call> acknowledge(TaskStatus status) {
    if (!status.hasUuid() || status.getUuid().isEmpty()) {
      return Optional.empty();
    }
    Call.Builder call = Call.newBuilder().setType(Call.Type.ACKNOWLEDGE);
    call.getAcknowledgeBuilder()
        .setAgentId(status.getAgentId())
        .setTaskId(status.getTaskId())
        .setUuid(status.getUuid());
    return Optional.of(call.build());
  }

  /**
   * Asks for the states of tasks (C9).
   *
   * @param tasks none for all that the master knows
   */
  public static Call reconcile(Collection<Call.Reconcile.Task> tasks) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.RECONCILE);
    call.getReconcileBuilder().addAllTasks(tasks);
    return call.build();
  }

  /** Sends bytes to an executor, at most once (C10). */
  public static Call message(AgentID agent, ExecutorID executor, ByteString data) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.MESSAGE);
    call.getMessageBuilder().setAgentId(agent).setExecutorId(executor).setData(data);
    return call.build();
  }

  /** Tells the allocator what would be welcome (C11). */
  public static Call request(Collection<Request> requests) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.REQUEST);
    call.getRequestBuilder().addAllRequests(requests);
    return call.build();
  }

  /** Agrees to an agent's going away (C13). */
  public static Call acceptInverseOffers(
      Collection<OfferID> inverseOffers, Optional<Filters> filters) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.ACCEPT_INVERSE_OFFERS);
    call.getAcceptInverseOffersBuilder().addAllInverseOfferIds(inverseOffers);
    filters.ifPresent(call.getAcceptInverseOffersBuilder()::setFilters);
    return call.build();
  }

  /** Does not agree to an agent's going away (C14). */
  public static Call declineInverseOffers(
      Collection<OfferID> inverseOffers, Optional<Filters> filters) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.DECLINE_INVERSE_OFFERS);
    call.getDeclineInverseOffersBuilder().addAllInverseOfferIds(inverseOffers);
    filters.ifPresent(call.getDeclineInverseOffersBuilder()::setFilters);
    return call.build();
  }

  /**
   * Says that an operation's update has been dealt with (C15).
   *
   * @return nothing for an update that wants no acknowledgement
   */
  public static Optional<Call> acknowledgeOperation(OperationStatus status) {
    if (!status.hasUuid() || !status.hasOperationId()) {
      return Optional.empty();
    }
    Call.Builder call = Call.newBuilder().setType(Call.Type.ACKNOWLEDGE_OPERATION_STATUS);
    Call.AcknowledgeOperationStatus.Builder body = call.getAcknowledgeOperationStatusBuilder();
    body.setUuid(status.getUuid().getValue()).setOperationId(status.getOperationId());
    if (status.hasAgentId()) {
      body.setAgentId(status.getAgentId());
    }
    if (status.hasResourceProviderId()) {
      body.setResourceProviderId(status.getResourceProviderId());
    }
    return Optional.of(call.build());
  }

  /**
   * Asks for the states of operations (C16).
   *
   * @param operations none for all that the master knows
   */
  public static Call reconcileOperations(
      Collection<Call.ReconcileOperations.Operation> operations) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.RECONCILE_OPERATIONS);
    call.getReconcileOperationsBuilder().addAllOperations(operations);
    return call.build();
  }

  /** One operation to ask for in {@link #reconcileOperations}. */
  public static Call.ReconcileOperations.Operation operation(OperationID id, AgentID agent) {
    return Call.ReconcileOperations.Operation.newBuilder()
        .setOperationId(id)
        .setAgentId(agent)
        .build();
  }

  /**
   * Replaces the framework's info, suppressed roles and constraints all at once (C17). Give the
   * info to {@link SchedulerClient#framework} too, for later subscriptions.
   */
  public static Call updateFramework(
      FrameworkInfo info, List<String> suppressedRoles, Optional<OfferConstraints> constraints) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.UPDATE_FRAMEWORK);
    call.getUpdateFrameworkBuilder().setFrameworkInfo(info).addAllSuppressedRoles(suppressedRoles);
    constraints.ifPresent(call.getUpdateFrameworkBuilder()::setOfferConstraints);
    return call.build();
  }
}
