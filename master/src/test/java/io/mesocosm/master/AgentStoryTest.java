package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;

class AgentStoryTest {
  private static final Duration SILENCE = Duration.ofSeconds(75);

  private final Cluster cluster = new Cluster();

  private TaskInfo launchOn(FakeScheduler scheduler, FakeAgent agent, String id) {
    Offer offer = scheduler.offer();
    scheduler.accept(List.of(offer), 0, launch(task(id, offer, 1, 128)));
    return agent.launched().getFirst();
  }

  @Test
  void linkThatBreaksRescindsOffersAndBringsThemBack() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();

    agent.disconnect();
    assertThat(scheduler.eventTypes()).containsExactly(Event.Type.RESCIND);
    scheduler.accept(offer, launch(task("t", offer, 1, 128)));
    assertThat(scheduler.status().getReason()).isEqualTo(TaskStatus.Reason.REASON_INVALID_OFFERS);
    cluster.advance(Duration.ofSeconds(10));
    assertThat(scheduler.offers()).isEmpty();

    agent.subscribe();
    assertThat(scheduler.offers()).hasSize(1);
    cluster.advance(SILENCE.multipliedBy(2));
    assertThat(agent.view().connected()).isTrue();
  }

  @Test
  void lostAgentMakesTasksUnreachableAndItsReturnBringsThemBack() {
    FakeScheduler aware = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    TaskInfo task = launchOn(aware, agent, "t");
    agent.runs(aware, task, TaskState.TASK_RUNNING);
    aware.events();
    agent.disconnect();
    cluster.advance(SILENCE);

    TaskStatus lost = aware.statuses().getFirst();
    assertThat(lost.getState()).isEqualTo(TaskState.TASK_UNREACHABLE);
    assertThat(lost.getReason()).isEqualTo(TaskStatus.Reason.REASON_AGENT_REMOVED);
    assertThat(lost.hasUnreachableTime()).isTrue();
    assertThat(cluster.snapshot().decisions().unreachableAgents()).containsKey(agent.modelId());
    assertThat(aware.view().unreachableTasks()).hasSize(1);
    aware.kill("t");
    assertThat(aware.status().getState()).isEqualTo(TaskState.TASK_UNREACHABLE);

    agent.subscribe();
    TaskStatus back = aware.status();
    assertThat(back.getState()).isEqualTo(TaskState.TASK_RUNNING);
    assertThat(back.getReason()).isEqualTo(TaskStatus.Reason.REASON_AGENT_REREGISTERED);
    assertThat(back.hasUuid()).isFalse();
    assertThat(aware.view().tasks()).hasSize(1);
    assertThat(aware.view().unreachableTasks()).isEmpty();
    assertThat(agent.view().used().scalar("cpus").toDouble()).isEqualTo(1);
    agent.update(aware, "t", TaskState.TASK_FINISHED);
    assertThat(agent.view().used().isEmpty()).isTrue();
  }

  @Test
  void frameworkThatIsNotPartitionAwareIsToldLost() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    scheduler.events();
    agent.disconnect();
    cluster.advance(SILENCE);

    assertThat(scheduler.events())
        .filteredOn(Event::hasUpdate)
        .extracting(event -> event.getUpdate().getStatus().getState())
        .containsExactly(TaskState.TASK_LOST);
  }

  @Test
  void tasksComeBackToAFrameworkThatFailedOverMeanwhile() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.runs(scheduler, launchOn(scheduler, agent, "t"), TaskState.TASK_RUNNING);
    agent.disconnect();
    cluster.advance(SILENCE);
    FakeScheduler next = cluster.subscribe(Cluster.partitionAware("web").setId(scheduler.id));
    next.events();

    agent.subscribe();

    assertThat(next.status().getReason()).isEqualTo(TaskStatus.Reason.REASON_AGENT_REREGISTERED);
    assertThat(next.view().tasks()).hasSize(1);
  }

  @Test
  void tasksOfAFrameworkThatWasRemovedMeanwhileAreShutDown() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.runs(scheduler, launchOn(scheduler, agent, "t"), TaskState.TASK_RUNNING);
    agent.disconnect();
    cluster.advance(SILENCE);
    cluster.teardown(new io.mesocosm.model.FrameworkId(scheduler.id.getValue()));

    agent.subscribe();

    assertThat(agent.events(LinkEvent.Type.SHUTDOWN_FRAMEWORK)).hasSize(1);
    assertThat(agent.view().used().isEmpty()).isTrue();
  }

  @Test
  void endedTaskOfALostAgentIsHistory() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.runs(scheduler, launchOn(scheduler, agent, "t"), TaskState.TASK_FINISHED);
    TaskStatus finished = agent.update(scheduler, "t", TaskState.TASK_FINISHED);
    agent.disconnect();
    cluster.advance(SILENCE);
    scheduler.acknowledge(finished);
    assertThat(scheduler.view().unreachableTasks()).isEmpty();
    assertThat(scheduler.view().completedTasks()).hasSize(1);

    agent.subscribe();
    assertThat(agent.view().used().isEmpty()).isTrue();
    TaskStatus again = agent.update(scheduler, "t", TaskState.TASK_FINISHED);
    scheduler.acknowledge(again);
    assertThat(scheduler.view().tasks()).isEmpty();
  }

  @Test
  void newAgentAtTheSameAddressReplacesTheOld() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent old = cluster.registerAgent("host", 4, 1024);
    launchOn(scheduler, old, "t");
    scheduler.events();

    FakeAgent young = cluster.registerAgent("host", 4, 1024);

    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(cluster.closed).contains(old.stream);
    assertThat(cluster.snapshot().agents()).containsOnlyKeys(young.modelId());
    old.subscribe();
    assertThat(old.events(LinkEvent.Type.SHUTDOWN)).hasSize(1);
    assertThat(cluster.closed).contains(old.stream);
  }

  @Test
  void unregisteringLosesTasks() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    scheduler.events();

    agent.unregister();

    List<Event> told = scheduler.events();
    assertThat(told.getFirst().getUpdate().getStatus().getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(told.getLast().getFailure().getAgentId()).isEqualTo(agent.id());
    assertThat(cluster.snapshot().agents()).isEmpty();
    assertThat(scheduler.offers()).isEmpty();
  }

  @Test
  void agentThatMissesItsPingsIsLost() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    cluster.advance(SILENCE.multipliedBy(3));
    assertThat(agent.view().connected()).isTrue();

    cluster.silence(agent.stream);
    cluster.advance(Duration.ofSeconds(15 * 7));

    assertThat(cluster.snapshot().agents()).isEmpty();
    assertThat(cluster.closed).contains(agent.stream);
    assertThat(cluster.timers).doesNotContainKey(new MasterTimer.PingAgent(agent.modelId()));
  }

  @Test
  void taskThatNeverReachedTheAgentIsDropped() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    scheduler.events();

    agent.subscribe(); // over a new link, before the old one was seen to end

    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_DROPPED);
    assertThat(agent.view().used().isEmpty()).isTrue();
  }

  @Test
  void taskThatTheMasterGaveUpCountsAgainAndEndsInOrder() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    TaskInfo task = launchOn(scheduler, agent, "t");
    scheduler.offers();
    agent.subscribe();
    agent.runs(scheduler, task, TaskState.TASK_RUNNING);
    agent.disconnect();

    agent.subscribe();

    assertThat(agent.view().used().scalar("cpus").toDouble()).isEqualTo(1);
    agent.update(scheduler, "t", TaskState.TASK_FINISHED);
    assertThat(agent.view().used().isEmpty()).isTrue();
  }

  @Test
  void agentMayComeBackWithOtherResources() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    scheduler.offer();
    agent.has(Launches.scalar("cpus", 8), Launches.scalar("mem", 1024));

    agent.subscribe();

    assertThat(scheduler.offer().getResources(0).getScalar().getValue()).isEqualTo(8);
  }

  @Test
  void secondTaskOfANameIsEnded() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent first = cluster.registerAgent(4, 1024);
    TaskInfo task = launchOn(scheduler, first, "t");
    FakeAgent second = cluster.registerAgent(4, 1024);
    second.runs(scheduler, task, TaskState.TASK_RUNNING);

    second.subscribe();

    assertThat(second.events(LinkEvent.Type.KILL_TASK)).hasSize(1);
    assertThat(second.view().used().isEmpty()).isTrue();
  }

  @Test
  void agentWithMalformedTasksIsRefused() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    TaskInfo bad = task("t", agent.id(), 1, 128).addResources(Launches.ports(5, 1)).build();
    agent.runs(scheduler, bad, TaskState.TASK_RUNNING);

    agent.subscribe();

    assertThat(agent.events(LinkEvent.Type.SHUTDOWN)).hasSize(1);
  }

  @Test
  void frameworkOfAnUnknownAgentIsRecoveredUntilItSubscribes() {
    FakeScheduler before = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.runs(before, launchOn(before, agent, "t"), TaskState.TASK_RUNNING);

    Cluster next = new Cluster();
    FakeAgent survivor = new FakeAgent(next, agent.info);
    survivor.running.addAll(agent.running);
    survivor.frameworks.addAll(agent.frameworks);
    survivor.subscribe();

    assertThat(next.snapshot().frameworks().values())
        .singleElement()
        .satisfies(view -> assertThat(view.recovered()).isTrue());
    FakeScheduler scheduler = next.subscribe(Cluster.framework("web").setId(before.id));
    assertThat(scheduler.view().recovered()).isFalse();
    assertThat(scheduler.offer().getResources(0).getScalar().getValue()).isEqualTo(3);
    survivor.update(scheduler, "t", TaskState.TASK_FINISHED);
    scheduler.acknowledge("t", survivor.id(), ByteString.EMPTY);
    assertThat(survivor.view().used().isEmpty()).isTrue();
  }

  @Test
  void timerOfAnEarlierAbsenceDoesNotCutALaterOneShort() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.disconnect();
    agent.subscribe();
    cluster.advance(Duration.ofSeconds(60));
    agent.disconnect();

    cluster.handle(new MasterCommand.TimerFired(new MasterTimer.AgentLost(agent.modelId())));

    assertThat(agent.view().connected()).isFalse();
    cluster.advance(SILENCE);
    assertThat(cluster.snapshot().agents()).isEmpty();
  }
}
