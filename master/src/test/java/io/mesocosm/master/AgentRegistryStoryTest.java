package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;

/** What is written about agents, and that nobody hears of it before (contracts/mesos-ha.md). */
class AgentRegistryStoryTest {
  private static final Duration SILENCE = Duration.ofSeconds(75);

  private final Cluster cluster = new Cluster();

  private TaskInfo launchOn(FakeScheduler scheduler, FakeAgent agent, String id) {
    Offer offer = scheduler.offer();
    scheduler.accept(List.of(offer), 0, launch(task(id, offer, 1, 128)));
    TaskInfo task = agent.launched().getFirst();
    agent.runs(scheduler, task, TaskState.TASK_RUNNING);
    scheduler.events();
    return task;
  }

  private String admitted(FakeAgent agent) {
    return "admitted/" + agent.id().getValue();
  }

  private String unreachable(FakeAgent agent) {
    return "unreachable/" + agent.id().getValue();
  }

  @Test
  void agentIsInvisibleUntilItIsWrittenDown() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.holdStores();
    FakeAgent agent = cluster.registerAgent(4, 1024);

    assertThat(cluster.storesHeld()).containsExactly("cluster", "admitted/m-S0");
    assertThat(agent.isWelcome()).isFalse();
    assertThat(cluster.snapshot().agents()).isEmpty();
    assertThat(scheduler.offers()).isEmpty();

    cluster.answerStores();
    assertThat(agent.isWelcome()).isTrue();
    assertThat(scheduler.offers()).hasSize(1);
    assertThat(cluster.stored("admitted/m-S0").getAdmitted().getInfo()).isEqualTo(agent.info);
  }

  @Test
  void manyAgentsAreWrittenDownAtOnce() {
    cluster.holdStores();
    List<FakeAgent> agents = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      agents.add(cluster.registerAgent("host-" + i, 4, 1024));
    }
    assertThat(cluster.storesHeld()).hasSize(1001);

    cluster.answerStores();

    assertThat(cluster.snapshot().agents()).hasSize(1000);
    assertThat(agents).allMatch(FakeAgent::isWelcome);
  }

  @Test
  void laterOfTwoSubscriptionsCounts() {
    cluster.holdStores();
    FakeAgent agent = cluster.registerAgent(4, 1024);
    StreamId first = agent.stream;
    agent.subscribe();

    assertThat(cluster.closed).containsExactly(first);
    assertThat(cluster.storesHeld()).containsExactly("cluster", "admitted/m-S0");
    cluster.answerStores();
    assertThat(cluster.toAgents).doesNotContainKey(first);
    assertThat(agent.isWelcome()).isTrue();
    assertThat(cluster.snapshot().agents()).hasSize(1);
  }

  @Test
  void laterSubscriptionWithOtherResourcesIsWrittenToo() {
    cluster.holdStores();
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.has(Launches.scalar("cpus", 8), Launches.scalar("mem", 1024));
    agent.subscribe();
    cluster.answerStore();
    cluster.answerStore();
    assertThat(agent.isWelcome()).as("what it has now is not written").isFalse();

    cluster.answerStores();

    assertThat(agent.isWelcome()).isTrue();
    assertThat(agent.view().total().scalar("cpus").toDouble()).isEqualTo(8);
    assertThat(cluster.stored(admitted(agent)).getAdmitted().getInfo()).isEqualTo(agent.info);
  }

  @Test
  void agentThatHangsUpBeforeItKnowsItsIdIsForgotten() {
    cluster.holdStores();
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.disconnect();
    cluster.answerStores();

    assertThat(cluster.snapshot().agents()).isEmpty();
    assertThat(cluster.stored).containsOnlyKeys("cluster");
  }

  @Test
  void agentThatHangsUpAndCallsAgainGetsTheIdThatIsBeingWritten() {
    cluster.holdStores();
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.disconnect();
    agent.subscribe();
    cluster.answerStores();

    assertThat(agent.isWelcome()).isTrue();
    assertThat(agent.id().getValue()).isEqualTo("m-S0");
    assertThat(cluster.snapshot().agents()).hasSize(1);
  }

  @Test
  void agentThatCannotBeWrittenDownIsHungUpOnAndMayAskAgain() {
    cluster.holdStores();
    FakeAgent agent = cluster.registerAgent(4, 1024);
    cluster.answerStore();
    cluster.failStore(true);
    assertThat(cluster.closed).containsExactly(agent.stream);
    assertThat(agent.isWelcome()).isFalse();

    agent.subscribe();
    cluster.answerStores();
    assertThat(agent.isWelcome()).isTrue();
    cluster.advance(Duration.ofMinutes(1));
    cluster.answerStores();
    assertThat(cluster.stored)
        .as("what may have been written is removed")
        .containsOnlyKeys("cluster", admitted(agent));
  }

  @Test
  void returnOfAnAdmittedAgentWritesNothingUnlessItHasChanged() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.disconnect();
    cluster.holdStores();
    agent.subscribe();
    assertThat(agent.isWelcome()).isTrue();
    assertThat(cluster.storesHeld()).isEmpty();

    agent.has(Launches.scalar("cpus", 8), Launches.scalar("mem", 1024));
    agent.subscribe();
    assertThat(agent.isWelcome()).isFalse();
    assertThat(cluster.storesHeld()).containsExactly("cluster", admitted(agent));
    cluster.answerStores();
    assertThat(agent.isWelcome()).isTrue();
    assertThat(cluster.stored("cluster").getCluster().getMinimumCapabilitiesList())
        .containsExactly("AGENT_UPDATE");
  }

  @Test
  void unreachableIsToldWhenItIsWritten() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    cluster.holdStores();
    agent.disconnect();
    cluster.advance(SILENCE);
    assertThat(cluster.storesHeld()).containsExactly(unreachable(agent));
    assertThat(scheduler.statuses()).isEmpty();

    cluster.answerStores();

    TaskStatus lost = scheduler.status();
    assertThat(lost.getState()).isEqualTo(TaskState.TASK_UNREACHABLE);
    assertThat(cluster.stored).containsKey(unreachable(agent)).doesNotContainKey(admitted(agent));
    assertThat(lost.getUnreachableTime())
        .isEqualTo(cluster.stored(unreachable(agent)).getUnreachable().getSince());
  }

  @Test
  void agentThatComesBackWhileItIsWrittenAsUnreachableStays() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    cluster.holdStores();
    agent.disconnect();
    cluster.advance(SILENCE);
    agent.subscribe();
    assertThat(agent.isWelcome()).as("the registry does not have it as admitted").isFalse();

    cluster.answerStores();

    assertThat(agent.isWelcome()).isTrue();
    assertThat(scheduler.statuses()).isEmpty();
    assertThat(agent.view().connected()).isTrue();
    assertThat(cluster.stored).containsKey(admitted(agent)).doesNotContainKey(unreachable(agent));
  }

  @Test
  void pongWhileItIsWrittenAsUnreachableSavesTheAgent() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    cluster.silence(agent.stream);
    cluster.holdStores();
    cluster.advance(Duration.ofSeconds(15 * 7));
    assertThat(cluster.storesHeld()).containsExactly(unreachable(agent));
    scheduler.events();

    agent.update(scheduler, "t", TaskState.TASK_RUNNING);
    cluster.answerStores();

    assertThat(agent.view().connected()).isTrue();
    assertThat(scheduler.statuses())
        .extracting(TaskStatus::getState)
        .containsExactly(TaskState.TASK_RUNNING);
    assertThat(cluster.stored).containsKey(admitted(agent)).doesNotContainKey(unreachable(agent));
    assertThat(cluster.counts).containsEntry("master/slave_unreachable_canceled", 1);
  }

  @Test
  void agentOnItsWayInIsNotCalledUnreachable() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    agent.disconnect();
    cluster.holdStores();
    agent.has(Launches.scalar("cpus", 8), Launches.scalar("mem", 1024));
    agent.subscribe();
    cluster.advance(SILENCE.multipliedBy(2));
    assertThat(cluster.storesHeld()).containsExactly("cluster", admitted(agent));
    cluster.answerStores();
    assertThat(scheduler.statuses()).isEmpty();
    assertThat(agent.view().connected()).isTrue();

    agent.disconnect();
    agent.has(Launches.scalar("cpus", 9), Launches.scalar("mem", 1024));
    agent.subscribe();
    cluster.advance(SILENCE.multipliedBy(2));
    cluster.failStore(true);
    cluster.advance(SILENCE);
    cluster.answerStores();
    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_UNREACHABLE);
  }

  @Test
  void agentThatIsSavedAndLostAgainWhileBothAreWrittenMustBeWrittenOnItsReturn() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    cluster.silence(agent.stream);
    cluster.holdStores();
    cluster.advance(Duration.ofSeconds(15 * 7));
    agent.message(cluster.subscribe("web"), "e", "still here");
    assertThat(cluster.storesHeld()).containsExactly(unreachable(agent), admitted(agent));
    cluster.answerStore(); // unreachable, which it is not
    cluster.advance(Duration.ofSeconds(15 * 7));
    assertThat(cluster.storesHeld()).containsExactly(admitted(agent), unreachable(agent));
    cluster.answerStores();
    assertThat(cluster.snapshot().agents()).isEmpty();
    assertThat(cluster.stored).containsKey(unreachable(agent)).doesNotContainKey(admitted(agent));

    agent.subscribe();
    assertThat(cluster.storesHeld()).containsExactly(admitted(agent));
    cluster.answerStores();
    assertThat(cluster.stored).containsKey(admitted(agent)).doesNotContainKey(unreachable(agent));
  }

  @Test
  void lossThatCannotBeWrittenIsTriedAgain() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    cluster.holdStores();
    agent.disconnect();
    cluster.advance(SILENCE);
    cluster.failStore(false);
    assertThat(scheduler.statuses()).isEmpty();

    cluster.advance(Duration.ofSeconds(5));
    cluster.answerStores();

    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_UNREACHABLE);
  }

  @Test
  void returnFromUnreachableIsWrittenFirst() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    agent.disconnect();
    cluster.advance(SILENCE);
    scheduler.events();
    cluster.holdStores();
    agent.subscribe();
    assertThat(scheduler.statuses()).isEmpty();
    assertThat(cluster.storesHeld()).containsExactly(admitted(agent));

    cluster.answerStores();

    assertThat(scheduler.status().getReason())
        .isEqualTo(TaskStatus.Reason.REASON_AGENT_REREGISTERED);
    assertThat(cluster.stored).containsKey(admitted(agent)).doesNotContainKey(unreachable(agent));
  }

  @Test
  void returnThatCannotBeWrittenLeavesTheAgentUnreachable() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.disconnect();
    cluster.advance(SILENCE);
    cluster.failNextStore("disk full");
    agent.subscribe();

    assertThat(cluster.closed).contains(agent.stream);
    assertThat(cluster.snapshot().decisions().unreachableAgents()).containsKey(agent.modelId());
    agent.subscribe();
    assertThat(agent.isWelcome()).isTrue();
    assertThat(cluster.snapshot().decisions().unreachableAgents()).isEmpty();
  }

  @Test
  void leaveIsToldWhenItIsWritten() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    cluster.holdStores();
    agent.unregister();
    assertThat(scheduler.statuses()).isEmpty();
    assertThat(scheduler.offers()).isEmpty();

    cluster.answerStores();

    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(cluster.stored).containsOnlyKeys("cluster");
  }

  @Test
  void rateLimitSpacesLossesAndSignsOfLifeEndTheWait() {
    Cluster limited =
        new Cluster(config -> new Cluster.Config().removalRate("1/10mins").of(config));
    FakeAgent first = limited.registerAgent("a", 4, 1024);
    FakeAgent second = limited.registerAgent("b", 4, 1024);
    FakeAgent third = limited.registerAgent("c", 4, 1024);
    first.disconnect();
    second.disconnect();
    limited.silence(third.stream);
    limited.advance(Duration.ofMinutes(3));
    assertThat(limited.snapshot().decisions().unreachableAgents())
        .containsOnlyKeys(first.modelId());

    third.message(limited.subscribe("web"), "e", "still here");
    second.subscribe();
    limited.advance(Duration.ofMinutes(11));
    assertThat(limited.snapshot().decisions().unreachableAgents())
        .as("one is back, the other fell silent again only lately")
        .doesNotContainKey(second.modelId());
    assertThat(limited.counts.get("master/slave_unreachable_canceled")).isEqualTo(2);
    limited.advance(Duration.ofMinutes(11));
    assertThat(limited.snapshot().decisions().unreachableAgents())
        .containsOnlyKeys(first.modelId(), third.modelId());
  }

  @Test
  void killThatAnAgentMissedIsRepeatedEvenIfItWasUnreachableMeanwhile() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    launchOn(scheduler, agent, "t");
    agent.disconnect();
    scheduler.kill("t");
    cluster.advance(SILENCE);

    agent.subscribe();

    assertThat(agent.events(LinkEvent.Type.KILL_TASK)).hasSize(1);
  }

  @Test
  void agentThatClaimsTwiceOrTooMuchIsRefused() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent twice = cluster.registerAgent("twice", 4, 1024);
    twice.runs(
        scheduler,
        task("a", twice.id(), 1, 1).addResources(Launches.ports(31000, 31001)).build(),
        TaskState.TASK_RUNNING);
    twice.runs(
        scheduler,
        task("b", twice.id(), 1, 1).addResources(Launches.ports(31001, 31002)).build(),
        TaskState.TASK_RUNNING);
    FakeAgent tooMuch = cluster.registerAgent("much", 4, 1024);
    tooMuch.runs(scheduler, task("c", tooMuch.id(), 5, 1).build(), TaskState.TASK_RUNNING);
    FakeAgent ended = cluster.registerAgent("ended", 4, 1024);
    ended.runs(scheduler, task("d", ended.id(), 5, 1).build(), TaskState.TASK_FINISHED);

    twice.subscribe();
    tooMuch.subscribe();
    ended.subscribe();

    assertThat(twice.events(LinkEvent.Type.SHUTDOWN).getFirst().getShutdown().getMessage())
        .contains("31001", "another task");
    assertThat(tooMuch.events(LinkEvent.Type.SHUTDOWN).getFirst().getShutdown().getMessage())
        .contains("task c", "5", "cpus", "total of 4");
    assertThat(ended.isWelcome()).isTrue();
  }

  @Test
  void agentThatComesBackFromAnotherHostIsRefused() {
    FakeAgent agent = cluster.registerAgent("here", 4, 1024);
    agent.info = agent.info.toBuilder().setHostname("there").build();

    agent.subscribe();

    assertThat(agent.events(LinkEvent.Type.SHUTDOWN).getFirst().getShutdown().getMessage())
        .contains("here", "there");
  }

  @Test
  void oldUnreachableAndGoneAgentsAreForgottenInTime() {
    FakeAgent lost = cluster.registerAgent("lost", 4, 1024);
    lost.disconnect();
    cluster.advance(SILENCE);
    FakeAgent gone = cluster.registerAgent("gone", 4, 1024);
    cluster.operator(
        org.apache.mesos.v1.master.Protos.Call.newBuilder()
            .setType(org.apache.mesos.v1.master.Protos.Call.Type.MARK_AGENT_GONE)
            .setMarkAgentGone(
                org.apache.mesos.v1.master.Protos.Call.MarkAgentGone.newBuilder()
                    .setAgentId(gone.id()))
            .build());
    assertThat(cluster.stored)
        .containsOnlyKeys("cluster", unreachable(lost), "agents/" + gone.id().getValue());

    cluster.advance(Duration.ofDays(13));
    assertThat(cluster.stored).hasSize(3);
    cluster.advance(Duration.ofDays(2));

    assertThat(cluster.stored).containsOnlyKeys("cluster");
    assertThat(cluster.snapshot().decisions().unreachableAgents()).isEmpty();
    assertThat(cluster.snapshot().decisions().goneAgents()).isEmpty();
  }

  @Test
  void ofTooManyUnreachableAgentsTheOldestAreForgotten() {
    Cluster small = new Cluster(config -> new Cluster.Config().registryAgentsMax(2).of(config));
    List<FakeAgent> agents = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      agents.add(small.registerAgent("host-" + i, 4, 1024));
      agents.getLast().disconnect();
      small.advance(SILENCE);
    }

    small.advance(Duration.ofMinutes(15));

    assertThat(small.snapshot().decisions().unreachableAgents())
        .containsOnlyKeys(agents.get(2).modelId(), agents.get(3).modelId());
    assertThat(small.stored)
        .containsOnlyKeys("cluster", unreachable(agents.get(2)), unreachable(agents.get(3)));
  }

  @Test
  void frameworksHearOfTheFailureOfALostAgent() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    scheduler.offers();
    agent.disconnect();
    scheduler.events();
    cluster.advance(SILENCE);

    assertThat(scheduler.events())
        .filteredOn(Event::hasFailure)
        .extracting(event -> event.getFailure().getAgentId())
        .containsExactly(agent.id());
  }
}
