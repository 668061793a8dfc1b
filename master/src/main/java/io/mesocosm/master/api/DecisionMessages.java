package io.mesocosm.master.api;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.model.access.Action;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.MachineID;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Role;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.WeightInfo;
import org.apache.mesos.v1.allocator.Protos.InverseOfferStatus;
import org.apache.mesos.v1.maintenance.Protos.ClusterStatus;
import org.apache.mesos.v1.maintenance.Protos.Schedule;
import org.apache.mesos.v1.maintenance.Protos.Window;
import org.apache.mesos.v1.master.Protos.Response;
import org.apache.mesos.v1.quota.Protos.QuotaConfig;
import org.apache.mesos.v1.quota.Protos.QuotaInfo;
import org.apache.mesos.v1.quota.Protos.QuotaStatus;

/** What operators have decided, as messages of the v1 operator API, as far as one may see it. */
final class DecisionMessages {
  private DecisionMessages() {}

  @SuppressWarnings("deprecation") // the old quota form is out of use, and part of the contract
  static QuotaStatus quotas(MasterSnapshot snapshot, Visible visible) {
    QuotaStatus.Builder status = QuotaStatus.newBuilder();
    snapshot.decisions().quotas().values().stream()
        .filter(quota -> visible.may(Action.GET_QUOTA, quota.getRole()))
        .forEach(quota -> status.addConfigs(quota).addInfos(info(quota)));
    return status.build();
  }

  private static QuotaInfo info(QuotaConfig quota) {
    QuotaInfo.Builder info = QuotaInfo.newBuilder().setRole(quota.getRole());
    new TreeMap<>(quota.getGuaranteesMap())
        .forEach((name, amount) ->
            info.addGuarantee(
                Resource.newBuilder().setName(name).setType(Value.Type.SCALAR).setScalar(amount)));
    return info.build();
  }

  static List<WeightInfo> weights(MasterSnapshot snapshot, Visible visible) {
    return snapshot.decisions().weights().entrySet().stream()
        .filter(entry -> visible.role(entry.getKey()))
        .map(entry ->
            WeightInfo.newBuilder().setRole(entry.getKey()).setWeight(entry.getValue()).build())
        .toList();
  }

  static Schedule schedule(MasterSnapshot snapshot, Visible visible) {
    Schedule.Builder schedule = Schedule.newBuilder();
    for (Window window : snapshot.decisions().schedule().getWindowsList()) {
      List<MachineID> machines =
          window.getMachineIdsList().stream()
              .filter(machine -> visible.may(Action.GET_MAINTENANCE_SCHEDULE, name(machine)))
              .toList();
      if (!machines.isEmpty()) {
        schedule.addWindows(window.toBuilder().clearMachineIds().addAllMachineIds(machines));
      }
    }
    return schedule.build();
  }

  static ClusterStatus maintenance(MasterSnapshot snapshot, Visible visible) {
    ClusterStatus.Builder status = ClusterStatus.newBuilder();
    List<MachineID> down = snapshot.decisions().downMachines();
    for (Window window : snapshot.decisions().schedule().getWindowsList()) {
      for (MachineID machine : window.getMachineIdsList()) {
        if (visible.may(Action.GET_MAINTENANCE_STATUS, name(machine))
            && down.stream().noneMatch(other -> name(other).equals(name(machine)))) {
          status
              .addDrainingMachinesBuilder()
              .setId(machine)
              .addAllStatuses(answers(snapshot, machine));
        }
      }
    }
    down.stream()
        .filter(machine -> visible.may(Action.GET_MAINTENANCE_STATUS, name(machine)))
        .forEach(status::addDownMachines);
    return status.build();
  }

  /** What frameworks on the machine's agents have said to its maintenance. */
  private static List<InverseOfferStatus> answers(MasterSnapshot snapshot, MachineID machine) {
    return snapshot.agents().values().stream()
        .filter(agent -> isOn(agent, machine))
        .flatMap(agent ->
            snapshot.decisions().inverseOffers().getOrDefault(agent.id(), List.of()).stream())
        .toList();
  }

  private static boolean isOn(AgentView agent, MachineID machine) {
    return machine.getHostname().isEmpty()
        ? !machine.getIp().isEmpty() && machine.getIp().equals(agent.ip())
        : machine.getHostname().equalsIgnoreCase(agent.info().getHostname());
  }

  private static String name(MachineID machine) {
    return (machine.getHostname() + "/" + machine.getIp()).toLowerCase(Locale.ROOT);
  }

  static Response.GetRoles roles(MasterSnapshot snapshot, Visible visible) {
    Response.GetRoles.Builder reply = Response.GetRoles.newBuilder();
    SortedMap<String, RoleTally> tallies = RoleTally.of(snapshot);
    tallies.forEach((name, tally) -> {
      if (visible.role(name)) {
        Role.Builder role =
            Role.newBuilder()
                .setName(name)
                .setWeight(snapshot.decisions().weights().getOrDefault(name, 1.0))
                .addAllResources(
                    io.mesocosm.protocol.ResourceMapping.toProtoEndpoint(
                        tally.allocated().plus(tally.offered()).unallocated()));
        tally.frameworks().forEach(id -> role.addFrameworks(FrameworkID.newBuilder().setValue(id)));
        reply.addRoles(role);
      }
    });
    return reply.build();
  }
}
