package io.mesocosm.master.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mesocosm.master.MasterSnapshot;
import io.mesocosm.master.MasterSnapshot.FrameworkView;
import io.mesocosm.master.MasterSnapshot.TaskView;
import java.net.URLEncoder;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.apache.mesos.v1.Protos.TaskState;

/** What has happened to each framework, and how many messages came from each principal. */
final class FrameworkMetrics {
  private static final List<TaskState> ACTIVE =
      List.of(
          TaskState.TASK_STAGING,
          TaskState.TASK_STARTING,
          TaskState.TASK_RUNNING,
          TaskState.TASK_KILLING);

  private static final List<TaskState> TERMINAL =
      List.of(
          TaskState.TASK_FINISHED,
          TaskState.TASK_FAILED,
          TaskState.TASK_KILLED,
          TaskState.TASK_ERROR,
          TaskState.TASK_LOST,
          TaskState.TASK_DROPPED,
          TaskState.TASK_GONE,
          TaskState.TASK_GONE_BY_OPERATOR);

  private FrameworkMetrics() {}

  static void add(SortedMap<String, Double> values, MasterSnapshot snapshot) {
    for (FrameworkView framework : snapshot.frameworks().values()) {
      String prefix =
          "master/frameworks/"
              + URLEncoder.encode(framework.info().getName(), UTF_8)
              + "/"
              + framework.id().value()
              + "/";
      values.put(prefix + "subscribed", framework.connected() ? 1.0 : 0.0);
      ACTIVE.forEach(state -> values.put(prefix + "tasks/active/" + lowerCase(state), 0.0));
      TERMINAL.forEach(state -> values.put(prefix + "tasks/terminal/" + lowerCase(state), 0.0));
      framework.counts().forEach((name, count) -> values.put(prefix + name, (double) count));
      for (TaskView task : framework.tasks()) {
        if (ACTIVE.contains(task.state())) {
          values.merge(prefix + "tasks/active/" + lowerCase(task.state()), 1.0, Double::sum);
        }
      }
      for (String role : framework.roles()) {
        values.put(
            prefix + "roles/" + role + "/suppressed",
            framework.suppressedRoles().contains(role) ? 1.0 : 0.0);
      }
      if (!framework.info().getPrincipal().isEmpty()) {
        String principal = "frameworks/" + framework.info().getPrincipal() + "/messages_";
        double calls = framework.counts().getOrDefault("calls", 0L);
        values.merge(principal + "received", calls, Double::sum);
        values.merge(principal + "processed", calls, Double::sum);
      }
    }
  }

  private static String lowerCase(TaskState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
