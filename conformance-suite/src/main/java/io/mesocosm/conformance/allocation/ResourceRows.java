package io.mesocosm.conformance.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.ClusterView;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTest;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import java.time.Duration;
import java.util.Optional;

/** Sections 10 and 11: how resources are written and calculated. */
final class ResourceRows implements RowTests {
  private static final String START = "the text of --resources is read when an agent starts";
  private static final String INSIDE = "seen only in the results of other rows";

  @Override
  public String contract() {
    return AllocationSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.notObservable("10/P1", "text form", START);
    rows.notObservable("10/P2", "JSON form", START);
    rows.notObservable("10/P3", "default role", START);
    rows.notObservable("10/P4", "one name, two types", START);
    rows.notObservable("10/P5", "duplicates summed", START);
    rows.withOffers(
        "10/P6",
        "scalars that are refused",
        refused(Resource.scalar("cpus", -1), badScalar("NaN"), badScalar("Infinity")));
    rows.withOffers("10/P7", "ranges", refused(Resource.range("ports", 20, 10), overlapping()));
    rows.withOffers(
        "10/P8",
        "sets",
        refused(
            Json.object(
                "name", "set", "type", "SET", "set", Json.object("item", Json.array("a", "a")))));
    rows.test("10/P9", "what is detected", ResourceRows::detected);
    rows.notObservable("10/P10", "detection fails", "needs a machine on which it fails");
    rows.test("10/P11", "units of mem and disk", ResourceRows::units);
    rows.withOffers("10/P12", "whole gpus", refused(Resource.scalar("gpus", 0.5)));
    rows.notObservable("10/P13", "explicit zero", START);
    rows.notObservable("10/P14", "provider_id", "needs a resource provider");
    rows.exclusive("11/M1", "three decimals", ResourceRows::threeDecimals);
    rows.exclusive("11/M2", "ranges taken and merged again", ResourceRows::ranges);
    rows.notObservable("11/M3", "sets", "needs an agent with a set");
    rows.withOffers("11/M4", "what is the same is summed", ResourceRows::merged);
    rows.notObservable("11/M5", "shared resources counted", "see 8/D9");
    rows.withOffers("11/M6", "contained or not", refused(Resource.scalar("cpus", 1_000_000)));
    rows.notObservable("11/M7", "quantities", INSIDE);
    rows.notObservable("11/M8", "conversions", "see mesos-scheduler-api/6");
    rows.exclusive("11/M9", "empty resources disappear", ResourceRows::emptied);
    rows.notObservable("11/M10", "never negative", INSIDE);
  }

  private static ObjectNode badScalar(String value) {
    return Json.object("name", "cpus", "type", "SCALAR", "scalar", Json.object("value", value));
  }

  private static ObjectNode overlapping() {
    JsonNode ranges =
        Json.array(
            Json.object("begin", 31000, "end", 31005), Json.object("begin", 31004, "end", 31010));
    return Json.object("name", "ports", "type", "RANGES", "ranges", Json.object("range", ranges));
  }

  /** Each, in a task, is answered TASK_ERROR, or the whole call 400. */
  private static RowTest refused(ObjectNode... resources) {
    return target -> {
      SchedulerSession session = target.subscribe(target.framework());
      JsonNode offer = session.offer();
      for (ObjectNode resource : resources) {
        String id = "task-" + target.unique();
        ObjectNode task = SchedulerSession.task(offer, id, "true");
        task.set(
            "resources",
            Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("mem", 32), resource));
        ObjectNode call =
            session.callOf(
                "ACCEPT",
                "offer_ids",
                Json.array(offer.get("id")),
                "operations",
                Json.array(SchedulerSession.launchOf(task)),
                "filters",
                Json.object("refuse_seconds", 0));
        int status = session.send(call).status();
        if (status == 400) {
          continue;
        }
        Expect.equal(202, status, "ACCEPT with " + resource);
        Expect.equal(
            "TASK_ERROR",
            session.update(id).path("state").asText(),
            "state of a task with " + resource);
        offer = session.offer();
      }
    };
  }

  private static JsonNode agent(Target target) {
    return target.cluster().agents().findFirst().orElseThrow();
  }

  private static Optional<JsonNode> total(Target target, String name) {
    return Json.each(agent(target).path("total_resources"))
        .filter(one -> one.path("name").asText().equals(name))
        .findFirst();
  }

  private static void detected(Target target) {
    for (String name : new String[] {"cpus", "mem", "disk", "ports"}) {
      Expect.that(total(target, name).isPresent(), name + " among the agent's resources", "absent");
    }
    if (new ClusterView(target.agent())
        .flag("resources")
        .filter(text -> !text.isEmpty())
        .isPresent()) {
      return;
    }
    JsonNode range = total(target, "ports").orElseThrow().at("/ranges/range/0");
    Expect.equal(
        "31000-32000", range.path("begin").asText() + "-" + range.path("end").asText(), "ports");
    double mem = total(target, "mem").orElseThrow().at("/scalar/value").asDouble();
    Expect.that(mem == Math.rint(mem), "whole megabytes", mem);
  }

  private static void units(Target target) {
    JsonNode stats = target.agent().get("/system/stats.json");
    double bytes = stats.path("mem_total_bytes").asDouble();
    double mem = total(target, "mem").orElseThrow().at("/scalar/value").asDouble();
    Expect.that(
        mem * 1024 * 1024 <= bytes, "mem in units of 2^20 bytes, not more than " + bytes, mem);
  }

  private static void threeDecimals(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    double before = SchedulerSession.scalar(offer, "cpus");
    ObjectNode[] tasks = new ObjectNode[3];
    for (int i = 0; i < 3; i++) {
      tasks[i] = SchedulerSession.task(offer, "task-" + i, "sleep 1000");
      tasks[i].set(
          "resources",
          Json.array(Resource.scalar("cpus", i == 0 ? 0.0114 : 0.01), Resource.scalar("mem", 32)));
    }
    session.accept(offer, 0, SchedulerSession.launchOf(tasks));
    JsonNode left = Shares.next(session, offer);
    double expected = Math.round((before - 0.031) * 1000) / 1000.0;
    Expect.equal(
        expected, SchedulerSession.scalar(left, "cpus"), "cpus left after 0.0114 and twice 0.01");
  }

  private static JsonNode ports(JsonNode offer) {
    return Operations.resource(offer, one -> one.path("name").asText().equals("ports"));
  }

  private static void ranges(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    if (Json.each(offer.path("resources"))
        .noneMatch(one -> one.path("name").asText().equals("ports"))) {
      throw new NotObservable("needs an agent with ports");
    }
    JsonNode before = ports(offer).at("/ranges/range");
    long begin = before.get(0).path("begin").asLong();
    Expect.that(before.get(0).path("end").asLong() >= begin + 5, "a range of six ports", before);
    ObjectNode task = SchedulerSession.task(offer, "task", "sleep 1000");
    task.set(
        "resources",
        Json.array(
            Resource.scalar("cpus", 0.1),
            Resource.scalar("mem", 32),
            Resource.range("ports", begin + 2, begin + 3)));
    session.accept(offer, 0, SchedulerSession.launchOf(task));
    JsonNode split = Shares.next(session, offer);
    Expect.equal(
        before.size() + 1,
        ports(split).at("/ranges/range").size(),
        "ranges after taking two in the middle");
    Expect.equal(
        begin + 1, ports(split).at("/ranges/range/0/end").asLong(), "end of the first range");
    session.awaitState("task", "TASK_RUNNING", Duration.ofSeconds(30));
    session.decline(0, split);
    session.call("KILL", "task_id", Json.value("task"));
    session.awaitState("task", "TASK_KILLED");
    for (int i = 0; i < 50; i++) {
      JsonNode next = Shares.next(session, offer);
      if (ports(next).at("/ranges/range").equals(before)) {
        return;
      }
      session.decline(0, next);
    }
    throw new io.mesocosm.conformance.Mismatch(
        "the ranges merged again into " + before, "not in fifty offers");
  }

  private static void merged(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    target.closing(() -> Operations.clean(target, session));
    ObjectNode some =
        Resource.reserved(
            Resource.scalar("cpus", 0.1), session.framework().role(), target.principal());
    session.accept(
        session.offer(),
        0,
        Operations.of("RESERVE", Json.object("resources", Json.array(some))),
        Operations.of("RESERVE", Json.object("resources", Json.array(some))));
    JsonNode sum =
        Operations.resource(Operations.offerWith(session, Shares::isReserved), Shares::isReserved);
    Expect.equal(0.2, sum.at("/scalar/value").asDouble(), "cpus of two equal reservations");
  }

  private static void emptied(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode task = SchedulerSession.task(offer, "task", "sleep 1000");
    task.set(
        "resources",
        Json.array(
            Resource.scalar("cpus", SchedulerSession.scalar(offer, "cpus")),
            Resource.scalar("mem", 32)));
    session.accept(offer, 0, SchedulerSession.launchOf(task));
    JsonNode left = Shares.next(session, offer);
    boolean gone =
        Json.each(left.path("resources"))
            .noneMatch(one -> one.path("name").asText().equals("cpus"));
    Expect.that(gone, "no resource cpus when none are left", left);
  }
}
