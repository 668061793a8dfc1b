package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTest;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Section 7: tasks that the master refuses with TASK_ERROR. */
final class TaskValidationRows implements RowTests {
  private static final String HIDDEN = "needs a master with ACLs for users";

  /** Adds what makes a valid task invalid. */
  private interface Fault {
    void add(ObjectNode task);
  }

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.withOffers("7/V-ID", "characters and length of ids", TaskValidationRows::ids);
    rows.test("7/V1", "ids in use", TaskValidationRows::usedIds);
    rows.withOffers(
        "7/V2", "agent of the offer", invalid(set("agent_id", Json.value("another-agent"))));
    rows.withOffers(
        "7/V3",
        "durations not below zero",
        invalid(
            set("kill_policy", Json.object("grace_period", Json.object("nanoseconds", -1))),
            set("max_completion_time", Json.object("nanoseconds", -1)),
            task -> executor(task, "shutdown_grace_period", Json.object("nanoseconds", -1))));
    rows.withOffers("7/V4", "check", invalid(checks("check")));
    rows.withOffers("7/V5", "health_check", invalid(healthChecks()));
    rows.withOffers("7/V6", "resources", invalid(resources()));
    rows.withOffers(
        "7/V7",
        "command or executor",
        invalid(
            task -> task.remove("command"),
            task -> task.set("executor", Tasks.customExecutor("both", "sleep 1000"))));
    rows.withOffers(
        "7/V8",
        "executor of a LAUNCH",
        invalid(
            task -> executor(task, "type", Json.array("DEFAULT").get(0)),
            task -> executor(task, "framework_id", Json.value("another")),
            task -> executor(task, "command", null)));
    rows.withOffers(
        "7/V9",
        "more than was offered",
        invalid(
            set(
                "resources",
                Json.array(Resource.scalar("cpus", 1_000_000), Resource.scalar("mem", 32))),
            set(
                "resources",
                Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("no-such-resource", 1)))));
    rows.withOffers(
        "7/V10",
        "limits",
        invalid(
            set("limits", Json.object("disk", Json.object("value", 1))),
            set("limits", Json.object("cpus", Json.object("value", 0.01))),
            set("limits", Json.object("mem", Json.object("value", 1)))));
    rows.withOffers("7/V11", "environment", invalid(environments()));
    rows.withOffers("7/V12", "container", invalid(containers()));
    rows.withOffers(
        "7/V13",
        "share_cgroups outside of groups",
        invalid(
            set(
                "container",
                Json.object("type", "MESOS", "linux_info", Json.object("share_cgroups", false)))));
    rows.withOffers("7/V14", "task groups", TaskValidationRows::groups);
    rows.withOffers("7/V15", "default executor", TaskValidationRows::defaultExecutor);
    rows.notObservable("7/V16", "user of the task", HIDDEN);
    rows.withOffers(
        "7/failure.invalid-task", "state, reason and source", TaskValidationRows::failure);
    rows.withOffers(
        "7/failure.invalid-group",
        "state, reason and source of each",
        TaskValidationRows::groupFailure);
    rows.notObservable("7/failure.unauthorised", "TASK_UNAUTHORIZED", HIDDEN);
    rows.withOffers(
        "7/failure.invalid-offers", "TASK_LOST or TASK_DROPPED", TaskValidationRows::offerFailure);
  }

  private static Fault set(String field, JsonNode value) {
    return task -> task.set(field, value);
  }

  private static void executor(
      ObjectNode task, String field, @org.jspecify.annotations.Nullable JsonNode value) {
    ObjectNode executor =
        Tasks.customExecutor("executor-" + task.at("/task_id/value").asText(), "sleep 1000");
    if (value == null) {
      executor.remove(field);
    } else {
      executor.set(field, value);
    }
    task.remove("command");
    task.set("executor", executor);
  }

  private static RowTest invalid(Fault... faults) {
    return target -> {
      SchedulerSession session = target.subscribe(target.framework());
      JsonNode offer = session.offer();
      List<JsonNode> tasks = new ArrayList<>();
      for (Fault fault : faults) {
        ObjectNode task = SchedulerSession.task(offer, "task-" + tasks.size(), "true");
        fault.add(task);
        tasks.add(task);
      }
      session.launch(offer, tasks.toArray(JsonNode[]::new));
      for (JsonNode task : tasks) {
        expectInvalid(session, task, "REASON_TASK_INVALID");
      }
    };
  }

  private static void expectInvalid(SchedulerSession session, JsonNode task, String reason) {
    JsonNode status = session.update(task.at("/task_id/value").asText());
    Expect.that(
        status.path("state").asText().equals("TASK_ERROR")
            && status.path("reason").asText().equals(reason),
        "TASK_ERROR with " + reason + " for " + task,
        status);
  }

  private static void ids(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    List<JsonNode> tasks = new ArrayList<>();
    for (String id : List.of("a/b", "a\\b", ".", "..", "a\tb", "a\u0001b", "x".repeat(256))) {
      tasks.add(SchedulerSession.task(offer, id, "true"));
    }
    ObjectNode badExecutor = Tasks.bare(offer, "task-with-bad-executor");
    badExecutor.set("executor", Tasks.customExecutor("a/b", "sleep 1000"));
    tasks.add(badExecutor);
    session.launch(offer, tasks.toArray(JsonNode[]::new));
    tasks.forEach(task -> expectInvalid(session, task, "REASON_TASK_INVALID"));
  }

  private static void usedIds(Target target) {
    RunningTask task = target.runningTask();
    target.exclusively(() -> {
      task.session().call("REVIVE");
      JsonNode offer = task.session().offer();
      JsonNode again = SchedulerSession.task(offer, task.taskId(), "true");
      task.session().launch(offer, again);
      expectInvalid(task.session(), again, "REASON_TASK_INVALID");
      task.session().call("KILL", "task_id", Json.value(task.taskId()));
      task.session().awaitState(task.taskId(), "TASK_KILLED");
      task.session().call("REVIVE");
      JsonNode second = task.session().offer();
      task.session().launch(second, SchedulerSession.task(second, task.taskId(), "true"));
      return task.session().awaitState(task.taskId(), "TASK_FINISHED", Duration.ofSeconds(30));
    });
  }

  private static Fault[] checks(String field) {
    JsonNode command = Json.object("command", Json.object("value", "true"));
    return new Fault[] {
      set(field, Json.object("command", command)),
      set(field, Json.object("type", "COMMAND")),
      set(field, Json.object("type", "HTTP", "command", command)),
      set(field, Json.object("type", "COMMAND", "command", Json.object("command", Json.object()))),
      set(field, Json.object("type", "HTTP", "http", Json.object("port", 80, "path", "no-slash"))),
      set(field, Json.object("type", "COMMAND", "command", command, "delay_seconds", -1.0)),
      set(field, Json.object("type", "COMMAND", "command", command, "interval_seconds", -1.0)),
      set(field, Json.object("type", "COMMAND", "command", command, "timeout_seconds", -1.0)),
    };
  }

  private static Fault[] healthChecks() {
    JsonNode command = Json.object("value", "true");
    return new Fault[] {
      set("health_check", Json.object("type", "COMMAND")),
      set("health_check", Json.object("type", "HTTP", "command", command)),
      set("health_check", Json.object("type", "COMMAND", "command", Json.object())),
      set(
          "health_check",
          Json.object("type", "HTTP", "http", Json.object("port", 80, "path", "no-slash"))),
      set(
          "health_check",
          Json.object("type", "HTTP", "http", Json.object("port", 80, "scheme", "ftp"))),
      set(
          "health_check",
          Json.object("type", "COMMAND", "command", command, "grace_period_seconds", -1.0)),
      set(
          "health_check",
          Json.object("type", "COMMAND", "command", command, "interval_seconds", -1.0)),
    };
  }

  private static Fault[] resources() {
    ObjectNode revocable = Resource.scalar("cpus", 0.1);
    revocable.set("revocable", Json.object());
    ObjectNode otherRole = Resource.scalar("mem", 32);
    otherRole.set("allocation_info", Json.object("role", "another-role"));
    return new Fault[] {
      task -> task.remove("resources"),
      set("resources", Json.array(Resource.scalar("cpus", -0.1), Resource.scalar("mem", 32))),
      set("resources", Json.array(Json.object("name", "cpus", "type", "SCALAR"))),
      set("resources", Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("gpus", 0.5))),
      set("resources", Json.array(Resource.scalar("cpus", 0.1), otherRole)),
      set("resources", Json.array(Resource.scalar("cpus", 0.1), revocable)),
    };
  }

  private static Fault[] environments() {
    List<Fault> faults = new ArrayList<>();
    JsonNode secret = Json.object("type", "VALUE", "value", Json.object("data", "YQ=="));
    JsonNode zero = Json.object("type", "VALUE", "value", Json.object("data", "YQBi"));
    for (JsonNode variable :
        List.of(
            Json.object("name", "A", "type", "VALUE"),
            Json.object("name", "A", "type", "VALUE", "value", "a", "secret", secret),
            Json.object("name", "A", "type", "SECRET"),
            Json.object("name", "A", "type", "SECRET", "value", "a", "secret", secret),
            Json.object("name", "A", "type", "SECRET", "secret", zero),
            Json.object("name", "A", "type", "UNKNOWN", "value", "a"))) {
      faults.add(
          set(
              "command",
              Json.object(
                  "value", "true", "environment", Json.object("variables", Json.array(variable)))));
    }
    return faults.toArray(Fault[]::new);
  }

  private static Fault[] containers() {
    JsonNode image = Json.object("type", "DOCKER", "docker", Json.object("name", "alpine"));
    JsonNode volume =
        Json.object("mode", "RW", "container_path", "data", "host_path", "/tmp", "image", image);
    JsonNode source =
        Json.object(
            "mode", "RW", "container_path", "data", "source", Json.object("type", "SANDBOX_PATH"));
    JsonNode named =
        Json.object(
            "image",
            "alpine",
            "parameters",
            Json.array(Json.object("key", "name", "value", "mine")));
    return new Fault[] {
      set("container", Json.object("type", "MESOS", "volumes", Json.array(volume))),
      set("container", Json.object("type", "MESOS", "volumes", Json.array(source))),
      set("container", Json.object("type", "DOCKER")),
      set("container", Json.object("type", "DOCKER", "docker", named)),
    };
  }

  private static void groups(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode docker = SchedulerSession.task(offer, "docker", "true");
    docker.set(
        "container", Json.object("type", "DOCKER", "docker", Json.object("image", "alpine")));
    ObjectNode otherExecutor = SchedulerSession.task(offer, "other-executor", "true");
    otherExecutor.set("executor", Tasks.defaultExecutor("another", session.frameworkId()));
    ObjectNode small = Tasks.defaultExecutor("small", session.frameworkId());
    small.set(
        "resources",
        Json.array(
            Resource.scalar("cpus", 0.1), Resource.scalar("mem", 1), Resource.scalar("disk", 1)));
    ObjectNode noDisk = Tasks.defaultExecutor("no-disk", session.frameworkId());
    noDisk.set("resources", Json.array(Resource.scalar("cpus", 0.1), Resource.scalar("mem", 32)));
    ObjectNode large = SchedulerSession.task(offer, "large", "true");
    large.set("resources", Json.array(Resource.scalar("cpus", 1_000_000)));
    ObjectNode good = Tasks.defaultExecutor("good", session.frameworkId());
    session.accept(
        offer,
        3600,
        Tasks.group(good, docker),
        Tasks.group(good, otherExecutor),
        Tasks.group(good, large, SchedulerSession.task(offer, "beside-large", "true")),
        Tasks.group(small, SchedulerSession.task(offer, "small", "true")),
        Tasks.group(noDisk, SchedulerSession.task(offer, "no-disk", "true")));
    for (String id :
        List.of("docker", "other-executor", "large", "beside-large", "small", "no-disk")) {
      expectInvalid(session, SchedulerSession.task(offer, id, "true"), "REASON_TASK_GROUP_INVALID");
    }
  }

  private static void defaultExecutor(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    ObjectNode withCommand = Tasks.defaultExecutor("a", session.frameworkId());
    withCommand.set("command", Json.object("value", "true"));
    ObjectNode inDocker = Tasks.defaultExecutor("b", session.frameworkId());
    inDocker.set(
        "container", Json.object("type", "DOCKER", "docker", Json.object("image", "alpine")));
    ObjectNode withImage = Tasks.defaultExecutor("c", session.frameworkId());
    JsonNode image = Json.object("type", "DOCKER", "docker", Json.object("name", "alpine"));
    withImage.set("container", Json.object("type", "MESOS", "mesos", Json.object("image", image)));
    session.accept(
        offer,
        3600,
        Tasks.group(withCommand, SchedulerSession.task(offer, "with-command", "true")),
        Tasks.group(inDocker, SchedulerSession.task(offer, "in-docker", "true")),
        Tasks.group(withImage, SchedulerSession.task(offer, "with-image", "true")));
    for (String id : List.of("with-command", "in-docker", "with-image")) {
      expectInvalid(session, SchedulerSession.task(offer, id, "true"), "REASON_TASK_GROUP_INVALID");
    }
  }

  private static void failure(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.launch(offer, Tasks.bare(offer, "task"));
    JsonNode status = session.update("task");
    Expect.equal("TASK_ERROR", status.path("state").asText(), "state");
    Expect.equal("REASON_TASK_INVALID", status.path("reason").asText(), "reason");
    Expect.equal("SOURCE_MASTER", status.path("source").asText(), "source");
    Expect.that(!status.has("uuid"), "no uuid", status);
  }

  private static void groupFailure(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    JsonNode offer = session.offer();
    session.accept(
        offer,
        3600,
        Tasks.group(
            Tasks.defaultExecutor("executor-x", session.frameworkId()),
            SchedulerSession.task(offer, "good", "true"),
            Tasks.bare(offer, "bad")));
    for (String id : List.of("good", "bad")) {
      JsonNode status = session.update(id);
      Expect.equal("TASK_ERROR", status.path("state").asText(), "state of " + id);
      Expect.equal("REASON_TASK_GROUP_INVALID", status.path("reason").asText(), "reason of " + id);
      Expect.equal("SOURCE_MASTER", status.path("source").asText(), "source of " + id);
    }
  }

  private static void offerFailure(Target target) {
    JsonNode nowhere =
        Json.object("id", Json.value("no-such-offer"), "agent_id", Json.value("no-such-agent"));
    SchedulerSession aware = target.subscribe(target.framework().suppressed());
    aware.launch(nowhere, SchedulerSession.task(nowhere, "task", "true"));
    JsonNode dropped = aware.update("task");
    Expect.equal(
        "TASK_DROPPED", dropped.path("state").asText(), "state for a partition-aware framework");
    Expect.equal("REASON_INVALID_OFFERS", dropped.path("reason").asText(), "reason");
    Expect.equal("SOURCE_MASTER", dropped.path("source").asText(), "source");
    SchedulerSession old =
        target.subscribe(target.framework().withoutCapability("PARTITION_AWARE").suppressed());
    old.launch(nowhere, SchedulerSession.task(nowhere, "task", "true"));
    Expect.equal(
        "TASK_LOST", old.update("task").path("state").asText(), "state for another framework");
  }
}
