package io.mesocosm.services.instance;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One instance of an app, from its match with an offer to its end. This is also what the store
 * keeps of it.
 *
 * @param taskId of its only task
 * @param version of the definition that it was launched with
 * @param configVersion the last configuration change of that definition: instances that differ in
 *     it are replaced by a deployment, those that differ only in {@code version} are not
 * @param condition what it is known to do
 * @param wanted false once it is to end: it then counts for nothing but the room it takes
 * @param mesosState the last state reported, e.g. {@code TASK_RUNNING}; {@code TASK_STAGING} before
 * @param placement where it runs
 * @param ipAddresses as reported by its agent; the agent's own before
 * @param stagedAt when it was matched with an offer
 * @param startedAt when it was first reported running
 * @param conditionSince when it got its present condition
 */
public record Instance(
    InstanceId id,
    String taskId,
    Instant version,
    Instant configVersion,
    Condition condition,
    boolean wanted,
    String mesosState,
    Placement placement,
    List<String> ipAddresses,
    Instant stagedAt,
    Optional<Instant> startedAt,
    Instant conditionSince) {
  public Instance {
    ipAddresses = List.copyOf(ipAddresses);
  }

  /**
   * Whether it counts as one of the instances that its app asks for: to stay, and neither ended nor
   * given up.
   */
  public boolean isActive() {
    return wanted && !condition.isTerminal() && condition != Condition.UNREACHABLE_INACTIVE;
  }

  public boolean isRunning() {
    return condition == Condition.RUNNING;
  }

  /** The same instance in another condition, since {@code now} if it is really another one. */
  public Instance withCondition(Condition next, String state, Instant now) {
    Optional<Instant> started =
        next == Condition.RUNNING ? startedAt.or(() -> Optional.of(now)) : startedAt;
    return new Instance(
        id,
        taskId,
        version,
        configVersion,
        next,
        wanted,
        state,
        placement,
        ipAddresses,
        stagedAt,
        started,
        next == condition ? conditionSince : now);
  }

  public Instance withIpAddresses(List<String> addresses) {
    return new Instance(
        id,
        taskId,
        version,
        configVersion,
        condition,
        wanted,
        mesosState,
        placement,
        addresses,
        stagedAt,
        startedAt,
        conditionSince);
  }

  /** The same instance, to be ended. */
  public Instance unwanted() {
    return new Instance(
        id,
        taskId,
        version,
        configVersion,
        condition,
        false,
        mesosState,
        placement,
        ipAddresses,
        stagedAt,
        startedAt,
        conditionSince);
  }
}
