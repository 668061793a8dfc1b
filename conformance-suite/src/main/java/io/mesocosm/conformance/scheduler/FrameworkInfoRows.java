package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTest;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** Section 3, second half: the fields of FrameworkInfo and what each capability changes. */
final class FrameworkInfoRows implements RowTests {
  private static final Duration SOON = SchedulerSession.SOON;

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("3/field.user", "user: required, may be empty", FrameworkInfoRows::user);
    rows.test("3/field.name", "name: required", FrameworkInfoRows::name);
    rows.test(
        "3/field.id",
        "id: given by the master",
        target -> {
          SchedulerSession session = target.subscribeQuietly();
          Expect.equal(session.frameworkId(), info(target, session).at("/id/value").asText(), "id");
        });
    rows.test(
        "3/field.failover_timeout",
        "failover_timeout: 0.0",
        unset("failover_timeout", Json.array(0.0).get(0)));
    rows.test(
        "3/field.checkpoint", "checkpoint: false", unset("checkpoint", Json.array(false).get(0)));
    rows.withOffers("3/field.role", "role: * without MULTI_ROLE", FrameworkInfoRows::role);
    rows.withOffers("3/field.roles", "roles: none means no offers", FrameworkInfoRows::roles);
    rows.test(
        "3/field.hostname", "hostname", kept("hostname", Json.array("somewhere.example").get(0)));
    rows.test("3/field.principal", "principal", FrameworkInfoRows::principal);
    rows.test(
        "3/field.webui_url",
        "webui_url",
        kept("webui_url", Json.array("http://somewhere.example/").get(0)));
    rows.test("3/field.capabilities", "capabilities", FrameworkInfoRows::capabilities);
    rows.test(
        "3/field.labels",
        "labels",
        kept(
            "labels",
            Json.object(
                "labels",
                Json.array(Json.object("key", "a", "value", "1"), Json.object("key", "b")))));
    rows.withOffers("3/field.offer_filters", "offer_filters", FrameworkInfoRows::offerFilters);
    rows.notObservable(
        "3/capability.REVOCABLE_RESOURCES",
        "revocable resources",
        "needs an agent with a resource estimator");
    rows.test(
        "3/capability.TASK_KILLING_STATE", "TASK_KILLING sent or not", FrameworkInfoRows::killing);
    rows.withOffers("3/capability.GPU_RESOURCES", "gpus offered or not", FrameworkInfoRows::gpus);
    rows.withOffers(
        "3/capability.SHARED_RESOURCES", "CREATE of a shared volume", FrameworkInfoRows::shared);
    rows.test(
        "3/capability.PARTITION_AWARE",
        "the states beyond TASK_LOST",
        FrameworkInfoRows::partitionAware);
    rows.withOffers(
        "3/capability.MULTI_ROLE", "allocation_info in offers", FrameworkInfoRows::multiRole);
    rows.withOffers(
        "3/capability.RESERVATION_REFINEMENT",
        "format of reservations",
        FrameworkInfoRows::refinement);
    rows.notObservable(
        "3/capability.REGION_AWARE", "remote regions", "needs agents with a fault domain");
  }

  private static JsonNode info(Target target, SchedulerSession session) {
    return target.cluster().framework(session.frameworkId()).orElseThrow().path("framework_info");
  }

  private static RowTest kept(String field, JsonNode value) {
    return target -> {
      SchedulerSession session =
          target.subscribe(target.framework().suppressed().with(field, value));
      Expect.equal(value, info(target, session).get(field), field);
    };
  }

  private static RowTest unset(String field, JsonNode value) {
    return target -> {
      SchedulerSession session = target.subscribeQuietly();
      Expect.equal(value, info(target, session).get(field), field + " when unset");
    };
  }

  private static void user(Target target) {
    Expect.status(
        400,
        target
            .master()
            .http()
            .post(
                SchedulerSession.PATH,
                target.framework().suppressed().without("user").subscribeCall()),
        "SUBSCRIBE without user");
    SchedulerSession session = target.subscribe(target.framework().suppressed().with("user", ""));
    Expect.equal("", info(target, session).path("user").asText(), "empty user");
  }

  private static void name(Target target) {
    Expect.status(
        400,
        target
            .master()
            .http()
            .post(
                SchedulerSession.PATH,
                target.framework().suppressed().without("name").subscribeCall()),
        "SUBSCRIBE without name");
  }

  private static void role(Target target) {
    SchedulerSession session =
        target.subscribe(
            target
                .framework()
                .without("roles")
                .capabilities("PARTITION_AWARE", "RESERVATION_REFINEMENT"));
    JsonNode offer = session.offer();
    JsonNode framework = target.cluster().framework(session.frameworkId()).orElseThrow();
    boolean star =
        Json.each(framework.path("allocated_resources"))
            .allMatch(resource -> resource.at("/allocation_info/role").asText("*").equals("*"));
    Expect.that(star && !offer.has("allocation_info"), "an offer to role *", offer);
  }

  private static void roles(Target target) {
    SchedulerSession session = target.subscribe(target.framework().with("roles", Json.array()));
    session.events().expectNone("OFFERS", _ -> true, Duration.ofSeconds(3));
  }

  private static void principal(Target target) {
    String principal = target.principal().isEmpty() ? "p-" + target.unique() : target.principal();
    SchedulerSession session =
        target.subscribe(target.framework().suppressed().with("principal", principal));
    Expect.equal(principal, info(target, session).path("principal").asText(), "principal");
  }

  private static void capabilities(Target target) {
    Framework all =
        target
            .framework()
            .suppressed()
            .capabilities(
                "REVOCABLE_RESOURCES",
                "TASK_KILLING_STATE",
                "GPU_RESOURCES",
                "SHARED_RESOURCES",
                "PARTITION_AWARE",
                "MULTI_ROLE",
                "RESERVATION_REFINEMENT",
                "REGION_AWARE");
    SchedulerSession session = target.subscribe(all);
    Expect.equal(
        all.info().get("capabilities"), info(target, session).get("capabilities"), "capabilities");
  }

  private static void offerFilters(Target target) {
    Framework framework = target.framework();
    JsonNode huge = Json.object("cpus", Json.object("value", 1_000_000));
    JsonNode quantities = Json.object("quantities", Json.array(Json.object("quantities", huge)));
    JsonNode filters =
        Json.object(framework.role(), Json.object("min_allocatable_resources", quantities));
    SchedulerSession session = target.subscribe(framework.with("offer_filters", filters));
    session.events().expectNone("OFFERS", _ -> true, Duration.ofSeconds(3));
  }

  private static void killing(Target target) {
    RunningTask with = target.runningTask();
    with.session().call("KILL", "task_id", Json.value(with.taskId()));
    Expect.equal(
        "TASK_KILLING",
        with.session().update(with.taskId()).path("state").asText(),
        "state after KILL");
    RunningTask without =
        target.runningTask(
            target.framework().withoutCapability("TASK_KILLING_STATE"), UnaryOperator.identity());
    without.session().call("KILL", "task_id", Json.value(without.taskId()));
    Expect.equal(
        "TASK_KILLED",
        without.session().update(without.taskId()).path("state").asText(),
        "state after KILL");
  }

  private static void gpus(Target target) {
    List<String> withGpus =
        target
            .cluster()
            .agents()
            .filter(agent ->
                Json.each(agent.path("total_resources"))
                    .anyMatch(resource -> resource.path("name").asText().equals("gpus")))
            .map(agent -> agent.at("/agent_info/id/value").asText())
            .toList();
    if (withGpus.isEmpty()) {
      throw new NotObservable("needs an agent with gpus");
    }
    SchedulerSession session = target.subscribe(target.framework());
    session
        .events()
        .expectNone(
            "OFFERS",
            event ->
                Json.each(event.at("/offers/offers"))
                    .anyMatch(offer -> withGpus.contains(offer.at("/agent_id/value").asText())),
            Duration.ofSeconds(3));
    SchedulerSession capable = target.subscribe(target.framework().capability("GPU_RESOURCES"));
    capable.events().await("OFFERS", SOON);
  }

  private static void shared(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    String role = session.framework().role();
    ObjectNode disk = Resource.reserved(Resource.scalar("disk", 16), role, target.principal());
    ObjectNode volume = Resource.volume(disk, "v-" + target.unique(), "data", target.principal());
    volume.set("shared", Json.object());
    ObjectNode create = Operations.of("CREATE", Json.object("volumes", Json.array(volume)));
    create.set("id", Json.value("op-" + target.unique()));
    session.accept(
        offer, 0, Operations.of("RESERVE", Json.object("resources", Json.array(disk))), create);
    JsonNode status =
        session
            .events()
            .await("UPDATE_OPERATION_STATUS", SOON)
            .at("/update_operation_status/status");
    Expect.equal(
        "OPERATION_ERROR",
        status.path("state").asText(),
        "CREATE of a shared volume without the capability");
    Operations.clean(target, session);
  }

  private static void partitionAware(Target target) {
    JsonNode unknown =
        Json.object(
            "task_id", Json.value("none-" + target.unique()), "agent_id", Json.value("none"));
    SchedulerSession aware = target.subscribeQuietly();
    aware.call("RECONCILE", "tasks", Json.array(unknown));
    Expect.equal(
        "TASK_UNKNOWN",
        aware.update(unknown.at("/task_id/value").asText()).path("state").asText(),
        "with capability");
    SchedulerSession old =
        target.subscribe(target.framework().withoutCapability("PARTITION_AWARE").suppressed());
    old.call("RECONCILE", "tasks", Json.array(unknown));
    Expect.equal(
        "TASK_LOST",
        old.update(unknown.at("/task_id/value").asText()).path("state").asText(),
        "without capability");
  }

  private static void multiRole(Target target) {
    SchedulerSession multi = target.subscribe(target.framework());
    JsonNode offer = multi.offer();
    Expect.equal(
        multi.framework().role(),
        offer.at("/allocation_info/role").asText(),
        "allocation_info.role");
    boolean all =
        Json.each(offer.path("resources")).allMatch(resource -> resource.has("allocation_info"));
    Expect.that(all, "allocation_info in each resource", offer);
    multi.close();
    SchedulerSession single = target.subscribe(target.framework().singleRole());
    JsonNode plain = single.offer();
    boolean none =
        Json.each(plain.path("resources")).noneMatch(resource -> resource.has("allocation_info"));
    Expect.that(
        none && !plain.has("allocation_info"), "no allocation_info without MULTI_ROLE", plain);
  }

  private static void refinement(Target target) {
    Framework framework = target.framework();
    String role = framework.role();
    SchedulerSession session = target.subscribe(framework);
    Operations.reserve(target, session, Resource.scalar("disk", 16));
    JsonNode offer = Operations.offerWith(session, resource -> resource.has("reservations"));
    JsonNode reserved =
        Json.each(offer.path("resources"))
            .filter(one -> one.has("reservations"))
            .findFirst()
            .orElseThrow();
    Expect.that(
        !reserved.has("reservation"), "reservations without the old field reservation", reserved);
    session.call("SUPPRESS");
    session.decline(0, offer);
    SchedulerSession old =
        target.subscribe(
            target.framework().roles(role).withoutCapability("RESERVATION_REFINEMENT"));
    JsonNode oldOffer =
        Operations.offerWith(old, resource -> resource.path("role").asText().equals(role));
    JsonNode resource =
        Json.each(oldOffer.path("resources"))
            .filter(one -> one.path("role").asText().equals(role))
            .findFirst()
            .orElseThrow();
    Expect.that(
        resource.has("reservation") && !resource.has("reservations"),
        "the old format without the capability",
        resource);
    old.close();
    Operations.clean(target, session);
  }
}
