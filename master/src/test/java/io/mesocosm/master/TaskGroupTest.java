package io.mesocosm.master;

import static io.mesocosm.master.Launches.executor;
import static io.mesocosm.master.Launches.launchGroup;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskGroupTest {
  private final Cluster cluster = new Cluster();
  private FakeScheduler scheduler;
  private FakeAgent agent;
  private Offer offer;

  @BeforeEach
  void offerAnAgent() {
    scheduler = cluster.subscribe("web");
    agent = cluster.registerAgent(4, 1024);
    offer = scheduler.offer();
  }

  private double cpusUsed() {
    return agent.view().used().scalar("cpus").toDouble();
  }

  @Test
  void executorCountsUntilItHasEnded() {
    scheduler.accept(
        offer, launchGroup(executor("e", 0.5), task("a", offer, 1, 128), task("b", offer, 1, 128)));

    assertThat(agent.events(LinkEvent.Type.RUN_TASKS))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getRunTasks().getTasksCount()).isEqualTo(2);
          assertThat(event.getRunTasks().getExecutor().getFrameworkId()).isEqualTo(scheduler.id);
        });
    assertThat(cpusUsed()).isEqualTo(2.5);
    agent.update(scheduler, "a", TaskState.TASK_FINISHED);
    assertThat(cpusUsed()).isEqualTo(1.5);
    assertThat(scheduler.offer().getExecutorIds(0).getValue()).isEqualTo("e");
    agent.update(scheduler, "b", TaskState.TASK_FINISHED);
    assertThat(cpusUsed()).isEqualTo(0.5);
    agent.exited(scheduler, "e", 0);
    assertThat(cpusUsed()).isZero();
  }

  @Test
  void secondGroupOfAnExecutorPaysForItsTasksOnly() {
    scheduler.accept(
        java.util.List.of(offer), 0, launchGroup(executor("e", 0.5), task("a", offer, 1, 128)));
    Offer rest = scheduler.offer();
    scheduler.accept(rest, launchGroup(executor("e", 0.5), task("b", rest, 1, 128)));
    assertThat(cpusUsed()).isEqualTo(2.5);
    agent.update(scheduler, "a", TaskState.TASK_FINISHED);
    agent.update(scheduler, "b", TaskState.TASK_FINISHED);
    assertThat(cpusUsed()).isEqualTo(0.5);
    agent.exited(scheduler, "e", 0);
    assertThat(cpusUsed()).isZero();
  }

  @Test
  void oneInvalidTaskRefusesTheGroup() {
    scheduler.accept(
        offer,
        launchGroup(
            executor("e", 0.5), task("a", offer, 1, 128), task("b", offer, 1, 128).clearCommand()));

    assertThat(scheduler.statuses())
        .hasSize(2)
        .allSatisfy(status -> {
          assertThat(status.getState()).isEqualTo(TaskState.TASK_ERROR);
          assertThat(status.getReason()).isEqualTo(TaskStatus.Reason.REASON_TASK_GROUP_INVALID);
        });
    assertThat(agent.launched()).isEmpty();
    assertThat(cpusUsed()).isZero();
  }

  @Test
  void groupThatClaimsAPortTwiceIsRefused() {
    scheduler.accept(
        offer,
        launchGroup(
            executor("e", 0.5),
            task("a", offer, 1, 128).addResources(Launches.ports(31000, 31000)),
            task("b", offer, 1, 128).addResources(Launches.ports(31000, 31000))));

    assertThat(scheduler.statuses()).hasSize(2);
    assertThat(agent.launched()).isEmpty();
  }

  @Test
  void groupThatNeedsMoreThanOfferedIsRefused() {
    scheduler.accept(
        offer, launchGroup(executor("e", 0.5), task("a", offer, 2, 128), task("b", offer, 2, 128)));

    assertThat(scheduler.statuses()).hasSize(2);
    assertThat(cpusUsed()).isZero();
  }
}
