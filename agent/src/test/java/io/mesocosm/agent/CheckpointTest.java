package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.launch;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.onlyStatus;
import static io.mesocosm.agent.AgentStory.statuses;
import static io.mesocosm.agent.AgentStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.List;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;

/** What an agent writes down, and what waits for that. */
class CheckpointTest {
  private final AgentStory story = AgentStory.registered();

  private List<AgentEffect> bare(AgentCommand command) {
    return story.agent.handle(command, story.now);
  }

  private List<AgentEffect> bare(LinkEvent event) {
    return bare(new AgentCommand.LinkEventArrived(story.link, event));
  }

  private static LinkEvent runEvent(String task) {
    return LinkEvent.newBuilder()
        .setType(LinkEvent.Type.RUN_TASKS)
        .setRunTasks(
            LinkEvent.RunTasks.newBuilder()
                .setFrameworkInfo(AgentStory.framework())
                .addTasks(task(task)))
        .build();
  }

  @Test
  void aContainerIsNotLaunchedBeforeItsTaskIsOnDisk() {
    List<AgentEffect> effects = bare(runEvent("a"));

    AgentEffect.Checkpoint checkpoint = (AgentEffect.Checkpoint) effects.getFirst();
    assertThat(effects).hasSize(1);
    assertThat(checkpoint.changes().keySet())
        .containsExactly("frameworks/master-0000", "tasks/master-0000/a");
    assertThat(launch(bare(new AgentCommand.Checkpointed(checkpoint.number()))).id().value())
        .isNotEmpty();
  }

  @Test
  void anUpdateIsNotSentBeforeItIsOnDisk() {
    List<AgentEffect> launched = story.run(AgentStory.framework(), task("a"));
    ContainerId id = launch(launched).id();
    story.acknowledge(onlyStatus(launched));

    List<AgentEffect> effects =
        bare(new AgentCommand.ContainerStarted(id, AgentStory.container(id)));

    long number = only(effects, AgentEffect.Checkpoint.class).number();
    assertThat(statuses(effects)).isEmpty();
    assertThat(onlyStatus(bare(new AgentCommand.Checkpointed(number))).getState())
        .isEqualTo(TaskState.TASK_RUNNING);
  }

  @Test
  void theIdIsOnDiskBeforeAnythingIsSaidUnderIt() {
    AgentStory fresh = new AgentStory();
    fresh.handle(new AgentCommand.Start());
    fresh.connect();
    assertThat(fresh.disk).isEmpty();

    fresh.subscribed(AgentStory.AGENT);

    assertThat(fresh.record("agent").getIdentity().getAgentId().getValue())
        .isEqualTo(AgentStory.AGENT);
    assertThat(fresh.record("agent").getIdentity().getAgentInfo().getHostname()).isEqualTo("node");
  }

  @Test
  void whatChangesNothingIsNotWritten() {
    List<AgentEffect> effects = bare(LinkEvent.newBuilder().setType(LinkEvent.Type.PING).build());

    assertThat(all(effects, AgentEffect.Checkpoint.class)).isEmpty();
    assertThat(all(effects, AgentEffect.SendToMaster.class)).hasSize(1);
  }

  @Test
  void onlyTheTaskThatIsConcernedIsWrittenAgain() {
    ContainerId id = story.running(task("a"));
    story.running(task("b"));

    List<AgentEffect> effects =
        bare(
            new AgentCommand.ContainerExited(
                io.mesocosm.containerizer.ContainerExit.exited(id, 0)));

    assertThat(only(effects, AgentEffect.Checkpoint.class).changes().keySet())
        .containsExactly("tasks/master-0000/a");
  }

  @Test
  void nothingIsLeftOfATaskWhoseEndIsAcknowledged() {
    ContainerId id = story.running(task("a"));
    assertThat(story.disk.keySet())
        .containsExactly("agent", "frameworks/master-0000", "tasks/master-0000/a");

    story.acknowledge(onlyStatus(story.exited(id, 0)));

    assertThat(story.disk.keySet()).containsExactly("agent");
  }

  @Test
  void theNewsOfAFrameworkAreWritten() {
    story.running(task("a"));

    story.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.UPDATE_FRAMEWORK)
            .setUpdateFramework(
                LinkEvent.UpdateFramework.newBuilder()
                    .setFrameworkInfo(AgentStory.framework().toBuilder().setName("other")))
            .build());

    assertThat(story.record("frameworks/master-0000").getFramework().getInfo().getName())
        .isEqualTo("other");
  }

  @Test
  void anOperationIsNotAppliedBeforeWhatCameEarlierIsOnDisk() {
    Resource disk = AgentStory.scalar("disk", 100);
    AgentStory other =
        new AgentStory(
            AgentInfo.newBuilder().setHostname("node").setPort(5051).addResources(disk).build(),
            StoredState.NONE);
    other.handle(new AgentCommand.Start());
    other.connect();
    other.subscribed(AgentStory.AGENT);
    List<AgentEffect> run =
        other.agent.handle(new AgentCommand.LinkEventArrived(other.link, runEvent("a")), other.now);
    Resource.Builder reserved = disk.toBuilder();
    reserved.addReservationsBuilder().setType(Resource.ReservationInfo.Type.DYNAMIC).setRole("ops");
    LinkEvent reserve =
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.APPLY_OPERATION)
            .setApplyOperation(
                LinkEvent.ApplyOperation.newBuilder()
                    .setOperationUuid(ByteString.copyFromUtf8("0123456789abcdef"))
                    .setOperation(
                        Offer.Operation.newBuilder()
                            .setType(Offer.Operation.Type.RESERVE)
                            .setReserve(
                                Offer.Operation.Reserve.newBuilder().addResources(reserved))))
            .build();

    List<AgentEffect> applied =
        other.agent.handle(new AgentCommand.LinkEventArrived(other.link, reserve), other.now);

    assertThat(applied).isEmpty();
    long number = only(run, AgentEffect.Checkpoint.class).number();
    List<AgentEffect> released =
        other.agent.handle(new AgentCommand.Checkpointed(number), other.now);
    assertThat(all(released, AgentEffect.LaunchContainer.class)).hasSize(1);
    assertThat(released.getLast()).isInstanceOf(AgentEffect.Store.class);
  }

  @Test
  void anAgentThatHasLeftLeavesNoRecord() {
    ContainerId id = story.running(task("a"));

    story.handle(new AgentCommand.Shutdown());
    assertThat(story.disk).containsKey("agent");
    List<AgentEffect> last = story.signaled(id, 15);

    assertThat(last.getLast()).isEqualTo(new AgentEffect.Stopped());
    assertThat(story.disk).isEmpty();
  }

  @Test
  void aRetiredAgentForgetsItsIdAtOnceAndItsTasksWhenTheyHaveEnded() {
    ContainerId id = story.running(task("a"));

    story.event(LinkEvent.newBuilder().setType(LinkEvent.Type.SHUTDOWN).build());
    assertThat(story.disk.keySet())
        .containsExactly("frameworks/master-0000", "tasks/master-0000/a");
    story.signaled(id, 15);

    assertThat(story.disk).isEmpty();
  }

  @Test
  void aTaskThatIsSentTwiceIsLaunchedOnce() {
    story.running(task("a"));

    assertThat(story.run(AgentStory.framework(), task("a"))).isEmpty();
    assertThat(onlyState("a")).isEqualTo(TaskState.TASK_RUNNING);
  }

  private TaskState onlyState(String task) {
    return story
        .record("tasks/master-0000/" + task)
        .getTask()
        .getStatusesList()
        .getLast()
        .getState();
  }
}
