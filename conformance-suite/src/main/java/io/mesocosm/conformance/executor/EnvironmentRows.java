package io.mesocosm.conformance.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.RowTest;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.Target;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Section 5: the environment of executors and tasks. */
final class EnvironmentRows implements RowTests {
  private static final String LIBRARY =
      "depends on a file of the agent's machine and on the agent's own environment";

  /** What a shell sets by itself. */
  private static final Set<String> OF_THE_SHELL = Set.of("PWD", "OLDPWD", "SHLVL", "_");

  @Override
  public String contract() {
    return ExecutorSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    ofExecutors(rows);
    ofTasks(rows);
    rows.test(
        "5/executor_environment_variables-entries",
        "--executor_environment_variables, and nothing of the agent's own",
        EnvironmentRows::flag);
    rows.test(
        "5/PATH",
        "PATH",
        target -> {
          String path = Environment.ofExecutor(target).get("PATH");
          Expect.that(path.contains("/bin"), "a path of programs", path);
        });
    rows.test("5/merge-order-later-wins", "ExecutorInfo's wins", EnvironmentRows::mergeOrder);
    rows.test("5/command-task", "TaskInfo's wins", EnvironmentRows::commandTask);
  }

  private static void ofExecutors(Rows rows) {
    expected(rows, "MESOS_FRAMEWORK_ID", one -> one.session().frameworkId());
    expected(rows, "MESOS_EXECUTOR_ID", EnvironmentRows::executorId);
    expected(rows, "MESOS_DIRECTORY", one -> one.sandbox().directory());
    expected(rows, "MESOS_SANDBOX", one -> one.sandbox().directory());
    expected(rows, "MESOS_SLAVE_ID", one -> agent(one).path("id").asText());
    expected(rows, "MESOS_SLAVE_PID", one -> agent(one).path("pid").asText());
    expected(
        rows,
        "MESOS_AGENT_ENDPOINT",
        one -> agent(one).path("pid").asText().replaceFirst("^[^@]*@", ""));
    rows.test(
        "5/MESOS_CHECKPOINT",
        "MESOS_CHECKPOINT",
        target -> {
          Environment.ofExecutor(target).expect("MESOS_CHECKPOINT", "0");
          checkpointing(target).expect("MESOS_CHECKPOINT", "1");
        });
    rows.test(
        "5/MESOS_HTTP_COMMAND_EXECUTOR",
        "MESOS_HTTP_COMMAND_EXECUTOR",
        target ->
            Environment.ofExecutor(target)
                .expect(
                    "MESOS_HTTP_COMMAND_EXECUTOR",
                    AgentView.isOn(target, "http_command_executor") ? "1" : "0"));
    rows.test(
        "5/MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD",
        "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD",
        EnvironmentRows::gracePeriod);
    rows.test(
        "5/MESOS_RECOVERY_TIMEOUT",
        "MESOS_RECOVERY_TIMEOUT",
        target -> whenCheckpointing(target, "MESOS_RECOVERY_TIMEOUT", "recovery_timeout"));
    rows.test(
        "5/MESOS_SUBSCRIPTION_BACKOFF_MAX",
        "MESOS_SUBSCRIPTION_BACKOFF_MAX",
        target ->
            whenCheckpointing(
                target, "MESOS_SUBSCRIPTION_BACKOFF_MAX", "executor_reregistration_timeout"));
    whenOn(rows, "MESOS_EXECUTOR_AUTHENTICATION_TOKEN", "authenticate_http_executors");
    whenOn(rows, "MESOS_DOMAIN_SOCKET", "http_executor_domain_sockets");
    rows.notObservable("5/MESOS_NATIVE_JAVA_LIBRARY", "MESOS_NATIVE_JAVA_LIBRARY", LIBRARY);
    rows.notObservable("5/MESOS_NATIVE_LIBRARY", "MESOS_NATIVE_LIBRARY", LIBRARY);
    rows.notObservable("5/LIBPROCESS_IP", "LIBPROCESS_IP", LIBRARY);
    expected(rows, "LIBPROCESS_PORT", _ -> "0");
  }

  private static void ofTasks(Rows rows) {
    rows.test(
        "5/MESOS_CONTAINER_IP",
        "MESOS_CONTAINER_IP of a group's task",
        target -> {
          String address = Environment.ofGroupTask(target).get("MESOS_CONTAINER_IP");
          Expect.that(address.matches("[0-9.]+|[0-9a-f:]+"), "an address", address);
        });
    rows.test(
        "5/MESOS_ALLOCATION_ROLE",
        "MESOS_ALLOCATION_ROLE of tasks",
        target -> {
          for (Environment one :
              new Environment[] {
                Environment.ofCommandTask(target), Environment.ofGroupTask(target)
              }) {
            one.expect("MESOS_ALLOCATION_ROLE", one.session().framework().role());
          }
        });
    rows.test(
        "5/MESOS_TASK_ID",
        "no MESOS_TASK_ID",
        target -> {
          Environment.ofCommandTask(target).expectNone("MESOS_TASK_ID");
          Environment.ofGroupTask(target).expectNone("MESOS_TASK_ID");
          Environment.ofExecutor(target).expectNone("MESOS_TASK_ID");
        });
  }

  private static void expected(Rows rows, String name, Function<Environment, String> value) {
    rows.test(
        "5/" + name,
        name,
        target -> {
          Environment environment = Environment.ofExecutor(target);
          environment.expect(name, value.apply(environment));
        });
  }

  /** The variable is there when, and only when, the agent has this flag on. */
  private static void whenOn(Rows rows, String name, String flag) {
    RowTest test =
        target -> {
          Environment environment = Environment.ofExecutor(target);
          if (AgentView.isOn(target, flag)) {
            Expect.that(!environment.get(name).isEmpty(), "a value of " + name, "none");
          } else {
            environment.expectNone(name);
          }
        };
    rows.test("5/" + name, name, test);
  }

  private static JsonNode agent(Environment environment) {
    return environment.sandbox().target().agent().get("/state");
  }

  private static String executorId(Environment environment) {
    String[] path = environment.sandbox().directory().split("/");
    for (int i = 0; i < path.length - 1; i++) {
      if (path[i].equals("executors")) {
        return path[i + 1];
      }
    }
    return "the name after executors/ in " + environment.sandbox().directory();
  }

  private static Environment checkpointing(Target target) throws InterruptedException {
    return Environment.ofExecutor(
        target, target.framework().with("checkpoint", true), UnaryOperator.identity());
  }

  private static void whenCheckpointing(Target target, String name, String flag)
      throws InterruptedException {
    checkpointing(target).expect(name, AgentView.flag(target, flag).orElse("the flag " + flag));
    Environment.ofExecutor(target).expectNone(name);
  }

  private static void gracePeriod(Target target) throws InterruptedException {
    String name = "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD";
    String flag = AgentView.flag(target, "executor_shutdown_grace_period").orElse("5secs");
    Environment.ofExecutor(target).expect(name, flag);
    Environment own =
        Environment.ofExecutor(
            target,
            target.framework(),
            executor -> {
              executor.set("shutdown_grace_period", Json.object("nanoseconds", 7_000_000_000L));
              return executor;
            });
    own.expect(name, "7secs");
  }

  private static void flag(Target target) throws InterruptedException {
    Environment environment = Environment.ofExecutor(target);
    JsonNode given =
        AgentView.flag(target, "executor_environment_variables")
            .filter(text -> text.startsWith("{"))
            .map(Json::parse)
            .orElseGet(Json::object);
    given
        .properties()
        .forEach(entry -> environment.expect(entry.getKey(), entry.getValue().asText()));
    Set<String> others =
        environment.values().keySet().stream()
            .filter(name -> !name.startsWith("MESOS_") && !name.startsWith("LIBPROCESS_"))
            .filter(name -> !OF_THE_SHELL.contains(name) && !name.equals("PATH"))
            .filter(name -> !given.has(name))
            .collect(Collectors.toSet());
    Expect.equal(Set.of(), others, "variables of the agent's own environment");
  }

  private static void mergeOrder(Target target) throws InterruptedException {
    Environment environment =
        Environment.ofExecutor(
            target,
            target.framework(),
            executor -> {
              ((ObjectNode) executor.path("command"))
                  .set(
                      "environment",
                      Environment.variables(
                          "LIBPROCESS_PORT", "7", "PATH", "/bin:/usr/bin:/extra", "MINE", "a b=c"));
              return executor;
            });
    environment.expect("LIBPROCESS_PORT", "7");
    environment.expect("PATH", "/bin:/usr/bin:/extra");
    environment.expect("MINE", "a b=c");
    environment.expect("MESOS_FRAMEWORK_ID", environment.session().frameworkId());
  }

  private static void commandTask(Target target) throws InterruptedException {
    Environment environment =
        Environment.ofCommandTask(target, "MINE", "a b=c", "PATH", "/bin:/usr/bin:/mine");
    environment.expect("MINE", "a b=c");
    environment.expect("PATH", "/bin:/usr/bin:/mine");
    environment.expect("MESOS_FRAMEWORK_ID", environment.session().frameworkId());
    environment.expect("MESOS_EXECUTOR_ID", "one");
  }
}
