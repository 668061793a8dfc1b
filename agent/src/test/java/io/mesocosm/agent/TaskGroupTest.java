package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.statuses;
import static io.mesocosm.agent.AgentStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ContainerInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.Volume;
import org.junit.jupiter.api.Test;

class TaskGroupTest {
  private final AgentStory story = AgentStory.registered();

  private List<AgentEffect.LaunchContainer> launched(String... ids) {
    List<AgentEffect> effects =
        story.runGroup(
            List.of(ids).stream()
                .map(AgentStory::task)
                .toArray(org.apache.mesos.v1.Protos.TaskInfo[]::new));
    statuses(effects).forEach(story::acknowledge);
    return all(effects, AgentEffect.LaunchContainer.class);
  }

  private ContainerId started(AgentEffect.LaunchContainer launch) {
    ContainerId id = launch.launch().id();
    statuses(story.started(id)).forEach(story::acknowledge);
    return id;
  }

  @Test
  void eachTaskHasASandboxBelowItsExecutors() {
    List<AgentEffect.LaunchContainer> launches = launched("a", "b");

    String first = launches.getFirst().launch().sandbox();
    String second = launches.getLast().launch().sandbox();
    assertThat(Path.of(first).getParent()).isEqualTo(Path.of(second).getParent());
    assertThat(first)
        .startsWith("/work/slaves/master-S0/frameworks/master-0000/executors/pod/runs/")
        .endsWith("/containers/" + launches.getFirst().launch().id());
    assertThat(launches.getFirst().launch().links()).hasSize(2);
  }

  @Test
  void statusesNameTheExecutorAndTheNestedContainer() {
    TaskStatus status = statuses(story.runGroup(task("a"))).getFirst();

    assertThat(status.getExecutorId().getValue()).isEqualTo("pod");
    assertThat(status.getContainerStatus().getContainerId().hasParent()).isTrue();
  }

  @Test
  void failureOfOneKillsTheOthers() {
    List<AgentEffect.LaunchContainer> launches = launched("a", "b");
    ContainerId first = started(launches.getFirst());
    ContainerId second = started(launches.getLast());

    List<AgentEffect> effects = story.exited(first, 1);

    assertThat(onlyStatus(effects).getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(only(effects, AgentEffect.StopContainer.class).id()).isEqualTo(second);
    assertThat(onlyStatus(story.signaled(second, 15)).getState()).isEqualTo(TaskState.TASK_KILLED);
  }

  @Test
  void finishOfOneLeavesTheOthers() {
    List<AgentEffect.LaunchContainer> launches = launched("a", "b");
    ContainerId first = started(launches.getFirst());
    started(launches.getLast());

    assertThat(all(story.exited(first, 0), AgentEffect.StopContainer.class)).isEmpty();
  }

  @Test
  void killDuringLaunchKillsTheWholeGroup() {
    List<AgentEffect.LaunchContainer> launches = launched("a", "b");

    List<AgentEffect> killing = story.kill("a");
    TaskStatus other =
        onlyStatus(
            story.handle(
                new AgentCommand.ContainerFailed(launches.getLast().launch().id(), "given up")));

    assertThat(all(killing, AgentEffect.StopContainer.class)).hasSize(2);
    assertThat(other.getReason()).isEqualTo(Reason.REASON_TASK_KILLED_DURING_LAUNCH);
  }

  @Test
  void secondKillOfAGroupsTaskChangesNothing() {
    started(launched("a", "b").getFirst());
    story.kill("a", Duration.ofSeconds(60));

    assertThat(story.kill("a", Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  void launchThatFailsIsTheExecutorsWord() {
    List<AgentEffect.LaunchContainer> launches = launched("a", "b");

    List<AgentEffect> effects =
        story.handle(
            new AgentCommand.ContainerFailed(
                launches.getFirst().launch().id(), "Failed to fetch http://x/y"));

    TaskStatus failed = onlyStatus(effects);
    assertThat(failed.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(failed.getSource()).isEqualTo(TaskStatus.Source.SOURCE_EXECUTOR);
    assertThat(failed.getMessage()).endsWith("Failed to fetch http://x/y");
    assertThat(only(effects, AgentEffect.StopContainer.class).id())
        .isEqualTo(launches.getLast().launch().id());
  }

  @Test
  void badTaskRefusesTheWholeGroup() {
    List<AgentEffect> effects =
        story.runGroup(
            task("a"),
            task("b").toBuilder()
                .setCommand(CommandInfo.newBuilder().setShell(true).clearValue())
                .build());

    assertThat(statuses(effects))
        .extracting(TaskStatus::getState)
        .containsExactly(TaskState.TASK_FAILED, TaskState.TASK_FAILED);
    assertThat(all(effects, AgentEffect.LaunchContainer.class)).isEmpty();
  }

  @Test
  void masterHearsOfTheExecutorsEndOnceAllIsAcknowledged() {
    List<AgentEffect.LaunchContainer> launches = launched("a", "b");
    ContainerId first = started(launches.getFirst());
    ContainerId second = started(launches.getLast());
    story.acknowledge(onlyStatus(story.exited(first, 0)));
    TaskStatus last = onlyStatus(story.exited(second, 0));

    List<AgentEffect> effects = story.acknowledge(last);

    assertThat(ExecutorStory.calls(effects, LinkCall.Type.EXITED_EXECUTOR))
        .extracting(call -> call.getExitedExecutor().getExecutorId().getValue())
        .containsExactly("pod");
    assertThat(story.agent.snapshot().frameworks()).isEmpty();
  }

  @Test
  void executorThatIsShutDownKillsAllItsTasks() {
    launched("a", "b").forEach(this::started);

    List<AgentEffect> effects =
        story.event(
            LinkEvent.newBuilder()
                .setType(LinkEvent.Type.SHUTDOWN_EXECUTOR)
                .setShutdownExecutor(
                    LinkEvent.ShutdownExecutor.newBuilder()
                        .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK))
                        .setExecutorId(ExecutorID.newBuilder().setValue("pod")))
                .build());

    assertThat(all(effects, AgentEffect.StopContainer.class))
        .extracting(AgentEffect.StopContainer::grace)
        .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  @Test
  void tasksShareFoldersOfTheirExecutorsSandbox() {
    Volume.Builder volume = Volume.newBuilder().setContainerPath("shared").setMode(Volume.Mode.RW);
    volume
        .getSourceBuilder()
        .setType(Volume.Source.Type.SANDBOX_PATH)
        .getSandboxPathBuilder()
        .setType(Volume.Source.SandboxPath.Type.PARENT)
        .setPath("scratch");
    ContainerLaunch launch =
        AgentStory.launch(
            story.runGroup(
                task("a").toBuilder()
                    .setContainer(
                        ContainerInfo.newBuilder()
                            .setType(ContainerInfo.Type.MESOS)
                            .addVolumes(volume))
                    .build()));

    String executor = launch.sandbox().replaceAll("/containers/.*", "");
    assertThat(launch.volumes())
        .containsExactly(new VolumeMount(executor + "/scratch", "shared", false));
    assertThat(launch.sandboxFolders())
        .containsExactly(new ContainerLaunch.SandboxFolder(executor, "scratch"));
  }

  @Test
  void tasksSeeThePersistentVolumesOfTheirExecutor() {
    Resource.Builder disk = Resource.newBuilder().setName("disk").setType(Value.Type.SCALAR);
    disk.getScalarBuilder().setValue(10);
    disk.addReservationsBuilder().setRole("db").setType(Resource.ReservationInfo.Type.DYNAMIC);
    disk.getDiskBuilder().getPersistenceBuilder().setId("v1");
    disk.getDiskBuilder().getVolumeBuilder().setContainerPath("data").setMode(Volume.Mode.RW);
    Volume.Builder volume = Volume.newBuilder().setContainerPath("seen").setMode(Volume.Mode.RO);
    volume
        .getSourceBuilder()
        .setType(Volume.Source.Type.SANDBOX_PATH)
        .getSandboxPathBuilder()
        .setType(Volume.Source.SandboxPath.Type.PARENT)
        .setPath("data");

    ContainerLaunch launch =
        AgentStory.launch(
            story.runGroupWith(
                List.of(disk.build()),
                task("a").toBuilder()
                    .setContainer(
                        ContainerInfo.newBuilder()
                            .setType(ContainerInfo.Type.MESOS)
                            .addVolumes(volume))
                    .build()));

    assertThat(launch.volumes())
        .containsExactly(new VolumeMount("/work/volumes/roles/db/v1", "seen", true));
    assertThat(launch.persistentFolders()).containsExactly("/work/volumes/roles/db/v1");
    assertThat(launch.sandboxFolders()).isEmpty();
  }

  @Test
  void groupOfAnExecutorIdThatAnotherKindHasIsRefused() {
    launched("a");

    TaskStatus status =
        onlyStatus(
            story.run(
                AgentStory.framework(),
                ExecutorStory.task("b").toBuilder()
                    .setExecutor(
                        ExecutorStory.executor().toBuilder()
                            .setExecutorId(ExecutorID.newBuilder().setValue("pod")))
                    .build()));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).contains("is taken by an executor of another kind");
  }
}
