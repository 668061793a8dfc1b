package io.mesocosm.master;

import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.Identifiers;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.MachineID;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.WeightInfo;
import org.apache.mesos.v1.maintenance.Protos.Window;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;

/**
 * Hands the calls of operators that change something to whoever knows what they mean, if their
 * principal may make them (contracts/mesos-operator-api.md A9, §2, §10).
 */
final class OperatorCalls {
  private final MasterConfig config;
  private final Registry registry;
  private final Quotas quotas;
  private final Weights weights;
  private final Maintenance maintenance;
  private final AgentMarks marks;
  private final OperatorResources resources;
  private final Subscriptions subscriptions;
  private final Durable durable;
  private final Outbox outbox;

  OperatorCalls(
      MasterConfig config,
      Registry registry,
      Quotas quotas,
      Weights weights,
      Maintenance maintenance,
      AgentMarks marks,
      OperatorResources resources,
      Subscriptions subscriptions,
      Durable durable,
      Outbox outbox) {
    this.config = config;
    this.registry = registry;
    this.quotas = quotas;
    this.weights = weights;
    this.maintenance = maintenance;
    this.marks = marks;
    this.resources = resources;
    this.subscriptions = subscriptions;
    this.durable = durable;
    this.outbox = outbox;
  }

  void handle(MasterCommand.OperatorCall command, Instant now) {
    durable.decide(
        then -> {
          if (isAllowed(command.call(), command.principal())) {
            dispatch(command.request(), command.call(), command.principal(), then);
          } else {
            outbox.refuse(
                command.request(),
                403,
                "Not authorized to "
                    + command.call().getType()
                    + ": the access list (--acls) does not allow it");
          }
        },
        now);
  }

  @SuppressWarnings("deprecation") // the old quota calls are out of use, and part of the contract
  private void dispatch(long request, Call call, Optional<Principal> principal, Instant now) {
    switch (call.getType()) {
      case UPDATE_QUOTA -> quotas.update(request, call.getUpdateQuota());
      case SET_QUOTA -> quotas.set(request, call.getSetQuota().getQuotaRequest());
      case REMOVE_QUOTA -> quotas.remove(request, call.getRemoveQuota().getRole());
      case UPDATE_WEIGHTS -> weights.update(request, call.getUpdateWeights().getWeightInfosList());
      case UPDATE_MAINTENANCE_SCHEDULE ->
          maintenance.update(request, call.getUpdateMaintenanceSchedule().getSchedule());
      case START_MAINTENANCE ->
          maintenance.start(request, call.getStartMaintenance().getMachinesList());
      case STOP_MAINTENANCE ->
          maintenance.stop(request, call.getStopMaintenance().getMachinesList());
      case DRAIN_AGENT -> marks.drain(request, call.getDrainAgent(), now);
      case DEACTIVATE_AGENT -> marks.deactivate(request, call.getDeactivateAgent().getAgentId());
      case REACTIVATE_AGENT -> marks.reactivate(request, call.getReactivateAgent().getAgentId());
      case MARK_AGENT_GONE -> marks.markGone(request, call.getMarkAgentGone().getAgentId(), now);
      case RESERVE_RESOURCES,
          UNRESERVE_RESOURCES,
          CREATE_VOLUMES,
          DESTROY_VOLUMES,
          GROW_VOLUME,
          SHRINK_VOLUME ->
          resources.apply(
              request, OperatorOperations.agent(call), OperatorOperations.of(call), principal, now);
      case TEARDOWN -> teardown(request, call.getTeardown().getFrameworkId().getValue(), now);
      case UNKNOWN,
          GET_HEALTH,
          GET_FLAGS,
          GET_VERSION,
          GET_METRICS,
          GET_LOGGING_LEVEL,
          SET_LOGGING_LEVEL,
          LIST_FILES,
          READ_FILE,
          GET_STATE,
          GET_AGENTS,
          GET_FRAMEWORKS,
          GET_EXECUTORS,
          GET_OPERATIONS,
          GET_TASKS,
          GET_ROLES,
          GET_WEIGHTS,
          GET_MASTER,
          SUBSCRIBE,
          GET_MAINTENANCE_STATUS,
          GET_MAINTENANCE_SCHEDULE,
          GET_QUOTA ->
          outbox.refuse(request, 501, call.getType() + " changes nothing: ask a reader for it");
    }
  }

  private void teardown(long request, String id, Instant now) {
    Optional<Framework> framework = framework(id);
    if (framework.isEmpty()) {
      outbox.refuse(request, 400, "No framework found with specified ID");
      return;
    }
    subscriptions.remove(framework.get(), now);
    outbox.applied(request);
  }

  private Optional<Framework> framework(String id) {
    return Identifiers.problem(id).isEmpty()
        ? registry.framework(new FrameworkId(id))
        : Optional.empty();
  }

  /** Every object that the call touches must be allowed. */
  @SuppressWarnings("deprecation") // the old quota calls are out of use, and part of the contract
  private boolean isAllowed(Call call, Optional<Principal> principal) {
    return switch (call.getType()) {
      case UPDATE_QUOTA ->
          all(
              principal,
              Action.UPDATE_QUOTA,
              call.getUpdateQuota().getQuotaConfigsList().stream()
                  .map(QuotaConfig::getRole)
                  .toList());
      case SET_QUOTA ->
          all(
              principal,
              Action.UPDATE_QUOTA,
              List.of(call.getSetQuota().getQuotaRequest().getRole()));
      case REMOVE_QUOTA ->
          all(principal, Action.UPDATE_QUOTA, List.of(call.getRemoveQuota().getRole()));
      case UPDATE_WEIGHTS ->
          all(
              principal,
              Action.UPDATE_WEIGHT,
              call.getUpdateWeights().getWeightInfosList().stream()
                  .map(WeightInfo::getRole)
                  .toList());
      case UPDATE_MAINTENANCE_SCHEDULE ->
          machines(
              principal,
              Action.UPDATE_MAINTENANCE_SCHEDULE,
              call.getUpdateMaintenanceSchedule().getSchedule().getWindowsList().stream()
                  .map(Window::getMachineIdsList)
                  .flatMap(List::stream)
                  .toList());
      case START_MAINTENANCE ->
          machines(
              principal, Action.START_MAINTENANCE, call.getStartMaintenance().getMachinesList());
      case STOP_MAINTENANCE ->
          machines(principal, Action.STOP_MAINTENANCE, call.getStopMaintenance().getMachinesList());
      case DRAIN_AGENT -> agent(principal, Action.DRAIN_AGENT, call.getDrainAgent().getAgentId());
      case DEACTIVATE_AGENT ->
          agent(principal, Action.DEACTIVATE_AGENT, call.getDeactivateAgent().getAgentId());
      case REACTIVATE_AGENT ->
          agent(principal, Action.REACTIVATE_AGENT, call.getReactivateAgent().getAgentId());
      case MARK_AGENT_GONE ->
          agent(principal, Action.MARK_AGENT_GONE, call.getMarkAgentGone().getAgentId());
      case RESERVE_RESOURCES ->
          all(
              principal,
              Action.RESERVE_RESOURCES,
              OperatorOperations.roles(call.getReserveResources().getResourcesList()));
      case UNRESERVE_RESOURCES ->
          all(
              principal,
              Action.UNRESERVE_RESOURCES,
              OperatorOperations.reservers(call.getUnreserveResources().getResourcesList()));
      case CREATE_VOLUMES ->
          all(
              principal,
              Action.CREATE_VOLUME,
              OperatorOperations.roles(call.getCreateVolumes().getVolumesList()));
      case DESTROY_VOLUMES ->
          all(
              principal,
              Action.DESTROY_VOLUME,
              VolumeCreators.of(
                  call.getDestroyVolumes().getVolumesList(),
                  WireIds.agent(call.getDestroyVolumes().getAgentId()).flatMap(registry::agent)));
      case GROW_VOLUME -> resize(principal, call.getGrowVolume().getVolume());
      case SHRINK_VOLUME -> resize(principal, call.getShrinkVolume().getVolume());
      case TEARDOWN ->
          framework(call.getTeardown().getFrameworkId().getValue())
              .map(framework ->
                  all(
                      principal,
                      Action.TEARDOWN_FRAMEWORK,
                      List.of(framework.info().getPrincipal())))
              .orElse(true);
      // What only reads is filtered by whoever reads, and refused here whoever asks.
      default -> true;
    };
  }

  private boolean resize(Optional<Principal> principal, Resource volume) {
    return all(principal, Action.RESIZE_VOLUME, OperatorOperations.roles(List.of(volume)));
  }

  private boolean agent(Optional<Principal> principal, Action action, AgentID id) {
    return all(principal, action, List.of(id.getValue()));
  }

  private boolean machines(Optional<Principal> principal, Action action, List<MachineID> machines) {
    return all(
        principal,
        action,
        machines.stream().map(MachineKey::of).map(MachineKey::toString).toList());
  }

  /** With nothing named, the permission for everything is asked for. */
  private boolean all(Optional<Principal> principal, Action action, List<String> objects) {
    return objects.isEmpty()
        ? config.authorizer().allows(principal, action, Optional.empty())
        : objects.stream()
            .allMatch(object -> config.authorizer().allows(principal, action, object));
  }
}
