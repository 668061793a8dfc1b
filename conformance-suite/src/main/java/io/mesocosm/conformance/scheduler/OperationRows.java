package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.function.Predicate;

/** Section 6: the operations on offers. */
final class OperationRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;
  private static final Predicate<JsonNode> RESERVED =
      resource -> !resource.path("reservations").isEmpty();

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.withOffers("6/OP1", "LAUNCH", OperationRows::launch);
    rows.withOffers("6/OP2", "LAUNCH_GROUP", OperationRows::launchGroup);
    rows.withOffers("6/OP3", "RESERVE", OperationRows::reserve);
    rows.exclusive("6/OP4", "UNRESERVE", OperationRows::unreserve);
    rows.withOffers("6/OP5", "CREATE", OperationRows::create);
    rows.withOffers("6/OP6", "DESTROY", OperationRows::destroy);
    rows.withOffers("6/OP7", "GROW_VOLUME", OperationRows::grow);
    rows.withOffers("6/OP8", "SHRINK_VOLUME", OperationRows::shrink);
    rows.withOffers("6/OP9", "CREATE_DISK without a RAW disk", OperationRows::createDisk);
    rows.withOffers("6/OP10", "DESTROY_DISK without a provider", OperationRows::destroyDisk);
    rows.withOffers("6/OP11", "UNKNOWN is ignored", OperationRows::unknown);
    rows.withOffers(
        "6/rule.id-operationid-on-op3-op10", "an id asks for feedback", OperationRows::feedback);
    rows.withOffers(
        "6/rule.failed-operation-without-id",
        "failed without id: silent",
        OperationRows::silentFailure);
    rows.withOffers(
        "6/rule.failed-operation-with-id",
        "failed with id: OPERATION_ERROR",
        target -> {
          SchedulerSession session = target.subscribe(target.framework());
          Operations.expectErrors(target, session, session.offer(), tooMuch(session));
        });
    rows.withOffers("6/rule.resource-format", "old and new format", OperationRows::formats);
    rows.withOffers(
        "6/rule.allocation_info-omitted", "allocation_info filled in", OperationRows::allocation);
    rows.withOffers(
        "6/rule.task-executor-framework_id-omitted",
        "executor's framework filled in",
        target -> {
          SchedulerSession session = target.subscribe(target.framework());
          JsonNode offer = session.offer();
          ObjectNode task = Tasks.bare(offer, "task");
          task.set("executor", Tasks.customExecutor("executor-x", "sleep 1000"));
          session.launch(offer, task);
          session
              .events()
              .expectNone(
                  "UPDATE",
                  one -> one.at("/update/status/state").asText().equals("TASK_ERROR"),
                  Duration.ofSeconds(2));
          JsonNode executor =
              target.eventually(
                  "the executor in GET_EXECUTORS",
                  SOON,
                  () ->
                      Json.each(target.master().call("GET_EXECUTORS").path("executors"))
                          .map(one -> one.path("executor_info"))
                          .filter(info ->
                              info.at("/framework_id/value").asText().equals(session.frameworkId()))
                          .findFirst());
          Expect.equal("executor-x", executor.at("/executor_id/value").asText(), "executor");
        });
    rows.withOffers(
        "6/rule.health_check-without-type",
        "type of a health check guessed",
        OperationRows::healthType);
  }

  private static void launch(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode withId = SchedulerSession.launchOf(SchedulerSession.task(offer, "with-id", "true"));
    withId.set("id", Json.value("op"));
    session.accept(
        offer,
        0,
        withId,
        SchedulerSession.launchOf(
            Tasks.bare(offer, "wrong"), SchedulerSession.task(offer, "right", "true")));
    for (String refused : new String[] {"with-id", "wrong"}) {
      JsonNode status = session.update(refused);
      Expect.equal("TASK_ERROR", status.path("state").asText(), "state of task " + refused);
      Expect.equal(
          "REASON_TASK_INVALID", status.path("reason").asText(), "reason of task " + refused);
    }
    session.awaitState("right", "TASK_FINISHED", Duration.ofSeconds(30));
    JsonNode next = session.offer();
    session.accept(next, 0, SchedulerSession.launchOf());
    session
        .events()
        .await("OFFERS", one -> CallRows.ofAgent(one, next.get("agent_id")).isPresent(), SOON);
  }

  private static void launchGroup(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode executor = Tasks.defaultExecutor("executor-x", session.frameworkId());
    ObjectNode withId = Tasks.group(executor, SchedulerSession.task(offer, "with-id", "true"));
    withId.set("id", Json.value("op"));
    ObjectNode untyped = Tasks.executor("executor-y");
    session.accept(
        offer,
        3600,
        withId,
        Tasks.group(untyped, SchedulerSession.task(offer, "untyped", "true")),
        Tasks.group(
            executor,
            SchedulerSession.task(offer, "one", "sleep 1000"),
            SchedulerSession.task(offer, "two", "sleep 1000")));
    for (String refused : new String[] {"with-id", "untyped"}) {
      JsonNode status = session.update(refused);
      Expect.equal("TASK_ERROR", status.path("state").asText(), "state of task " + refused);
      Expect.equal(
          "REASON_TASK_GROUP_INVALID", status.path("reason").asText(), "reason of task " + refused);
    }
    session.awaitState("one", "TASK_RUNNING", Duration.ofSeconds(40));
    session.awaitState("two", "TASK_RUNNING", Duration.ofSeconds(40));
  }

  private static ObjectNode reserveOf(JsonNode... resources) {
    return Operations.of("RESERVE", Json.object("resources", Json.array((Object[]) resources)));
  }

  private static ObjectNode tooMuch(SchedulerSession session) {
    return reserveOf(
        Resource.reserved(Resource.scalar("cpus", 1_000_000), session.framework().role(), ""));
  }

  private static SchedulerSession cleaned(Target target, Framework framework) {
    SchedulerSession session = target.subscribe(framework);
    target.closing(() -> Operations.clean(target, session));
    return session;
  }

  private static void reserve(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    String role = session.framework().role();
    JsonNode offer = session.offer();
    ObjectNode some = Resource.scalar("cpus", 0.1);
    ObjectNode withSource = reserveOf(Resource.reserved(some, role, target.principal()));
    ((ObjectNode) withSource.path("reserve")).set("source", Json.array(some));
    ObjectNode revocable = Resource.reserved(some, role, target.principal());
    revocable.set("revocable", Json.object());
    ObjectNode fixed = Resource.reserved(some, role, target.principal());
    ((ObjectNode) fixed.at("/reservations/0")).put("type", "STATIC");
    Operations.expectErrors(
        target,
        session,
        offer,
        withSource,
        reserveOf(Resource.reserved(some, "not-" + role, target.principal())),
        reserveOf(revocable),
        reserveOf(fixed),
        reserveOf(some),
        reserveOf(Resource.reserved(some, "*", target.principal())));
    Operations.reserve(target, session, some);
    JsonNode reserved = Operations.resource(Operations.offerWith(session, RESERVED), RESERVED);
    Expect.equal(role, reserved.at("/reservations/0/role").asText(), "role of the reservation");
    Expect.equal(
        "DYNAMIC", reserved.at("/reservations/0/type").asText(), "type of the reservation");
  }

  private static void unreserve(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    ObjectNode reserved = Operations.reserve(target, session, Resource.scalar("cpus", 0.1));
    JsonNode offer = Operations.offerWith(session, RESERVED);
    double total = SchedulerSession.scalar(offer, "cpus");
    session.accept(
        offer, 0, Operations.of("UNRESERVE", Json.object("resources", Json.array(reserved))));
    JsonNode after =
        session
            .events()
            .await("OFFERS", one -> CallRows.ofAgent(one, offer.get("agent_id")).isPresent(), SOON);
    JsonNode again = CallRows.ofAgent(after, offer.get("agent_id")).orElseThrow();
    Expect.that(
        Json.each(again.path("resources")).noneMatch(RESERVED), "no reservation left", again);
    Expect.that(
        Math.abs(SchedulerSession.scalar(again, "cpus") - total) < 0.0005, total + " cpus", again);
    Operations.expectErrors(
        target,
        session,
        again,
        Operations.of(
            "UNRESERVE", Json.object("resources", Json.array(Resource.scalar("cpus", 0.1)))));
  }

  private static void create(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    JsonNode offer = session.offer();
    ObjectNode disk =
        Resource.reserved(
            Resource.scalar("disk", 16), session.framework().role(), target.principal());
    ObjectNode unreserved =
        Resource.volume(Resource.scalar("disk", 16), "a", "data", target.principal());
    ObjectNode readOnly = Resource.volume(disk, "b", "data", target.principal());
    ((ObjectNode) readOnly.at("/disk/volume")).put("mode", "RO");
    ObjectNode onHost = Resource.volume(disk, "c", "data", target.principal());
    ((ObjectNode) onHost.at("/disk/volume")).put("host_path", "/tmp");
    ObjectNode badId = Resource.volume(disk, "d/e", "data", target.principal());
    ObjectNode[] errors = new ObjectNode[4];
    int i = 0;
    for (ObjectNode bad : new ObjectNode[] {unreserved, readOnly, onHost, badId}) {
      errors[i++] = Operations.of("CREATE", Json.object("volumes", Json.array(bad)));
    }
    Operations.expectErrors(target, session, offer, errors);
    ObjectNode volume = Operations.create(target, session, 16, false);
    JsonNode made =
        Operations.resource(
            Operations.offerWith(session, Operations.volume(volume)), Operations.volume(volume));
    Expect.equal("data", made.at("/disk/volume/container_path").asText(), "container_path");
    Expect.equal(16.0, made.at("/scalar/value").asDouble(), "size of the volume");
  }

  private static ObjectNode destroyOf(JsonNode volume) {
    return Operations.of("DESTROY", Json.object("volumes", Json.array(volume)));
  }

  private static void destroy(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    ObjectNode volume = Operations.create(target, session, 16, false);
    JsonNode offer = Operations.offerWith(session, Operations.volume(volume));
    ObjectNode missing = volume.deepCopy();
    ((ObjectNode) missing.at("/disk/persistence")).put("id", "no-such-volume");
    Operations.expectErrors(target, session, offer, destroyOf(missing));
    JsonNode again = Operations.offerWith(session, Operations.volume(volume));
    session.accept(again, 0, destroyOf(volume));
    JsonNode after =
        session
            .events()
            .await("OFFERS", one -> CallRows.ofAgent(one, offer.get("agent_id")).isPresent(), SOON);
    JsonNode rest = CallRows.ofAgent(after, offer.get("agent_id")).orElseThrow();
    Expect.that(
        Json.each(rest.path("resources")).noneMatch(Operations.volume(volume)), "no volume", rest);
    Operations.resource(rest, RESERVED);
  }

  private static void grow(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    ObjectNode volume = Operations.create(target, session, 16, false);
    JsonNode offer = Operations.offerWith(session, Operations.volume(volume));
    ObjectNode more =
        Resource.reserved(
            Resource.scalar("disk", 8), session.framework().role(), target.principal());
    session.accept(
        offer,
        0,
        reserveOf(more),
        Operations.of("GROW_VOLUME", Json.object("volume", volume, "addition", more)));
    Operations.offerWith(
        session,
        resource ->
            Operations.volume(volume).test(resource)
                && resource.at("/scalar/value").asDouble() == 24);
  }

  private static void shrink(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    ObjectNode volume = Operations.create(target, session, 16, false);
    JsonNode offer = Operations.offerWith(session, Operations.volume(volume));
    Operations.expectErrors(
        target,
        session,
        offer,
        Operations.of(
            "SHRINK_VOLUME", Json.object("volume", volume, "subtract", Json.object("value", 16))),
        Operations.of(
            "SHRINK_VOLUME", Json.object("volume", volume, "subtract", Json.object("value", 0))));
    JsonNode again = Operations.offerWith(session, Operations.volume(volume));
    session.accept(
        again,
        0,
        Operations.of(
            "SHRINK_VOLUME", Json.object("volume", volume, "subtract", Json.object("value", 6))));
    Operations.offerWith(
        session,
        resource ->
            Operations.volume(volume).test(resource)
                && resource.at("/scalar/value").asDouble() == 10);
  }

  private static void createDisk(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    Operations.expectErrors(
        target,
        session,
        session.offer(),
        Operations.of(
            "CREATE_DISK",
            Json.object("source", Resource.scalar("disk", 16), "target_type", "MOUNT")));
  }

  private static void destroyDisk(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    Operations.expectErrors(
        target,
        session,
        session.offer(),
        Operations.of("DESTROY_DISK", Json.object("source", Resource.scalar("disk", 16))));
  }

  private static void unknown(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.accept(
        offer,
        3600,
        Json.object("type", "UNKNOWN"),
        SchedulerSession.launchOf(SchedulerSession.task(offer, "task", "true")));
    session.awaitState("task", "TASK_FINISHED", Duration.ofSeconds(30));
  }

  private static void feedback(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    ObjectNode reserve =
        reserveOf(
            Resource.reserved(
                Resource.scalar("cpus", 0.1), session.framework().role(), target.principal()));
    reserve.set("id", Json.value("op-" + target.unique()));
    session.accept(session.offer(), 0, reserve);
    JsonNode status = Operations.status(session, reserve.at("/id/value").asText());
    Expect.equal("OPERATION_FINISHED", status.path("state").asText(), "state");
    Expect.that(status.has("uuid"), "a uuid to acknowledge", status);
    Operations.acknowledge(session, status);
  }

  private static void silentFailure(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.accept(
        offer,
        3600,
        tooMuch(session),
        SchedulerSession.launchOf(SchedulerSession.task(offer, "task", "true")));
    session.awaitState("task", "TASK_FINISHED", Duration.ofSeconds(30));
    session.events().expectNone("UPDATE_OPERATION_STATUS", _ -> true, Duration.ofSeconds(1));
  }

  private static void formats(Target target) {
    SchedulerSession session = cleaned(target, target.framework());
    ObjectNode old = Resource.scalar("cpus", 0.1).put("role", session.framework().role());
    ObjectNode reservation = Json.object();
    if (!target.principal().isEmpty()) {
      reservation.put("principal", target.principal());
    }
    old.set("reservation", reservation);
    ObjectNode mixed = Resource.reserved(old, session.framework().role(), target.principal());
    Operations.expectErrors(target, session, session.offer(), reserveOf(mixed));
    session.accept(session.offer(), 0, reserveOf(old));
    JsonNode reserved = Operations.resource(Operations.offerWith(session, RESERVED), RESERVED);
    Expect.equal(
        session.framework().role(),
        reserved.at("/reservations/0/role").asText(),
        "upgraded reservation");
  }

  private static void allocation(Target target) throws InterruptedException {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.launch(
        offer, SchedulerSession.task(offer, "task-of-" + session.frameworkId(), "sleep 1000"));
    session.awaitState("task-of-" + session.frameworkId(), "TASK_RUNNING", Duration.ofSeconds(30));
    JsonNode task =
        target.cluster().task("tasks", "task-of-" + session.frameworkId()).orElseThrow();
    boolean all =
        Json.each(task.path("resources"))
            .allMatch(resource ->
                resource.at("/allocation_info/role").asText().equals(session.framework().role()));
    Expect.that(all, "allocation_info.role in the task's resources", task);
  }

  private static void healthType(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode task = SchedulerSession.task(offer, "task", "sleep 1000");
    task.set(
        "health_check",
        Json.object(
            "command", Json.object("value", "true"), "delay_seconds", 0, "interval_seconds", 1));
    session.launch(offer, task);
    for (int i = 0; i < 4; i++) {
      JsonNode status = session.update("task", Duration.ofSeconds(20));
      session.acknowledge(status);
      if (status.path("healthy").asBoolean()) {
        return;
      }
    }
    throw new io.mesocosm.conformance.Mismatch("a status with healthy true", "none of four");
  }
}
