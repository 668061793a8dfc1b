package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Placement;
import io.mesocosm.conformance.operator.Sandbox;
import io.mesocosm.conformance.scheduler.Operations;
import io.mesocosm.conformance.scheduler.Tasks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Section 10: the default executor. */
final class DefaultExecutorRows implements RowTests {
  private static final String SLEEP = "exec sleep 1000";
  private static final String STUBBORN = "trap '' TERM; while true; do sleep 0.2; done";

  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test("10/P1", "the agent makes its command", DefaultExecutorRows::used);
    rows.test("10/P2", "which ExecutorInfo is refused", DefaultExecutorRows::refused);
    rows.test("10/P3", "several groups in one container", DefaultExecutorRows::groups);
    rows.test("10/P4", "statuses, container and sandbox of a task", DefaultExecutorRows::task);
    rows.test("10/P5", "a task that cannot be launched", DefaultExecutorRows::launchError);
    rows.test("10/P6", "what ends a container from outside", DefaultExecutorRows::waits);
    rows.notObservable(
        "10/P7",
        "state of the wait answer",
        "needs an agent that enforces limits of nested containers");
    rows.test("10/P8", "one failed ends its group", DefaultExecutorRows::oneFails);
    rows.test("10/P9", "exits when all are gone", DefaultExecutorRows::exits);
    rows.test("10/P10", "SIGTERM, then SIGKILL", DefaultExecutorRows::kill);
    rows.withOffers("10/P11", "volumes", DefaultExecutorRows::volumes);
    rows.test("10/P12", "environment of tasks", DefaultExecutorRows::environment);
    rows.test("10/P13", "health checks", DefaultExecutorRows::checks);
    rows.notObservable("10/P14", "disconnected", "needs an agent that goes away");
    rows.test("10/P15", "killed during launch, all of them", DefaultExecutorRows::killedBefore);
    rows.notObservable(
        "10/P16",
        "unacknowledged_tasks",
        "says what the executor sends to an agent that comes back");
  }

  private static void used(Target target) throws InterruptedException {
    Group group = Group.ofCommands(target, "one", SLEEP);
    group.awaitRunning("one");
    JsonNode executor =
        target.eventually(
            "the executor in the agent's GET_EXECUTORS",
            ExecutorSession.SOON,
            () -> AgentView.executor(target, group.session().frameworkId(), group.executorId()));
    Expect.equal("DEFAULT", executor.path("type").asText(), "type");
    JsonNode container =
        AgentView.container(target, group.session().frameworkId(), group.executorId())
            .orElseThrow(() -> new Mismatch("a container of the executor", "none"));
    Expect.equal(
        group.sandbox().containerId(),
        container.at("/container_id/value").asText(),
        "id of the executor's container");
  }

  private static void refused(Target target) {
    refused(target, "a command", executor -> executor.set("command", Json.object("value", "true")));
    refused(
        target,
        "a container DOCKER",
        executor ->
            executor.set(
                "container",
                Json.object("type", "DOCKER", "docker", Json.object("image", "none"))));
    refused(
        target,
        "a container with an image",
        executor ->
            executor.set(
                "container",
                Json.object(
                    "type",
                    "MESOS",
                    "mesos",
                    Json.object(
                        "image",
                        Json.object("type", "DOCKER", "docker", Json.object("name", "none"))))));
    refused(target, "0.005 cpus", executor -> resources(executor, 0.005, 32));
    refused(target, "16 MB", executor -> resources(executor, 0.1, 16));
  }

  private static void resources(ObjectNode executor, double cpus, double megabytes) {
    executor.set(
        "resources",
        Json.array(
            Resource.scalar("cpus", cpus),
            Resource.scalar("mem", megabytes),
            Resource.scalar("disk", 16)));
  }

  private static void refused(Target target, String what, Consumer<ObjectNode> change) {
    SchedulerSession session =
        Placement.onOffer(
            target,
            target.framework(),
            (fresh, offer) -> {
              ObjectNode executor = Tasks.defaultExecutor("executor", fresh.frameworkId());
              change.accept(executor);
              fresh.accept(
                  offer,
                  3600,
                  Tasks.group(executor, SchedulerSession.task(offer, "one", "sleep 1000")));
            });
    JsonNode status = session.update("one");
    Expect.that(
        status.path("state").asText().equals("TASK_ERROR"),
        "TASK_ERROR for a default executor with " + what,
        status);
  }

  private static String container(JsonNode status) {
    return status.at("/container_status/container_id/value").asText();
  }

  private static String parent(JsonNode status) {
    return status.at("/container_status/container_id/parent/value").asText();
  }

  private static void groups(Target target) throws InterruptedException {
    Group group = Group.ofCommands(target, "one", SLEEP, "two", SLEEP);
    JsonNode one = group.awaitRunning("one");
    JsonNode two = group.awaitRunning("two");
    group.addCommands("three", SLEEP);
    JsonNode three = group.awaitRunning("three");
    for (JsonNode status : List.of(one, two, three)) {
      Expect.equal(group.sandbox().containerId(), parent(status), "parent of the container");
      Expect.equal(group.executorId(), status.at("/executor_id/value").asText(), "executor_id");
    }
    Expect.that(!container(one).equals(container(two)), "containers of their own", one);
  }

  private static void task(Target target) throws InterruptedException {
    Group group = Group.ofCommands(target, "one", "echo hello > written; " + SLEEP);
    JsonNode starting = group.session().update("one", Group.START);
    Expect.equal("TASK_STARTING", starting.path("state").asText(), "first state");
    group.session().acknowledge(starting);
    JsonNode running = group.session().update("one", Group.START);
    group.session().acknowledge(running);
    Expect.equal("TASK_RUNNING", running.path("state").asText(), "second state");
    Sandbox sandbox = group.sandbox();
    for (String path :
        List.of("tasks/one/written", "containers/" + container(running) + "/written")) {
      Expect.equal("hello\n", sandbox.await(path, text -> !text.isEmpty()), "text of " + path);
    }
  }

  private static void launchError(Target target) {
    Group group =
        Group.launched(
            target,
            offer -> {
              ObjectNode task = SchedulerSession.task(offer, "one", "true");
              ((ObjectNode) task.path("command"))
                  .set(
                      "uris",
                      Json.array(Json.object("value", "http://127.0.0.1:1/none", "cache", false)));
              return new ObjectNode[] {task};
            });
    JsonNode failed = group.awaitEnd("one", "TASK_FAILED");
    Expect.that(!failed.path("message").asText().isEmpty(), "the answer's body as message", failed);
    Expect.equal("SOURCE_EXECUTOR", failed.path("source").asText(), "source");
  }

  private static void waits(Target target) {
    Group group = Group.ofCommands(target, "one", SLEEP);
    JsonNode running = group.awaitRunning("one");
    JsonNode container = Json.object("container_id", running.at("/container_status/container_id"));
    target.agent().expect(200, "KILL_NESTED_CONTAINER", container);
    JsonNode failed = group.awaitEnd("one", "TASK_FAILED");
    Expect.that(
        failed.path("message").asText().contains("Command terminated with signal Killed"),
        "Command terminated with signal Killed",
        failed);
  }

  private static void oneFails(Target target) {
    Group group =
        Group.ofCommands(target, "quick", "true", "failing", "sleep 4; exit 3", "long", SLEEP);
    group.awaitEnd("quick", "TASK_FINISHED");
    group.addCommands("apart", SLEEP);
    group.awaitRunning("long");
    JsonNode failed = group.awaitEnd("failing", "TASK_FAILED");
    Expect.that(
        failed.path("message").asText().contains("Command exited with status 3"),
        "Command exited with status 3",
        failed);
    group.awaitEnd("long", "TASK_KILLED");
    group.awaitRunning("apart");
    group
        .session()
        .events()
        .expectNone(
            "UPDATE",
            event -> event.at("/update/status/task_id/value").asText().equals("apart"),
            Duration.ofSeconds(3));
  }

  private static void exits(Target target) throws InterruptedException {
    Group group = Group.ofCommands(target, "one", "true", "two", "sleep 2");
    group.awaitEnd("one", "TASK_FINISHED");
    group.awaitEnd("two", "TASK_FINISHED");
    AgentView.awaitNoContainer(
        target, group.session().frameworkId(), group.executorId(), Duration.ofSeconds(15));
    JsonNode failure =
        group.session().events().await("FAILURE", ExecutorSession.SOON).path("failure");
    Expect.equal(0, failure.path("status").asInt(-1), "wait status in FAILURE");
  }

  private static double secondsToKill(Group group, String taskId, long start) {
    group.awaitEnd(taskId, "TASK_KILLED");
    return (System.nanoTime() - start) / 1e9;
  }

  private static void kill(Target target) {
    Group group = Group.ofCommands(target, "one", STUBBORN);
    group.awaitRunning("one");
    long start = System.nanoTime();
    group.kill("one");
    double seconds = secondsToKill(group, "one", start);
    Expect.that(
        seconds > 2.5 && seconds < 6.5, "the end after the default grace of 3 s", seconds + " s");
    Group patient = Group.ofCommands(target, "one", STUBBORN);
    patient.awaitRunning("one");
    start = System.nanoTime();
    patient.kill("one", Duration.ofSeconds(7));
    seconds = secondsToKill(patient, "one", start);
    Expect.that(seconds > 6.5 && seconds < 10.5, "the end after a grace of 7 s", seconds + " s");
    Group polite = Group.ofCommands(target, "one", SLEEP);
    polite.awaitRunning("one");
    start = System.nanoTime();
    polite.kill("one", Duration.ofSeconds(60));
    seconds = secondsToKill(polite, "one", start);
    Expect.that(seconds < 5, "the end at SIGTERM", seconds + " s");
  }

  private static void volumes(Target target) {
    SchedulerSession session = target.subscribe(target.framework());
    target.closing(() -> Operations.clean(target, session));
    ObjectNode volume = Operations.create(target, session, 16, false);
    String[][] tasks = {{"writer", "echo kept > data/file"}, {"reader", "grep -q kept data/file"}};
    for (String[] task : tasks) {
      List<JsonNode> offers = offersWithRoom(session, volume);
      ObjectNode info = SchedulerSession.task(offers.getFirst(), task[0], task[1]);
      ((ArrayNode) info.path("resources")).add(volumeOf(offers, volume).orElseThrow());
      ObjectNode executor = Tasks.defaultExecutor("executor-" + task[0], session.frameworkId());
      session.call(
          "ACCEPT",
          "offer_ids",
          offers.stream().map(offer -> offer.get("id")).toList(),
          "operations",
          List.of(Tasks.group(executor, info)),
          "filters",
          Json.object("refuse_seconds", 0));
      session.awaitState(task[0], "TASK_FINISHED", Group.START);
    }
  }

  private static Optional<JsonNode> volumeOf(List<JsonNode> offers, JsonNode volume) {
    return offers.stream()
        .flatMap(offer -> Json.each(offer.path("resources")))
        .filter(Operations.volume(volume))
        .findFirst();
  }

  /** Offers of one agent that together have the volume and enough for a task. */
  private static List<JsonNode> offersWithRoom(SchedulerSession session, JsonNode volume) {
    List<JsonNode> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.addAll(session.offers());
      for (JsonNode one : held) {
        List<JsonNode> ofAgent =
            held.stream()
                .filter(offer -> offer.get("agent_id").equals(one.get("agent_id")))
                .toList();
        if (volumeOf(ofAgent, volume).isPresent()
            && sum(ofAgent, "cpus") >= 0.2
            && sum(ofAgent, "mem") >= 64
            && sum(ofAgent, "disk") >= 32) {
          return ofAgent;
        }
      }
    }
    throw new Mismatch("offers of the volume and room for a task", "none");
  }

  private static double sum(List<JsonNode> offers, String name) {
    return offers.stream().mapToDouble(offer -> SchedulerSession.scalar(offer, name)).sum();
  }

  private static void environment(Target target) throws InterruptedException {
    Environment environment = Environment.ofGroupTask(target, "MINE", "a b=c");
    environment.expect("MESOS_ALLOCATION_ROLE", environment.session().framework().role());
    Expect.that(!environment.get("MESOS_CONTAINER_IP").isEmpty(), "an address", "an empty text");
    environment.expect("MINE", "a b=c");
  }

  private static ObjectNode healthCheck(JsonNode kind) {
    ObjectNode check =
        Json.object(
            "delay_seconds", 0,
            "interval_seconds", 0.5,
            "timeout_seconds", 10,
            "grace_period_seconds", 0,
            "consecutive_failures", 3);
    check.setAll((ObjectNode) kind);
    return check;
  }

  private static Group checked(Target target, String command, JsonNode kind) {
    return Group.launched(
        target,
        offer -> {
          ObjectNode task = SchedulerSession.task(offer, "one", command);
          task.set("health_check", healthCheck(kind));
          return new ObjectNode[] {task};
        });
  }

  private static JsonNode awaitHealth(Group group, boolean healthy, String states) {
    for (int i = 0; i < 8; i++) {
      JsonNode status = group.session().update("one", Group.START);
      group.session().acknowledge(status);
      if (status.has("healthy")
          && status.path("healthy").asBoolean() == healthy
          && status.path("state").asText().matches(states)) {
        return status;
      }
    }
    throw new Mismatch("a status " + states + " with healthy " + healthy, "none of eight");
  }

  /** TCP and HTTP checks of the agent's own port, where it can be reached at 127.0.0.1. */
  private static void portChecks(Target target) {
    int port = target.agent().http().base().getPort();
    JsonNode tcp = Json.object("type", "TCP", "tcp", Json.object("port", port));
    awaitHealth(checked(target, SLEEP, tcp), true, "TASK_RUNNING");
    JsonNode http =
        Json.object(
            "type", "HTTP", "http", Json.object("port", port, "scheme", "http", "path", "/health"));
    awaitHealth(checked(target, SLEEP, http), true, "TASK_RUNNING");
  }

  private static void checks(Target target) throws UnknownHostException {
    if (InetAddress.getByName(target.agent().http().base().getHost()).isLoopbackAddress()) {
      portChecks(target);
    }
    JsonNode command =
        Json.object("type", "COMMAND", "command", Json.object("value", "test -e healthy"));
    Group group = checked(target, "touch healthy; sleep 5; rm healthy; exec sleep 1000", command);
    JsonNode healthy = awaitHealth(group, true, "TASK_RUNNING");
    Expect.equal(
        "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED", healthy.path("reason").asText(), "reason");
    awaitHealth(group, false, "TASK_RUNNING");
    awaitHealth(group, false, "TASK_(KILLED|FAILED)");
  }

  private static void killedBefore(Target target) throws InterruptedException {
    ExecutorSession executor = ExecutorSession.launchedGroup(target, "one", "two", "three");
    executor.scheduler().call("KILL", "task_id", Json.value("two"));
    for (String task : List.of("one", "two", "three")) {
      JsonNode status = executor.scheduler().awaitState(task, "TASK_KILLED");
      Expect.equal(
          "REASON_TASK_KILLED_DURING_LAUNCH", status.path("reason").asText(), "reason of " + task);
    }
  }
}
