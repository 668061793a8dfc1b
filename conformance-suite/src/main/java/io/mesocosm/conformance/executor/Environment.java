package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Framework;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.Mismatch;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.operator.Placement;
import io.mesocosm.conformance.operator.Sandbox;
import io.mesocosm.conformance.scheduler.Tasks;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The environment that a command on the agent under test wrote into its sandbox.
 *
 * @param sandbox the executor's
 */
record Environment(SchedulerSession session, Sandbox sandbox, Map<String, String> values) {
  private static final String WRITE =
      "env > unfinished && mv unfinished environment; exec sleep 600";

  /** Of a custom executor. */
  static Environment ofExecutor(Target target) throws InterruptedException {
    return ofExecutor(target, target.framework(), UnaryOperator.identity());
  }

  /** Of a custom executor whose ExecutorInfo is changed so. */
  static Environment ofExecutor(
      Target target, Framework framework, UnaryOperator<ObjectNode> change)
      throws InterruptedException {
    String id = "executor-" + target.unique();
    ObjectNode executor = change.apply(Tasks.customExecutor(id, ""));
    ((ObjectNode) executor.path("command")).put("value", WRITE);
    SchedulerSession session =
        Placement.onOffer(
            target,
            framework,
            (fresh, offer) -> {
              ObjectNode task = Tasks.bare(offer, "one");
              task.set("executor", executor);
              fresh.launch(offer, task);
            });
    return read(target, session, id, "environment");
  }

  /** Of a command task, to whose command these variables are given, names and values in turn. */
  static Environment ofCommandTask(Target target, String... variables) throws InterruptedException {
    ObjectNode command = command(variables);
    SchedulerSession session =
        Placement.onOffer(
            target,
            target.framework(),
            (fresh, offer) -> {
              ObjectNode task = SchedulerSession.task(offer, "one", "");
              task.set("command", command);
              fresh.launch(offer, task);
            });
    session.awaitState("one", "TASK_RUNNING");
    return read(target, session, "one", "environment");
  }

  /** Of a task of the default executor. */
  static Environment ofGroupTask(Target target, String... variables) throws InterruptedException {
    ObjectNode command = command(variables);
    Group group =
        Group.launched(
            target,
            offer -> {
              ObjectNode task = SchedulerSession.task(offer, "one", "");
              task.set("command", command);
              return new ObjectNode[] {task};
            });
    group.session().awaitState("one", "TASK_RUNNING");
    return read(target, group.session(), group.executorId(), "tasks/one/environment");
  }

  /** A command's {@code environment} of names and values in turn. */
  static JsonNode variables(String... namesAndValues) {
    var all = Json.array();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      all.add(
          Json.object("name", namesAndValues[i], "type", "VALUE", "value", namesAndValues[i + 1]));
    }
    return Json.object("variables", all);
  }

  private static ObjectNode command(String... variables) {
    return Json.object("value", WRITE, "environment", variables(variables));
  }

  private static Environment read(
      Target target, SchedulerSession session, String executorId, String file)
      throws InterruptedException {
    Sandbox sandbox = Sandbox.of(target, session.frameworkId(), executorId);
    Map<String, String> values = new TreeMap<>();
    for (String line : sandbox.await(file, text -> !text.isEmpty()).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return new Environment(session, sandbox, values);
  }

  /** The value of a variable, which must be there. */
  String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new Mismatch("variable " + name, "only " + values.keySet());
    }
    return value;
  }

  /** The variable has this value. */
  void expect(String name, String value) {
    Expect.equal(value, get(name), name);
  }

  /** There is no such variable. */
  void expectNone(String name) {
    Expect.that(!values.containsKey(name), "no variable " + name, values.get(name) + "");
  }
}
