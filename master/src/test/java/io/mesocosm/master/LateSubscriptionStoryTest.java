package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.List;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;

/** A SUBSCRIBE that arrives after a later one of the same agent, and so tells of the past. */
class LateSubscriptionStoryTest {
  private static final long SECOND_LIFE = 2L << 32;

  private final Cluster cluster = new Cluster();
  private final FakeScheduler scheduler = cluster.subscribe("web");

  private FakeAgent numberedAgent() {
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname("host")
            .setPort(5051)
            .addResources(Launches.scalar("cpus", 4))
            .addResources(Launches.scalar("mem", 1024))
            .build();
    FakeAgent agent = new FakeAgent(cluster, info);
    agent.incarnation = ByteString.copyFrom(new byte[16]);
    agent.number = 1L << 32;
    return agent;
  }

  private void launchOn(FakeAgent agent) {
    Offer offer = scheduler.offer();
    scheduler.accept(List.of(offer), 0, launch(task("t", offer, 1, 128)));
    agent.runs(scheduler, agent.launched().getFirst(), TaskState.TASK_RUNNING);
    scheduler.events();
  }

  /** Its stream is closed, without a word, and nobody is told anything. */
  private void arrivesInVain(FakeAgent agent, LinkCall late) {
    StreamId inUse = agent.stream;
    agent.send(late);
    assertThat(agent.events()).isEmpty();
    assertThat(cluster.closed).contains(agent.stream).doesNotContain(inUse);
    agent.stream = inUse;
    assertThat(scheduler.events()).isEmpty();
    assertThat(cluster.snapshot().agents().values())
        .hasSize(1)
        .allMatch(MasterSnapshot.AgentView::connected);
  }

  @Test
  void takesNoTaskAwayThatWasLaunchedSince() {
    FakeAgent agent = numberedAgent();
    agent.subscribe();
    LinkCall late = agent.subscription();
    agent.subscribe();
    agent.events();
    launchOn(agent);

    arrivesInVain(agent, late);

    agent.update(scheduler, "t", TaskState.TASK_FINISHED);
    assertThat(scheduler.events().getFirst().getUpdate().getStatus().getState())
        .isEqualTo(TaskState.TASK_FINISHED);
  }

  @Test
  void isInVainTheSecondTimeToo() {
    FakeAgent agent = numberedAgent();
    agent.subscribe();
    LinkCall twice = agent.subscription();
    agent.send(twice);
    agent.events();
    launchOn(agent);
    arrivesInVain(agent, twice);
  }

  @Test
  void ofAnAgentWithoutAnIdMakesNoSecondAgentOfIt() {
    FakeAgent agent = numberedAgent();
    LinkCall late = agent.subscription();
    agent.subscribe();
    agent.events();
    launchOn(agent);
    arrivesInVain(agent, late);
  }

  @Test
  void ofAnEarlierLifeIsLateEvenIfNothingWasHeardOfThatLife() {
    FakeAgent agent = numberedAgent();
    agent.subscribe();
    agent.incarnation = ByteString.copyFromUtf8("an earlier life.");
    LinkCall late = agent.subscription();
    agent.incarnation = ByteString.copyFromUtf8("the present life");
    agent.number = SECOND_LIFE;
    agent.subscribe();
    agent.events();
    launchOn(agent);
    arrivesInVain(agent, late);
  }

  @Test
  void isLateWhileTheLaterOneIsBeingWrittenDown() {
    cluster.holdStores();
    FakeAgent agent = numberedAgent();
    LinkCall late = agent.subscription();
    agent.subscribe();
    StreamId inUse = agent.stream;

    agent.send(late);

    assertThat(cluster.closed).containsExactly(agent.stream);
    agent.stream = inUse;
    cluster.answerStores();
    assertThat(agent.isWelcome()).isTrue();
  }

  @Test
  void anAgentThatWasPutBackToACopyOfItsPastIsLetInAfterAWhile() {
    FakeAgent agent = numberedAgent();
    agent.subscribe();
    agent.events();
    agent.number -= 1;
    cluster.advance(AgentNumbers.LATENESS_MAX);
    agent.subscribe();
    assertThat(agent.isWelcome()).isTrue();
  }

  @Test
  void agentsThatDoNotNumberAreNeverLate() {
    FakeAgent agent = cluster.registerAgent(4, 1024);
    agent.events();
    LinkCall old = agent.subscription();
    agent.subscribe();
    agent.events();
    agent.send(old);
    assertThat(agent.isWelcome()).isTrue();
  }

  @Test
  void anIncarnationOfAnotherLengthIsRefused() {
    FakeAgent agent = numberedAgent();
    agent.incarnation = ByteString.copyFromUtf8("short");
    agent.subscribe();
    assertThat(agent.events(LinkEvent.Type.SHUTDOWN).getFirst().getShutdown().getMessage())
        .contains("5 bytes");
  }
}
