package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;

/** The copy that readers see, when it is brought up to date only now and then. */
class MasterMirrorTest {
  private final Cluster cluster = Cluster.lookedAtOnlyWhenAsked();

  @Test
  void aFrameworkThatCameAndWentBetweenTwoLooksIsHistoryWithItsTasks() {
    FakeScheduler scheduler = cluster.subscribe("web");
    cluster.registerAgent(4, 1024);
    Offer offer = scheduler.offer();
    scheduler.accept(offer, launch(task("t", offer, 1, 128)));
    scheduler.call(Call.Type.TEARDOWN);

    MasterSnapshot snapshot = cluster.snapshot();

    assertThat(snapshot.frameworks()).isEmpty();
    assertThat(snapshot.completedFrameworks()).hasSize(1);
    assertThat(snapshot.completedFrameworks().getFirst().completedTasks())
        .extracting(MasterSnapshot.TaskView::state)
        .containsExactly(TaskState.TASK_KILLED);
    assertThat(snapshot.agents().values())
        .allSatisfy(agent -> assertThat(agent.used().isEmpty()).isTrue());
  }
}
