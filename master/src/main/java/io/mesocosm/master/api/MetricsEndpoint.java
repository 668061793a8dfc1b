package io.mesocosm.master.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.runtime.Metrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.TaskState;

/**
 * {@code /metrics/snapshot}: one flat object of numbers under Mesos's names
 * (contracts/mesos-operator-api.md §8). What the cluster looks like now is counted on a snapshot,
 * what has happened comes from the counters.
 */
final class MetricsEndpoint {
  /** Terminal states are counted as they happen, the others as they are. */
  private static final List<TaskState> LIVE =
      List.of(
          TaskState.TASK_STAGING,
          TaskState.TASK_STARTING,
          TaskState.TASK_RUNNING,
          TaskState.TASK_KILLING,
          TaskState.TASK_UNREACHABLE);

  /** Shown as 0 from the start: dashboards ask for them by name. */
  private static final List<String> COUNTERS =
      List.of(
          "master/slave_registrations",
          "master/slave_reregistrations",
          "master/slave_removals",
          "master/tasks_finished",
          "master/tasks_failed",
          "master/tasks_killed",
          "master/tasks_lost",
          "master/tasks_error",
          "master/tasks_dropped",
          "master/tasks_gone",
          "master/tasks_gone_by_operator",
          "master/messages_register_framework",
          "master/messages_reregister_framework",
          "master/messages_launch_tasks",
          "master/messages_decline_offers",
          "master/messages_revive_offers",
          "master/messages_suppress_offers",
          "master/messages_kill_task",
          "master/messages_reconcile_tasks",
          "master/messages_status_update",
          "master/messages_status_update_acknowledgement",
          "master/messages_register_slave",
          "master/messages_reregister_slave",
          "master/messages_unregister_slave",
          "master/dropped_messages");

  private final MasterProxy master;
  private final MasterFacts facts;
  private final Metrics metrics;
  private final InstantSource clock;

  MetricsEndpoint(MasterProxy master, MasterFacts facts, Metrics metrics, InstantSource clock) {
    this.master = master;
    this.facts = facts;
    this.metrics = metrics;
    this.clock = clock;
    COUNTERS.forEach(metrics::counter);
    SystemMetrics.addTo(metrics);
  }

  Response snapshot(Request request) throws InterruptedException {
    SortedMap<String, Double> values = metrics.snapshot();
    MasterSnapshot snapshot = master.snapshot();
    Duration up = Duration.between(facts.started(), clock.instant());
    values.put("master/elected", 1.0);
    values.put("master/uptime_secs", up.toMillis() / 1000.0);
    agents(values, snapshot);
    frameworks(values, snapshot);
    tasks(values, snapshot);
    snapshot
        .dominantShares()
        .forEach((role, share) ->
            values.put("allocator/mesos/roles/" + role + "/shares/dominant", share));
    JsonWriter json = new JsonWriter().beginObject();
    values.forEach(json::field);
    return Replies.json(request, json.endObject());
  }

  private static void agents(SortedMap<String, Double> values, MasterSnapshot snapshot) {
    Resources total = Resources.NONE;
    Resources used = Resources.NONE;
    Resources offered = Resources.NONE;
    long active = 0;
    long connected = 0;
    for (AgentView agent : snapshot.agents().values()) {
      total = total.plus(agent.total());
      used = used.plus(agent.used());
      offered = offered.plus(agent.offered());
      active += agent.active() ? 1 : 0;
      connected += agent.connected() ? 1 : 0;
    }
    long registered = snapshot.agents().size();
    values.put("master/slaves_active", (double) active);
    values.put("master/slaves_inactive", (double) (registered - active));
    values.put("master/slaves_connected", (double) connected);
    values.put("master/slaves_disconnected", (double) (registered - connected));
    values.put("master/slaves_unreachable", (double) snapshot.unreachableAgents().size());
    for (String name : List.of("cpus", "gpus", "mem", "disk")) {
      double all = total.scalar(name).toDouble();
      double inUse = used.scalar(name).toDouble();
      values.put("master/" + name + "_total", all);
      values.put("master/" + name + "_used", inUse);
      values.put("master/" + name + "_percent", all > 0 ? inUse / all : 0.0);
      String resource = "allocator/mesos/resources/" + name;
      values.put(resource + "/total", all);
      values.put(resource + "/offered_or_allocated", inUse + offered.scalar(name).toDouble());
    }
  }

  private static void frameworks(SortedMap<String, Double> values, MasterSnapshot snapshot) {
    long active = 0;
    long connected = 0;
    long offers = 0;
    for (FrameworkView framework : snapshot.frameworks().values()) {
      active += framework.active() ? 1 : 0;
      connected += framework.connected() ? 1 : 0;
      offers += framework.offers().size();
    }
    long registered = snapshot.frameworks().size();
    values.put("master/frameworks_active", (double) active);
    values.put("master/frameworks_inactive", (double) (registered - active));
    values.put("master/frameworks_connected", (double) connected);
    values.put("master/frameworks_disconnected", (double) (registered - connected));
    values.put("master/outstanding_offers", (double) offers);
  }

  private static void tasks(SortedMap<String, Double> values, MasterSnapshot snapshot) {
    Map<TaskState, Long> counts = new EnumMap<>(TaskState.class);
    for (FrameworkView framework : snapshot.frameworks().values()) {
      framework.tasks().forEach(task -> counts.merge(task.state(), 1L, Long::sum));
      counts.merge(
          TaskState.TASK_UNREACHABLE, (long) framework.unreachableTasks().size(), Long::sum);
    }
    for (TaskState state : LIVE) {
      String name = state.name().substring("TASK_".length()).toLowerCase(Locale.ROOT);
      values.put("master/tasks_" + name, (double) counts.getOrDefault(state, 0L));
    }
  }
}
