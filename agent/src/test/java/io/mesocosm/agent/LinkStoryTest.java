package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.framework;
import static io.mesocosm.agent.AgentStory.launch;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.statuses;
import static io.mesocosm.agent.AgentStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.model.ContainerId;
import io.mesocosm.model.FrameworkId;
import io.mesocosm.model.TaskId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.junit.jupiter.api.Test;

class LinkStoryTest {
  private static final AgentTimer RESEND_A =
      new AgentTimer.ResendUpdate(new FrameworkId(AgentStory.FRAMEWORK), new TaskId("a"));

  private static Instant timer(List<AgentEffect> effects, AgentTimer timer) {
    return all(effects, AgentEffect.SetTimer.class).stream()
        .filter(set -> set.timer().equals(timer))
        .map(AgentEffect.SetTimer::at)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void newAgentRegistersWithoutAnId() {
    AgentStory story = new AgentStory();
    story.handle(new AgentCommand.Start());

    LinkCall call = only(story.connect(), AgentEffect.Connect.class).subscribe();

    assertThat(call.getSubscribe().getAgentInfo().hasId()).isFalse();
    assertThat(call.getSubscribe().getTasksList()).isEmpty();
    story.subscribed("m-S4");
    assertThat(story.agent.snapshot().agentId().orElseThrow().value()).isEqualTo("m-S4");
    assertThat(story.agent.snapshot().registered()).isTrue();
  }

  @Test
  void triesAreSpacedEverWiderUpToAMinute() {
    AgentStory story = new AgentStory();
    story.handle(new AgentCommand.Start());
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 40; i++) {
      story.connect();
      List<AgentEffect> effects =
          story.handle(new AgentCommand.LinkClosed(story.link, "connection refused"));
      Duration wait = Duration.between(story.now, timer(effects, new AgentTimer.Reconnect()));
      assertThat(wait).isLessThanOrEqualTo(Duration.ofMinutes(1));
      longest = wait.compareTo(longest) > 0 ? wait : longest;
    }
    assertThat(longest).isGreaterThan(Duration.ofSeconds(30));
  }

  @Test
  void foundMasterShortensTheWait() {
    AgentStory story = new AgentStory();
    story.handle(new AgentCommand.Start());
    for (int i = 0; i < 20; i++) {
      story.connect();
      story.handle(new AgentCommand.LinkClosed(story.link, "connection refused"));
    }

    List<AgentEffect> effects = story.handle(new AgentCommand.MasterDetected());

    assertThat(timer(effects, new AgentTimer.Reconnect()))
        .isBeforeOrEqualTo(story.now.plusMillis(100));
  }

  @Test
  void pingIsAnswered() {
    AgentStory story = AgentStory.registered();

    List<AgentEffect> effects =
        story.event(LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build());

    assertThat(only(effects, AgentEffect.SendToMaster.class).call().getType())
        .isEqualTo(LinkCall.Type.PONG);
  }

  @Test
  void silentMasterIsGivenUp() {
    AgentStory story = AgentStory.registered();
    AgentCommand due = new AgentCommand.TimerFired(new AgentTimer.LinkSilence());
    story.pass(Duration.ofSeconds(60));
    story.event(LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build());
    story.pass(Duration.ofSeconds(15));

    List<AgentEffect> early = story.handle(due);
    story.pass(Duration.ofSeconds(60));
    List<AgentEffect> late = story.handle(due);

    assertThat(all(early, AgentEffect.Disconnect.class)).isEmpty();
    assertThat(only(late, AgentEffect.Disconnect.class).link()).isEqualTo(story.link);
    assertThat(story.agent.snapshot().registered()).isFalse();
  }

  @Test
  void updateIsRepeatedAtDoublingIntervalsUntilAcknowledged() {
    AgentStory story = AgentStory.registered();
    List<AgentEffect> launched = story.run(framework(), task("a"));
    TaskStatus status = onlyStatus(launched);
    assertThat(timer(launched, RESEND_A)).isEqualTo(story.now.plusSeconds(10));

    List<AgentEffect> again = story.handle(new AgentCommand.TimerFired(RESEND_A));
    assertThat(onlyStatus(again)).isEqualTo(status);
    assertThat(timer(again, RESEND_A)).isEqualTo(story.now.plusSeconds(20));
    for (int i = 0; i < 10; i++) {
      again = story.handle(new AgentCommand.TimerFired(RESEND_A));
    }
    assertThat(timer(again, RESEND_A)).isEqualTo(story.now.plusSeconds(600));
    assertThat(story.acknowledge(status)).contains(new AgentEffect.CancelTimer(RESEND_A));
    assertThat(story.handle(new AgentCommand.TimerFired(RESEND_A))).isEmpty();
  }

  @Test
  void oneUpdateIsInFlightAndTheOthersFollowInOrder() {
    AgentStory story = AgentStory.registered();
    List<AgentEffect> launched = story.run(framework(), task("a"));
    ContainerId id = launch(launched).id();

    assertThat(statuses(story.started(id))).isEmpty();
    assertThat(statuses(story.exited(id, 0))).isEmpty();
    List<AgentEffect> wrong = story.acknowledge("a", ByteString.copyFromUtf8("0123456789abcdef"));
    assertThat(wrong).isEmpty();

    List<AgentEffect> second = story.acknowledge(onlyStatus(launched));
    LinkCall.Update update = only(second, AgentEffect.SendToMaster.class).call().getUpdate();
    assertThat(update.getStatus().getState()).isEqualTo(TaskState.TASK_RUNNING);
    assertThat(update.getLatestState()).isEqualTo(TaskState.TASK_FINISHED);
    TaskStatus third = onlyStatus(story.acknowledge(update.getStatus()));
    assertThat(third.getState()).isEqualTo(TaskState.TASK_FINISHED);

    assertThat(story.agent.snapshot().frameworks()).hasSize(1);
    story.acknowledge(third);
    assertThat(story.agent.snapshot().frameworks()).isEmpty();
    assertThat(
            story
                .agent
                .snapshot()
                .completedFrameworks()
                .getFirst()
                .completedExecutors()
                .getFirst()
                .completedTasks())
        .hasSize(1);
  }

  @Test
  void newLinkCarriesWhatRunsAndResendsAtOnce() {
    AgentStory story = AgentStory.registered();
    ContainerId id = story.running(task("a"));
    List<AgentEffect> lost = story.handle(new AgentCommand.LinkClosed(story.link, "reset"));
    List<AgentEffect> whileAway = story.exited(id, 0);

    LinkCall subscribe = only(story.connect(), AgentEffect.Connect.class).subscribe();
    List<AgentEffect> back = story.subscribed(AgentStory.AGENT);

    assertThat(lost).isNotEmpty();
    assertThat(statuses(whileAway)).isEmpty();
    assertThat(subscribe.getAgentId().getValue()).isEqualTo(AgentStory.AGENT);
    assertThat(subscribe.getSubscribe().getAgentInfo().getId().getValue())
        .isEqualTo(AgentStory.AGENT);
    assertThat(subscribe.getSubscribe().getFrameworksList()).hasSize(1);
    assertThat(subscribe.getSubscribe().getTasks(0).getLatestState())
        .isEqualTo(TaskState.TASK_FINISHED);
    assertThat(onlyStatus(back).getState()).isEqualTo(TaskState.TASK_FINISHED);
  }

  @Test
  void newsOfAnOldLinkIsIgnored() {
    AgentStory story = AgentStory.registered();

    assertThat(story.handle(new AgentCommand.LinkClosed(story.link - 1, "late"))).isEmpty();
    assertThat(story.agent.snapshot().registered()).isTrue();
  }

  @Test
  void tasksDeliveredTwiceRunOnce() {
    AgentStory story = AgentStory.registered();
    story.run(framework(), task("a"));

    assertThat(story.run(framework(), task("a"))).isEmpty();
  }

  @Test
  void shutDownFrameworkLosesItsTasksInSilence() {
    AgentStory story = AgentStory.registered();
    ContainerId id = story.running(task("a"));

    List<AgentEffect> effects =
        story.event(
            LinkEvent.newBuilder()
                .setType(LinkEvent.Type.SHUTDOWN_FRAMEWORK)
                .setShutdownFramework(
                    LinkEvent.ShutdownFramework.newBuilder()
                        .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK)))
                .build());
    List<AgentEffect> ended = story.signaled(id, 15);

    assertThat(effects).containsExactly(new AgentEffect.StopContainer(id, Duration.ofSeconds(5)));
    assertThat(ended).containsExactly(new AgentEffect.DestroyContainer(id));
    assertThat(story.agent.snapshot().frameworks()).isEmpty();
    AgentSnapshot.Framework over = story.agent.snapshot().completedFrameworks().getFirst();
    assertThat(over.completedExecutors().getFirst().completedTasks().getFirst().state())
        .isEqualTo(TaskState.TASK_KILLED);
    assertThat(story.agent.snapshot().counters().tasksKilled()).isEqualTo(1);
  }

  @Test
  void removedAgentKillsEverythingAndRegistersAnew() {
    AgentStory story = AgentStory.registered();
    ContainerId id = story.running(task("a"));

    List<AgentEffect> effects =
        story.event(LinkEvent.newBuilder().setType(LinkEvent.Type.SHUTDOWN).build());
    assertThat(all(effects, AgentEffect.SetTimer.class)).isEmpty();
    List<AgentEffect> ended = story.signaled(id, 15);

    assertThat(only(effects, AgentEffect.StopContainer.class).id()).isEqualTo(id);
    assertThat(statuses(ended)).isEmpty();
    assertThat(timer(ended, new AgentTimer.Reconnect())).isNotNull();
    LinkCall call = only(story.connect(), AgentEffect.Connect.class).subscribe();
    assertThat(call.hasAgentId()).isFalse();
    assertThat(call.getSubscribe().getTasksList()).isEmpty();
  }

  @Test
  void stoppingAgentKillsEverythingThenTakesLeave() {
    AgentStory story = AgentStory.registered();
    ContainerId id = story.running(task("a"));

    List<AgentEffect> stopping = story.handle(new AgentCommand.Shutdown());
    List<AgentEffect> last = story.signaled(id, 15);

    assertThat(stopping).containsExactly(new AgentEffect.StopContainer(id, Duration.ofSeconds(1)));
    assertThat(only(last, AgentEffect.SendToMaster.class).call().getType())
        .isEqualTo(LinkCall.Type.UNREGISTER);
    assertThat(last.getLast()).isEqualTo(new AgentEffect.Stopped());
  }
}
