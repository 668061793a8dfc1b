package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.Optional;

/** Section 10: what the operator's reservations, volumes and teardowns mean. */
final class OperationMeaningRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.exclusive("10/O1", "offers taken back for the operator", OperationMeaningRows::rescinded);
    rows.withOffers("10/O2", "resources of the operator", OperationMeaningRows::resources);
    rows.test("10/T1", "TEARDOWN answers after the removal", OperationMeaningRows::teardown);
  }

  private static void rescinded(Target target) throws InterruptedException {
    Placement.runningTask(target);
    Holdings holdings = Holdings.of(target);
    OfferHolder holder = OfferHolder.of(target, target.framework());
    holdings.reserve(Resource.scalar("cpus", 0.25));
    holder.awaitRescind(Placement.agentId(target));
    holdings.await("0.25 cpus reserved", "cpus", 0.25);
    double total = target.agent().get("/state").at("/resources/cpus").asDouble();
    ObjectNode all = holdings.reserved(Resource.scalar("cpus", total - 0.25));
    holdings.expect(409, "RESERVE_RESOURCES", "resources", all);
  }

  private static void resources(Target target) {
    Holdings holdings = Holdings.of(target);
    JsonNode allocation = Json.object("role", holdings.role());
    ObjectNode reserved = holdings.reserved(Resource.scalar("cpus", 0.1));
    reserved.set("allocation_info", allocation);
    holdings.expect(400, "RESERVE_RESOURCES", "resources", reserved);
    ObjectNode volume = holdings.volume(8);
    volume.set("allocation_info", allocation);
    holdings.expect(400, "CREATE_VOLUMES", "volumes", volume);
    if (!target.principal().isEmpty()) {
      ObjectNode foreign =
          Resource.reserved(Resource.scalar("cpus", 0.1), holdings.role(), target.unique());
      holdings.expect(400, "RESERVE_RESOURCES", "resources", foreign);
      ObjectNode foreignVolume =
          Resource.volume(
              holdings.reserved(Resource.scalar("disk", 8)),
              "v-" + target.unique(),
              "data",
              target.unique());
      holdings.expect(400, "CREATE_VOLUMES", "volumes", foreignVolume);
    }
    Expect.that(holdings.resources().isEmpty(), "nothing reserved", holdings.resources());
  }

  private static void teardown(Target target) {
    RunningTask running = target.runningTask();
    SchedulerSession session = running.session();
    String id = session.frameworkId();
    target.master().expect(200, "TEARDOWN", Json.object("framework_id", Json.value(id)));
    Expect.equal(Optional.empty(), target.cluster().framework(id), "the framework");
    Expect.that(
        target.cluster().completedFramework(id).isPresent(),
        "framework " + id + " in completed_frameworks",
        "absent");
    Expect.equal(
        Optional.empty(), target.cluster().task("tasks", running.taskId()), "the task in tasks");
    session.events().awaitEnd(SchedulerSession.SOON);
  }
}
