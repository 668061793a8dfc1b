package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.launch;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.running;
import static io.mesocosm.agent.AgentStory.statuses;
import static io.mesocosm.agent.AgentStory.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.RecoveredContainer;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.checkpoint.CheckpointProtos.CheckpointRecord;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.apache.mesos.v1.executor.Protos.Call;
import org.junit.jupiter.api.Test;

/** An agent that is started again (contracts/mesos-executor-api.md §11, mesos-ha.md §7). */
class RecoveryTest {
  private final AgentStory before = AgentStory.registered();

  /** The agent has registered again; what it sent on that. */
  private static List<AgentEffect> reregister(AgentStory story) {
    story.connect();
    return story.subscribed(AgentStory.AGENT);
  }

  private static FrameworkInfo partitionAware() {
    return AgentStory.framework().toBuilder()
        .addCapabilities(
            FrameworkInfo.Capability.newBuilder()
                .setType(FrameworkInfo.Capability.Type.PARTITION_AWARE))
        .build();
  }

  @Test
  void itSubscribesAtOnceAsWhatItWasWithAllThatItRuns() {
    ContainerId id = before.running(task("a"));

    AgentStory after = before.restart(running(id));

    LinkCall call = only(after.connect(), AgentEffect.Connect.class).subscribe();
    assertThat(call.getAgentId().getValue()).isEqualTo(AgentStory.AGENT);
    assertThat(call.getSubscribe().getTasksList())
        .extracting(it -> it.getTask().getTaskId().getValue())
        .containsExactly("a");
    assertThat(call.getSubscribe().getTasks(0).getLatestState()).isEqualTo(TaskState.TASK_RUNNING);
    assertThat(call.getSubscribe().getFrameworksList()).containsExactly(AgentStory.framework());
  }

  @Test
  void aRunningTaskGoesOnAsIfNothingHadBeen() {
    ContainerId id = before.running(task("a"));

    AgentStory after = before.restart(running(id));

    assertThat(after.recovered).containsExactly(new AgentEffect.AwaitContainer(id));
    assertThat(statuses(reregister(after))).isEmpty();
    assertThat(onlyStatus(after.exited(id, 0)).getState()).isEqualTo(TaskState.TASK_FINISHED);
  }

  @Test
  void aTaskWhoseContainerHasStartedMeanwhileRuns() {
    List<AgentEffect> launched = before.run(AgentStory.framework(), task("a"));
    before.acknowledge(onlyStatus(launched));

    AgentStory after = before.restart(running(launch(launched).id()));

    assertThat(onlyStatus(reregister(after)).getState()).isEqualTo(TaskState.TASK_RUNNING);
  }

  @Test
  void aTaskWhoseContainerWasNeverStartedIsLost() {
    List<AgentEffect> launched = before.run(AgentStory.framework(), task("a"));
    before.acknowledge(onlyStatus(launched));

    AgentStory after = before.restart(new RecoveredContainer.NeverStarted(launch(launched).id()));

    TaskStatus status = onlyStatus(reregister(after));
    assertThat(status.getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_AGENT_RESTARTED);
  }

  @Test
  void orDroppedIfItsFrameworkKnowsPartitions() {
    before.acknowledge(onlyStatus(before.run(partitionAware(), task("a"))));

    AgentStory after = before.restart();

    assertThat(onlyStatus(reregister(after)).getState()).isEqualTo(TaskState.TASK_DROPPED);
  }

  @Test
  void aTaskThatHasEndedMeanwhileEndsAsItDid() {
    ContainerId id = before.running(task("a"));

    AgentStory after = before.restart(new RecoveredContainer.Ended(ContainerExit.exited(id, 3)));

    assertThat(after.recovered).contains(new AgentEffect.DestroyContainer(id));
    TaskStatus status = onlyStatus(reregister(after));
    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).isEqualTo("Command exited with status 3");
  }

  @Test
  void aTaskWhoseEndNobodySawFailsAndSaysWhy() {
    ContainerId id = before.running(task("a"));

    AgentStory after =
        before.restart(new RecoveredContainer.Vanished(id, "the machine was restarted"));

    TaskStatus status = onlyStatus(reregister(after));
    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_EXECUTOR_TERMINATED);
    assertThat(status.getMessage()).isEqualTo("the machine was restarted");
  }

  @Test
  void aStoppingTaskGetsWhatIsLeftOfItsGracePeriod() {
    ContainerId id = before.running(task("a"));
    before.kill("a", Duration.ofSeconds(30));
    before.pass(Duration.ofSeconds(10));

    AgentStory after = before.restart(running(id));

    assertThat(only(after.recovered, AgentEffect.StopContainer.class))
        .isEqualTo(new AgentEffect.StopContainer(id, Duration.ofSeconds(20)));
    reregister(after);
    assertThat(onlyStatus(after.signaled(id, 15)).getState()).isEqualTo(TaskState.TASK_KILLED);
  }

  @Test
  void theLongestTimeOfATaskCountsFromItsStart() {
    TaskInfo limited =
        task("a").toBuilder()
            .setMaxCompletionTime(
                DurationInfo.newBuilder().setNanoseconds(Duration.ofMinutes(5).toNanos()))
            .build();
    ContainerId id = before.running(limited);
    Instant due = before.now.plus(Duration.ofMinutes(5));
    before.pass(Duration.ofMinutes(2));

    AgentStory after = before.restart(running(id));

    assertThat(after.recovered)
        .contains(new AgentEffect.SetTimer(new AgentTimer.CompletionOverdue(id), due));
  }

  @Test
  void healthChecksBeginAnewAndTheLastResultIsRemembered() {
    TaskInfo checked =
        task("a").toBuilder()
            .setHealthCheck(
                HealthCheck.newBuilder()
                    .setType(HealthCheck.Type.COMMAND)
                    .setCommand(CommandInfo.newBuilder().setValue("true")))
            .build();
    ContainerId id = before.running(checked);
    AgentCommand healthy =
        new AgentCommand.ProbeReported(id, Probe.Purpose.HEALTH, new ProbeResult.Exited(0));
    before.acknowledge(onlyStatus(before.handle(healthy)));

    AgentStory after = before.restart(running(id));

    assertThat(only(after.recovered, AgentEffect.StartChecks.class).id()).isEqualTo(id);
    reregister(after);
    assertThat(after.handle(healthy)).isEmpty();
    assertThat(onlyStatus(after.exited(id, 0)).getHealthy()).isTrue();
  }

  @Test
  void whatWasNotAcknowledgedIsSentAgainInOrder() {
    List<AgentEffect> launched = before.run(AgentStory.framework(), task("a"));
    TaskStatus starting = onlyStatus(launched);
    ContainerId id = launch(launched).id();
    before.started(id);
    before.exited(id, 0);

    AgentStory after = before.restart();

    TaskStatus first = onlyStatus(reregister(after));
    assertThat(first).isEqualTo(starting);
    TaskStatus second = onlyStatus(after.acknowledge(first));
    assertThat(second.getState()).isEqualTo(TaskState.TASK_RUNNING);
    TaskStatus third = onlyStatus(after.acknowledge(second));
    assertThat(third.getState()).isEqualTo(TaskState.TASK_FINISHED);
    assertThat(after.acknowledge(third)).isNotNull();
    assertThat(after.disk.keySet()).containsExactly("agent");
  }

  @Test
  void theOthersOfAGroupDieWithTheOneThatIsGone() {
    List<AgentEffect> launched = before.runGroup(task("a"), task("b"));
    List<ContainerId> ids =
        all(launched, AgentEffect.LaunchContainer.class).stream()
            .map(it -> it.launch().id())
            .toList();
    statuses(launched).forEach(before::acknowledge);
    ids.forEach(id -> statuses(before.started(id)).forEach(before::acknowledge));

    AgentStory after =
        before.restart(
            new RecoveredContainer.Ended(ContainerExit.exited(ids.get(0), 1)), running(ids.get(1)));

    assertThat(only(after.recovered, AgentEffect.StopContainer.class).id()).isEqualTo(ids.get(1));
  }

  @Test
  void aGroupThatHasEndedWellMeanwhileHasEndedWell() {
    List<AgentEffect> launched = before.runGroup(task("a"), task("b"));
    List<ContainerId> ids =
        all(launched, AgentEffect.LaunchContainer.class).stream()
            .map(it -> it.launch().id())
            .toList();
    statuses(launched).forEach(before::acknowledge);
    ids.forEach(id -> statuses(before.started(id)).forEach(before::acknowledge));

    AgentStory after =
        before.restart(
            new RecoveredContainer.Ended(ContainerExit.exited(ids.get(0), 1)),
            new RecoveredContainer.Ended(ContainerExit.exited(ids.get(1), 0)));

    assertThat(statuses(reregister(after)))
        .extracting(TaskStatus::getState)
        .containsExactly(TaskState.TASK_FAILED, TaskState.TASK_FINISHED);
  }

  @Test
  void whatWasBeingSilencedIsKilledOn() {
    ContainerId id = before.running(task("a"));
    before.shutDownFramework();

    AgentStory after = before.restart(running(id));

    assertThat(only(after.recovered, AgentEffect.StopContainer.class).id()).isEqualTo(id);
    LinkCall call = only(after.connect(), AgentEffect.Connect.class).subscribe();
    assertThat(call.getSubscribe().getTasksList()).isEmpty();
    after.signaled(id, 15);
    assertThat(after.disk.keySet()).containsExactly("agent");
  }

  @Test
  void anAgentThatWasRetiringRegistersAsANewOneOnceNothingRuns() {
    ContainerId id = before.running(task("a"));
    before.event(LinkEvent.newBuilder().setType(LinkEvent.Type.SHUTDOWN).build());

    AgentStory after = before.restart(running(id));

    assertThat(all(after.recovered, AgentEffect.SetTimer.class)).isEmpty();
    assertThat(all(after.signaled(id, 15), AgentEffect.SetTimer.class))
        .extracting(AgentEffect.SetTimer::timer)
        .containsExactly(new AgentTimer.Reconnect());
    assertThat(only(after.connect(), AgentEffect.Connect.class).subscribe().hasAgentId()).isFalse();
  }

  @Test
  void aDrainGoesOn() {
    before.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.DRAIN)
            .setDrain(LinkEvent.Drain.newBuilder().setConfig(DrainConfig.getDefaultInstance()))
            .build());

    AgentStory after = before.restart();
    reregister(after);

    assertThat(onlyStatus(after.run(AgentStory.framework(), task("a"))).getReason())
        .isEqualTo(Reason.REASON_AGENT_DRAINING);
  }

  @Test
  void anExecutorThatComesBackGoesOn() {
    ExecutorStory story = new ExecutorStory(before);
    ContainerId id = story.running("a");

    AgentStory after = before.restart(running(id));
    ExecutorStory back = new ExecutorStory(after);
    List<AgentEffect> subscribed = back.subscribe();
    reregister(after);

    assertThat(ExecutorStory.answer(subscribed)).isEqualTo(new ExecutorAnswer.Subscribed());
    assertThat(all(subscribed, AgentEffect.CancelTimer.class))
        .contains(new AgentEffect.CancelTimer(new AgentTimer.ExecutorRegistrationOverdue(id)));
    assertThat(ExecutorStory.types(back.run("b")))
        .containsExactly(org.apache.mesos.v1.executor.Protos.Event.Type.LAUNCH);
  }

  @Test
  void aTaskThatCameBeforeItsExecutorIsBackWaits() {
    ExecutorStory story = new ExecutorStory(before);
    ContainerId id = story.running("a");
    AgentStory after = before.restart(running(id));
    reregister(after);
    ExecutorStory back = new ExecutorStory(after);

    assertThat(ExecutorStory.events(back.run("b"))).isEmpty();
    AgentStory again = after.restart(running(id));
    assertThat(ExecutorStory.types(new ExecutorStory(again).subscribe()))
        .contains(org.apache.mesos.v1.executor.Protos.Event.Type.LAUNCH);
  }

  @Test
  void anExecutorThatDoesNotComeBackIsKilled() {
    ExecutorStory story = new ExecutorStory(before);
    ContainerId id = story.running("a");
    AgentStory after = before.restart(running(id));
    reregister(after);

    List<AgentEffect> overdue =
        after.handle(new AgentCommand.TimerFired(new AgentTimer.ExecutorRegistrationOverdue(id)));

    assertThat(overdue).containsExactly(new AgentEffect.StopContainer(id, Duration.ZERO));
    TaskStatus status = onlyStatus(after.signaled(id, 9));
    assertThat(status.getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_EXECUTOR_REREGISTRATION_TIMEOUT);
  }

  @Test
  void anUpdateThatAnExecutorRepeatsIsTakenOnce() {
    ExecutorStory story = new ExecutorStory(before);
    ContainerId id = story.started(story.run("a"));
    story.subscribe();
    TaskStatus status = story.status("a", TaskState.TASK_RUNNING);
    before.acknowledge(onlyStatus(story.update(status)));

    AgentStory after = before.restart(running(id));
    reregister(after);
    List<AgentEffect> effects =
        new ExecutorStory(after)
            .subscribe(
                Call.Subscribe.newBuilder()
                    .addUnacknowledgedUpdates(Call.Update.newBuilder().setStatus(status)));

    assertThat(statuses(effects)).isEmpty();
    assertThat(ExecutorStory.types(effects))
        .contains(org.apache.mesos.v1.executor.Protos.Event.Type.ACKNOWLEDGED);
  }

  @Test
  void aCallOfAnExecutorBeforeTheRecoveryIsToComeLater() {
    List<AgentEffect> effects = new ExecutorStory(new AgentStory()).subscribe();

    assertThat(ExecutorStory.answer(effects))
        .isEqualTo(new ExecutorAnswer.Refused(503, "Agent has not finished recovery"));
  }

  @Test
  void nothingIsWrittenAgainThatHasNotChangedButThatItLivesAgain() {
    ContainerId id = before.running(task("a"));
    AgentStory after = before.restart(running(id));

    Map<String, CheckpointRecord> expected = new TreeMap<>(before.disk);
    CheckpointRecord.Builder agent =
        java.util.Objects.requireNonNull(expected.get("agent")).toBuilder();
    assertThat(agent.getIdentity().getLives()).isEqualTo(1);
    agent.getIdentityBuilder().setLives(2);
    expected.put("agent", agent.build());
    assertThat(after.disk).isEqualTo(expected);
    assertThat(after.recovered).hasSize(1);
  }

  @Test
  void recordsThatDoNotFitTogetherAreNotGuessedAt() {
    before.runGroup(task("a"));
    before.disk.remove("executors/master-0000/pod");

    assertThatThrownBy(before::restart)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("task a of framework master-0000 names executor pod");
  }
}
