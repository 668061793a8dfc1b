package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.ClusterView;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks things up in the answers of the agent under test. */
public final class AgentView {
  private static final Pattern DURATION =
      Pattern.compile("([0-9.]+)(ns|us|ms|secs|mins|hrs|days|weeks)");

  private AgentView() {}

  /** The text of a flag; empty when the agent shows none. */
  static Optional<String> flag(Target target, String name) {
    return new ClusterView(target.agent()).flag(name);
  }

  /** Whether a flag is {@code true}. */
  static boolean isOn(Target target, String name) {
    return flag(target, name).equals(Optional.of("true"));
  }

  /** A flag that is a duration; the test is not observable without it. */
  public static Duration duration(Target target, String name) throws NotObservable {
    String text =
        flag(target, name)
            .orElseThrow(() -> new NotObservable("the agent does not show its flag " + name));
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new NotObservable("the flag " + name + " is no duration: " + text);
    }
    double nanos =
        Double.parseDouble(matcher.group(1))
            * switch (matcher.group(2)) {
              case "ns" -> 1;
              case "us" -> 1e3;
              case "ms" -> 1e6;
              case "secs" -> 1e9;
              case "mins" -> 60e9;
              case "hrs" -> 3600e9;
              case "days" -> 24 * 3600e9;
              default -> 7 * 24 * 3600e9;
            };
    return Duration.ofNanos((long) nanos);
  }

  /** A running container of an executor, in the form of GET_CONTAINERS. */
  static Optional<JsonNode> container(Target target, String frameworkId, String executorId) {
    return Json.each(target.agent().call("GET_CONTAINERS").path("containers"))
        .filter(one -> one.at("/framework_id/value").asText().equals(frameworkId))
        .filter(one -> one.at("/executor_id/value").asText().equals(executorId))
        .findFirst();
  }

  /** Waits until an executor's container is gone. */
  static void awaitNoContainer(
      Target target, String frameworkId, String executorId, Duration timeout)
      throws InterruptedException {
    target.eventually(
        "the end of the container of executor " + executorId,
        timeout,
        () ->
            container(target, frameworkId, executorId).isEmpty()
                ? Optional.of(true)
                : Optional.empty());
  }

  /** A task of this framework in one of the lists of the agent's GET_TASKS. */
  static Optional<JsonNode> task(Target target, String list, String frameworkId, String taskId) {
    return Json.each(target.agent().call("GET_TASKS").path(list))
        .filter(one -> one.at("/framework_id/value").asText().equals(frameworkId))
        .filter(one -> one.at("/task_id/value").asText().equals(taskId))
        .findFirst();
  }

  /** An executor's ExecutorInfo in the agent's GET_EXECUTORS. */
  static Optional<JsonNode> executor(Target target, String frameworkId, String executorId) {
    return Json.each(target.agent().call("GET_EXECUTORS").path("executors"))
        .map(one -> one.path("executor_info"))
        .filter(one -> one.at("/framework_id/value").asText().equals(frameworkId))
        .filter(one -> one.at("/executor_id/value").asText().equals(executorId))
        .findFirst();
  }
}
