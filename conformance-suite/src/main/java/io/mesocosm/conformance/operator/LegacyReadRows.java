package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Answer;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Http;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.Request;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.util.List;

/** Section 5: the legacy endpoints of the master that only read. */
final class LegacyReadRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("5/health", "/health", target -> health(target.master(), "/master/health"));
    rows.test("5/version", "/version", target -> version(target.master()));
    rows.test("5/flags", "/flags", LegacyReadRows::flags);
    rows.test("5/redirect", "/redirect", LegacyReadRows::redirect);
    rows.test("5/state", "/state", LegacyReadRows::state);
    rows.test("5/state-summary", "/state-summary", LegacyReadRows::summary);
    rows.test("5/frameworks", "/frameworks", LegacyReadRows::frameworks);
    rows.test("5/slaves", "/slaves", LegacyReadRows::agents);
    rows.test("5/tasks", "/tasks", LegacyReadRows::tasks);
    rows.test("5/roles", "/roles", LegacyReadRows::roles);
    rows.test("5/api/v1/scheduler", "/api/v1/scheduler", LegacyReadRows::scheduler);
    rows.test("5/metrics/snapshot", "/metrics/snapshot", t -> metrics(t.master()));
    rows.test("5/system/stats.json", "/system/stats.json", t -> stats(t.master()));
    rows.notObservable("5/profiler/start,stop", "/profiler/start,stop", "optional");
    rows.notObservable("5/memory-profiler/*", "/memory-profiler/*", "optional");
    rows.test("5/help", "/help", target -> help(target.master()));
    rows.test("5/__processes__", "/__processes__", LegacyReadRows::processes);
    rows.test(
        "5/files/browse,read,download,debug",
        "/files/browse,read,download,debug",
        t -> fileErrors(t, t.master()));
    rows.test("5/andstatic", "/ and static", LegacyReadRows::pages);
    rows.notObservable(
        "5/307-behaviour", "307 behaviour", "needs a second master that does not lead");
  }

  static void health(OperatorCalls program, String longPath) {
    for (String path : List.of("/health", longPath)) {
      Answer answer = program.http().get(path);
      Expect.status(200, answer, "GET " + path);
      Expect.equal(0, answer.body().length, "length of the body of " + path);
    }
  }

  static void version(OperatorCalls program) {
    Expect.fields(
        program.get("/version"), "/version", "version", "build_date", "build_time", "build_user");
  }

  private static void flags(Target target) {
    JsonNode flags = target.master().get("/flags").path("flags");
    Expect.that(flags.has("work_dir"), "flag work_dir", flags);
    Expect.that(Json.each(flags).allMatch(JsonNode::isTextual), "values that are texts", flags);
    Expect.equal(flags, target.master().get("/master/flags").path("flags"), "/master/flags");
    jsonp(target.master().http(), "/flags");
  }

  /** The answer within a call of the function that the query names. */
  static void jsonp(Http http, String path) {
    Answer answer = http.get(path + "?jsonp=shown");
    Expect.status(200, answer, "GET " + path + "?jsonp=shown");
    String text = answer.text();
    Expect.that(
        text.startsWith("shown(") && text.stripTrailing().endsWith(");"), "shown(…);", text);
    Json.parse(text.substring("shown(".length(), text.lastIndexOf(')')));
  }

  private static void redirect(Target target) {
    Answer answer = target.master().http().get("/redirect");
    Expect.status(307, answer, "GET /redirect");
    String location = answer.header("Location").orElse("");
    Expect.that(location.matches("(http:|https:)?//[^/]+:\\d+/?"), "//leader:port", location);
  }

  private static void state(Target target) {
    JsonNode state = target.master().get("/state");
    Expect.fields(state, "/state", "slaves", "frameworks", "completed_frameworks");
    Expect.equal(
        state.path("id"), target.master().get("/master/state").path("id"), "id of /master/state");
    Expect.status(404, target.master().http().get("/state.json"), "GET /state.json");
    jsonp(target.master().http(), "/state");
    Expect.status(
        405, target.master().http().send(Request.of("DELETE", "/state")), "DELETE /state");
  }

  private static void summary(Target target) {
    Expect.fields(target.master().get("/state-summary"), "/state-summary", "hostname", "slaves");
    Expect.fields(
        target.master().get("/master/state-summary"), "/master/state-summary", "frameworks");
    jsonp(target.master().http(), "/state-summary");
  }

  private static void frameworks(Target target) {
    SchedulerSession one = target.subscribeQuietly();
    SchedulerSession two = target.subscribeQuietly();
    JsonNode all = target.master().get("/frameworks");
    Expect.fields(
        all, "/frameworks", "frameworks", "completed_frameworks", "unregistered_frameworks");
    Expect.that(all.path("unregistered_frameworks").isEmpty(), "none unregistered", all);
    for (SchedulerSession session : List.of(one, two)) {
      JsonNode found =
          target
              .master()
              .get("/frameworks?framework_id=" + session.frameworkId())
              .path("frameworks");
      Expect.equal(1, found.size(), "number of frameworks of framework_id");
      Expect.equal(session.frameworkId(), found.at("/0/id").asText(), "id");
    }
  }

  private static void agents(Target target) {
    JsonNode all = target.master().get("/slaves");
    Expect.fields(all, "/slaves", "slaves", "recovered_slaves");
    Expect.fields(
        all.at("/slaves/0"),
        "agent",
        "reserved_resources_full",
        "unreserved_resources_full",
        "used_resources_full",
        "offered_resources_full");
    String id = Placement.agentId(target);
    JsonNode found = target.master().get("/slaves?slave_id=" + id).path("slaves");
    Expect.equal(1, found.size(), "number of agents of slave_id");
    Expect.equal(id, found.at("/0/id").asText(), "id");
    JsonNode none = target.master().get("/slaves?slave_id=none-" + target.unique());
    Expect.that(none.path("slaves").isEmpty(), "no agent of an unknown id", none);
    Expect.status(404, target.master().http().get("/slaves.json"), "GET /slaves.json");
    jsonp(target.master().http(), "/slaves");
  }

  private static void tasks(Target target) {
    RunningTask first = target.runningTask();
    RunningTask second = target.runningTask();
    JsonNode mine = target.master().get("/tasks?framework_id=" + first.session().frameworkId());
    Expect.equal(1, mine.path("tasks").size(), "number of tasks of framework_id");
    Expect.equal(
        second.taskId(),
        target.master().get("/tasks?task_id=" + second.taskId()).at("/tasks/0/id").asText(),
        "task of task_id");
    Expect.equal(1, target.master().get("/tasks?limit=1").path("tasks").size(), "limit");
    Expect.that(
        position(target, "/tasks?limit=10000&order=asc", first)
            < position(target, "/tasks?limit=10000&order=asc", second),
        "the first task before the second",
        "after it");
    Expect.that(
        position(target, "/tasks?limit=10000", first)
            > position(target, "/tasks?limit=10000", second),
        "descending by default",
        "ascending");
    String head = target.master().get("/tasks?limit=2").at("/tasks/1/id").asText();
    Expect.that(!head.isEmpty(), "two tasks", head);
    first
        .session()
        .call("KILL", "task_id", Json.value(first.taskId()), "agent_id", first.agentId());
    first.session().awaitState(first.taskId(), "TASK_KILLED");
    Expect.equal(
        1,
        target.master().get("/tasks?task_id=" + first.taskId()).path("tasks").size(),
        "completed tasks of task_id");
  }

  private static int position(Target target, String path, RunningTask task) {
    List<String> ids =
        Json.each(target.master().get(path).path("tasks"))
            .map(one -> one.path("id").asText())
            .toList();
    Expect.that(ids.contains(task.taskId()), "task " + task.taskId() + " in " + path, ids.size());
    return ids.indexOf(task.taskId());
  }

  private static void roles(Target target) {
    SchedulerSession session = target.subscribeQuietly();
    JsonNode role =
        Json.each(target.master().get("/roles").path("roles"))
            .filter(one -> one.path("name").asText().equals(session.framework().role()))
            .findFirst()
            .orElseThrow(() -> new Mismatch("role " + session.framework().role(), "absent"));
    Expect.fields(
        role,
        "role",
        "name",
        "weight",
        "quota",
        "resources",
        "allocated",
        "offered",
        "reserved",
        "frameworks");
    Expect.fields(role.path("quota"), "quota", "role", "guarantee", "limit", "consumed");
    Expect.equal(session.frameworkId(), role.at("/frameworks/0").asText(), "framework");
  }

  private static void scheduler(Target target) {
    Http http = target.master().http();
    Expect.status(405, http.get("/api/v1/scheduler"), "GET /api/v1/scheduler");
    Expect.status(405, http.get("/master/api/v1/scheduler"), "GET /master/api/v1/scheduler");
  }

  static void metrics(OperatorCalls program) {
    for (String query : List.of("", "?timeout=5secs")) {
      JsonNode metrics = program.get("/metrics/snapshot" + query);
      Expect.that(
          metrics.size() > 10 && Json.each(metrics).allMatch(JsonNode::isNumber),
          "names and numbers",
          metrics);
    }
  }

  static void stats(OperatorCalls program) {
    JsonNode stats = program.get("/system/stats.json");
    Expect.fields(
        stats,
        "/system/stats.json",
        "cpus_total",
        "avg_load_1min",
        "avg_load_5min",
        "avg_load_15min",
        "mem_total_bytes",
        "mem_free_bytes");
    Expect.that(Json.each(stats).allMatch(JsonNode::isNumber), "numbers", stats);
  }

  static void help(OperatorCalls program) {
    Answer answer = program.http().get("/help");
    Expect.status(200, answer, "GET /help");
    Expect.that(answer.body().length > 0, "a text", "nothing");
  }

  private static void processes(Target target) {
    Answer answer = target.master().http().get("/__processes__");
    Expect.status(200, answer, "GET /__processes__");
    Json.parse(answer.body());
  }

  static void fileErrors(Target target, OperatorCalls program) {
    Http http = program.http();
    for (String what : List.of("browse", "read", "download")) {
      Expect.status(400, http.get("/files/" + what), "GET /files/" + what + " without path");
      String absent = "/files/" + what + "?path=/none-" + target.unique();
      Expect.status(404, http.get(absent), "GET " + absent);
    }
    Expect.that(program.get("/files/debug").isObject(), "an object", "none");
  }

  private static void pages(Target target) {
    Answer answer = target.master().http().get("/");
    Expect.status(200, answer, "GET /");
    Expect.that(
        answer.header("Content-Type").orElse("").startsWith("text/html"),
        "a page in HTML",
        answer.headers());
  }
}
