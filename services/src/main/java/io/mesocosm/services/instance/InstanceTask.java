package io.mesocosm.services.instance;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One of the tasks that an instance consists of: an app's only one, or one for each container of a
 * pod.
 *
 * @param container its name in the pod; {@link #APP} in an app
 * @param mesosState the last state reported, e.g. {@code TASK_RUNNING}; {@code TASK_STAGING} before
 * @param condition what it is known to do
 * @param ipAddresses as reported by its agent
 * @param startedAt when it was first reported running
 * @param since when it got its present condition
 * @param healthy what its agent's check of it found last
 * @param message the last one that came with a state
 */
public record InstanceTask(
    String container,
    String taskId,
    String mesosState,
    Condition condition,
    List<String> ipAddresses,
    Optional<Instant> startedAt,
    Instant since,
    Optional<Boolean> healthy,
    String message) {
  /** The container of an app's only task. */
  public static final String APP = "";

  public InstanceTask {
    ipAddresses = List.copyOf(ipAddresses);
  }

  /** One that was not launched yet. */
  public static InstanceTask fresh(
      String container, String taskId, Condition condition, Instant now) {
    return new InstanceTask(
        container,
        taskId,
        "TASK_STAGING",
        condition,
        List.of(),
        Optional.empty(),
        now,
        Optional.empty(),
        "");
  }

  /** The same task in another condition, since {@code now} if it is really another one. */
  public InstanceTask with(Condition next, String state, String text, Instant now) {
    return new InstanceTask(
        container,
        taskId,
        state,
        next,
        ipAddresses,
        next == Condition.RUNNING ? startedAt.or(() -> Optional.of(now)) : startedAt,
        next == condition ? since : now,
        healthy,
        text);
  }

  public InstanceTask withIpAddresses(List<String> addresses) {
    return new InstanceTask(
        container, taskId, mesosState, condition, addresses, startedAt, since, healthy, message);
  }

  public InstanceTask withHealthy(boolean found) {
    return new InstanceTask(
        container,
        taskId,
        mesosState,
        condition,
        ipAddresses,
        startedAt,
        since,
        Optional.of(found),
        message);
  }
}
