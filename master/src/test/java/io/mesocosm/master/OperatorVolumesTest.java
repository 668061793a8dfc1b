package io.mesocosm.master;

import static io.mesocosm.master.Launches.scalar;
import static io.mesocosm.master.ResourceMessages.createVolumes;
import static io.mesocosm.master.ResourceMessages.reserve;
import static io.mesocosm.master.ResourceMessages.reserved;
import static io.mesocosm.master.ResourceMessages.shared;
import static io.mesocosm.master.ResourceMessages.volume;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.access.Action;
import java.util.Optional;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.master.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operators who make and destroy reservations and volumes. */
class OperatorVolumesTest {
  private static final String CREATOR = "creator";

  private final Cluster cluster =
      new Cluster(config ->
          new Cluster.Config()
              .authorizer((_, action, object) ->
                  action != Action.DESTROY_VOLUME || !object.equals(Optional.of(CREATOR)))
              .of(config));
  private final FakeScheduler scheduler =
      cluster.subscribe(
          Cluster.framework("web")
              .addCapabilities(
                  Cluster.capability(FrameworkInfo.Capability.Type.RESERVATION_REFINEMENT))
              .addCapabilities(Cluster.capability(FrameworkInfo.Capability.Type.SHARED_RESOURCES)));
  private final FakeAgent agent = cluster.registerAgent(4, 1024);

  @BeforeEach
  void volumes() {
    Offer offer = scheduler.offer();
    scheduler.accept(
        offer,
        reserve(reserved("web", "disk", 300)),
        createVolumes(
            shared(volume("web", "both", 100)), madeBy(CREATOR, volume("web", "own", 100))));
    assertThat(agent.view().total().persistentVolumes().entries()).hasSize(2);
  }

  private static Resource madeBy(String principal, Resource volume) {
    Resource.Builder made = volume.toBuilder();
    made.getDiskBuilder().getPersistenceBuilder().setPrincipal(principal);
    return made.build();
  }

  private CallAnswer destroy(Resource volume) {
    return cluster.operator(
        Call.newBuilder()
            .setType(Call.Type.DESTROY_VOLUMES)
            .setDestroyVolumes(
                Call.DestroyVolumes.newBuilder().setAgentId(agent.id()).addVolumes(volume))
            .build());
  }

  @Test
  void offersOfADestroyedSharedVolumeAreVoid() {
    assertThat(scheduler.offers()).hasSize(1);

    assertThat(destroy(shared(volume("web", "both", 100)))).isEqualTo(new CallAnswer.Accepted());

    assertThat(scheduler.eventTypes()).contains(Event.Type.RESCIND);
    assertThat(agent.view().total().persistentVolumes().entries()).hasSize(1);
  }

  @Test
  void whoMadeAVolumeIsNotForTheCallerToSay() {
    CallAnswer answer = destroy(madeBy("somebody else", volume("web", "own", 100)));

    assertThat(answer)
        .isInstanceOfSatisfying(
            CallAnswer.Refused.class, refused -> assertThat(refused.status()).isEqualTo(403));
    assertThat(agent.view().total().persistentVolumes().entries()).hasSize(2);
  }

  @Test
  void whatIsAllocatedToSomebodyIsNotTheOperators() {
    Resource allocated =
        scalar("cpus", 1).toBuilder()
            .setAllocationInfo(Resource.AllocationInfo.newBuilder().setRole("web"))
            .build();

    CallAnswer answer =
        cluster.operator(
            Call.newBuilder()
                .setType(Call.Type.RESERVE_RESOURCES)
                .setReserveResources(
                    Call.ReserveResources.newBuilder()
                        .setAgentId(agent.id())
                        .addResources(allocated))
                .build());

    assertThat(answer)
        .isInstanceOfSatisfying(
            CallAnswer.Refused.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(400);
              assertThat(refused.text()).contains("allocation_info");
            });
  }
}
