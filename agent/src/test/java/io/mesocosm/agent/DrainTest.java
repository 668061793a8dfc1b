package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.mesos.v1.Protos.DrainConfig;
import org.apache.mesos.v1.Protos.DurationInfo;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.TaskStatus.Reason;
import org.junit.jupiter.api.Test;

class DrainTest {
  private static final FrameworkInfo AWARE =
      AgentStory.frameworkThatKnowsKilling().toBuilder()
          .addCapabilities(
              FrameworkInfo.Capability.newBuilder()
                  .setType(FrameworkInfo.Capability.Type.PARTITION_AWARE))
          .build();

  private final AgentStory story = AgentStory.registered();

  private static List<AgentEffect> drain(AgentStory story, DrainConfig.Builder config) {
    return story.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.DRAIN)
            .setDrain(LinkEvent.Drain.newBuilder().setConfig(config))
            .build());
  }

  private static DrainConfig.Builder within(Duration grace) {
    return DrainConfig.newBuilder()
        .setMaxGracePeriod(DurationInfo.newBuilder().setNanoseconds(grace.toNanos()));
  }

  @Test
  void tasksAreKilledWithinTheGracePeriodForTheReasonOfTheDrain() {
    ContainerId id = story.running(AWARE, AgentStory.task("a"));

    List<AgentEffect> effects = drain(story, within(Duration.ofSeconds(1)));

    assertThat(only(effects, AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(onlyStatus(effects).getState()).isEqualTo(TaskState.TASK_KILLING);
    assertThat(onlyStatus(effects).getReason()).isEqualTo(Reason.REASON_AGENT_DRAINING);
    story.acknowledge(onlyStatus(effects));
    TaskStatus killed = onlyStatus(story.signaled(id, 15));
    assertThat(killed.getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(killed.getReason()).isEqualTo(Reason.REASON_AGENT_DRAINING);
  }

  @Test
  void ownShorterGraceCounts() {
    story.running(AgentStory.task("a"));

    List<AgentEffect> effects = drain(story, within(Duration.ofHours(1)));

    assertThat(only(effects, AgentEffect.StopContainer.class).grace())
        .isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void agentThatShallBeGoneTakesItsTasksAlong() {
    ContainerId aware = story.running(AWARE, AgentStory.task("a"));

    story.acknowledge(onlyStatus(drain(story, DrainConfig.newBuilder().setMarkGone(true))));

    assertThat(onlyStatus(story.signaled(aware, 15)).getState())
        .isEqualTo(TaskState.TASK_GONE_BY_OPERATOR);
  }

  @Test
  void launchesAreRefusedUntilTheDrainEnds() {
    drain(story, DrainConfig.newBuilder());

    TaskStatus lost = onlyStatus(story.run(AgentStory.framework(), AgentStory.task("a")));
    story.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.DRAIN)
            .setDrain(LinkEvent.Drain.getDefaultInstance())
            .build());
    List<AgentEffect> later = story.run(AgentStory.framework(), AgentStory.task("b"));

    assertThat(lost.getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(lost.getReason()).isEqualTo(Reason.REASON_AGENT_DRAINING);
    assertThat(all(later, AgentEffect.LaunchContainer.class)).hasSize(1);
    assertThat(story.agent.snapshot().drain()).isEmpty();
  }

  @Test
  void drainBeganWhenItWasFirstAskedFor() {
    Instant first = story.now;
    drain(story, DrainConfig.newBuilder());
    story.pass(Duration.ofMinutes(1));
    drain(story, DrainConfig.newBuilder().setMarkGone(true));

    AgentSnapshot.Drain drain = story.agent.snapshot().drain().orElseThrow();
    assertThat(drain.since()).isEqualTo(first);
    assertThat(drain.config().getMarkGone()).isTrue();
  }

  @Test
  void executorsAreAskedToKillAndTasksThatWaitAreKilledAtOnce() {
    ExecutorStory custom = new ExecutorStory();
    custom.started(custom.run("waits"));

    TaskStatus killed = onlyStatus(drain(custom.agent, within(Duration.ofSeconds(9))));

    assertThat(killed.getState()).isEqualTo(TaskState.TASK_KILLED);
    assertThat(killed.getReason()).isEqualTo(Reason.REASON_AGENT_DRAINING);

    ExecutorStory subscribed = new ExecutorStory();
    subscribed.running("runs");
    List<AgentEffect> effects = drain(subscribed.agent, within(Duration.ofSeconds(9)));
    assertThat(
            ExecutorStory.events(effects)
                .getFirst()
                .getKill()
                .getKillPolicy()
                .getGracePeriod()
                .getNanoseconds())
        .isEqualTo(Duration.ofSeconds(9).toNanos());
  }
}
