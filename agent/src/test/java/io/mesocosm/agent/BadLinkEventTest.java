package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.framework;
import static io.mesocosm.agent.AgentStory.launch;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.List;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskID;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadLinkEventTest {
  private final AgentStory story = AgentStory.registered();

  private static FrameworkID frameworkId(String id) {
    return FrameworkID.newBuilder().setValue(id).build();
  }

  private static TaskID taskId(String id) {
    return TaskID.newBuilder().setValue(id).build();
  }

  private static ExecutorID executorId(String id) {
    return ExecutorID.newBuilder().setValue(id).build();
  }

  private static List<LinkEvent> events(FrameworkID framework, TaskID task, ExecutorID executor) {
    return List.of(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.KILL_TASK)
            .setKillTask(LinkEvent.KillTask.newBuilder().setFrameworkId(framework).setTaskId(task))
            .build(),
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.UPDATE_ACKNOWLEDGED)
            .setUpdateAcknowledged(
                LinkEvent.UpdateAcknowledged.newBuilder().setFrameworkId(framework).setTaskId(task))
            .build(),
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.SHUTDOWN_EXECUTOR)
            .setShutdownExecutor(
                LinkEvent.ShutdownExecutor.newBuilder()
                    .setFrameworkId(framework)
                    .setExecutorId(executor))
            .build(),
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.EXECUTOR_MESSAGE)
            .setExecutorMessage(
                LinkEvent.ExecutorMessage.newBuilder()
                    .setFrameworkId(framework)
                    .setExecutorId(executor))
            .build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../../etc", "a/b", "\u0007"})
  void eventsThatNameNothingAreIgnored(String id) {
    for (LinkEvent event : events(frameworkId(id), taskId("a"), executorId("e"))) {
      assertThat(story.event(event)).as(event.toString()).isEmpty();
    }
    for (LinkEvent event : events(frameworkId(AgentStory.FRAMEWORK), taskId(id), executorId(id))) {
      assertThat(story.event(event)).as(event.toString()).isEmpty();
    }
    FrameworkInfo nameless = framework().toBuilder().setId(frameworkId(id)).build();
    assertThat(
            story.event(
                LinkEvent.newBuilder()
                    .setType(LinkEvent.Type.UPDATE_FRAMEWORK)
                    .setUpdateFramework(
                        LinkEvent.UpdateFramework.newBuilder().setFrameworkInfo(nameless))
                    .build()))
        .isEmpty();
    assertThat(story.run(nameless, task("a"))).isEmpty();
    assertThat(story.run(framework(), task(id))).isEmpty();
    assertThat(story.agent.snapshot().frameworks()).isEmpty();
    launch(story.run(framework(), task("good")));
  }

  @Test
  void tasksThatCanBeNamedFailWithThoseThatCannot() {
    TaskStatus status = onlyStatus(story.runGroup(task("good"), task("../bad")));

    assertThat(status.getTaskId().getValue()).isEqualTo("good");
    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).contains("task_id '../bad' contains invalid characters");
    story.acknowledge(status);
    assertThat(story.agent.snapshot().frameworks()).isEmpty();
  }

  @Test
  void taskThatComesTwiceAtOnceFails() {
    TaskStatus status = onlyStatus(story.runGroup(task("a"), task("a")));

    assertThat(status.getMessage()).contains("task_id a comes twice");
  }

  @Test
  void taskWhoseExecutorHasNoIdFails() {
    TaskInfo task =
        ExecutorStory.task("a").toBuilder()
            .setExecutor(ExecutorStory.executor().toBuilder().setExecutorId(executorId("x/y")))
            .build();

    TaskStatus status = onlyStatus(story.run(framework(), task));

    assertThat(status.getState()).isEqualTo(TaskState.TASK_FAILED);
    assertThat(status.getMessage()).contains("executor_id 'x/y' contains invalid characters");
  }

  @Test
  void masterThatGivesABadAgentIdIsLeftAndTriedAgain() {
    AgentStory fresh = new AgentStory();
    fresh.handle(new AgentCommand.Start());
    fresh.connect();

    List<AgentEffect> effects = fresh.subscribed("../S1");

    assertThat(only(effects, AgentEffect.Disconnect.class).reason()).contains("agent_id");
    assertThat(all(effects, AgentEffect.SetTimer.class))
        .extracting(AgentEffect.SetTimer::timer)
        .containsExactly(new AgentTimer.Reconnect());
    fresh.connect();
    fresh.subscribed("m-S4");
    assertThat(fresh.agent.snapshot().registered()).isTrue();
  }
}
