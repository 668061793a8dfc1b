package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.AgentID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

class ReconciliationStoryTest {
  private final Cluster cluster = new Cluster();

  private static Call.Reconcile.Task.Builder about(String task, String agent) {
    Call.Reconcile.Task.Builder asked =
        Call.Reconcile.Task.newBuilder().setTaskId(Launches.id(task));
    return agent.isEmpty() ? asked : asked.setAgentId(AgentID.newBuilder().setValue(agent));
  }

  private List<TaskState> answers(FrameworkInfo.Builder info) {
    FakeScheduler scheduler = cluster.subscribe(info);
    FakeAgent agent = cluster.registerAgent(4, 1024);
    FakeAgent lost = cluster.registerAgent(4, 1024);
    Offer offer =
        scheduler.offers().stream()
            .filter(each -> each.getAgentId().equals(agent.id()))
            .findFirst()
            .orElseThrow();
    scheduler.accept(offer, launch(task("t", offer, 1, 128)));
    agent.update(scheduler, "t", TaskState.TASK_RUNNING);
    lost.disconnect();
    cluster.advance(Duration.ofSeconds(75));
    scheduler.events();
    scheduler.reconcile(
        about("t", ""),
        about("other", agent.id().getValue()),
        about("other", lost.id().getValue()),
        about("other", "nobody"),
        about("other", ""),
        about("a/b", "../.."));
    List<TaskStatus> statuses = scheduler.statuses();
    assertThat(statuses)
        .allSatisfy(status -> {
          assertThat(status.getReason()).isEqualTo(TaskStatus.Reason.REASON_RECONCILIATION);
          assertThat(status.getSource()).isEqualTo(TaskStatus.Source.SOURCE_MASTER);
          assertThat(status.hasUuid()).isFalse();
        });
    assertThat(statuses.get(2).hasUnreachableTime()).isTrue();
    return statuses.stream().map(TaskStatus::getState).toList();
  }

  @Test
  void partitionAwareFrameworkLearnsWhatIsKnown() {
    assertThat(answers(Cluster.partitionAware("web")))
        .containsExactly(
            TaskState.TASK_RUNNING,
            TaskState.TASK_GONE,
            TaskState.TASK_UNREACHABLE,
            TaskState.TASK_UNKNOWN,
            TaskState.TASK_UNKNOWN,
            TaskState.TASK_UNKNOWN);
  }

  @Test
  void otherFrameworksLearnThatItIsLost() {
    assertThat(answers(Cluster.framework("web")))
        .containsExactly(
            TaskState.TASK_RUNNING,
            TaskState.TASK_LOST,
            TaskState.TASK_LOST,
            TaskState.TASK_LOST,
            TaskState.TASK_LOST,
            TaskState.TASK_LOST);
  }

  @Test
  void askingForNothingTellsOfEveryTask() {
    FakeScheduler scheduler = cluster.subscribe("web");
    scheduler.events();
    scheduler.reconcile();
    assertThat(scheduler.events()).isEmpty();
    FakeAgent agent = cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    scheduler.accept(
        offer, launch(task("a", offer, 1, 128), task("b", offer, 1, 128), task("c", offer, 1, 1)));
    agent.update(scheduler, "b", TaskState.TASK_FINISHED);
    scheduler.events();

    scheduler.reconcile();

    assertThat(scheduler.statuses())
        .extracting(TaskStatus::getState)
        .containsExactly(TaskState.TASK_STAGING, TaskState.TASK_FINISHED, TaskState.TASK_STAGING);
  }

  @Test
  void unreachableTasksAreNotKeptForEver() {
    FakeScheduler scheduler = cluster.subscribe("web");
    for (int agents = 0; agents < 12; agents++) {
      FakeAgent agent = cluster.registerAgent(100, 10_000);
      Offer offer = scheduler.offer();
      for (int tasks = 0; tasks < 90; tasks++) {
        String id = agents + "-" + tasks;
        agent.runs(scheduler, task(id, offer, 1, 1).build(), TaskState.TASK_RUNNING);
      }
      agent.subscribe();
      agent.disconnect();
      cluster.advance(Duration.ofSeconds(75));
      scheduler.events();
    }
    assertThat(scheduler.view().unreachableTasks()).hasSize(1000);
    assertThat(scheduler.view().completedTasks()).hasSize(80);
  }
}
