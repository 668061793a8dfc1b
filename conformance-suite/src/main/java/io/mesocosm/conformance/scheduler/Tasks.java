package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Resource;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Tasks of less common shapes. */
public final class Tasks {
  private Tasks() {}

  /** A task launched with an executor of its own, in whatever state. */
  public record Launched(
      SchedulerSession session, String taskId, String executorId, JsonNode agentId) {}

  /** An executor of 0.1 cpus, 32 MB and 16 MB of disk, without type or command. */
  public static ObjectNode executor(String id) {
    return Json.object(
        "executor_id", Json.value(id),
        "resources",
            Json.array(
                Resource.scalar("cpus", 0.1),
                Resource.scalar("mem", 32),
                Resource.scalar("disk", 16)));
  }

  /** An executor that is a shell command. */
  public static ObjectNode customExecutor(String id, String command) {
    ObjectNode executor = executor(id);
    executor.put("type", "CUSTOM").put("name", id);
    executor.set("command", Json.object("value", command));
    return executor;
  }

  /** A task of 0.1 cpus and 32 MB without command. */
  public static ObjectNode bare(JsonNode offer, String id) {
    ObjectNode task = SchedulerSession.task(offer, id, "");
    task.remove("command");
    return task;
  }

  /**
   * Launches a task with a custom executor that is this shell command, and gives the rest of the
   * offer back.
   */
  public static Launched launchWithExecutor(Target target, String command) {
    return target.exclusively(() -> {
      SchedulerSession session = target.subscribe(target.framework());
      JsonNode offer = session.offer();
      String id = "task-" + target.unique();
      ObjectNode task = bare(offer, id);
      task.set("executor", customExecutor("executor-" + id, command));
      session.launch(offer, task);
      session.quiet();
      return new Launched(session, id, "executor-" + id, offer.get("agent_id"));
    });
  }

  /** Launches a task whose command ends soon, and waits for its last status. */
  public static JsonNode run(Target target, UnaryOperator<ObjectNode> change, String state) {
    SchedulerSession session =
        target.exclusively(() -> {
          SchedulerSession fresh = target.subscribe(target.framework());
          JsonNode offer = fresh.offer();
          fresh.launch(offer, change.apply(SchedulerSession.task(offer, "task", "true")));
          fresh.quiet();
          return fresh;
        });
    return session.awaitState("task", state, Duration.ofSeconds(40));
  }

  /** A LAUNCH_GROUP operation with the default executor. */
  public static ObjectNode group(ObjectNode executor, JsonNode... tasks) {
    return Operations.of(
        "LAUNCH_GROUP",
        Json.object(
            "executor",
            executor,
            "task_group",
            Json.object("tasks", Json.array((Object[]) tasks))));
  }

  /** The default executor. */
  public static ObjectNode defaultExecutor(String id, String frameworkId) {
    ObjectNode executor = executor(id);
    executor.put("type", "DEFAULT");
    executor.set("framework_id", Json.value(frameworkId));
    return executor;
  }
}
