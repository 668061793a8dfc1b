package io.mesocosm.master.api;

import com.google.protobuf.Message;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.master.MasterCommand;
import io.mesocosm.protocol.InvalidMessageException;
import io.mesocosm.protocol.MesosJson;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.MachineID;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.WeightInfo;
import org.apache.mesos.v1.maintenance.Protos.Schedule;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.quota.Protos.QuotaRequest;

/**
 * The endpoints of before the operator API that change something: each is one of its calls in
 * another form (contracts/mesos-operator-api.md §5).
 */
final class LegacyWrites {
  private final MasterProxy master;

  LegacyWrites(MasterProxy master) {
    this.master = master;
  }

  @SuppressWarnings("deprecation") // the old quota calls are out of use, and part of the contract
  Response setQuota(Request request) throws InterruptedException {
    QuotaRequest quota = json(request, QuotaRequest.newBuilder(), "quota request").build();
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.SET_QUOTA)
            .setSetQuota(Call.SetQuota.newBuilder().setQuotaRequest(quota)));
  }

  @SuppressWarnings("deprecation") // the old quota calls are out of use, and part of the contract
  Response removeQuota(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.REMOVE_QUOTA)
            .setRemoveQuota(Call.RemoveQuota.newBuilder().setRole(request.pathVariable("role"))));
  }

  Response updateWeights(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.UPDATE_WEIGHTS)
            .setUpdateWeights(
                Call.UpdateWeights.newBuilder()
                    .addAllWeightInfos(
                        list(body(request), WeightInfo::newBuilder, "weights").stream()
                            .map(WeightInfo.Builder::build)
                            .toList())));
  }

  Response updateSchedule(Request request) throws InterruptedException {
    Schedule schedule = json(request, Schedule.newBuilder(), "maintenance schedule").build();
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.UPDATE_MAINTENANCE_SCHEDULE)
            .setUpdateMaintenanceSchedule(
                Call.UpdateMaintenanceSchedule.newBuilder().setSchedule(schedule)));
  }

  Response machineDown(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.START_MAINTENANCE)
            .setStartMaintenance(
                Call.StartMaintenance.newBuilder().addAllMachines(machines(request))));
  }

  Response machineUp(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.STOP_MAINTENANCE)
            .setStopMaintenance(
                Call.StopMaintenance.newBuilder().addAllMachines(machines(request))));
  }

  Response reserve(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.RESERVE_RESOURCES)
            .setReserveResources(
                Call.ReserveResources.newBuilder()
                    .setAgentId(agent(request))
                    .addAllSource(
                        formValue(request, "source").map(LegacyWrites::resources).orElse(List.of()))
                    .addAllResources(resources(required(request, "resources")))));
  }

  Response unreserve(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.UNRESERVE_RESOURCES)
            .setUnreserveResources(
                Call.UnreserveResources.newBuilder()
                    .setAgentId(agent(request))
                    .addAllResources(resources(required(request, "resources")))));
  }

  Response createVolumes(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.CREATE_VOLUMES)
            .setCreateVolumes(
                Call.CreateVolumes.newBuilder()
                    .setAgentId(agent(request))
                    .addAllVolumes(resources(required(request, "volumes")))));
  }

  Response destroyVolumes(Request request) throws InterruptedException {
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.DESTROY_VOLUMES)
            .setDestroyVolumes(
                Call.DestroyVolumes.newBuilder()
                    .setAgentId(agent(request))
                    .addAllVolumes(resources(required(request, "volumes")))));
  }

  Response teardown(Request request) throws InterruptedException {
    FrameworkID framework =
        FrameworkID.newBuilder().setValue(required(request, "frameworkId")).build();
    return ask(
        request,
        Call.newBuilder()
            .setType(Call.Type.TEARDOWN)
            .setTeardown(Call.Teardown.newBuilder().setFrameworkId(framework)));
  }

  private Response ask(Request request, Call.Builder call) throws InterruptedException {
    return CallBody.answer(
        master.ask(
            number -> new MasterCommand.OperatorCall(number, call.build(), request.principal())));
  }

  private static AgentID agent(Request request) {
    return AgentID.newBuilder().setValue(required(request, "slaveId")).build();
  }

  private static List<MachineID> machines(Request request) {
    return list(body(request), MachineID::newBuilder, "machines").stream()
        .map(MachineID.Builder::build)
        .toList();
  }

  private static List<Resource> resources(String text) {
    return list(text, Resource::newBuilder, "resources").stream()
        .map(Resource.Builder::build)
        .toList();
  }

  private static <B extends Message.Builder> B json(Request request, B builder, String what) {
    try {
      return MesosJson.parse(body(request), builder);
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, "Failed to parse the " + what + ": " + e.getMessage());
    }
  }

  private static <B extends Message.Builder> List<B> list(
      String text, Supplier<B> builders, String what) {
    try {
      return MesosJson.parseList(text, builders);
    } catch (InvalidMessageException e) {
      throw HttpException.text(400, "Failed to parse the " + what + ": " + e.getMessage());
    }
  }

  private static String body(Request request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  private static String required(Request request, String name) {
    return formValue(request, name)
        .orElseThrow(() ->
            HttpException.text(400, "Missing '" + name + "' query parameter in the request body"));
  }

  private static Optional<String> formValue(Request request, String name) {
    for (String pair : body(request).split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        String text = pair.substring(equals + 1).strip();
        try {
          return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
          return Optional.of(text); // not encoded, as some scripts send it
        }
      }
    }
    return Optional.empty();
  }
}
