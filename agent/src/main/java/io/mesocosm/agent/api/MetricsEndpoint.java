package io.mesocosm.agent.api;

import io.mesocosm.agent.AgentSnapshot;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.http.operator.Jsonp;
import io.mesocosm.http.operator.MachineLoad;
import io.mesocosm.http.operator.PrometheusText;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.protocol.JsonWriter;
import java.util.List;
import java.util.SortedMap;
import org.apache.mesos.v1.agent.Protos.Response.GetMetrics;

/**
 * {@code /metrics/snapshot}: one flat object of numbers under Mesos's names, and the same for
 * Prometheus and GET_METRICS (contracts/mesos-operator-api.md §8). They are counted on the snapshot
 * that is there, so no time-out is needed and nobody has to wait for their turn.
 */
final class MetricsEndpoint {
  private static final String PATH = "/metrics/snapshot";

  /** What tools look for and this agent has nothing of. */
  private static final List<String> ALWAYS_ZERO =
      List.of(
          "slave/executors_preempted",
          "slave/valid_framework_messages",
          "slave/invalid_framework_messages",
          "slave/executor_directory_max_allowed_age_secs",
          "gc/path_removals_pending",
          "gc/path_removals_succeeded",
          "gc/path_removals_failed",
          "containerizer/mesos/container_destroy_errors",
          "containerizer/mesos/filesystem/containers_new_rootfs",
          "containerizer/mesos/provisioner/bind/remove_rootfs_errors",
          "containerizer/mesos/provisioner/remove_container_errors",
          "containerizer/mesos/disk/project_ids_free",
          "containerizer/mesos/disk/project_ids_total",
          "containerizer/fetcher/cache_size_total_bytes",
          "containerizer/fetcher/cache_size_used_bytes");

  private final AgentFacts facts;

  MetricsEndpoint(AgentFacts facts) {
    this.facts = facts;
  }

  Response snapshot(Request request) {
    facts.visible(request).requireEndpoint(PATH);
    JsonWriter json = new JsonWriter(4096).beginObject();
    values().forEach(json::field);
    return Jsonp.response(request, json.endObject());
  }

  /** The text format of Prometheus, at {@code /metrics}; guarded as the snapshot is. */
  Response prometheus(Request request) {
    facts.visible(request).requireEndpoint(PATH);
    return PrometheusText.response(values());
  }

  GetMetrics message() {
    GetMetrics.Builder reply = GetMetrics.newBuilder();
    values().forEach((name, value) -> reply.addMetricsBuilder().setName(name).setValue(value));
    return reply.build();
  }

  SortedMap<String, Double> values() {
    AgentSnapshot snapshot = facts.snapshot();
    SortedMap<String, Double> values = AgentMetrics.values(snapshot, facts.uptime());
    ALWAYS_ZERO.forEach(name -> values.putIfAbsent(name, 0.0));
    values.put("slave/recovery_errors", (double) facts.recoveryErrors());
    values.put("slave/recovery_time_secs", facts.recoveryTime().toMillis() / 1e3);
    FetchCounts fetches = facts.fetches().get();
    values.put("containerizer/fetcher/task_fetches_succeeded", (double) fetches.succeeded());
    values.put("containerizer/fetcher/task_fetches_failed", (double) fetches.failed());
    Resources used = Resources.NONE;
    for (AgentSnapshot.Framework framework : snapshot.frameworks()) {
      for (AgentSnapshot.Executor executor : framework.executors()) {
        used = used.plus(UsedResources.of(executor));
      }
    }
    Resources revocable =
        snapshot.total().plus(UsedResources.model(facts.config().oversubscribed())).revocable();
    put(values, "", snapshot.total().nonRevocable(), used.nonRevocable());
    put(values, "_revocable", revocable, used.revocable());
    MachineLoad.read().addTo(values);
    return values;
  }

  private static void put(
      SortedMap<String, Double> values, String suffix, Resources total, Resources used) {
    for (String name : List.of("cpus", "gpus", "mem", "disk")) {
      double all = total.scalar(name).toDouble();
      double taken = used.scalar(name).toDouble();
      String prefix = "slave/" + name + suffix;
      values.put(prefix + "_total", all);
      values.put(prefix + "_used", taken);
      values.put(prefix + "_percent", all == 0 ? 0.0 : taken / all);
    }
  }
}
