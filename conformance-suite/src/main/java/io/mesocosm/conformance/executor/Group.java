package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Placement;
import io.mesocosm.conformance.operator.Sandbox;
import io.mesocosm.conformance.scheduler.Tasks;
import java.time.Duration;
import java.util.function.Function;

/**
 * Task groups of one default executor on the agent under test.
 *
 * @param session the framework's, which gets no more offers
 */
record Group(Target target, SchedulerSession session, String executorId) {
  /** How long a task of a group may take to start. */
  static final Duration START = Duration.ofSeconds(40);

  /** Launches one group. */
  static Group launched(Target target, Function<JsonNode, ObjectNode[]> tasks) {
    return launched(target, target.framework(), tasks);
  }

  /** Launches one group. */
  static Group launched(
      Target target, Framework framework, Function<JsonNode, ObjectNode[]> tasks) {
    String id = "executor-" + target.unique();
    SchedulerSession session =
        Placement.onOffer(
            target,
            framework,
            (fresh, offer) ->
                fresh.accept(
                    offer,
                    3600,
                    Tasks.group(
                        Tasks.defaultExecutor(id, fresh.frameworkId()), tasks.apply(offer))));
    return new Group(target, session, id);
  }

  /** Launches one group of shell commands: ids and commands in turn. */
  static Group ofCommands(Target target, String... idsAndCommands) {
    return launched(target, offer -> tasks(offer, idsAndCommands));
  }

  /** Launches one more group on the same executor. */
  void addCommands(String... idsAndCommands) {
    Placement.onNextOffer(
        target,
        session,
        (again, offer) ->
            again.accept(
                offer,
                3600,
                Tasks.group(
                    Tasks.defaultExecutor(executorId, again.frameworkId()),
                    tasks(offer, idsAndCommands))));
  }

  private static ObjectNode[] tasks(JsonNode offer, String... idsAndCommands) {
    ObjectNode[] tasks = new ObjectNode[idsAndCommands.length / 2];
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] = SchedulerSession.task(offer, idsAndCommands[2 * i], idsAndCommands[2 * i + 1]);
    }
    return tasks;
  }

  /** Waits until a task runs; the status. */
  JsonNode awaitRunning(String taskId) {
    return session.awaitState(taskId, "TASK_RUNNING", START);
  }

  /** Waits for a task's end in this state, however long its start took; the status. */
  JsonNode awaitEnd(String taskId, String state) {
    return session.awaitState(taskId, state, START);
  }

  /** The scheduler kills a task, with a grace period where one is given. */
  void kill(String taskId, Duration... grace) {
    if (grace.length == 0) {
      session.call("KILL", "task_id", Json.value(taskId));
      return;
    }
    session.call(
        "KILL", "task_id", Json.value(taskId), "kill_policy", CommandTask.policy(grace[0]));
  }

  /** The executor's sandbox. */
  Sandbox sandbox() throws InterruptedException {
    return Sandbox.of(target, session.frameworkId(), executorId);
  }
}
