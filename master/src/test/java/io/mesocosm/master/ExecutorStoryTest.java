package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import io.mesocosm.protocol.link.LinkProtos.RunningExecutor;
import org.apache.mesos.v1.Protos.CommandInfo;
import org.apache.mesos.v1.Protos.ExecutorInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.Test;

/** Executors that frameworks bring along. */
class ExecutorStoryTest {
  private final Cluster cluster = new Cluster();
  private final FakeScheduler scheduler = cluster.subscribe("web");
  private final FakeAgent agent = cluster.registerAgent(4, 1024);
  private final Offer offer = scheduler.offer();

  private static ExecutorInfo.Builder custom(String id, double cpus) {
    return Launches.executor(id, cpus)
        .setType(ExecutorInfo.Type.CUSTOM)
        .setCommand(CommandInfo.newBuilder().setValue("run"));
  }

  private double cpusUsed() {
    return agent.view().used().scalar("cpus").toDouble();
  }

  @Test
  void executorHoldsItsResourcesUntilItHasEnded() {
    scheduler.accept(
        offer,
        launch(
            task("a", offer, 1, 128).clearCommand().setExecutor(custom("e", 0.5)),
            task("b", offer, 1, 128).clearCommand().setExecutor(custom("e", 0.5))));

    assertThat(agent.launched()).hasSize(2);
    assertThat(cpusUsed()).isEqualTo(2.5);
    assertThat(agent.view().executors()).hasSize(1);
    scheduler.acknowledge(agent.update(scheduler, "a", TaskState.TASK_FINISHED));
    scheduler.acknowledge(agent.update(scheduler, "b", TaskState.TASK_FINISHED));
    assertThat(cpusUsed()).isEqualTo(0.5);
    scheduler.events();

    agent.exited(scheduler, "e", 9);

    assertThat(cpusUsed()).isZero();
    Event failure = scheduler.events().getFirst();
    assertThat(failure.getType()).isEqualTo(Event.Type.FAILURE);
    assertThat(failure.getFailure().getAgentId()).isEqualTo(agent.id());
    assertThat(failure.getFailure().getExecutorId().getValue()).isEqualTo("e");
    assertThat(failure.getFailure().getStatus()).isEqualTo(9);
  }

  @Test
  void executorThatEndsWhileATaskIsUnderWayToItIsHeldForItsNextRun() {
    scheduler.accept(
        offer, launch(task("a", offer, 1, 128).clearCommand().setExecutor(custom("e", 0.5))));
    agent.exited(scheduler, "e", 0);
    assertThat(cpusUsed()).isEqualTo(1.5);
  }

  @Test
  void executorOfOneIdIsOneExecutor() {
    scheduler.accept(
        offer,
        launch(
            task("a", offer, 1, 128).clearCommand().setExecutor(custom("e", 0.5)),
            task("b", offer, 1, 128)
                .clearCommand()
                .setExecutor(custom("e", 0.5).setName("another"))));

    assertThat(agent.launched()).hasSize(1);
    assertThat(scheduler.status().getMessage()).contains("not compatible");
  }

  @Test
  void messagesGoBothWays() {
    scheduler.call(
        Call.newBuilder()
            .setType(Call.Type.MESSAGE)
            .setMessage(
                Call.Message.newBuilder()
                    .setAgentId(agent.id())
                    .setExecutorId(custom("e", 1).getExecutorId())
                    .setData(ByteString.copyFromUtf8("down"))));
    assertThat(agent.events(LinkEvent.Type.EXECUTOR_MESSAGE))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getExecutorMessage().getFrameworkId()).isEqualTo(scheduler.id);
          assertThat(event.getExecutorMessage().getData().toStringUtf8()).isEqualTo("down");
        });

    agent.message(scheduler, "e", "up");
    assertThat(scheduler.events())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getMessage().getAgentId()).isEqualTo(agent.id());
          assertThat(event.getMessage().getData().toStringUtf8()).isEqualTo("up");
        });
  }

  @Test
  void shutdownIsPassedOn() {
    scheduler.call(
        Call.newBuilder()
            .setType(Call.Type.SHUTDOWN)
            .setShutdown(
                Call.Shutdown.newBuilder()
                    .setAgentId(agent.id())
                    .setExecutorId(custom("e", 1).getExecutorId())));
    assertThat(agent.events(LinkEvent.Type.SHUTDOWN_EXECUTOR)).hasSize(1);
  }

  @Test
  void returningAgentSaysWhichExecutorsThereAre() {
    scheduler.accept(
        offer, launch(task("a", offer, 1, 128).clearCommand().setExecutor(custom("e", 0.5))));
    agent.update(scheduler, "a", TaskState.TASK_FINISHED);
    agent.disconnect();
    agent.frameworks.add(scheduler.view().info());
    agent.executors.add(
        RunningExecutor.newBuilder()
            .setFrameworkId(scheduler.id)
            .setExecutor(custom("f", 0.25))
            .build());

    agent.subscribe();

    assertThat(agent.view().executors())
        .singleElement()
        .satisfies(view -> assertThat(view.info().getExecutorId().getValue()).isEqualTo("f"));
    assertThat(cpusUsed()).isEqualTo(0.25);
    scheduler.call(Call.Type.TEARDOWN);
    assertThat(cpusUsed()).isZero();
    assertThat(agent.events(LinkEvent.Type.SHUTDOWN_FRAMEWORK)).hasSize(1);
  }

  @Test
  void agentsLearnOfAFrameworkThatChanges() {
    scheduler.accept(offer, launch(task("a", offer, 1, 128)));
    assertThat(scheduler.update(Cluster.framework("web").setName("renamed")))
        .isEqualTo(new CallAnswer.Applied());
    assertThat(agent.events(LinkEvent.Type.UPDATE_FRAMEWORK))
        .singleElement()
        .satisfies(event ->
            assertThat(event.getUpdateFramework().getFrameworkInfo().getName())
                .isEqualTo("renamed"));
  }
}
