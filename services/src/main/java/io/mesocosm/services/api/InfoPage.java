package io.mesocosm.services.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.http.Response;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code /v2/info} and {@code /config} (contracts/marathon-api.md §16). Thread-safe. */
final class InfoPage {
  /** Flags that are shown under their own names. */
  private static final List<String> SCHEDULER =
      List.of(
          "access_control_allow_origin",
          "checkpoint",
          "decline_offer_duration",
          "default_network_name",
          "env_vars_prefix",
          "executor",
          "failover_timeout",
          "framework_name",
          "ha",
          "hostname",
          "launch_token_refresh_interval",
          "local_port_max",
          "local_port_min",
          "maintenance_mode",
          "master",
          "max_instances_per_offer",
          "mesos_bridge_name",
          "mesos_heartbeat_failure_threshold",
          "mesos_heartbeat_interval",
          "mesos_leader_ui_url",
          "mesos_role",
          "mesos_user",
          "min_revive_offers_interval",
          "new_group_enforce_role",
          "offer_matching_timeout",
          "on_elected_prepare_timeout",
          "reconciliation_initial_delay",
          "reconciliation_interval",
          "scale_apps_initial_delay",
          "scale_apps_interval",
          "store_cache",
          "task_launch_confirm_timeout",
          "task_launch_timeout",
          "task_lost_expunge_initial_delay",
          "task_lost_expunge_interval",
          "task_reservation_timeout",
          "webui_url");

  /** Flags by the names that they are shown under. */
  private static final SortedMap<String, String> RENAMED =
      new TreeMap<>(
          java.util.Map.of(
              "features", "enable_features",
              "launch_token", "launch_tokens",
              "leader_proxy_connection_timeout_ms", "leader_proxy_connection_timeout",
              "leader_proxy_read_timeout_ms", "leader_proxy_read_timeout"));

  private static final List<String> ZOOKEEPER =
      List.of(
          "zk",
          "zk_compression",
          "zk_compression_threshold",
          "zk_connection_timeout",
          "zk_max_node_size",
          "zk_max_versions",
          "zk_session_timeout",
          "zk_timeout");

  private final ServicesProxy core;
  private final ServicesIdentity identity;
  private final SortedMap<String, JsonNode> settings;

  InfoPage(ServicesProxy core, ServicesIdentity identity, Settings settings) {
    this.core = core;
    this.identity = identity;
    this.settings = settings.values();
  }

  Response page() {
    ObjectNode body = Answers.object();
    body.put("name", identity.name());
    body.put("version", identity.version());
    body.put("buildref", "unknown");
    body.put("elected", true);
    body.put("leader", identity.address());
    core.snapshot().frameworkId().ifPresent(id -> body.put("frameworkId", id));
    ObjectNode scheduler = body.putObject("marathon_config");
    SCHEDULER.forEach(name -> put(scheduler, name, name));
    RENAMED.forEach((shown, flag) -> put(scheduler, shown, flag));
    ObjectNode zooKeeper = body.putObject("zookeeper_config");
    ZOOKEEPER.forEach(name -> put(zooKeeper, name, name));
    ObjectNode http = body.putObject("http_config");
    put(http, "http_port", "http_port");
    if (http.path("http_port").asInt() == 0) {
      http.put("http_port", identity.port()); // any that was free
    }
    put(http, "https_port", "https_port");
    return Answers.json(200, body);
  }

  Response config() {
    ObjectNode body = Answers.object();
    settings.forEach(body::set);
    return Answers.json(200, body);
  }

  private void put(ObjectNode to, String shown, String flag) {
    JsonNode value = settings.get(flag);
    if (value != null) {
      to.set(shown, value);
    }
  }
}
