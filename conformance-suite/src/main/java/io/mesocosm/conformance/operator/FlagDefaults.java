package io.mesocosm.conformance.operator;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The defaults of flags, without those that a start usually sets or that depend on the machine. */
final class FlagDefaults {
  static final Map<String, String> MASTER =
      parse(
          """
          agent_ping_timeout 15secs
          max_agent_ping_timeouts 5
          agent_reregister_timeout 10mins
          recovery_agent_removal_limit 100%
          allocation_interval 1secs
          allocator hierarchical
          min_allocatable_resources cpus:0.01|mem:32
          authenticate_agents false
          authenticate_frameworks false
          authenticate_http_frameworks false
          authenticate_http_readonly false
          authenticate_http_readwrite false
          authenticators crammd5
          authentication_v0_timeout 15secs
          authorizers local
          filter_gpu_resources true
          role_sorter drf
          framework_sorter drf
          hostname_lookup true
          log_auto_initialize true
          max_completed_frameworks 50
          max_completed_tasks_per_framework 1000
          max_unreachable_tasks_per_framework 1000
          max_operator_event_stream_subscribers 1000
          offer_constraints_re2_max_mem 4KB
          offer_constraints_re2_max_program_size 100
          publish_per_framework_metrics true
          registry replicated_log
          registry_fetch_timeout 1mins
          registry_store_timeout 20secs
          registry_gc_interval 15mins
          registry_max_agent_age 2weeks
          registry_max_agent_count 102400
          require_agent_domain false
          root_submissions true
          zk_session_timeout 10secs
          logging_level INFO
          logbufsecs 0
          quiet false
          """);
  static final Map<String, String> AGENT =
      parse(
          """
          default_role *
          authenticatee crammd5
          authentication_backoff_factor 1secs
          authentication_timeout_min 5secs
          authentication_timeout_max 1mins
          registration_backoff_factor 1secs
          recover reconnect
          recovery_timeout 15mins
          strict true
          reconfiguration_policy equal
          executor_registration_timeout 1mins
          executor_reregistration_timeout 2secs
          executor_shutdown_grace_period 5secs
          http_command_executor false
          http_executor_domain_sockets false
          http_heartbeat_interval 30secs
          isolation posix/cpu,posix/mem
          launcher_dir /usr/local/libexec/mesos
          docker docker
          docker_socket /var/run/docker.sock
          docker_registry https://registry-1.docker.io
          docker_store_dir /tmp/mesos/store/docker
          docker_remove_delay 6hrs
          docker_kill_orphans true
          docker_stop_timeout 0ns
          appc_store_dir /tmp/mesos/store/appc
          sandbox_directory /mnt/mesos/sandbox
          switch_user true
          fetcher_cache_size 2GB
          fetcher_cache_dir /tmp/mesos/fetch
          fetcher_stall_timeout 1mins
          gc_delay 1weeks
          gc_disk_headroom 0.1
          gc_non_executor_container_sandboxes false
          disk_watch_interval 1mins
          container_disk_watch_interval 15secs
          enforce_container_disk_quota false
          enforce_container_ports false
          container_ports_watch_interval 30secs
          check_agent_port_range_only false
          cgroups_hierarchy /sys/fs/cgroup
          cgroups_root mesos
          cgroups_enable_cfs false
          cgroups_limit_swap false
          cgroups_destroy_timeout 1mins
          cgroups_cpu_enable_pids_and_tids_count false
          revocable_cpu_low_priority true
          perf_duration 10secs
          perf_interval 60secs
          oversubscribed_resources_interval 15secs
          qos_correction_interval_min 0secs
          max_completed_executors_per_framework 150
          disallow_sharing_agent_ipc_namespace false
          disallow_sharing_agent_pid_namespace false
          systemd_enable_support true
          xfs_project_range [5000-10000]
          authenticate_http_executors false
          authenticate_http_readonly false
          authenticate_http_readwrite false
          """);

  private FlagDefaults() {}

  private static Map<String, String> parse(String lines) {
    Map<String, String> defaults = new TreeMap<>();
    lines
        .lines()
        .map(line -> Arrays.asList(line.split(" ", 2)))
        .forEach(parts -> defaults.put(parts.getFirst(), parts.getLast()));
    return Map.copyOf(defaults);
  }

  /** Without the flags that switch authentication on, when it is on. */
  static Map<String, String> without(Map<String, String> defaults, boolean authenticated) {
    Map<String, String> left = new TreeMap<>(defaults);
    left.keySet().removeIf(name -> authenticated && name.startsWith("authenticate_"));
    return left;
  }
}
