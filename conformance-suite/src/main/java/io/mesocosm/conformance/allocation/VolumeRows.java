package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import java.time.Duration;

/** Sections 8 and 9: persistent and shared volumes, revocable resources. */
final class VolumeRows implements RowTests {
  private static final String DISKS = "needs an agent with --resources of disks";
  private static final String ESTIMATOR =
      "needs an agent with a resource estimator or QoS controller module";

  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.withOffers("8/D1", "what makes a volume", VolumeRows::made);
    rows.withOffers("8/D2", "one and undivided, its id unique", VolumeRows::unique);
    rows.notObservable(
        "8/D3", "paths on the agent", "the agent's file system is not seen over HTTP");
    rows.withOffers("8/D4", "data live until DESTROY", VolumeRows::data);
    rows.notObservable("8/D5", "kinds of disks", DISKS);
    rows.notObservable("8/D6", "fields of a disk's source", DISKS);
    rows.notObservable("8/D7", "relative roots", DISKS);
    rows.notObservable("8/D8", "root disk beside named ones", DISKS);
    rows.withOffers("8/D9", "shared volumes", VolumeRows::shared);
    rows.withOffers("8/D10", "shared within a role only", VolumeRows::sharedInRole);
    rows.notObservable("8/D11", "GROW and SHRINK", "see mesos-scheduler-api/6/OP7 and OP8");
    rows.notObservable("9/X1", "revocable resources", ESTIMATOR);
    rows.notObservable("9/X2", "new estimates replace", ESTIMATOR);
    rows.notObservable("9/X3", "offers rescinded on a decrease", ESTIMATOR);
    rows.withOffers("9/X4", "revocable: never reserved", VolumeRows::revocable);
    rows.notObservable("9/X5", "revocable: not in quota", ESTIMATOR);
    rows.notObservable("9/X6", "QoS kills", ESTIMATOR);
    rows.notObservable("9/X7", "low priority of revocable cpus", ESTIMATOR);
  }

  private static SchedulerSession session(Target target, String... capabilities) {
    var framework = target.framework();
    for (String capability : capabilities) {
      framework = framework.capability(capability);
    }
    SchedulerSession session = target.subscribe(framework);
    target.closing(() -> Operations.clean(target, session));
    return session;
  }

  private static void made(Target target) {
    SchedulerSession session = session(target);
    ObjectNode volume = Operations.create(target, session, 16, false);
    JsonNode made =
        Operations.resource(
            Operations.offerWith(session, Operations.volume(volume)), Operations.volume(volume));
    Expect.equal("RW", made.at("/disk/volume/mode").asText(), "mode");
    Expect.that(Shares.isReserved(made), "a reserved disk", made);
  }

  private static void unique(Target target) {
    SchedulerSession session = session(target);
    ObjectNode volume = Operations.create(target, session, 16, false);
    JsonNode offer = Operations.offerWith(session, Operations.volume(volume));
    ObjectNode half = volume.deepCopy();
    ((ObjectNode) half.get("scalar")).put("value", 8);
    ObjectNode disk =
        Resource.reserved(
            Resource.scalar("disk", 8), session.framework().role(), target.principal());
    ObjectNode second =
        Resource.volume(
            disk, volume.at("/disk/persistence/id").asText(), "data", target.principal());
    ObjectNode reserve = Operations.of("RESERVE", Json.object("resources", Json.array(disk)));
    ObjectNode task = SchedulerSession.task(offer, "task", "true");
    task.set(
        "resources", Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("mem", 32), half));
    ObjectNode create = Operations.of("CREATE", Json.object("volumes", Json.array(second)));
    create.set("id", Json.value("op-" + target.unique()));
    session.accept(offer, 0, reserve, create, SchedulerSession.launchOf(task));
    Expect.equal(
        "TASK_ERROR",
        session.update("task").path("state").asText(),
        "a task with half of the volume");
    JsonNode status = Operations.status(session, create.at("/id/value").asText());
    Expect.equal("OPERATION_ERROR", status.path("state").asText(), "a second volume of that id");
  }

  private static void runWith(
      SchedulerSession session, JsonNode offer, JsonNode volume, String id, String command) {
    ObjectNode task = SchedulerSession.task(offer, id, command);
    task.set(
        "resources", Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("mem", 32), volume));
    session.accept(offer, 3600, SchedulerSession.launchOf(task));
    session.awaitState(id, "TASK_FINISHED", Duration.ofSeconds(30));
  }

  private static void data(Target target) {
    SchedulerSession session = session(target);
    ObjectNode volume = Operations.create(target, session, 16, false);
    runWith(
        session,
        Operations.offerWith(session, Operations.volume(volume)),
        volume,
        "writer",
        "echo x > data/file");
    JsonNode again = Operations.offerWith(session, Operations.volume(volume));
    runWith(session, again, volume, "reader", "grep x data/file");
    JsonNode last = Operations.offerWith(session, Operations.volume(volume));
    session.accept(last, 0, Operations.of("DESTROY", Json.object("volumes", Json.array(volume))));
    JsonNode disk = Shares.next(session, last);
    ObjectNode create = Operations.of("CREATE", Json.object("volumes", Json.array(volume)));
    session.accept(disk, 0, create);
    runWith(
        session,
        Operations.offerWith(session, Operations.volume(volume)),
        volume,
        "empty",
        "! test -e data/file");
  }

  private static void shared(Target target) {
    SchedulerSession session = session(target, "SHARED_RESOURCES");
    ObjectNode volume = Operations.create(target, session, 16, true);
    JsonNode offer = Operations.offerWith(session, Operations.volume(volume));
    ObjectNode one = SchedulerSession.task(offer, "one", "sleep 1000");
    ObjectNode two = SchedulerSession.task(offer, "two", "sleep 1000");
    for (ObjectNode task : new ObjectNode[] {one, two}) {
      task.set(
          "resources",
          Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("mem", 32), volume));
    }
    session.accept(offer, 0, SchedulerSession.launchOf(one, two));
    session.awaitState("one", "TASK_RUNNING", Duration.ofSeconds(30));
    session.awaitState("two", "TASK_RUNNING", Duration.ofSeconds(30));
    Operations.offerWith(session, Operations.volume(volume));
    session.call("SUPPRESS");
    SchedulerSession without =
        target.subscribe(target.framework().roles(session.framework().role()));
    without
        .events()
        .expectNone(
            "OFFERS",
            event ->
                Json.each(event.at("/offers/offers"))
                    .flatMap(seen -> Json.each(seen.path("resources")))
                    .anyMatch(Operations.volume(volume)),
            Shares.A_WHILE);
  }

  private static void sharedInRole(Target target) {
    SchedulerSession session = session(target, "SHARED_RESOURCES");
    ObjectNode volume = Operations.create(target, session, 16, true);
    JsonNode offer = Operations.offerWith(session, Operations.volume(volume));
    session.call("SUPPRESS");
    session.decline(0, offer);
    SchedulerSession other = target.subscribe(target.framework().capability("SHARED_RESOURCES"));
    other
        .events()
        .expectNone(
            "OFFERS",
            event ->
                Json.each(event.at("/offers/offers"))
                    .flatMap(seen -> Json.each(seen.path("resources")))
                    .anyMatch(Operations.volume(volume)),
            Shares.A_WHILE);
  }

  private static void revocable(Target target) {
    SchedulerSession session = session(target);
    ObjectNode resource =
        Resource.reserved(
            Resource.scalar("cpus", 0.1), session.framework().role(), target.principal());
    resource.set("revocable", Json.object());
    Operations.expectErrors(
        target,
        session,
        session.offer(),
        Operations.of("RESERVE", Json.object("resources", Json.array(resource))));
  }
}
