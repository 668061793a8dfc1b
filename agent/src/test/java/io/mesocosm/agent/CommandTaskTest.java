package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.framework;
import static io.mesocosm.agent.AgentStory.frameworkThatKnowsKilling;
import static io.mesocosm.agent.AgentStory.launch;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.policy;
import static io.mesocosm.agent.AgentStory.statuses;
import static io.mesocosm.agent.AgentStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.containerizer.ContainerExit;
import io.mesocosm.containerizer.ContainerSpec;
import io.mesocosm.model.ContainerId;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.Environment;
import org.apache.mesos.v1.Protos.HealthCheck;
import org.apache.mesos.v1.Protos.LinuxInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.apache.mesos.v1.Protos.TaskStatus.Source;
import org.apache.mesos.v1.Protos.Volume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTaskTest {
  private final AgentStory story = AgentStory.registered();

  @Test
  void launchIsAnnouncedAndAskedFor() {
    List<AgentEffect> effects = story.run(framework(), task("a"));

    TaskStatus status = onlyStatus(effects);
    ContainerLaunch spec = launch(effects);
    assertThat(status.getState()).isEqualTo(TaskState.TASK_STARTING);
    assertThat(status.getSource()).isEqualTo(Source.SOURCE_EXECUTOR);
    assertThat(status.getUuid().size()).isEqualTo(16);
    assertThat(status.getAgentId().getValue()).isEqualTo("master-S0");
    assertThat(status.getExecutorId().getValue()).isEqualTo("a");
    assertThat(status.getContainerStatus().getContainerId().getValue())
        .isEqualTo(spec.id().value());
    assertThat(status.getContainerStatus().getNetworkInfos(0).getIpAddresses(0).getIpAddress())
        .isEqualTo("10.0.0.1");
    assertThat(spec.sandbox())
        .isEqualTo(
            "/work/slaves/master-S0/frameworks/master-0000/executors/a/runs/" + spec.id().value());
    assertThat(spec.command()).contains(new ContainerSpec.Command.Shell("sleep 1"));
    assertThat(spec.cpus()).isEqualTo(0.5);
    assertThat(spec.memoryMegabytes()).isEqualTo(64);
  }

  @Test
  void environmentIsTheAgentsThenTheTasks() {
    TaskInfo task =
        task("a").toBuilder()
            .setCommand(
                CommandInfo.newBuilder()
                    .setValue("env")
                    .setEnvironment(
                        Environment.newBuilder()
                            .addVariables(
                                Environment.Variable.newBuilder().setName("X").setValue("1"))
                            .addVariables(
                                Environment.Variable.newBuilder()
                                    .setName("MESOS_CHECKPOINT")
                                    .setValue("mine"))))
            .build();

    ContainerLaunch spec = launch(story.run(framework(), task));

    assertThat(spec.environment())
        .containsEntry("X", "1")
        .containsEntry("MESOS_CHECKPOINT", "mine")
        .containsEntry("MESOS_FRAMEWORK_ID", "master-0000")
        .containsEntry("MESOS_EXECUTOR_ID", "a")
        .containsEntry("MESOS_SANDBOX", spec.sandbox())
        .containsEntry("MESOS_DIRECTORY", spec.sandbox())
        .containsEntry("MESOS_SLAVE_ID", "master-S0")
        .containsEntry("MESOS_SLAVE_PID", "slave(1)@10.0.0.1:5051")
        .containsEntry("MESOS_AGENT_ENDPOINT", "10.0.0.1:5051")
        .containsEntry("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "5secs")
        .containsEntry("LIBPROCESS_PORT", "0")
        .containsKey("PATH");
  }

  @Test
  void taskThatExitsWithZeroIsFinished() {
    ContainerId id = story.running(task("a"));

    List<AgentEffect> effects = story.exited(id, 0);

    TaskStatus status = onlyStatus(effects);
    assertThat(status.getState()).isEqualTo(TaskState.TASK_FINISHED);
    assertThat(status.getMessage()).isEqualTo("Command exited with status 0");
    assertThat(status.getSource()).isEqualTo(Source.SOURCE_EXECUTOR);
    assertThat(status.getContainerStatus().getExecutorPid()).isEqualTo(77);
    assertThat(only(effects, AgentEffect.DestroyContainer.class).id()).isEqualTo(id);
  }

  @Test
  void taskThatExitsOtherwiseHasFailed() {
    TaskStatus status = onlyStatus(story.exited(story.running(task("a")), 3));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).isEqualTo("Command exited with status 3");
    assertThat(status.hasReason()).isFalse();
  }

  @Test
  void taskThatASignalEndsHasFailed() {
    TaskStatus status = onlyStatus(story.signaled(story.running(task("a")), 11));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).isEqualTo("Command terminated with signal Segmentation fault");
  }

  @Test
  void launchFailureIsTheAgentsWord() {
    List<AgentEffect> launched = story.run(framework(), task("a"));
    story.acknowledge(onlyStatus(launched));

    TaskStatus status =
        onlyStatus(
            story.handle(new AgentCommand.ContainerFailed(launch(launched).id(), "no such file")));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getSource()).isEqualTo(Source.SOURCE_AGENT);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_CONTAINER_LAUNCH_FAILED);
    assertThat(status.getMessage()).isEqualTo("Failed to launch container: no such file");
    assertThat(story.agent.snapshot().counters().launchErrors()).isEqualTo(1);
  }

  @Test
  void taskThatOverusesMemoryHasFailedForThat() {
    ContainerId id = story.running(task("a"));

    TaskStatus status =
        onlyStatus(story.handle(new AgentCommand.ContainerExited(new ContainerExit(id, 9, true))));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_CONTAINER_LIMITATION_MEMORY);
    assertThat(status.getSource()).isEqualTo(Source.SOURCE_AGENT);
    assertThat(status.getLimitation().getResources(0).getName()).isEqualTo("mem");
  }

  @Test
  void killedTaskGetsItsGraceAndIsKilledWhateverItsExit() {
    ContainerId id = story.running(task("a"));

    List<AgentEffect> killing = story.kill("a");
    TaskStatus status = onlyStatus(story.exited(id, 0));

    assertThat(killing).containsExactly(new AgentEffect.StopContainer(id, Duration.ofSeconds(3)));
    assertThat(status.getState()).isEqualTo(TaskState.TASK_KILLED);
  }

  @Test
  void killingIsToldToThoseWhoKnowTheState() {
    story.running(frameworkThatKnowsKilling(), task("a"));

    assertThat(onlyStatus(story.kill("a")).getState()).isEqualTo(TaskState.TASK_KILLING);
  }

  @Test
  void gracePeriodOfTheKillIsStrongerThanTheTasks() {
    TaskInfo task = task("a").toBuilder().setKillPolicy(policy(Duration.ofSeconds(30))).build();
    story.running(task);

    List<AgentEffect> effects = story.kill("a", Duration.ofSeconds(7));

    assertThat(only(effects, AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void gracePeriodOfTheTaskIsStrongerThanTheDefault() {
    TaskInfo task = task("a").toBuilder().setKillPolicy(policy(Duration.ofSeconds(30))).build();
    story.running(task);

    assertThat(only(story.kill("a"), AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void shutdownOfTheFrameworkKeepsTheGracePeriodOfTheTask() {
    TaskInfo task = task("a").toBuilder().setKillPolicy(policy(Duration.ofSeconds(9))).build();
    story.running(task);

    assertThat(only(story.shutDownFramework(), AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void shutdownOfTheFrameworkHasAGracePeriodOfItsOwnForOthers() {
    story.running(task("a"));

    assertThat(only(story.shutDownFramework(), AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void agentThatStopsDoesNotWaitForTheTask() {
    TaskInfo task = task("a").toBuilder().setKillPolicy(policy(Duration.ofSeconds(9))).build();
    story.running(task);

    List<AgentEffect> stopping = story.handle(new AgentCommand.Shutdown());

    assertThat(only(stopping, AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void laterKillOnlyShortensTheGraceSinceTheFirst() {
    story.running(task("a"));
    story.kill("a", Duration.ofSeconds(30));
    story.pass(Duration.ofSeconds(10));

    List<AgentEffect> longer = story.kill("a", Duration.ofSeconds(60));
    List<AgentEffect> shorter = story.kill("a", Duration.ofSeconds(15));

    assertThat(all(longer, AgentEffect.StopContainer.class)).isEmpty();
    assertThat(only(shorter, AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void taskKilledDuringItsLaunchSaysSo() {
    List<AgentEffect> launched = story.run(framework(), task("a"));
    story.acknowledge(onlyStatus(launched));
    ContainerId id = launch(launched).id();

    List<AgentEffect> killing = story.kill("a");
    TaskStatus status = onlyStatus(story.handle(new AgentCommand.ContainerFailed(id, "given up")));

    assertThat(killing).containsExactly(new AgentEffect.StopContainer(id, Duration.ZERO));
    assertThat(status.getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_TASK_KILLED_DURING_LAUNCH);
  }

  @Test
  void containerThatStartsWhileItIsGivenUpIsStoppedAgain() {
    List<AgentEffect> launched = story.run(framework(), task("a"));
    story.acknowledge(onlyStatus(launched));
    ContainerId id = launch(launched).id();
    story.kill("a");

    List<AgentEffect> started = story.started(id);
    TaskStatus status = onlyStatus(story.signaled(id, 9));

    assertThat(started).containsExactly(new AgentEffect.StopContainer(id, Duration.ZERO));
    assertThat(status.getReason()).isEqualTo(Reason.REASON_TASK_KILLED_DURING_LAUNCH);
  }

  @Test
  void taskOverItsCompletionTimeHasFailed() {
    TaskInfo task =
        task("a").toBuilder()
            .setMaxCompletionTime(DurationInfo.newBuilder().setNanoseconds(5_000_000_000L))
            .build();
    ContainerId id = story.running(frameworkThatKnowsKilling(), task);

    List<AgentEffect> due =
        story.handle(new AgentCommand.TimerFired(new AgentTimer.CompletionOverdue(id)));
    TaskStatus status = onlyStatus(story.signaled(id, 9));

    assertThat(due).contains(new AgentEffect.StopContainer(id, Duration.ZERO));
    assertThat(statuses(due)).isEmpty();
    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getReason()).isEqualTo(Reason.REASON_MAX_COMPLETION_TIME_REACHED);
  }

  @Test
  void killCancelsTheCompletionTime() {
    TaskInfo task =
        task("a").toBuilder()
            .setMaxCompletionTime(DurationInfo.newBuilder().setNanoseconds(5_000_000_000L))
            .build();
    ContainerId id = story.running(task);

    assertThat(story.kill("a"))
        .contains(new AgentEffect.CancelTimer(new AgentTimer.CompletionOverdue(id)));
  }

  @Test
  void failingHealthChecksKillTheTask() {
    HealthCheck check =
        HealthCheck.newBuilder()
            .setType(HealthCheck.Type.TCP)
            .setConsecutiveFailures(2)
            .setGracePeriodSeconds(10)
            .build();
    ContainerId id = story.running(task("a").toBuilder().setHealthCheck(check).build());
    AgentCommand unhealthy =
        new AgentCommand.ProbeReported(
            id, Probe.Purpose.HEALTH, new ProbeResult.Refused("refused"));

    List<AgentEffect> inGrace = story.handle(unhealthy);
    story.pass(Duration.ofSeconds(11));
    List<AgentEffect> first = story.handle(unhealthy);
    story.acknowledge(onlyStatus(first));
    List<AgentEffect> second = story.handle(unhealthy);
    story.acknowledge(onlyStatus(second));
    TaskStatus terminal = onlyStatus(story.signaled(id, 15));

    assertThat(inGrace).isEmpty();
    assertThat(onlyStatus(first).getHealthy()).isFalse();
    assertThat(onlyStatus(first).getState()).isEqualTo(TaskState.TASK_RUNNING);
    assertThat(onlyStatus(first).getReason())
        .isEqualTo(Reason.REASON_TASK_HEALTH_CHECK_STATUS_UPDATED);
    assertThat(second)
        .contains(
            new AgentEffect.StopChecks(id),
            new AgentEffect.StopContainer(id, Duration.ofSeconds(3)));
    assertThat(terminal.getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(terminal.hasHealthy()).isTrue();
    assertThat(terminal.getHealthy()).isFalse();
  }

  @Test
  void onlyNewsOfGoodHealthIsReported() {
    HealthCheck check = HealthCheck.newBuilder().setType(HealthCheck.Type.TCP).build();
    ContainerId id = story.running(task("a").toBuilder().setHealthCheck(check).build());
    AgentCommand healthy =
        new AgentCommand.ProbeReported(id, Probe.Purpose.HEALTH, new ProbeResult.Connected());

    List<AgentEffect> first = story.handle(healthy);
    List<AgentEffect> second = story.handle(healthy);

    assertThat(onlyStatus(first).getHealthy()).isTrue();
    assertThat(second).isEmpty();
  }

  @Test
  void hostnameOfAPlainProcessIsRefused() {
    TaskStatus status =
        onlyStatus(
            story.run(
                framework(),
                task("a").toBuilder()
                    .setContainer(
                        ContainerInfo.newBuilder()
                            .setType(ContainerInfo.Type.MESOS)
                            .setHostname("web1"))
                    .build()));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).contains("a hostname needs container type DOCKER");
  }

  private List<AgentEffect> runWith(LinuxInfo.Builder info) {
    return story.run(
        framework(),
        task("a").toBuilder()
            .setContainer(
                ContainerInfo.newBuilder().setType(ContainerInfo.Type.MESOS).setLinuxInfo(info))
            .build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoseCgroupsAPlainProcessHasMakesNoDifference(boolean shared) {
    List<AgentEffect> effects = runWith(LinuxInfo.newBuilder().setShareCgroups(shared));

    assertThat(all(effects, AgentEffect.LaunchContainer.class)).hasSize(1);
  }

  @Test
  void moreOfLinuxThanCgroupsIsRefused() {
    LinuxInfo.Builder info =
        LinuxInfo.newBuilder().setShareCgroups(false).setSharePidNamespace(true);

    TaskStatus status = onlyStatus(runWith(info));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).contains("linux_info other than share_cgroups");
  }

  @ParameterizedTest
  @CsvSource({"data,shown,1", "data,data,0"})
  void folderOfTheOwnSandboxIsMadeForAVolume(String path, String shown, int links) {
    Volume.Builder volume = Volume.newBuilder().setContainerPath(shown).setMode(Volume.Mode.RW);
    volume
        .getSourceBuilder()
        .setType(Volume.Source.Type.SANDBOX_PATH)
        .getSandboxPathBuilder()
        .setType(Volume.Source.SandboxPath.Type.SELF)
        .setPath(path);

    ContainerLaunch launch =
        launch(
            story.run(
                framework(),
                task("a").toBuilder()
                    .setContainer(
                        ContainerInfo.newBuilder()
                            .setType(ContainerInfo.Type.MESOS)
                            .addVolumes(volume))
                    .build()));

    assertThat(launch.sandboxFolders())
        .containsExactly(new ContainerLaunch.SandboxFolder(launch.sandbox(), path));
    assertThat(launch.volumes()).hasSize(links);
  }

  @Test
  void urisAreFetchedBeforeTheStart() {
    TaskInfo task =
        task("a").toBuilder()
            .setCommand(
                CommandInfo.newBuilder()
                    .setValue("true")
                    .addUris(CommandInfo.URI.newBuilder().setValue("http://x/y.tgz")))
            .build();

    assertThat(launch(story.run(framework(), task)).uris())
        .extracting(CommandInfo.URI::getValue)
        .containsExactly("http://x/y.tgz");
  }
}
