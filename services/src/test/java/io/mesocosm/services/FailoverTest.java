package io.mesocosm.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.World.Happened;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the core of the next scheduler makes of what the last one left in the middle of it. */
class FailoverTest {
  private static final AppId WEB = new AppId("/web");

  private static AppDefinition web() {
    return AppDefinition.builder(WEB)
        .cmd(Optional.of("sleep 1000"))
        .instances(1)
        .cpus(1)
        .mem(128)
        .build();
  }

  /** The process ends when the instance is stored, and before its offer was accepted. */
  private static World endedBeforeTheAccept() {
    World world = World.ready();
    world.create(web());
    world.holdStore = true;
    world.offer("a", 4, 1000);
    assertThat(world.held).hasSize(1);
    world.held.removeFirst().records().forEach(record -> world.store.put(record.path(), record));
    assertThat(world.tasks).isEmpty();
    world.holdStore = false;
    world.restart();
    return world;
  }

  @Test
  void launchThatMayHaveBeenSentIsAskedAfterAndNotMadeAgain() {
    World world = endedBeforeTheAccept();
    Instance stored = world.instances(WEB).getFirst();
    assertThat(stored.condition()).isEqualTo(Condition.PROVISIONED);

    world.subscribed("framework-1");
    world.offer("b", 4, 1000);

    assertThat(world.calls(Call.Type.RECONCILE).getFirst().getReconcile().getTasksList())
        .extracting(task -> task.getTaskId().getValue())
        .containsExactly(stored.taskId());
    assertThat(world.tasks).isEmpty();
    assertThat(world.instances(WEB)).containsExactly(stored);
  }

  @ParameterizedTest
  @EnumSource(
      value = TaskState.class,
      names = {"TASK_GONE", "TASK_UNKNOWN", "TASK_LOST", "TASK_DROPPED"})
  void launchThatTheMasterNeverHeardOfIsMadeAnewWithAnotherId(TaskState answer) {
    World world = endedBeforeTheAccept();
    Instance stored = world.instances(WEB).getFirst();
    world.subscribed("framework-1");

    world.update(stored, answer);
    world.pass(Duration.ofSeconds(6));
    world.offer("b", 4, 1000);
    world.offer("c", 4, 1000);

    assertThat(world.tasks).hasSize(1).doesNotContainKey(stored.taskId());
    assertThat(world.instances(WEB)).hasSize(1).doesNotContain(stored);
    assertThat(world.store).doesNotContainKey("/instances/" + stored.id());
  }

  @Test
  void launchThatWasSentAfterAllIsAdopted() {
    World world = World.ready();
    world.create(web());
    world.offer("a", 4, 1000);
    world.restart();
    world.subscribed("framework-1");
    Instance launched = world.instances(WEB).getFirst();

    world.update(launched, TaskState.TASK_RUNNING);
    world.offer("b", 4, 1000);

    assertThat(world.tasks).containsOnlyKeys(launched.taskId());
    assertThat(world.killed()).isEmpty();
    assertThat(world.view(WEB).counts().running()).isEqualTo(1);
  }

  @Test
  void launchOfWhichNobodyEverSaysAnythingIsEndedInTheEnd() {
    World world = endedBeforeTheAccept();
    world.subscribed("framework-1");
    Instance stored = world.instances(WEB).getFirst();

    world.pass(Duration.ofMinutes(6));

    assertThat(world.killed()).containsExactly(stored.taskId());
  }

  @Test
  void taskThatRunsAndIsInNoRecordIsEnded() {
    World world = World.ready();
    world.create(web());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    Instance recorded = world.instances(WEB).getFirst();
    String unknown = recorded.taskId().replaceFirst("instance-.{8}", "instance-00000000");
    world.restart();
    world.subscribed("framework-1");

    world.update(recorded, TaskState.TASK_RUNNING);
    world.update(unknown, "agent-a", TaskState.TASK_RUNNING);

    assertThat(world.killed()).containsExactly(unknown);
    assertThat(world.instances(WEB))
        .extracting(Instance::taskId)
        .isEqualTo(List.of(recorded.taskId()));
  }

  @Test
  void changeThatWasWrittenButReportedLostDoesNotBringADeletedAppBack() {
    World world = World.ready();
    world.create(web());
    world.offer("a", 4, 1000);
    world.allRunning(WEB);
    world.holdStore = true;
    AppDefinition larger = web().toBuilder().instances(2).build();
    world.handle(
        Asks.all(
            world.nextRequest(),
            List.of(Asks.put(larger, Optional.of(world.view(WEB).app().version()))),
            false));
    world.loseStore(Happened.ALL_RECORDS);
    world.holdStore = false;
    world.releaseStore();

    Instance last = world.instances(WEB).getFirst();
    world.delete(WEB);
    world.update(last, TaskState.TASK_KILLED);
    world.restart();

    assertThat(world.core.snapshot().specs()).isEmpty();
    assertThat(world.deployments()).isEmpty();
  }
}
