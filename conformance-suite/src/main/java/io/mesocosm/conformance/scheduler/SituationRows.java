package io.mesocosm.conformance.scheduler;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.conformance.Expect;
import io.mesocosm.conformance.Json;
import io.mesocosm.conformance.NotObservable;
import io.mesocosm.conformance.RowTests;
import io.mesocosm.conformance.Rows;
import io.mesocosm.conformance.RunningTask;
import io.mesocosm.conformance.SchedulerSession;
import io.mesocosm.conformance.Target;
import io.mesocosm.conformance.executor.AgentView;
import java.time.Duration;

/** Section 9, second half: which state and reason each mishap has. */
final class SituationRows implements RowTests {
  private static final String AGENT_AWAY = "needs the agent to stop or lose its connection";

  @Override
  public String contract() {
    return SchedulerSections.CONTRACT;
  }

  @Override
  public void register(Rows rows) {
    rows.notObservable("9/situation.accept-on-lost-agent", "agent lost at the accept", AGENT_AWAY);
    rows.notObservable("9/situation.agent-marked-unreachable", "agent unreachable", AGENT_AWAY);
    rows.notObservable(
        "9/situation.agent-marked-gone", "agent gone", "would take the agent away for good");
    rows.notObservable(
        "9/situation.agent-unregistered-itself-removed-and-replaced", "agent removed", AGENT_AWAY);
    rows.notObservable(
        "9/situation.agent-socket-lost-and-framework-not", "agent disconnected", AGENT_AWAY);
    rows.notObservable(
        "9/situation.agent-restarted-before-the-task-got", "agent restarted", AGENT_AWAY);
    rows.test(
        "9/situation.executor-terminated-before-receiving-the-task",
        "executor ends before it has the task",
        SituationRows::executorEnds);
    rows.notObservable(
        "9/situation.gc-unschedule-failed", "sandbox collected", "needs the agent's disk to fail");
    rows.notObservable(
        "9/situation.unknown-checkpointed-resources", "resources unknown", "needs an agent to err");
    rows.notObservable("9/situation.qos-kill", "QoS kill", "needs a QoS controller module");
    rows.notObservable(
        "9/situation.container-update-failed", "container update fails", "needs cgroups to fail");
    rows.notObservable(
        "9/situation.executor-died-with-running-task",
        "executor dies with a running task",
        "needs an executor that registers; see mesos-executor-api");
    rows.notObservable(
        "9/situation.memory-disk-limit", "limits passed", "needs an agent that enforces limits");
    rows.test("9/situation.launch-failed", "launch fails", SituationRows::launchFails);
    rows.test(
        "9/situation.executor-did-not-register-in-time",
        "executor never registers",
        SituationRows::neverRegisters);
    rows.notObservable(
        "9/situation.executor-did-not-reregister-after-agent",
        "executor does not return",
        AGENT_AWAY);
    rows.test("9/situation.max_completion_time-elapsed", "time is up", SituationRows::timeIsUp);
    rows.exclusive(
        "9/situation.agent-draining-kill", "killed by draining", SituationRows::draining);
    rows.test(
        "9/numbers.task-state",
        "numbers of states in protobuf",
        target ->
            Expect.equal(
                "TASK_UNKNOWN", reconciled(target).path("state").asText(), "state number 13"));
    rows.test(
        "9/numbers.reason",
        "numbers of reasons in protobuf",
        target ->
            Expect.equal(
                "REASON_RECONCILIATION",
                reconciled(target).path("reason").asText(),
                "reason number 9"));
  }

  private static JsonNode reconciled(Target target) {
    SchedulerSession session = target.subscribe(target.framework().suppressed().protobuf());
    session.call("RECONCILE", "tasks", Json.array(Json.object("task_id", Json.value("none"))));
    return session.update("none");
  }

  private static void executorEnds(Target target) {
    Tasks.Launched launched = Tasks.launchWithExecutor(target, "exit 1");
    JsonNode status = launched.session().update(launched.taskId(), Duration.ofSeconds(30));
    Expect.equal("REASON_EXECUTOR_TERMINATED", status.path("reason").asText(), "reason");
    Expect.that(
        status.path("state").asText().matches("TASK_DROPPED|TASK_FAILED"),
        "TASK_DROPPED or TASK_FAILED",
        status);
  }

  private static void launchFails(Target target) {
    JsonNode status =
        Tasks.run(
            target,
            task -> {
              task.set(
                  "command",
                  Json.object(
                      "value",
                      "true",
                      "uris",
                      Json.array(Json.object("value", "/no/such/file-" + target.unique()))));
              return task;
            },
            "TASK_FAILED");
    Expect.equal("REASON_CONTAINER_LAUNCH_FAILED", status.path("reason").asText(), "reason");
  }

  private static void neverRegisters(Target target) {
    Duration timeout = AgentView.duration(target, "executor_registration_timeout");
    if (timeout.compareTo(Duration.ofSeconds(60)) > 0) {
      throw new NotObservable("--executor_registration_timeout is longer than a test may take");
    }
    Tasks.Launched launched = Tasks.launchWithExecutor(target, "sleep 1000");
    JsonNode status = launched.session().update(launched.taskId(), timeout.plusSeconds(15));
    Expect.equal("TASK_FAILED", status.path("state").asText(), "state");
    Expect.equal("REASON_EXECUTOR_REGISTRATION_TIMEOUT", status.path("reason").asText(), "reason");
  }

  private static void timeIsUp(Target target) {
    JsonNode status =
        Tasks.run(
            target,
            task -> {
              task.set("command", Json.object("value", "sleep 1000"));
              task.set("max_completion_time", Json.object("nanoseconds", 1_000_000_000L));
              return task;
            },
            "TASK_FAILED");
    Expect.equal("REASON_MAX_COMPLETION_TIME_REACHED", status.path("reason").asText(), "reason");
  }

  private static void draining(Target target) {
    RunningTask task = target.runningTask();
    JsonNode agent = Json.object("agent_id", task.agentId());
    target.closing(() ->
        target.eventually(
            "the agent back",
            Duration.ofSeconds(20),
            () ->
                java.util.Optional.of(target.master().send("REACTIVATE_AGENT", agent))
                    .filter(answer -> answer.status() == 200)));
    target.master().expect(200, "DRAIN_AGENT", agent);
    JsonNode status =
        task.session().awaitState(task.taskId(), "TASK_KILLED", Duration.ofSeconds(30));
    Expect.equal("REASON_AGENT_DRAINING", status.path("reason").asText(), "reason");
  }
}
