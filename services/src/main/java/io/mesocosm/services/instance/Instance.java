package io.mesocosm.services.instance;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * One instance of an app or a pod, from its match with an offer to its end. This is also what the
 * store keeps of it.
 *
 * @param attempt how often it has been launched, from 1; more than once only with a reservation
 * @param version of the definition that it was launched with
 * @param configVersion the last configuration change of that definition: instances that differ in
 *     it are replaced by a deployment, those that differ only in {@code version} are not
 * @param condition what it is known to do, all its tasks taken together
 * @param goal what is wanted of it
 * @param placement where it runs
 * @param tasks never empty
 * @param stagedAt when it was matched with an offer
 * @param startedAt when it was first reported running
 * @param conditionSince when it got its present condition
 * @param reservation of a resident one
 */
public record Instance(
    InstanceId id,
    int attempt,
    Instant version,
    Instant configVersion,
    Condition condition,
    Goal goal,
    Placement placement,
    List<InstanceTask> tasks,
    Instant stagedAt,
    Optional<Instant> startedAt,
    Instant conditionSince,
    Optional<Reservation> reservation) {
  public Instance {
    tasks = List.copyOf(tasks);
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("instance " + id + " has no task");
    }
  }

  /** Of its first task, which is an app's only one. */
  public String taskId() {
    return tasks.getFirst().taskId();
  }

  /** Of its first task. */
  public String mesosState() {
    return tasks.getFirst().mesosState();
  }

  /** Of its first task; containers of a pod share them. */
  public List<String> ipAddresses() {
    return tasks.getFirst().ipAddresses();
  }

  public Optional<InstanceTask> task(String taskId) {
    return tasks.stream().filter(task -> task.taskId().equals(taskId)).findFirst();
  }

  /** False once it is to end: it then counts for nothing but the room it takes. */
  public boolean wanted() {
    return goal == Goal.RUNNING;
  }

  /**
   * Whether it counts as one of the instances that its app asks for: to stay, and neither ended nor
   * given up.
   */
  public boolean isActive() {
    return wanted() && !condition.isTerminal() && condition != Condition.UNREACHABLE_INACTIVE;
  }

  public boolean isRunning() {
    return condition == Condition.RUNNING;
  }

  /** Whether its agent is out of touch. */
  public boolean isOutOfTouch() {
    return condition == Condition.UNREACHABLE || condition == Condition.UNREACHABLE_INACTIVE;
  }

  /** The same instance in another condition, since {@code now} if it is really another one. */
  public Instance withCondition(Condition next, Instant now) {
    return new Instance(
        id,
        attempt,
        version,
        configVersion,
        next,
        goal,
        placement,
        tasks,
        stagedAt,
        next == Condition.RUNNING ? startedAt.or(() -> Optional.of(now)) : startedAt,
        next == condition ? conditionSince : now,
        reservation);
  }

  /** The same instance with one of its tasks changed; its condition is not touched. */
  public Instance withTask(String taskId, UnaryOperator<InstanceTask> change) {
    List<InstanceTask> changed = new ArrayList<>();
    for (InstanceTask task : tasks) {
      changed.add(task.taskId().equals(taskId) ? change.apply(task) : task);
    }
    return new Instance(
        id,
        attempt,
        version,
        configVersion,
        condition,
        goal,
        placement,
        changed,
        stagedAt,
        startedAt,
        conditionSince,
        reservation);
  }

  public Instance withGoal(Goal wanted) {
    return new Instance(
        id,
        attempt,
        version,
        configVersion,
        condition,
        wanted,
        placement,
        tasks,
        stagedAt,
        startedAt,
        conditionSince,
        reservation);
  }

  /** The same instance, of another version of its definition. */
  public Instance of(Instant newVersion, Instant newConfigVersion) {
    return new Instance(
        id,
        attempt,
        newVersion,
        newConfigVersion,
        condition,
        goal,
        placement,
        tasks,
        stagedAt,
        startedAt,
        conditionSince,
        reservation);
  }

  /** The same instance, all of whose tasks have ended, to be launched again where it was. */
  public Instance scheduled(Instant now) {
    List<InstanceTask> ended = new ArrayList<>();
    for (InstanceTask task : tasks) {
      ended.add(
          task.condition().isTerminal()
              ? task
              : task.with(Condition.DROPPED, "TASK_DROPPED", "never launched", now));
    }
    return new Instance(
        id,
        attempt,
        version,
        configVersion,
        Condition.SCHEDULED,
        Goal.RUNNING,
        placement,
        ended,
        stagedAt,
        startedAt,
        now,
        reservation);
  }

  /** Whether nobody has ever said that it has the reservation it was to get. */
  public boolean isUnconfirmed() {
    return attempt == 1 && startedAt.isEmpty();
  }

  /** The same instance, to be ended for good. */
  public Instance unwanted() {
    return withGoal(Goal.DECOMMISSIONED);
  }
}
