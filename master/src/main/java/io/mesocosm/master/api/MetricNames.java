package io.mesocosm.master.api;

import java.util.ArrayList;
import java.util.List;

/**
 * The counters that dashboards ask for by name and that must be there as 0 before anything has
 * happened (contracts/mesos-operator-api.md §8).
 */
final class MetricNames {
  static final List<String> STATES =
      List.of(
          "finished", "failed", "killed", "lost", "error", "dropped", "gone", "gone_by_operator");

  private static final List<String> MESSAGES =
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
          "authenticate");

  private static final List<String> VALIDATED =
      List.of(
          "status_updates",
          "status_update_acknowledgements",
          "operation_status_updates",
          "operation_status_update_acknowledgements",
          "framework_to_executor_messages",
          "executor_to_framework_messages");

  private static final List<String> OTHERS =
      List.of(
          "master/dropped_messages",
          "master/http_cache_hits",
          "master/recovery_slave_removals",
          "master/slave_registrations",
          "master/slave_reregistrations",
          "master/slave_removals",
          "master/slave_removals/reason_registered",
          "master/slave_removals/reason_unhealthy",
          "master/slave_removals/reason_unregistered",
          "master/slave_shutdowns_scheduled",
          "master/slave_shutdowns_canceled",
          "master/slave_shutdowns_completed",
          "master/slave_unreachable_scheduled",
          "master/slave_unreachable_canceled",
          "master/slave_unreachable_completed",
          "master/strangers_to_an_empty_registry",
          "allocator/mesos/allocation_runs",
          "registrar/queued_operations");

  private static final List<String> OPERATIONS =
      List.of(
          "pending",
          "recovering",
          "unreachable",
          "finished",
          "failed",
          "error",
          "dropped",
          "gone_by_operator");

  private MetricNames() {}

  static List<String> counters() {
    List<String> names = new ArrayList<>(OTHERS);
    STATES.forEach(state -> names.add("master/tasks_" + state));
    MESSAGES.forEach(message -> names.add("master/messages_" + message));
    for (String what : VALIDATED) {
      names.add("master/valid_" + what);
      names.add("master/invalid_" + what);
    }
    OPERATIONS.forEach(state -> names.add("master/operations/" + state));
    return List.copyOf(names);
  }
}
