package io.mesocosm.conformance.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.OperatorCalls;
import io.mesocosm.conformance.RowTest;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Section 11: flags that have a default and their values, as the programs show them. The suite
 * cannot know what a program was started with: flags that a start usually sets are left out, and
 * others are expected to be left as they are.
 */
final class FlagRows implements RowTests {
  private static final String FLAG = "11/flag.";
  private static final String NO_DEFAULT = "has no default, so that only a start with it shows it";

  @Override
  public String contract() {
    return OperatorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.test(
        FLAG + "http_authenticators",
        "http_authenticators",
        target -> {
          expect(target.master(), Map.of("http_authenticators", "basic"));
          expect(target.agent(), Map.of("http_authenticators", "basic"));
        });
    rows.notObservable(FLAG + "ip_discovery_command", "ip_discovery_command", NO_DEFAULT);
    rows.test(
        FLAG + "memory_profiling",
        "memory_profiling",
        target -> {
          expect(target.master(), Map.of("memory_profiling", "false"));
          expect(target.agent(), Map.of("memory_profiling", "false"));
        });
    rows.notObservable(FLAG + "max_executors_per_agent", "max_executors_per_agent", NO_DEFAULT);
    rows.test(
        FLAG + "registry_strict",
        "registry_strict",
        target -> expect(target.master(), Map.of("registry_strict", "false")));
    rows.notObservable(
        FLAG + "resource_provider_config_dir-csi_plugin_config_dir",
        "resource_provider_config_dir, csi_plugin_config_dir",
        NO_DEFAULT);
    rows.notObservable(FLAG + "disk_profile_adaptor", "disk_profile_adaptor", NO_DEFAULT);
    rows.test(FLAG + "agent_features", "agent_features", FlagRows::capabilities);
    lessUsed(rows);
    rows.test("11/master-flags", "master flags and defaults", FlagRows::masterFlags);
    rows.test("11/agent-flags", "agent flags and defaults", FlagRows::agentFlags);
  }

  private static void lessUsed(Rows rows) {
    rows.notObservable(FLAG + "agent_subsystems", "agent_subsystems", NO_DEFAULT);
    rows.notObservable(FLAG + "allowed_devices", "allowed_devices", NO_DEFAULT);
    rows.notObservable(
        FLAG + "cgroups_net_cls_primary_handle-_secondary_handles",
        "cgroups_net_cls_primary_handle, _secondary_handles",
        NO_DEFAULT);
    rows.notObservable(FLAG + "perf_events", "perf_events", NO_DEFAULT);
    agentFlag(rows, "docker_ignore_runtime", "false");
    agentFlag(rows, "docker_volume_checkpoint_dir", "/var/run/mesos/isolators/docker/volume");
    agentFlag(rows, "docker_volume_chown", "false");
    agentFlag(rows, "appc_simple_discovery_uri_prefix", "http://");
    rows.notObservable(
        FLAG + "domain_socket_location",
        "domain_socket_location",
        "needs an agent with http_executor_domain_sockets");
    agentFlag(rows, "systemd_runtime_directory", "/run/systemd/system");
    agentFlag(rows, "xfs_quota_headroom", "10MB");
    rows.test(
        FLAG + "network_cni_root_dir_persist-network_cni_metrics",
        "network_cni_root_dir_persist, network_cni_metrics",
        agent(Map.of("network_cni_root_dir_persist", "false", "network_cni_metrics", "true")));
    rows.notObservable(
        FLAG + "container_ports_isolated_range", "container_ports_isolated_range", NO_DEFAULT);
    rows.test(
        FLAG + "port-mapping-isolator-set", "port-mapping isolator set", FlagRows::portMapping);
  }

  private static void agentFlag(Rows rows, String name, String value) {
    rows.test(FLAG + name, name, agent(Map.of(name, value)));
  }

  private static RowTest agent(Map<String, String> defaults) {
    return target -> expect(target.agent(), defaults);
  }

  /** Each flag is shown with this value, or one that means the same. */
  private static void expect(OperatorCalls program, Map<String, String> defaults) {
    JsonNode flags = program.get("/flags").path("flags");
    List<String> expected = new ArrayList<>();
    List<String> observed = new ArrayList<>();
    defaults.forEach((name, value) -> {
      String shown = flags.path(name).asText("");
      if (!flags.has(name) || !FlagValue.same(value, shown)) {
        expected.add(name + " " + value);
        observed.add(name + (flags.has(name) ? " " + shown : " absent"));
      }
    });
    if (!expected.isEmpty()) {
      throw new Mismatch("flags " + expected, observed.toString());
    }
  }

  private static void capabilities(Target target) {
    List<String> capabilities =
        Json.each(target.agent().get("/state").path("capabilities")).map(JsonNode::asText).toList();
    Expect.that(
        capabilities.containsAll(
            List.of(
                "MULTI_ROLE",
                "HIERARCHICAL_ROLE",
                "RESERVATION_REFINEMENT",
                "AGENT_OPERATION_FEEDBACK",
                "RESOURCE_PROVIDER",
                "AGENT_DRAINING",
                "TASK_RESOURCE_LIMITS")),
        "the capabilities that an agent must have",
        capabilities);
  }

  private static void portMapping(Target target) {
    if (!target.agent().get("/flags").path("flags").has("ephemeral_ports_per_container")) {
      throw new NotObservable("this agent has no port-mapping isolator");
    }
    expect(
        target.agent(),
        Map.of(
            "ephemeral_ports_per_container", "1024",
            "egress_unique_flow_per_container", "false",
            "ingress_isolate_existing_containers", "true",
            "network_enable_socket_statistics_summary", "false",
            "network_enable_socket_statistics_details", "false",
            "network_enable_snmp_statistics", "false",
            "network_enable_rate_statistics", "false"));
  }

  private static void masterFlags(Target target) {
    expect(
        target.master(), FlagDefaults.without(FlagDefaults.MASTER, !target.principal().isEmpty()));
  }

  private static void agentFlags(Target target) {
    expect(target.agent(), FlagDefaults.without(FlagDefaults.AGENT, !target.principal().isEmpty()));
  }
}
