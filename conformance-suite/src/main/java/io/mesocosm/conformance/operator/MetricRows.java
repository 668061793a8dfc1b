package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.EventStream;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.scheduler.Operations;
import io.mesocosm.conformance.scheduler.Tasks;
import java.util.List;
import java.util.Locale;

/** Section 8: the names of metrics, and that they count. */
final class MetricRows implements RowTests {
  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test(
        "8/resources-master-and-slave", "resources (master/ and slave/)", MetricRows::resources);
    rows.test("8/master-state", "master state", MetricRows::masterState);
    rows.test("8/slaves", "slaves", MetricRows::agents);
    rows.test("8/frameworks", "frameworks", MetricRows::frameworks);
    rows.test("8/tasks", "tasks", MetricRows::tasks);
    rows.test("8/messages", "messages", MetricRows::messages);
    rows.test(
        "8/queues",
        "queues",
        target ->
            Metrics.master(target)
                .expect("master/event_queue_", List.of("messages", "dispatches", "http_requests")));
    rows.withOffers("8/operations", "operations", MetricRows::operations);
    rows.exclusive("8/allocator", "allocator", MetricRows::allocator);
    rows.test("8/registrar", "registrar", MetricRows::registrar);
    rows.test("8/system", "system", MetricRows::system);
    rows.test("8/agent", "agent", MetricRows::agent);
  }

  private static void resources(Target target) {
    Placement.runningTask(target);
    for (String kind : List.of("cpus", "gpus", "mem", "disk")) {
      for (String infix : List.of("", "revocable_")) {
        List<String> names = List.of("total", "used", "percent");
        Metrics.master(target).expect("master/" + kind + "_" + infix, names);
        Metrics.agent(target).expect("slave/" + kind + "_" + infix, names);
      }
    }
    Metrics agent = Metrics.agent(target);
    JsonNode state = target.agent().get("/state").path("resources");
    for (String kind : List.of("cpus", "mem", "disk")) {
      Expect.equal(state.path(kind).asDouble(), agent.value("slave/" + kind + "_total"), kind);
    }
    used(agent, "slave");
    used(Metrics.master(target), "master");
  }

  private static void used(Metrics metrics, String prefix) {
    double used = metrics.value(prefix + "/cpus_used");
    Expect.that(used >= 0.0995, "at least 0.1 for " + prefix + "/cpus_used", used);
    double percent = used / metrics.value(prefix + "/cpus_total");
    Expect.that(
        Math.abs(metrics.value(prefix + "/cpus_percent") - percent) < 0.001,
        prefix + "/cpus_percent " + percent,
        metrics.value(prefix + "/cpus_percent"));
  }

  private static void masterState(Target target) {
    EventStream watch = Watch.started(target);
    Metrics metrics = Metrics.master(target);
    Expect.equal(1.0, metrics.value("master/elected"), "master/elected");
    double uptime = metrics.value("master/uptime_secs");
    Expect.that(uptime > 0, "an uptime above 0", uptime);
    metrics.expect("master/", List.of("outstanding_offers", "http_cache_hits", "cpus_total"));
    double subscribers = metrics.value("master/operator_event_stream_subscribers");
    Expect.that(subscribers >= 1, "at least this test's subscriber", subscribers);
    watch.close();
  }

  private static void agents(Target target) {
    Metrics metrics = Metrics.master(target);
    metrics.expect(
        "master/",
        List.of(
            "slaves_active",
            "slaves_connected",
            "slaves_disconnected",
            "slaves_inactive",
            "slaves_unreachable",
            "slave_registrations",
            "slave_reregistrations",
            "slave_removals",
            "slave_removals/reason_registered",
            "slave_removals/reason_unhealthy",
            "slave_removals/reason_unregistered",
            "slave_shutdowns_scheduled",
            "slave_shutdowns_canceled",
            "slave_shutdowns_completed",
            "slave_unreachable_scheduled",
            "slave_unreachable_canceled",
            "slave_unreachable_completed",
            "recovery_slave_removals"));
    JsonNode state = target.master().get("/state");
    Expect.equal(
        state.path("activated_slaves").asDouble(),
        metrics.value("master/slaves_active"),
        "slaves_active, as activated_slaves in /state");
  }

  private static void frameworks(Target target) {
    RunningTask running = target.runningTask();
    SchedulerSession session = running.session();
    Metrics metrics = Metrics.master(target);
    metrics.expect(
        "master/frameworks_", List.of("active", "connected", "disconnected", "inactive"));
    double active = metrics.value("master/frameworks_active");
    Expect.that(active >= 1, "at least one active framework", active);
    String own =
        "master/frameworks/"
            + session.framework().info().path("name").asText()
            + "/"
            + session.frameworkId()
            + "/";
    metrics.expect(
        own, List.of("calls", "events", "operations", "offers/declined", "offers/rescinded"));
    List.of("subscribed", "calls/subscribe", "events/subscribed", "tasks/active/task_running")
        .forEach(name -> Expect.equal(1.0, metrics.value(own + name), own + name));
    List.of(
            "calls/accept",
            "calls/acknowledge",
            "events/offers",
            "events/update",
            "operations/launch",
            "offers/sent",
            "offers/accepted")
        .forEach(name -> {
          double value = metrics.value(own + name);
          Expect.that(value >= 1, own + name + " of at least 1", value);
        });
    metrics.expect(own + "tasks/terminal/", List.of("task_finished", "task_failed"));
    String suppressed = own + "roles/" + session.framework().role() + "/suppressed";
    Expect.equal(1.0, metrics.value(suppressed), suppressed);
    if (!target.principal().isEmpty()) {
      metrics.expect(
          "frameworks/" + target.principal() + "/",
          List.of("messages_received", "messages_processed"));
    }
  }

  private static void tasks(Target target) throws InterruptedException {
    Metrics before = Metrics.master(target);
    before.expect(
        "master/tasks_",
        List.of(
            "staging",
            "starting",
            "running",
            "killing",
            "finished",
            "failed",
            "killed",
            "lost",
            "error",
            "dropped",
            "gone",
            "gone_by_operator",
            "unreachable"));
    target.runningTask();
    double running = Metrics.master(target).value("master/tasks_running");
    Expect.that(running >= 1, "at least one task running", running);
    JsonNode tooMuch = Json.array(Resource.scalar("cpus", 1e6), Resource.scalar("mem", 32));
    JsonNode error =
        Tasks.run(
            target,
            task -> {
              task.set("resources", tooMuch);
              return task;
            },
            "TASK_ERROR");
    String source = error.path("source").asText().toLowerCase(Locale.ROOT);
    String reason = error.path("reason").asText().toLowerCase(Locale.ROOT);
    Metrics.awaitMaster(target, "master/task_error/" + source + "/" + reason, 1);
    Metrics.awaitMaster(target, "master/tasks_error", before.value("master/tasks_error") + 1);
    Tasks.run(target, task -> task, "TASK_FINISHED");
    Metrics.awaitMaster(target, "master/tasks_finished", before.value("master/tasks_finished") + 1);
  }

  private static void messages(Target target) throws InterruptedException {
    Metrics before = Metrics.master(target);
    before.expect(
        "master/messages_",
        List.of(
            "register_framework",
            "reregister_framework",
            "unregister_framework",
            "deactivate_framework",
            "kill_task",
            "status_update_acknowledgement",
            "operation_status_update_acknowledgement",
            "resource_request",
            "launch_tasks",
            "decline_offers",
            "revive_offers",
            "suppress_offers",
            "reconcile_tasks",
            "reconcile_operations",
            "framework_to_executor",
            "register_slave",
            "reregister_slave",
            "unregister_slave",
            "status_update",
            "operation_status_update",
            "exited_executor",
            "executor_to_framework",
            "update_slave",
            "authenticate"));
    before.expect("master/", List.of("dropped_messages"));
    for (String validity : List.of("valid", "invalid")) {
      before.expect(
          "master/" + validity + "_",
          List.of(
              "status_updates",
              "status_update_acknowledgements",
              "framework_to_executor_messages",
              "executor_to_framework_messages"));
      before.expectAny("master/" + validity + "_operation_");
    }
    RunningTask running = target.runningTask();
    running
        .session()
        .call("KILL", "task_id", Json.value(running.taskId()), "agent_id", running.agentId());
    running.session().awaitState(running.taskId(), "TASK_KILLED");
    for (String counter :
        List.of(
            "messages_kill_task",
            "messages_suppress_offers",
            "messages_status_update_acknowledgement",
            "valid_status_updates",
            "valid_status_update_acknowledgements")) {
      Metrics.awaitMaster(target, "master/" + counter, before.value("master/" + counter) + 1);
    }
  }

  private static void operations(Target target) throws InterruptedException {
    Metrics before = Metrics.master(target);
    before.expect(
        "master/operations/",
        List.of(
            "pending",
            "recovering",
            "unreachable",
            "finished",
            "failed",
            "error",
            "dropped",
            "gone_by_operator"));
    SchedulerSession session = target.subscribe(target.framework());
    target.closing(() -> Operations.clean(target, session));
    Operations.reserve(target, session, Resource.scalar("cpus", 0.1));
    Metrics.awaitMaster(
        target, "master/operations/finished", before.value("master/operations/finished") + 1);
    Metrics.awaitMaster(target, "master/operations/reserve/finished", 1);
  }

  private static void allocator(Target target) throws InterruptedException {
    String role = target.unique();
    Quotas.set(target, role, 0.5, 1);
    SchedulerSession session = target.subscribe(target.framework().roles(role));
    JsonNode offer = session.offer();
    session.launch(offer, SchedulerSession.task(offer, "task", "sleep 1000"));
    session.awaitState("task", "TASK_RUNNING");
    Metrics metrics = Metrics.master(target);
    metrics.expect("allocator/", List.of("event_queue_dispatches"));
    metrics.expect("allocator/mesos/", List.of("event_queue_dispatches", "allocation_runs"));
    metrics.expectPercentiles("allocator/mesos/allocation_run_ms");
    metrics.expectPercentiles("allocator/mesos/allocation_run_latency_ms");
    double runs = metrics.value("allocator/mesos/allocation_runs");
    Expect.that(runs >= 1, "at least one run", runs);
    for (String kind : List.of("cpus", "mem", "disk")) {
      metrics.expect(
          "allocator/mesos/resources/" + kind + "/", List.of("total", "offered_or_allocated"));
    }
    double total =
        target
            .cluster()
            .agents()
            .flatMap(agent -> Json.each(agent.path("total_resources")))
            .filter(resource -> resource.path("name").asText().equals("cpus"))
            .mapToDouble(resource -> resource.at("/scalar/value").asDouble())
            .sum();
    Expect.equal(total, metrics.value("allocator/mesos/resources/cpus/total"), "cpus in total");
    String quota = "allocator/mesos/quota/roles/" + role + "/resources/cpus/";
    Expect.equal(0.5, metrics.value(quota + "guarantee"), quota + "guarantee");
    Expect.equal(1.0, metrics.value(quota + "limit"), quota + "limit");
    double used = metrics.value(quota + "offered_or_allocated");
    Expect.that(used >= 0.0995 && used <= 1.0005, quota + "offered_or_allocated", used);
    double share = metrics.value("allocator/mesos/roles/" + role + "/shares/dominant");
    Expect.that(share > 0 && share < 1, "a share of the role above 0", share);
    // The launch refused the rest of the offer for an hour, which is a filter.
    Metrics.awaitMaster(target, "allocator/mesos/offer_filters/roles/" + role + "/active", 1);
  }

  private static void registrar(Target target) {
    Metrics metrics = Metrics.master(target);
    metrics.expect(
        "registrar/", List.of("queued_operations", "registry_size_bytes", "state_fetch_ms"));
    metrics.expectPercentiles("registrar/state_store_ms");
    if (target.cluster().flag("registry").filter("in_memory"::equals).isEmpty()) {
      Expect.equal(1.0, metrics.value("registrar/log/recovered"), "registrar/log/recovered");
      double size = metrics.value("registrar/log/ensemble_size");
      Expect.that(size >= 1, "an ensemble of at least 1", size);
    }
  }

  private static void system(Target target) {
    for (Metrics metrics : List.of(Metrics.master(target), Metrics.agent(target))) {
      metrics.expect(
          "system/",
          List.of(
              "cpus_total",
              "load_1min",
              "load_5min",
              "load_15min",
              "mem_total_bytes",
              "mem_free_bytes"));
      Expect.that(
          metrics.value("system/mem_free_bytes") <= metrics.value("system/mem_total_bytes"),
          "no more memory free than there is",
          metrics.value("system/mem_free_bytes"));
    }
  }

  private static void agent(Target target) {
    Placement.runningTask(target);
    Metrics metrics = Metrics.agent(target);
    Expect.equal(1.0, metrics.value("slave/registered"), "slave/registered");
    for (String name : List.of("frameworks_active", "executors_running", "tasks_running")) {
      double value = metrics.value("slave/" + name);
      Expect.that(value >= 1, "slave/" + name + " of at least 1", value);
    }
    metrics.expect(
        "slave/",
        List.of(
            "uptime_secs",
            "recovery_errors",
            "recovery_time_secs",
            "container_launch_errors",
            "executor_directory_max_allowed_age_secs",
            "valid_status_updates",
            "invalid_status_updates",
            "valid_framework_messages",
            "invalid_framework_messages"));
    metrics.expect(
        "slave/executors_", List.of("registering", "terminating", "terminated", "preempted"));
    metrics.expect(
        "slave/tasks_",
        List.of("staging", "starting", "killing", "finished", "failed", "killed", "lost", "gone"));
    metrics.expect("gc/path_removals_", List.of("pending", "succeeded", "failed"));
    metrics.expect("containerizer/mesos/", List.of("container_destroy_errors"));
    metrics.expectAny("containerizer/mesos/provisioner/");
    metrics.expect(
        "containerizer/fetcher/",
        List.of(
            "task_fetches_succeeded",
            "task_fetches_failed",
            "cache_size_total_bytes",
            "cache_size_used_bytes"));
    String isolation = target.agent().get("/flags").path("flags").path("isolation").asText();
    if (isolation.contains("filesystem/linux")) {
      metrics.expect("containerizer/mesos/filesystem/", List.of("containers_new_rootfs"));
    }
    if (isolation.contains("disk/xfs")) {
      metrics.expect("containerizer/mesos/disk/project_ids_", List.of("free", "total"));
    }
  }
}
