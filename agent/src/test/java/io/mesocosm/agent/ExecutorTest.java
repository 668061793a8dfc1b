package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.statuses;
import static io.mesocosm.agent.ExecutorStory.answer;
import static io.mesocosm.agent.ExecutorStory.calls;
import static io.mesocosm.agent.ExecutorStory.events;
import static io.mesocosm.agent.ExecutorStory.task;
import static io.mesocosm.agent.ExecutorStory.types;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ContainerStatus;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.NetworkInfo;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.apache.mesos.v1.Protos.TaskStatus.Source;
import org.apache.mesos.v1.Protos.Volume;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;
import org.junit.jupiter.api.Test;

class ExecutorTest {
  private final ExecutorStory story = new ExecutorStory();

  @Test
  void containerIsTheExecutorsWithItsTasksResources() {
    List<AgentEffect> effects = story.run("a");

    ContainerLaunch launch = AgentStory.launch(effects);
    assertThat(statuses(effects)).isEmpty();
    assertThat(launch.cpus()).isEqualTo(0.6);
    assertThat(launch.memoryMegabytes()).isEqualTo(96);
    assertThat(launch.environment())
        .containsEntry("MESOS_EXECUTOR_ID", "e1")
        .containsEntry("MESOS_FRAMEWORK_ID", "master-0000")
        .containsEntry("MESOS_AGENT_ENDPOINT", "10.0.0.1:5051")
        .containsEntry("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "5secs")
        .containsEntry("MESOS_CHECKPOINT", "0")
        .doesNotContainKey("MESOS_ALLOCATION_ROLE");
    assertThat(launch.sandbox()).endsWith("/executors/e1/runs/" + launch.id());
  }

  @Test
  void tasksWaitForTheSubscriptionAndComeInOrder() {
    story.started(story.run("a"));
    assertThat(all(story.run("b"), AgentEffect.LaunchContainer.class)).isEmpty();
    story.runGroup("c", "d");

    List<AgentEffect> effects = story.subscribe();

    assertThat(answer(effects)).isEqualTo(new ExecutorAnswer.Subscribed());
    assertThat(types(effects))
        .containsExactly(
            Event.Type.SUBSCRIBED, Event.Type.LAUNCH, Event.Type.LAUNCH, Event.Type.LAUNCH_GROUP);
    assertThat(events(effects).getFirst().getSubscribed().getAgentInfo().getId().getValue())
        .isEqualTo("master-S0");
    assertThat(events(effects).getLast().getLaunchGroup().getTaskGroup().getTasksCount())
        .isEqualTo(2);
    assertThat(types(story.run("e"))).containsExactly(Event.Type.LAUNCH);
  }

  @Test
  void updateIsCompletedSentAndAcknowledged() {
    story.started(story.run("a"));
    story.subscribe();

    List<AgentEffect> effects = story.update("a", TaskState.TASK_RUNNING);

    TaskStatus status = onlyStatus(effects);
    assertThat(status.getAgentId().getValue()).isEqualTo("master-S0");
    assertThat(status.getExecutorId().getValue()).isEqualTo("e1");
    assertThat(status.hasTimestamp()).isTrue();
    assertThat(status.getContainerStatus().hasContainerId()).isTrue();
    assertThat(status.getContainerStatus().getExecutorPid()).isEqualTo(77);
    assertThat(status.getContainerStatus().getNetworkInfos(0).getIpAddresses(0).getIpAddress())
        .isEqualTo("10.0.0.1");
    assertThat(events(effects).getFirst().getAcknowledged().getUuid()).isEqualTo(status.getUuid());
  }

  @Test
  void addressThatTheExecutorLeavesOpenIsTheAgents() {
    story.started(story.run("a"));
    story.subscribe();
    TaskStatus.Builder status = story.status("a", TaskState.TASK_RUNNING).toBuilder();
    status.getContainerStatusBuilder().addNetworkInfosBuilder().setName("weave");

    NetworkInfo network =
        onlyStatus(story.update(status.build())).getContainerStatus().getNetworkInfos(0);

    assertThat(network.getName()).isEqualTo("weave");
    assertThat(network.getIpAddresses(0).getIpAddress()).isEqualTo("10.0.0.1");
  }

  @Test
  void addressThatTheExecutorKnowsIsKept() {
    story.started(story.run("a"));
    story.subscribe();
    TaskStatus.Builder status = story.status("a", TaskState.TASK_RUNNING).toBuilder();
    status
        .getContainerStatusBuilder()
        .addNetworkInfosBuilder()
        .addIpAddressesBuilder()
        .setIpAddress("192.168.7.7");

    ContainerStatus completed = onlyStatus(story.update(status.build())).getContainerStatus();

    assertThat(completed.getNetworkInfosList())
        .singleElement()
        .extracting(network -> network.getIpAddresses(0).getIpAddress())
        .isEqualTo("192.168.7.7");
  }

  @Test
  void statusesAreCountedByWhetherAnybodyCanUseThem() {
    story.update("a", TaskState.TASK_RUNNING);
    story.started(story.run("a"));
    story.subscribe();
    TaskStatus running = story.status("a", TaskState.TASK_RUNNING);
    story.update(running);
    story.update(running);
    story.agent.shutDownFramework();
    story.update("a", TaskState.TASK_RUNNING);
    story.update("a", TaskState.TASK_KILLED);

    AgentSnapshot.Counters counters = story.agent.agent.snapshot().counters();
    assertThat(counters.validUpdates()).isEqualTo(3);
    assertThat(counters.invalidUpdates()).isEqualTo(2);
  }

  @Test
  void updateThatCameBeforeIsAcknowledgedAndNotSentAgain() {
    story.started(story.run("a"));
    story.subscribe();
    TaskStatus status = story.status("a", TaskState.TASK_RUNNING);
    story.agent.acknowledge(onlyStatus(story.update(status)));

    List<AgentEffect> again = story.update(status);

    assertThat(statuses(again)).isEmpty();
    assertThat(types(again)).containsExactly(Event.Type.ACKNOWLEDGED);
  }

  @Test
  void executorThatWasNotLaunchedIsUnknown() {
    assertThat(answer(story.subscribe()))
        .isEqualTo(
            new ExecutorAnswer.Refused(400, "Framework cannot be found: " + AgentStory.FRAMEWORK));
  }

  @Test
  void callBeforeTheSubscriptionIsForbidden() {
    story.started(story.run("a"));

    assertThat(answer(story.update("a", TaskState.TASK_RUNNING)))
        .isEqualTo(new ExecutorAnswer.Refused(403, "Executor is not subscribed: e1"));
  }

  @Test
  void tokenOfAnotherRunIsForbidden() {
    ContainerId id = story.started(story.run("a"));
    Call call =
        Call.newBuilder()
            .setType(Call.Type.SUBSCRIBE)
            .setSubscribe(Call.Subscribe.getDefaultInstance())
            .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK))
            .setExecutorId(ExecutorID.newBuilder().setValue("e1"))
            .build();

    List<AgentEffect> effects =
        story.agent.handle(
            new AgentCommand.ExecutorCall(
                9, call, Optional.of(new ExecutorClaim(AgentStory.FRAMEWORK, "e1", "earlier"))));

    assertThat(answer(effects))
        .isEqualTo(new ExecutorAnswer.Refused(403, "the token's claim cid is earlier, not " + id));
  }

  @Test
  void tokenIsLookedAtOnceTheExecutorIsFound() {
    ContainerId id = story.started(story.run("a"));
    Optional<ExecutorClaim> claim =
        Optional.of(new ExecutorClaim(AgentStory.FRAMEWORK, "e1", id.value()));

    assertThat(answer(subscribeAs("other", "e1", claim)))
        .isEqualTo(new ExecutorAnswer.Refused(400, "Framework cannot be found: other"));
    assertThat(answer(subscribeAs(AgentStory.FRAMEWORK, "e2", claim)))
        .isEqualTo(
            new ExecutorAnswer.Refused(
                400, "Executor cannot be found: e2 of framework " + AgentStory.FRAMEWORK));
    assertThat(
            answer(
                subscribeAs(
                    AgentStory.FRAMEWORK,
                    "e1",
                    Optional.of(new ExecutorClaim(AgentStory.FRAMEWORK, "e2", id.value())))))
        .isEqualTo(new ExecutorAnswer.Refused(403, "the token's claim eid is e2, not e1"));
    assertThat(answer(subscribeAs(AgentStory.FRAMEWORK, "e1", claim)))
        .isEqualTo(new ExecutorAnswer.Subscribed());
  }

  private List<AgentEffect> subscribeAs(
      String framework, String executor, Optional<ExecutorClaim> claim) {
    Call call =
        Call.newBuilder()
            .setType(Call.Type.SUBSCRIBE)
            .setSubscribe(Call.Subscribe.getDefaultInstance())
            .setFrameworkId(FrameworkID.newBuilder().setValue(framework))
            .setExecutorId(ExecutorID.newBuilder().setValue(executor))
            .build();
    return story.agent.handle(new AgentCommand.ExecutorCall(9, call, claim));
  }

  @Test
  void executorThatDoesNotSubscribeInTimeIsDestroyed() {
    ContainerId id = story.started(story.run("a"));
    story.pass(Duration.ofMinutes(1));

    List<AgentEffect> overdue = story.timer(new AgentTimer.ExecutorRegistrationOverdue(id));
    TaskStatus status = onlyStatus(story.agent.signaled(id, 9));

    assertThat(only(overdue, AgentEffect.StopContainer.class).grace()).isZero();
    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_EXECUTOR_REGISTRATION_TIMEOUT);
  }

  @Test
  void executorThatDoesNotStartFailsItsTasks() {
    ContainerId id = AgentStory.launch(story.run("a")).id();

    List<AgentEffect> effects = story.agent.handle(new AgentCommand.ContainerFailed(id, "no"));

    assertThat(onlyStatus(effects).getReason()).isEqualTo(Reason.REASON_CONTAINER_LAUNCH_FAILED);
    assertThat(calls(effects, LinkCall.Type.EXITED_EXECUTOR)).hasSize(1);
  }

  @Test
  void tasksOfAnExecutorThatEndsFail() {
    ContainerId id = story.running("a");
    story.run("b");

    List<AgentEffect> effects = story.agent.exited(id, 3);

    assertThat(statuses(effects))
        .extracting(TaskStatus::getState, TaskStatus::getReason, TaskStatus::getSource)
        .containsOnly(
            org.assertj.core.groups.Tuple.tuple(
                TaskState.TASK_FAILED, Reason.REASON_EXECUTOR_TERMINATED, Source.SOURCE_AGENT));
    assertThat(statuses(effects)).hasSize(2);
    assertThat(statuses(effects).getFirst().getMessage())
        .isEqualTo("Executor exited with status 3");
    LinkCall.ExitedExecutor exited =
        calls(effects, LinkCall.Type.EXITED_EXECUTOR).getFirst().getExitedExecutor();
    assertThat(exited.getStatus()).isEqualTo(3 << 8);
    assertThat(exited.getExecutorId().getValue()).isEqualTo("e1");
  }

  @Test
  void executorWithoutTasksRunsOn() {
    ContainerId id = story.running("a");
    story.agent.acknowledge(onlyStatus(story.update("a", TaskState.TASK_FINISHED)));

    AgentSnapshot.Executor executor =
        story.agent.agent.snapshot().frameworks().getFirst().executors().getFirst();
    assertThat(executor.phase()).isEqualTo(ExecutorPhase.RUNNING);
    assertThat(executor.completedTasks()).hasSize(1);
    assertThat(types(story.run("b"))).containsExactly(Event.Type.LAUNCH);
    story.agent.acknowledge(onlyStatus(story.agent.exited(id, 0)));
    assertThat(story.agent.agent.snapshot().frameworks()).isEmpty();
    assertThat(story.agent.agent.snapshot().completedFrameworks()).hasSize(1);
  }

  @Test
  void killOfADeliveredTaskIsTheExecutorsToDo() {
    story.running("a");

    List<AgentEffect> effects = story.agent.kill("a", Duration.ofSeconds(7));

    Event.Kill kill = events(effects).getFirst().getKill();
    assertThat(kill.getTaskId().getValue()).isEqualTo("a");
    assertThat(kill.getKillPolicy().getGracePeriod().getNanoseconds())
        .isEqualTo(Duration.ofSeconds(7).toNanos());
    assertThat(statuses(effects)).isEmpty();
    assertThat(onlyStatus(story.update("a", TaskState.TASK_KILLED)).getState())
        .isEqualTo(TaskState.TASK_KILLED);
  }

  @Test
  void killOfOneThatWaitsKillsItsGroupAndTheIdleExecutorIsShutDown() {
    story.started(story.runGroup("a", "b"));

    List<AgentEffect> killed = story.agent.kill("a");
    List<AgentEffect> subscribed = story.subscribe();

    assertThat(statuses(killed))
        .extracting(TaskStatus::getReason)
        .containsExactly(
            Reason.REASON_TASK_KILLED_DURING_LAUNCH, Reason.REASON_TASK_KILLED_DURING_LAUNCH);
    assertThat(types(subscribed)).containsExactly(Event.Type.SUBSCRIBED, Event.Type.SHUTDOWN);
  }

  @Test
  void executorThatWasToldToEndIsDestroyedAfterItsGrace() {
    ContainerId id = story.running("a");

    List<AgentEffect> told = story.shutDownExecutor();
    List<AgentEffect> overdue = story.timer(new AgentTimer.ExecutorShutdownOverdue(id));

    assertThat(types(told)).containsExactly(Event.Type.SHUTDOWN);
    assertThat(all(told, AgentEffect.StopContainer.class)).isEmpty();
    assertThat(only(overdue, AgentEffect.StopContainer.class).id()).isEqualTo(id);
    TaskStatus late = onlyStatus(story.run("b"));
    assertThat(late.getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(late.getReason()).isEqualTo(Reason.REASON_EXECUTOR_TERMINATED);
  }

  @Test
  void ownGraceOfTheExecutorDecides() {
    TaskInfo.Builder task = task("a").toBuilder();
    task.getExecutorBuilder()
        .setShutdownGracePeriod(
            DurationInfo.newBuilder().setNanoseconds(Duration.ofSeconds(40).toNanos()));
    story.started(story.run(AgentStory.framework(), task.build()));
    story.subscribe();

    List<AgentEffect> told = story.shutDownExecutor();

    assertThat(all(told, AgentEffect.SetTimer.class))
        .extracting(AgentEffect.SetTimer::at)
        .contains(story.agent.now.plusSeconds(40));
  }

  @Test
  void newSubscriptionReplacesTheOldOne() {
    story.running("a");
    long first = 1;

    List<AgentEffect> effects =
        story.subscribe(Call.Subscribe.newBuilder().addUnacknowledgedTasks(task("a")));

    assertThat(all(effects, AgentEffect.CloseExecutorStream.class))
        .containsExactly(new AgentEffect.CloseExecutorStream(first));
    assertThat(story.agent.handle(new AgentCommand.ExecutorStreamClosed(first))).isEmpty();
    assertThat(types(story.run("b"))).containsExactly(Event.Type.LAUNCH);
  }

  @Test
  void taskThatNeverArrivedIsLost() {
    story.started(story.run("a"));
    story.subscribe();

    List<AgentEffect> effects = story.subscribe();

    assertThat(onlyStatus(effects).getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(onlyStatus(effects).getReason()).isEqualTo(Reason.REASON_AGENT_RESTARTED);
  }

  @Test
  void unacknowledgedUpdatesOfASubscriptionAreUpdates() {
    story.started(story.run("a"));
    story.subscribe();
    TaskStatus status = story.status("a", TaskState.TASK_RUNNING);

    List<AgentEffect> effects =
        story.subscribe(
            Call.Subscribe.newBuilder()
                .addUnacknowledgedTasks(task("a"))
                .addUnacknowledgedUpdates(Call.Update.newBuilder().setStatus(status)));

    assertThat(onlyStatus(effects).getUuid()).isEqualTo(status.getUuid());
    assertThat(types(effects)).containsExactly(Event.Type.SUBSCRIBED, Event.Type.ACKNOWLEDGED);
  }

  @Test
  void whatComesWhileTheExecutorIsAwayReachesItLater() {
    story.running("a");
    story.agent.handle(new AgentCommand.ExecutorStreamClosed(1));

    assertThat(types(story.run("b"))).isEmpty();
    assertThat(types(story.agent.kill("a"))).isEmpty();

    assertThat(
            types(story.subscribe(Call.Subscribe.newBuilder().addUnacknowledgedTasks(task("a")))))
        .containsExactly(Event.Type.SUBSCRIBED, Event.Type.KILL, Event.Type.LAUNCH);
  }

  @Test
  void messagesPassBothWays() {
    story.running("a");
    ByteString data = ByteString.copyFromUtf8("hello");

    List<AgentEffect> up =
        story.call(
            Call.newBuilder()
                .setType(Call.Type.MESSAGE)
                .setMessage(Call.Message.newBuilder().setData(data)));
    List<AgentEffect> down =
        story.agent.event(
            LinkEvent.newBuilder()
                .setType(LinkEvent.Type.EXECUTOR_MESSAGE)
                .setExecutorMessage(
                    LinkEvent.ExecutorMessage.newBuilder()
                        .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK))
                        .setExecutorId(ExecutorID.newBuilder().setValue("e1"))
                        .setData(data))
                .build());

    assertThat(calls(up, LinkCall.Type.EXECUTOR_MESSAGE).getFirst().getExecutorMessage().getData())
        .isEqualTo(data);
    assertThat(events(down).getFirst().getMessage().getData()).isEqualTo(data);
  }

  @Test
  void heartbeatComesEveryHalfHour() {
    ContainerId id = story.running("a");
    story.pass(Duration.ofMinutes(30));

    List<AgentEffect> effects = story.timer(new AgentTimer.ExecutorHeartbeat(id));

    assertThat(types(effects)).containsExactly(Event.Type.HEARTBEAT);
    assertThat(only(effects, AgentEffect.SetTimer.class).at())
        .isEqualTo(story.agent.now.plus(Duration.ofMinutes(30)));
  }

  @Test
  void frameworkThatIsShutDownTakesItsExecutorAlongInSilence() {
    ContainerId id = story.running("a");

    List<AgentEffect> told = story.agent.shutDownFramework();
    List<AgentEffect> exited = story.agent.exited(id, 0);

    assertThat(types(told)).containsExactly(Event.Type.SHUTDOWN);
    assertThat(all(exited, AgentEffect.SendToMaster.class)).isEmpty();
    assertThat(story.agent.agent.snapshot().frameworks()).isEmpty();
    AgentSnapshot.Framework over = story.agent.agent.snapshot().completedFrameworks().getFirst();
    assertThat(over.completedExecutors().getFirst().completedTasks().getFirst().state())
        .isEqualTo(TaskState.TASK_FAILED);
    assertThat(story.agent.agent.snapshot().counters().tasksFailed()).isEqualTo(1);
  }

  @Test
  void onlyEndsAreTakenFromExecutorsOfAFrameworkThatIsShutDown() {
    story.running("a");
    story.agent.shutDownFramework();

    assertThat(types(story.update("a", TaskState.TASK_RUNNING))).isEmpty();
    assertThat(types(story.update("a", TaskState.TASK_KILLED)))
        .containsExactly(Event.Type.ACKNOWLEDGED);
  }

  @Test
  void agentThatStopsWaitsForItsExecutors() {
    ContainerId id = story.running("a");

    List<AgentEffect> stopping = story.agent.handle(new AgentCommand.Shutdown());

    assertThat(all(stopping, AgentEffect.Stopped.class)).isEmpty();
    assertThat(all(story.agent.exited(id, 0), AgentEffect.Stopped.class)).hasSize(1);
  }

  @Test
  void masterThatComesBackLearnsOfExecutorsWithoutTasks() {
    story.running("a");
    story.agent.acknowledge(onlyStatus(story.update("a", TaskState.TASK_FINISHED)));
    story.agent.handle(new AgentCommand.LinkClosed(story.agent.link, "gone"));

    LinkCall.Subscribe subscribe =
        only(story.agent.connect(), AgentEffect.Connect.class).subscribe().getSubscribe();

    assertThat(subscribe.getTasksList()).isEmpty();
    assertThat(subscribe.getExecutors(0).getExecutor().getExecutorId().getValue()).isEqualTo("e1");
    assertThat(subscribe.getExecutors(0).getFrameworkId().getValue())
        .isEqualTo(AgentStory.FRAMEWORK);
  }

  @Test
  void newsOfTheFrameworkCount() {
    story.started(story.run("a"));
    FrameworkInfo aware =
        AgentStory.framework().toBuilder()
            .addCapabilities(
                FrameworkInfo.Capability.newBuilder()
                    .setType(FrameworkInfo.Capability.Type.PARTITION_AWARE))
            .build();
    story.agent.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.UPDATE_FRAMEWORK)
            .setUpdateFramework(LinkEvent.UpdateFramework.newBuilder().setFrameworkInfo(aware))
            .build());
    story.subscribe();

    assertThat(onlyStatus(story.subscribe()).getState()).isEqualTo(TaskState.TASK_DROPPED);
  }

  @Test
  void executorMayBeADockerContainer() {
    TaskInfo.Builder task = task("a").toBuilder();
    task.getExecutorBuilder()
        .setContainer(
            ContainerInfo.newBuilder()
                .setType(ContainerInfo.Type.DOCKER)
                .setDocker(ContainerInfo.DockerInfo.newBuilder().setImage("my/executor")));

    ContainerLaunch launch = AgentStory.launch(story.run(AgentStory.framework(), task.build()));

    assertThat(launch.docker().orElseThrow().image()).isEqualTo("my/executor");
    assertThat(launch.environment())
        .containsEntry("MESOS_SANDBOX", "/mnt/mesos/sandbox")
        .containsEntry("MESOS_DIRECTORY", launch.sandbox());
  }

  @Test
  void sharedVolumeStaysWhoseItIs() {
    Resource.Builder volume =
        AgentStory.scalar("disk", 10).toBuilder()
            .addReservations(
                Resource.ReservationInfo.newBuilder()
                    .setType(Resource.ReservationInfo.Type.STATIC)
                    .setRole("db"));
    volume.getDiskBuilder().getPersistenceBuilder().setId("own");
    volume
        .getDiskBuilder()
        .setVolume(Volume.newBuilder().setContainerPath("own").setMode(Volume.Mode.RW));
    Resource.Builder shared = volume.clone().setShared(Resource.SharedInfo.getDefaultInstance());
    shared.getDiskBuilder().getPersistenceBuilder().setId("everybodys");
    shared.getDiskBuilder().getVolumeBuilder().setContainerPath("everybodys");
    TaskInfo first = task("a").toBuilder().addResources(volume).addResources(shared).build();

    ContainerLaunch launch = AgentStory.launch(story.run(AgentStory.framework(), first));

    assertThat(launch.persistentFolders()).containsExactly("/work/volumes/roles/db/own");
    assertThat(launch.volumes()).hasSize(2);
    story.agent.started(launch.id());
    story.subscribe();
    TaskInfo next = task("c").toBuilder().addResources(shared).build();
    assertThat(types(story.run(AgentStory.framework(), next))).containsExactly(Event.Type.LAUNCH);
  }

  @Test
  void volumeCannotBeAddedToAnExecutorThatRuns() {
    story.running("a");
    Resource.Builder volume =
        AgentStory.scalar("disk", 10).toBuilder()
            .addReservations(
                Resource.ReservationInfo.newBuilder()
                    .setType(Resource.ReservationInfo.Type.STATIC)
                    .setRole("db"));
    volume.getDiskBuilder().getPersistenceBuilder().setId("v1");
    volume
        .getDiskBuilder()
        .setVolume(Volume.newBuilder().setContainerPath("data").setMode(Volume.Mode.RW));

    TaskStatus refused =
        onlyStatus(
            story.run(AgentStory.framework(), task("b").toBuilder().addResources(volume).build()));

    assertThat(refused.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(refused.getMessage()).contains("cannot be added to the running container");
    assertThat(types(story.run("c"))).containsExactly(Event.Type.LAUNCH);
  }
}
