package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorID;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;

class LaunchStoryTest {
  private final Cluster cluster = new Cluster();

  @Test
  void taskRunsFromOfferToAcknowledgedEnd() {
    FakeScheduler scheduler = cluster.subscribe("web");
    assertThat(scheduler.eventTypes()).containsExactly(Event.Type.SUBSCRIBED);
    assertThat(scheduler.id.getValue()).isEqualTo("m-0000");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    assertThat(offer.getAllocationInfo().getRole()).isEqualTo("web");

    assertThat(scheduler.accept(offer, launch(task("t", offer, 1, 128))))
        .isInstanceOf(CallAnswer.Accepted.class);
    assertThat(agent.launched())
        .singleElement()
        .satisfies(launched -> {
          assertThat(launched.getTaskId().getValue()).isEqualTo("t");
          assertThat(launched.getResources(0).getAllocationInfo().getRole()).isEqualTo("web");
        });
    assertThat(agent.view().used().scalar("cpus").toDouble()).isEqualTo(1);

    TaskStatus running = agent.update(scheduler, "t", TaskState.TASK_RUNNING);
    assertThat(scheduler.status()).isEqualTo(running);
    scheduler.acknowledge(running);
    assertThat(agent.events(LinkEvent.Type.UPDATE_ACKNOWLEDGED))
        .singleElement()
        .satisfies(event ->
            assertThat(event.getUpdateAcknowledged().getUuid()).isEqualTo(running.getUuid()));

    TaskStatus finished = agent.update(scheduler, "t", TaskState.TASK_FINISHED);
    assertThat(agent.view().used().isEmpty()).as("released before it is acknowledged").isTrue();
    assertThat(scheduler.view().tasks()).hasSize(1);
    scheduler.acknowledge(finished);
    assertThat(scheduler.view().tasks()).isEmpty();
    assertThat(scheduler.view().completedTasks()).hasSize(1);
    // The rest was declined for 5 s, and what came back makes it more than that.
    assertThat(scheduler.offer().getResources(0).getScalar().getValue()).isEqualTo(4);
  }

  @Test
  void offersOfOneAgentAreAcceptedTogether() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer first = scheduler.offer();
    scheduler.accept(List.of(first), 0, launch(task("a", first, 1, 128)));
    Offer three = scheduler.offer();
    agent.update(scheduler, "a", TaskState.TASK_FINISHED);
    Offer one = scheduler.offer();
    agent.events();

    scheduler.accept(List.of(three, one), 5, launch(task("c", one, 4, 1024)));

    assertThat(agent.launched()).hasSize(1);
    assertThat(agent.view().used().scalar("cpus").toDouble()).isEqualTo(4);
  }

  @Test
  void offersOfTwoAgentsAreNotAcceptedTogether() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    cluster.registerAgent(4, 1024);
    cluster.registerAgent(4, 1024);
    List<Offer> offers = scheduler.offers();

    scheduler.accept(offers, 5, launch(task("t", offers.getFirst(), 1, 128)));

    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_DROPPED);
    assertThat(scheduler.offers()).as("given back without filter").hasSize(2);
  }

  @Test
  void usedForeignAndUnknownOffersLoseTheirTasks() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeScheduler other = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    other.events();

    other.accept(offer, launch(task("foreign", offer, 1, 128)));
    TaskStatus foreign = other.status();
    assertThat(foreign.getState()).isEqualTo(TaskState.TASK_DROPPED);
    assertThat(foreign.getReason()).isEqualTo(TaskStatus.Reason.REASON_INVALID_OFFERS);
    assertThat(foreign.hasUuid()).isFalse();

    scheduler.accept(offer, launch(task("t", offer, 1, 128)));
    scheduler.accept(offer, launch(task("again", offer, 1, 128)));
    TaskStatus again = scheduler.status();
    assertThat(again.getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(again.getReason()).isEqualTo(TaskStatus.Reason.REASON_INVALID_OFFERS);

    scheduler.accept(List.of(), 5, launch(task("none", offer, 1, 128)));
    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_LOST);
    assertThat(agent.launched()).hasSize(1);
  }

  @Test
  void invalidTaskIsAnErrorAndTheOthersOfTheCallRun() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();

    scheduler.accept(
        offer,
        launch(
            task("a/b", offer, 1, 128),
            task("t", offer, 1, 128),
            task("t", offer, 1, 128),
            task("much", offer, 4, 128),
            task("naked", offer, 1, 128).clearCommand(),
            task("none", offer, 1, 128).clearResources()));

    assertThat(scheduler.statuses())
        .hasSize(5)
        .allSatisfy(status -> {
          assertThat(status.getState()).isEqualTo(TaskState.TASK_ERROR);
          assertThat(status.getReason()).isEqualTo(TaskStatus.Reason.REASON_TASK_INVALID);
          assertThat(status.getSource()).isEqualTo(TaskStatus.Source.SOURCE_MASTER);
        });
    assertThat(agent.launched()).hasSize(1);
  }

  @Test
  void portsAreTakenOnce() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();

    scheduler.accept(
        offer,
        launch(
            task("a", offer, 1, 128).addResources(Launches.ports(31000, 31000)),
            task("b", offer, 1, 128).addResources(Launches.ports(31000, 31001))));

    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_ERROR);
    assertThat(agent.launched()).hasSize(1);
  }

  @Test
  void ownExecutorMayNotClaimThePortsOfItsTask() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();

    scheduler.accept(offer, launch(withExecutor("t", offer, Launches.ports(31000, 31000))));

    assertThat(scheduler.status().getReason()).isEqualTo(TaskStatus.Reason.REASON_TASK_INVALID);
  }

  @Test
  void malformedResourcesOfAnExecutorAreRefused() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();

    scheduler.accept(
        offer,
        launch(
            withExecutor(
                "bare", offer, Launches.scalar("cpus", 1).toBuilder().clearScalar().build()),
            withExecutor("typed", offer, Launches.ports(1, 2).toBuilder().setName("cpus").build()),
            withExecutor(
                "text",
                offer,
                Resource.newBuilder().setName("x").setType(Value.Type.TEXT).build())));

    assertThat(scheduler.statuses())
        .hasSize(3)
        .allMatch(status -> status.getReason() == TaskStatus.Reason.REASON_TASK_INVALID);
  }

  private static org.apache.mesos.v1.Protos.TaskInfo.Builder withExecutor(
      String id, Offer offer, Resource resource) {
    return task(id, offer, 1, 128)
        .clearCommand()
        .addResources(Launches.ports(31000, 31000))
        .setExecutor(
            ExecutorInfo.newBuilder()
                .setExecutorId(ExecutorID.newBuilder().setValue("e"))
                .setCommand(CommandInfo.newBuilder().setValue("run"))
                .addResources(resource));
  }

  @Test
  void killGoesToTheAgentOrIsAnsweredByReconciliation() {
    FakeScheduler scheduler = cluster.subscribe(Cluster.partitionAware("web"));
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    scheduler.accept(offer, launch(task("t", offer, 1, 128)));

    scheduler.kill("t");
    assertThat(agent.events(LinkEvent.Type.KILL_TASK)).hasSize(1);

    scheduler.kill("unknown");
    TaskStatus status = scheduler.status();
    assertThat(status.getState()).isEqualTo(TaskState.TASK_UNKNOWN);
    assertThat(status.getReason()).isEqualTo(TaskStatus.Reason.REASON_RECONCILIATION);
  }

  @Test
  void killOfATaskWhoseAgentIsAwayIsSentOnItsReturn() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    scheduler.accept(offer, launch(task("t", offer, 1, 128)));
    agent.runs(scheduler, agent.launched().getFirst(), TaskState.TASK_RUNNING);
    agent.disconnect();

    scheduler.kill("t");
    agent.subscribe();

    List<LinkEvent.Type> told = agent.events().stream().map(LinkEvent::getType).toList();
    assertThat(told).containsExactly(LinkEvent.Type.SUBSCRIBED, LinkEvent.Type.KILL_TASK);
  }

  @Test
  void updatesOfAnUnknownFrameworkEndItOnTheAgent() {
    FakeScheduler scheduler = cluster.subscribe("web");
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    scheduler.accept(offer, launch(task("t", offer, 1, 128)));
    scheduler.call(org.apache.mesos.v1.scheduler.Protos.Call.Type.TEARDOWN);
    agent.events();

    agent.update(scheduler, "t", TaskState.TASK_KILLED);

    assertThat(agent.events().stream().map(LinkEvent::getType))
        .containsExactly(LinkEvent.Type.SHUTDOWN_FRAMEWORK, LinkEvent.Type.UPDATE_ACKNOWLEDGED);
  }

  @Test
  void offersAreRescindedWhenTheyTimeOut() {
    Cluster impatient = Cluster.withOfferTimeout(Duration.ofSeconds(30));
    FakeScheduler scheduler = impatient.subscribe("web");
    impatient.registerAgent(4, 1024);
    Offer offer = scheduler.offer();

    impatient.advance(Duration.ofSeconds(30));
    List<Event> events = scheduler.events();
    assertThat(events.getFirst().getRescind().getOfferId()).isEqualTo(offer.getId());
    assertThat(events.getLast().getOffers().getOffers(0).getId())
        .as("no filter")
        .isNotEqualTo(offer.getId());
  }
}
