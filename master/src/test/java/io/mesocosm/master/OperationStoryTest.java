package io.mesocosm.master;

import static io.mesocosm.master.Launches.launch;
import static io.mesocosm.master.Launches.scalar;
import static io.mesocosm.master.Launches.task;
import static io.mesocosm.master.ResourceMessages.called;
import static io.mesocosm.master.ResourceMessages.createVolumes;
import static io.mesocosm.master.ResourceMessages.destroy;
import static io.mesocosm.master.ResourceMessages.grow;
import static io.mesocosm.master.ResourceMessages.reserve;
import static io.mesocosm.master.ResourceMessages.reserved;
import static io.mesocosm.master.ResourceMessages.shared;
import static io.mesocosm.master.ResourceMessages.shrink;
import static io.mesocosm.master.ResourceMessages.unreserve;
import static io.mesocosm.master.ResourceMessages.volume;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.time.Duration;
import java.util.List;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationID;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.TaskState;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** RESERVE to SHRINK_VOLUME in ACCEPT, and what frameworks hear of them. */
class OperationStoryTest {
  private final Cluster cluster = new Cluster();
  private final FakeScheduler scheduler = cluster.subscribe(refining("web"));
  private final FakeAgent agent = cluster.registerAgent(4, 1024);

  private static FrameworkInfo.Builder refining(String... roles) {
    return Cluster.partitionAware(roles)
        .addCapabilities(Cluster.capability(FrameworkInfo.Capability.Type.RESERVATION_REFINEMENT))
        .addCapabilities(Cluster.capability(FrameworkInfo.Capability.Type.SHARED_RESOURCES));
  }

  private double reservedCpus() {
    return agent.view().total().filter(Resource::isReserved).scalar("cpus").toDouble();
  }

  @Test
  void whatIsReservedCanBeUsedInTheSameAcceptAndIsOfferedAgainAtOnce() {
    Offer offer = scheduler.offer();

    scheduler.accept(
        List.of(offer),
        1000,
        reserve(reserved("web", "cpus", 2), reserved("web", "mem", 512)),
        launch(
            task("t", offer, 1, 128)
                .clearResources()
                .addResources(reserved("web", "cpus", 1))
                .addResources(reserved("web", "mem", 128))));

    assertThat(agent.events().stream().map(LinkEvent::getType))
        .containsSubsequence(LinkEvent.Type.APPLY_OPERATION, LinkEvent.Type.RUN_TASKS);
    assertThat(reservedCpus()).isEqualTo(2);
    Offer again = scheduler.offer();
    assertThat(again.getResourcesList())
        .as("more than what was refused")
        .anySatisfy(resource -> assertThat(resource.getReservationsCount()).isEqualTo(1));
    scheduler.accept(again, unreserve(reserved("web", "cpus", 1)));
    assertThat(reservedCpus()).isEqualTo(1);
  }

  @Test
  void volumesAreMadeGrownShrunkAndDestroyed() {
    Offer offer = scheduler.offer();
    scheduler.accept(
        offer, reserve(reserved("web", "disk", 500)), createVolumes(volume("web", "v", 200)));
    Offer second = scheduler.offer();
    scheduler.accept(second, grow(volume("web", "v", 200), reserved("web", "disk", 50)));
    assertThat(volumeSize()).isEqualTo(250);
    Offer third = scheduler.offer();
    scheduler.accept(third, shrink(volume("web", "v", 250), 100));
    assertThat(volumeSize()).isEqualTo(150);
    Offer fourth = scheduler.offer();
    scheduler.accept(fourth, destroy(volume("web", "v", 150)));
    assertThat(agent.view().total().persistentVolumes().isEmpty()).isTrue();
    assertThat(agent.view().operations()).isEmpty();
    assertThat(agent.total).isEqualTo(agent.view().total());
  }

  private double volumeSize() {
    return agent.view().total().persistentVolumes().scalar("disk").toDouble();
  }

  @Test
  void grownVolumeCannotBeUsedInTheSameAccept() {
    Offer offer = scheduler.offer();
    scheduler.accept(
        offer,
        reserve(reserved("web", "disk", 500), reserved("web", "cpus", 1)),
        createVolumes(volume("web", "v", 200)),
        grow(volume("web", "v", 200), reserved("web", "disk", 50)),
        launch(
            task("t", offer, 1, 128)
                .clearResources()
                .addResources(reserved("web", "cpus", 1))
                .addResources(volume("web", "v", 250))));

    assertThat(scheduler.status().getState()).isEqualTo(TaskState.TASK_ERROR);
    assertThat(volumeSize()).isEqualTo(250);
  }

  @Test
  void sharedVolumeServesSeveralTasksAndIsNotDestroyedUnderThem() {
    Offer offer = scheduler.offer();
    scheduler.accept(
        offer,
        reserve(reserved("web", "disk", 100)),
        createVolumes(shared(volume("web", "v", 100))),
        launch(
            task("a", offer, 1, 128).addResources(shared(volume("web", "v", 100))),
            task("b", offer, 1, 128).addResources(shared(volume("web", "v", 100)))),
        called("o", destroy(shared(volume("web", "v", 100)))));

    assertThat(agent.launched()).hasSize(2);
    assertThat(operationStatuses())
        .singleElement()
        .satisfies(status -> {
          assertThat(status.getState()).isEqualTo(OperationState.OPERATION_ERROR);
          assertThat(status.getMessage()).contains("in use by task a");
        });
    scheduler.acknowledge(agent.update(scheduler, "a", TaskState.TASK_FINISHED));
    scheduler.acknowledge(agent.update(scheduler, "b", TaskState.TASK_FINISHED));
    List<Offer> offers = scheduler.offers();
    scheduler.accept(offers, 0, destroy(shared(volume("web", "v", 100))));
    assertThat(agent.view().total().persistentVolumes().isEmpty()).isTrue();
    assertThat(agent.total).isEqualTo(agent.view().total());
  }

  @Test
  void whatCannotBeDoneIsToldIfAskedForAndTheRestIsDone() {
    Offer offer = scheduler.offer();
    scheduler.accept(
        offer,
        called("source", reserveFromSource()),
        called("role", reserve(reserved("db", "cpus", 1))),
        called("static", unreserve(reserved("web", "cpus", 1))),
        called("unreserved", createVolumes(volume("web", "v", 10))),
        called("much", reserve(reserved("web", "cpus", 100))),
        called("disk", createDisk()),
        reserve(reserved("db", "cpus", 1)),
        reserve(reserved("web", "cpus", 1)));

    List<OperationStatus> statuses = operationStatuses();
    assertThat(statuses)
        .allSatisfy(status -> {
          assertThat(status.getState()).isEqualTo(OperationState.OPERATION_ERROR);
          assertThat(status.hasUuid()).isFalse();
          assertThat(status.getMessage()).isNotEmpty();
        })
        .extracting(status -> status.getOperationId().getValue())
        .containsExactly("source", "role", "static", "unreserved", "much", "disk");
    assertThat(reservedCpus()).isEqualTo(1);
  }

  private static Offer.Operation reserveFromSource() {
    Offer.Operation.Builder operation = reserve(reserved("web", "cpus", 1)).toBuilder();
    operation.getReserveBuilder().addSource(scalar("cpus", 1));
    return operation.build();
  }

  private static Offer.Operation createDisk() {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.CREATE_DISK)
        .setCreateDisk(
            Offer.Operation.CreateDisk.newBuilder()
                .setSource(scalar("disk", 10))
                .setTargetType(org.apache.mesos.v1.Protos.Resource.DiskInfo.Source.Type.MOUNT))
        .build();
  }

  @Test
  void invalidOffersAreAnErrorForOperationsToo() {
    Offer offer = scheduler.offer();
    scheduler.decline(0, offer);
    scheduler.accept(offer, called("o", reserve(reserved("web", "cpus", 1))));

    assertThat(operationStatuses())
        .singleElement()
        .satisfies(
            status -> assertThat(status.getState()).isEqualTo(OperationState.OPERATION_ERROR));
  }

  private List<OperationStatus> operationStatuses() {
    return scheduler.events().stream()
        .filter(org.apache.mesos.v1.scheduler.Protos.Event::hasUpdateOperationStatus)
        .map(event -> event.getUpdateOperationStatus().getStatus())
        .toList();
  }

  @Nested
  class Feedback {
    private OperationStatus finished() {
      Offer offer = scheduler.offer();
      scheduler.accept(offer, called("o", reserve(reserved("web", "cpus", 1))));
      scheduler.events();
      agent.tellOperations();
      return operationStatuses().getFirst();
    }

    private void acknowledge(ByteString uuid) {
      scheduler.call(
          Call.newBuilder()
              .setType(Call.Type.ACKNOWLEDGE_OPERATION_STATUS)
              .setAcknowledgeOperationStatus(
                  Call.AcknowledgeOperationStatus.newBuilder()
                      .setAgentId(agent.id())
                      .setUuid(uuid)
                      .setOperationId(OperationID.newBuilder().setValue("o"))));
    }

    private OperationStatus reconcile(boolean named) {
      Call.ReconcileOperations.Builder asked = Call.ReconcileOperations.newBuilder();
      if (named) {
        asked.addOperations(
            Call.ReconcileOperations.Operation.newBuilder()
                .setOperationId(OperationID.newBuilder().setValue("o"))
                .setAgentId(agent.id()));
      }
      scheduler.call(
          Call.newBuilder().setType(Call.Type.RECONCILE_OPERATIONS).setReconcileOperations(asked));
      List<OperationStatus> statuses = operationStatuses();
      return statuses.isEmpty() ? OperationStatus.getDefaultInstance() : statuses.getFirst();
    }

    @Test
    void statusIsToldUntilItIsAcknowledged() {
      OperationStatus status = finished();
      assertThat(status.getState()).isEqualTo(OperationState.OPERATION_FINISHED);
      assertThat(status.getAgentId()).isEqualTo(agent.id());
      agent.tellOperations();
      assertThat(operationStatuses()).containsExactly(status);
      acknowledge(ByteString.copyFromUtf8("another uuid 0000"));
      assertThat(agent.events(LinkEvent.Type.OPERATION_ACKNOWLEDGED)).isEmpty();

      acknowledge(status.getUuid().getValue());

      assertThat(agent.events(LinkEvent.Type.OPERATION_ACKNOWLEDGED)).hasSize(1);
      assertThat(agent.view().operations()).isEmpty();
    }

    @Test
    void reconciliationTellsWhatIsKnown() {
      Offer offer = scheduler.offer();
      assertThat(reconcile(true).getState()).isEqualTo(OperationState.OPERATION_UNKNOWN);
      scheduler.accept(offer, called("o", reserve(reserved("web", "cpus", 1))));
      assertThat(reconcile(true).getState()).isEqualTo(OperationState.OPERATION_PENDING);
      agent.tellOperations();
      scheduler.events();
      OperationStatus status = reconcile(false);
      assertThat(status.getState()).isEqualTo(OperationState.OPERATION_FINISHED);
      assertThat(status.hasUuid()).isFalse();
    }

    @Test
    void idInUseIsRefused() {
      finished();
      scheduler.accept(scheduler.offer(), called("o", reserve(reserved("web", "cpus", 1))));
      assertThat(operationStatuses().getFirst().getState())
          .isEqualTo(OperationState.OPERATION_ERROR);
    }

    @Test
    void lostAgentTakesItsOperationsWithItAndBringsThemBack() {
      finished();
      agent.disconnect();
      cluster.advance(Duration.ofSeconds(76));
      assertThat(operationStatuses().getFirst().getState())
          .isEqualTo(OperationState.OPERATION_UNREACHABLE);
      assertThat(reconcile(true).getState()).isEqualTo(OperationState.OPERATION_UNREACHABLE);

      agent.subscribe();

      OperationStatus status = operationStatuses().getFirst();
      assertThat(status.getState()).isEqualTo(OperationState.OPERATION_FINISHED);
      acknowledge(status.getUuid().getValue());
      assertThat(agent.events(LinkEvent.Type.OPERATION_ACKNOWLEDGED)).hasSize(1);
    }

    @Test
    void operationThatNeverReachedItsAgentIsDropped() {
      Offer offer = scheduler.offer();
      scheduler.accept(offer, called("o", reserve(reserved("web", "cpus", 1))));
      scheduler.events();
      agent.operations.clear();
      agent.has(scalar("cpus", 4), scalar("mem", 1024));
      agent.disconnect();

      agent.subscribe();

      assertThat(operationStatuses().getFirst().getState())
          .isEqualTo(OperationState.OPERATION_DROPPED);
      assertThat(reservedCpus()).isZero();
      assertThat(agent.view().operations()).isEmpty();
    }

    @Test
    void agentThatFailsAtAnOperationIsAskedWhatItHas() {
      Offer offer = scheduler.offer();
      scheduler.accept(offer, called("o", reserve(reserved("web", "cpus", 1))));
      scheduler.events();
      agent.failOperation();
      assertThat(operationStatuses().getFirst().getState())
          .isEqualTo(OperationState.OPERATION_FAILED);
      assertThat(cluster.closed).contains(agent.stream);

      agent.subscribe();

      assertThat(reservedCpus()).isZero();
    }

    @Test
    void removedFrameworksOperationsAreAcknowledgedForIt() {
      finished();
      scheduler.call(Call.Type.TEARDOWN);
      assertThat(agent.events(LinkEvent.Type.OPERATION_ACKNOWLEDGED)).hasSize(1);
      assertThat(agent.view().operations()).isEmpty();
    }
  }
}
