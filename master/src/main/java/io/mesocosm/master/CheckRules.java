package io.mesocosm.master;

import java.util.Optional;
import java.util.Set;
import org.apache.mesos.v1.Protos.CheckInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.TaskInfo;

/** The rules for checks and health checks (contracts/mesos-scheduler-api.md V4, V5). Pure. */
final class CheckRules {
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private CheckRules() {}

  static Optional<TaskRefusal> problem(TaskInfo task) {
    Optional<TaskRefusal> refusal = task.hasCheck() ? check(task.getCheck()) : Optional.empty();
    return refusal.isEmpty() && task.hasHealthCheck()
        ? healthCheck(task.getHealthCheck())
        : refusal;
  }

  private static Optional<TaskRefusal> check(CheckInfo check) {
    boolean matches =
        switch (check.getType()) {
          case COMMAND -> check.hasCommand() && check.getCommand().getCommand().hasValue();
          case HTTP -> check.hasHttp();
          case TCP -> check.hasTcp();
          case UNKNOWN -> false;
        };
    if (!matches) {
      return invalid("check", "'type' must be set, and the member of that name");
    }
    if (check.hasHttp()
        && check.getHttp().hasPath()
        && !check.getHttp().getPath().startsWith("/")) {
      return invalid(
          "check",
          "The path '" + check.getHttp().getPath() + "' of HTTP check must start with '/'");
    }
    return times(
            "check", check.getDelaySeconds(), check.getIntervalSeconds(), check.getTimeoutSeconds())
        .or(() -> ContainerRules.environment(check.getCommand().getCommand().getEnvironment()));
  }

  private static Optional<TaskRefusal> healthCheck(HealthCheck check) {
    boolean matches =
        switch (check.getType()) {
          case COMMAND -> check.hasCommand() && check.getCommand().hasValue();
          case HTTP -> check.hasHttp();
          case TCP -> check.hasTcp();
          case UNKNOWN -> false;
        };
    if (!matches) {
      return invalid("health check", "'type' must be set, and the member of that name");
    }
    if (check.hasHttp()
        && check.getHttp().hasPath()
        && !check.getHttp().getPath().startsWith("/")) {
      return invalid(
          "health check",
          "The path '" + check.getHttp().getPath() + "' of HTTP health check must start with '/'");
    }
    if (check.hasHttp()
        && check.getHttp().hasScheme()
        && !SCHEMES.contains(check.getHttp().getScheme())) {
      return invalid(
          "health check",
          "Unsupported HTTP health check scheme: '" + check.getHttp().getScheme() + "'");
    }
    if (check.getGracePeriodSeconds() < 0) {
      return invalid("health check", "Expecting 'grace_period_seconds' to be non-negative");
    }
    return times(
            "health check",
            check.getDelaySeconds(),
            check.getIntervalSeconds(),
            check.getTimeoutSeconds())
        .or(() -> ContainerRules.environment(check.getCommand().getEnvironment()));
  }

  private static Optional<TaskRefusal> times(
      String what, double delay, double interval, double timeout) {
    return delay < 0 || interval < 0 || timeout < 0
        ? invalid(what, "Expecting delay, interval and timeout to be non-negative")
        : Optional.empty();
  }

  private static Optional<TaskRefusal> invalid(String what, String problem) {
    return TaskRefusal.of("Task uses invalid " + what + ": " + problem);
  }
}
