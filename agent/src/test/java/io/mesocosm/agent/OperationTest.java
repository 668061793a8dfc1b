package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.all;
import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.scalar;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.junit.jupiter.api.Test;

class OperationTest {
  private static final ByteString UUID = ByteString.copyFromUtf8("0123456789abcdef");

  private final AgentStory story = registered(StoredState.NONE);

  private static AgentStory registered(StoredState stored) {
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname("node")
            .setPort(5051)
            .addResources(scalar("cpus", 4))
            .addResources(scalar("disk", 1000))
            .build();
    AgentStory story = new AgentStory(info, stored);
    story.handle(new AgentCommand.Start());
    story.connect();
    story.subscribed(AgentStory.AGENT);
    return story;
  }

  private static Resource reserved(Resource resource) {
    return resource.toBuilder()
        .addReservations(
            Resource.ReservationInfo.newBuilder()
                .setType(Resource.ReservationInfo.Type.DYNAMIC)
                .setRole("db"))
        .build();
  }

  private static Offer.Operation reserve(double cpus) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.RESERVE)
        .setReserve(
            Offer.Operation.Reserve.newBuilder().addResources(reserved(scalar("cpus", cpus))))
        .build();
  }

  private static Offer.Operation withFeedback(Offer.Operation operation) {
    return operation.toBuilder().setId(OperationID.newBuilder().setValue("op")).build();
  }

  private List<AgentEffect> apply(ByteString uuid, Offer.Operation operation) {
    return story.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.APPLY_OPERATION)
            .setApplyOperation(
                LinkEvent.ApplyOperation.newBuilder()
                    .setOperationUuid(uuid)
                    .setFrameworkId(FrameworkID.newBuilder().setValue(AgentStory.FRAMEWORK))
                    .setOperation(operation))
            .build());
  }

  private List<AgentEffect> stored(List<AgentEffect> effects) {
    return story.handle(new AgentCommand.Stored(only(effects, AgentEffect.Store.class).number()));
  }

  private static OperationStatus status(List<AgentEffect> effects) {
    return ExecutorStory.calls(effects, LinkCall.Type.UPDATE_OPERATION)
        .getFirst()
        .getUpdateOperation()
        .getStatus();
  }

  @Test
  void operationIsWrittenDownBeforeTheMasterHears() {
    List<AgentEffect> effects = apply(UUID, withFeedback(reserve(1)));

    assertThat(all(effects, AgentEffect.SendToMaster.class)).isEmpty();
    AgentEffect.Store store = only(effects, AgentEffect.Store.class);
    assertThat(store.state().applied()).containsExactly(UUID);
    assertThat(store.state().operations()).hasSize(1);
    assertThat(store.state().total()).hasSize(3);

    OperationStatus status = status(stored(effects));
    assertThat(status.getState()).isEqualTo(OperationState.OPERATION_FINISHED);
    assertThat(status.getOperationId().getValue()).isEqualTo("op");
    assertThat(status.getUuid().getValue().size()).isEqualTo(16);
    assertThat(status.getConvertedResourcesList()).containsExactly(reserved(scalar("cpus", 1)));
    assertThat(story.agent.snapshot().total().entries()).hasSize(3);
  }

  @Test
  void statusIsRepeatedUntilItIsAcknowledged() {
    OperationStatus status = status(stored(apply(UUID, withFeedback(reserve(1)))));
    story.pass(Duration.ofSeconds(10));

    List<AgentEffect> again =
        story.handle(new AgentCommand.TimerFired(new AgentTimer.ResendOperation(UUID)));
    List<AgentEffect> acknowledged =
        story.event(
            LinkEvent.newBuilder()
                .setType(LinkEvent.Type.OPERATION_ACKNOWLEDGED)
                .setOperationAcknowledged(
                    LinkEvent.OperationAcknowledged.newBuilder()
                        .setOperationUuid(UUID)
                        .setStatusUuid(status.getUuid().getValue()))
                .build());

    assertThat(status(again)).isEqualTo(status);
    assertThat(only(again, AgentEffect.SetTimer.class).at()).isEqualTo(story.now.plusSeconds(20));
    assertThat(only(acknowledged, AgentEffect.Store.class).state().operations()).isEmpty();
    assertThat(story.agent.snapshot().operations()).isEmpty();
  }

  @Test
  void operationIsAppliedOnce() {
    stored(apply(UUID, reserve(1)));

    List<AgentEffect> again = apply(UUID, reserve(1));

    assertThat(all(again, AgentEffect.Store.class)).isEmpty();
    assertThat(status(again).getState()).isEqualTo(OperationState.OPERATION_FINISHED);
    assertThat(story.agent.snapshot().total().scalar("cpus").toDouble()).isEqualTo(4);
  }

  @Test
  void operationOnWhatIsNotThereFails() {
    OperationStatus status = status(apply(UUID, reserve(5)));

    assertThat(status.getState()).isEqualTo(OperationState.OPERATION_FAILED);
    assertThat(status.getMessage()).contains("the agent does not have");
  }

  @Test
  void operationThatCannotBeWrittenDownFails() {
    List<AgentEffect> effects = apply(UUID, reserve(1));

    List<AgentEffect> failed =
        story.handle(
            new AgentCommand.StoreFailed(
                only(effects, AgentEffect.Store.class).number(), "disk full"));

    assertThat(status(failed).getState()).isEqualTo(OperationState.OPERATION_FAILED);
    assertThat(story.agent.snapshot().total().entries()).hasSize(2);
  }

  @Test
  void whatComesAfterAnOperationWaitsForIt() {
    List<AgentEffect> effects = apply(UUID, reserve(1));

    List<AgentEffect> run = story.run(AgentStory.framework(), AgentStory.task("a"));
    List<AgentEffect> second = apply(ByteString.copyFromUtf8("another-uuid-016"), reserve(1));

    assertThat(run).isEmpty();
    assertThat(second).isEmpty();
    List<AgentEffect> later = stored(effects);
    assertThat(all(later, AgentEffect.LaunchContainer.class)).hasSize(1);
    assertThat(all(later, AgentEffect.Store.class)).hasSize(1);
  }

  @Test
  void agentRegistersOnlyOnceItKnowsWhatItRuns() {
    List<AgentEffect> effects = apply(UUID, reserve(1));
    story.run(AgentStory.framework(), AgentStory.task("a"));
    story.handle(new AgentCommand.LinkClosed(story.link, "gone"));

    List<AgentEffect> early = story.handle(new AgentCommand.TimerFired(new AgentTimer.Reconnect()));
    stored(effects, story);
    List<AgentEffect> connect = story.connect();

    assertThat(all(early, AgentEffect.Connect.class)).isEmpty();
    assertThat(only(connect, AgentEffect.Connect.class).subscribe().getSubscribe().getTasksList())
        .hasSize(1);
  }

  private static void stored(List<AgentEffect> effects, AgentStory story) {
    story.handle(new AgentCommand.Stored(only(effects, AgentEffect.Store.class).number()));
  }

  @Test
  void unreserveGivesBack() {
    stored(apply(UUID, reserve(1)));
    Offer.Operation unreserve =
        Offer.Operation.newBuilder()
            .setType(Offer.Operation.Type.UNRESERVE)
            .setUnreserve(
                Offer.Operation.Unreserve.newBuilder().addResources(reserved(scalar("cpus", 1))))
            .build();

    stored(apply(ByteString.copyFromUtf8("another-uuid-016"), unreserve));

    assertThat(story.agent.snapshot().total().entries()).hasSize(2);
  }

  @Test
  void restartedAgentOffersWhatItHadAgain() {
    StoredState kept = only(apply(UUID, withFeedback(reserve(1))), AgentEffect.Store.class).state();
    AgentInfo larger =
        AgentInfo.newBuilder()
            .setHostname("node")
            .setPort(5051)
            .addResources(scalar("cpus", 8))
            .build();
    StoredState adjusted = kept.adjustedTo(larger.getResourcesList());
    AgentStory restarted = new AgentStory(larger, adjusted);
    restarted.handle(new AgentCommand.Start());

    LinkCall.Subscribe subscribe =
        only(restarted.connect(), AgentEffect.Connect.class).subscribe().getSubscribe();
    List<AgentEffect> effects = restarted.subscribed(AgentStory.AGENT);

    assertThat(subscribe.getTotalResourcesList())
        .containsExactlyInAnyOrder(scalar("cpus", 7), reserved(scalar("cpus", 1)));
    assertThat(subscribe.getOperationsList()).hasSize(1);
    assertThat(status(effects).getState()).isEqualTo(OperationState.OPERATION_FINISHED);
  }

  @Test
  void agentThatLacksWhatIsReservedDoesNotStart() {
    StoredState kept = only(apply(UUID, reserve(3)), AgentEffect.Store.class).state();

    assertThatThrownBy(() -> kept.adjustedTo(List.of(scalar("cpus", 2))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--resources now gives")
        .hasMessageContaining("as before")
        .hasMessageNotContainingAny("remove", "meta/");
  }
}
