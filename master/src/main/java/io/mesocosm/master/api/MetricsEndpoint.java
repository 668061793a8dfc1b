package io.mesocosm.master.api;

import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.http.operator.MachineLoad;
import io.mesocosm.http.operator.PrometheusText;
import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.AgentView;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.protocol.JsonWriter;
import io.mesocosm.runtime.Metrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.OperationState;
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

  /** Where the state of the cluster comes from. */
  @FunctionalInterface
  interface Cluster {
    MasterSnapshot snapshot() throws InterruptedException;
  }

  private final Cluster cluster;
  private final MasterFacts facts;
  private final Metrics metrics;
  private final InstantSource clock;

  MetricsEndpoint(Cluster cluster, MasterFacts facts, MasterEdge edge) {
    this.cluster = cluster;
    this.facts = facts;
    this.metrics = edge.metrics();
    this.clock = edge.clock();
    MetricNames.counters().forEach(metrics::counter);
  }

  Response snapshot(Request request) throws InterruptedException {
    JsonWriter json = new JsonWriter(16 * 1024).beginObject();
    values().forEach(json::field);
    return Jsonp.response(request, json.endObject());
  }

  /** The same in the text format of Prometheus, at {@code /metrics}. */
  Response prometheus(Request request) throws InterruptedException {
    return PrometheusText.response(values());
  }

  org.apache.mesos.v1.master.Protos.Response.GetMetrics message() throws InterruptedException {
    var reply = org.apache.mesos.v1.master.Protos.Response.GetMetrics.newBuilder();
    values().forEach((name, value) -> reply.addMetricsBuilder().setName(name).setValue(value));
    return reply.build();
  }

  private SortedMap<String, Double> values() throws InterruptedException {
    SortedMap<String, Double> values = metrics.snapshot();
    MachineLoad.read().addTo(values);
    MasterSnapshot snapshot = cluster.snapshot();
    Duration up = Duration.between(facts.started(), clock.instant());
    values.put("master/elected", facts.elected().isPresent() ? 1.0 : 0.0);
    values.put("master/uptime_secs", up.toMillis() / 1000.0);
    agents(values, snapshot);
    frameworks(values, snapshot);
    if (facts.frameworkMetrics()) {
      FrameworkMetrics.add(values, snapshot);
    }
    tasks(values, snapshot);
    operations(values, snapshot);
    quotas(values, snapshot);
    allocator(values, snapshot.shares());
    return values;
  }

  private static void allocator(
      SortedMap<String, Double> values, MasterSnapshot.AllocationView shares) {
    shares
        .dominantShares()
        .forEach((role, share) ->
            values.put("allocator/mesos/roles/" + role + "/shares/dominant", share));
    shares
        .activeFilters()
        .forEach((role, count) ->
            values.put(
                "allocator/mesos/offer_filters/roles/" + role + "/active", count.doubleValue()));
    // What waits for our allocator is agents to look at: it has no queue of messages.
    for (String prefix : List.of("allocator/", "allocator/mesos/")) {
      values.put(prefix + "event_queue_dispatches", (double) shares.agentsWaiting());
    }
  }

  private static void agents(SortedMap<String, Double> values, MasterSnapshot snapshot) {
    List<Resources> total = new ArrayList<>();
    List<Resources> used = new ArrayList<>();
    List<Resources> offered = new ArrayList<>();
    long active = 0;
    long connected = 0;
    for (AgentView agent : snapshot.agents().values()) {
      total.add(agent.total());
      used.add(agent.used());
      offered.add(agent.offered());
      active += agent.active() ? 1 : 0;
      connected += agent.connected() ? 1 : 0;
    }
    long registered = snapshot.agents().size();
    values.put("master/slaves_active", (double) active);
    values.put("master/slaves_inactive", (double) (registered - active));
    values.put("master/slaves_connected", (double) connected);
    values.put("master/slaves_disconnected", (double) (registered - connected));
    values.put(
        "master/slaves_unreachable", (double) snapshot.decisions().unreachableAgents().size());
    for (String name : List.of("cpus", "gpus", "mem", "disk")) {
      resource(values, name, total, used, offered);
    }
  }

  private static void resource(
      SortedMap<String, Double> values,
      String name,
      List<Resources> total,
      List<Resources> used,
      List<Resources> offered) {
    for (boolean revocable : new boolean[] {false, true}) {
      double all = sum(total, name, revocable);
      double inUse = sum(used, name, revocable);
      String prefix = "master/" + name + (revocable ? "_revocable" : "");
      values.put(prefix + "_total", all);
      values.put(prefix + "_used", inUse);
      values.put(prefix + "_percent", all > 0 ? inUse / all : 0.0);
      if (!revocable) {
        String resource = "allocator/mesos/resources/" + name;
        values.put(resource + "/total", all);
        values.put(resource + "/offered_or_allocated", inUse + sum(offered, name, false));
      }
    }
  }

  private static double sum(List<Resources> parts, String name, boolean revocable) {
    long thousandths = 0;
    for (Resources part : parts) {
      for (Resource entry : part.entries()) {
        if (entry.revocable() == revocable
            && entry.name().equals(name)
            && entry.value() instanceof Scalar(long amount)) {
          thousandths += amount;
        }
      }
    }
    return thousandths / 1000.0;
  }

  private static void quotas(SortedMap<String, Double> values, MasterSnapshot snapshot) {
    if (snapshot.decisions().quotas().isEmpty()) {
      return;
    }
    SortedMap<String, RoleTally> tallies = RoleTally.of(snapshot);
    snapshot
        .decisions()
        .quotas()
        .forEach((role, quota) -> {
          String prefix = "allocator/mesos/quota/roles/" + role + "/resources/";
          quota
              .getGuaranteesMap()
              .forEach(
                  (name, amount) -> values.put(prefix + name + "/guarantee", amount.getValue()));
          quota
              .getLimitsMap()
              .forEach((name, amount) -> values.put(prefix + name + "/limit", amount.getValue()));
          RoleTally tally = tallies.get(role);
          if (tally != null) {
            tally
                .allocated()
                .plus(tally.offered())
                .scalarQuantities()
                .forEach((name, amount) ->
                    values.put(prefix + name + "/offered_or_allocated", amount.toDouble()));
          }
        });
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

  private static void operations(SortedMap<String, Double> values, MasterSnapshot snapshot) {
    long pending =
        snapshot.agents().values().stream()
            .flatMap(agent -> agent.operations().stream())
            .filter(operation ->
                operation.getLatestStatus().getState() == OperationState.OPERATION_PENDING)
            .count();
    values.put("master/operations/pending", (double) pending);
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
