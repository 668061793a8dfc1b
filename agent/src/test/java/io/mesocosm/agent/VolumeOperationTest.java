package io.mesocosm.agent;

import static io.mesocosm.agent.AgentStory.only;
import static io.mesocosm.agent.AgentStory.scalar;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import io.mesocosm.model.ContainerId;
import io.mesocosm.protocol.link.LinkProtos.LinkCall;
import io.mesocosm.protocol.link.LinkProtos.LinkEvent;
import java.util.List;
import org.apache.mesos.v1.Protos.AgentInfo;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.OperationState;
import org.apache.mesos.v1.Protos.OperationStatus;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.DiskInfo;
import org.apache.mesos.v1.Protos.TaskInfo;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.Protos.Volume;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VolumeOperationTest {
  private static final String PATH = "/work/volumes/roles/db/v1";

  private AgentStory story = agent(reserved(scalar("disk", 1000)));
  private int operations;

  private static AgentStory agent(Resource disk) {
    AgentInfo info =
        AgentInfo.newBuilder()
            .setHostname("node")
            .setPort(5051)
            .addResources(scalar("cpus", 4))
            .addResources(disk)
            .build();
    return new AgentStory(info, StoredState.NONE);
  }

  @BeforeEach
  void register() {
    story.handle(new AgentCommand.Start());
    story.connect();
    story.subscribed(AgentStory.AGENT);
  }

  private static Resource reserved(Resource resource) {
    return resource.toBuilder()
        .addReservations(
            Resource.ReservationInfo.newBuilder()
                .setType(Resource.ReservationInfo.Type.STATIC)
                .setRole("db"))
        .build();
  }

  private static Resource volume(double megabytes) {
    Resource.Builder volume = reserved(scalar("disk", megabytes)).toBuilder();
    volume
        .getDiskBuilder()
        .setPersistence(DiskInfo.Persistence.newBuilder().setId("v1"))
        .setVolume(Volume.newBuilder().setContainerPath("data").setMode(Volume.Mode.RW));
    return volume.build();
  }

  private List<AgentEffect> apply(Offer.Operation.Builder operation) {
    operations++;
    return story.event(
        LinkEvent.newBuilder()
            .setType(LinkEvent.Type.APPLY_OPERATION)
            .setApplyOperation(
                LinkEvent.ApplyOperation.newBuilder()
                    .setOperationUuid(ByteString.copyFromUtf8("operation-" + operations))
                    .setOperation(operation))
            .build());
  }

  private OperationStatus stored(List<AgentEffect> effects) {
    return status(
        story.handle(new AgentCommand.Stored(only(effects, AgentEffect.Store.class).number())));
  }

  private static OperationStatus status(List<AgentEffect> effects) {
    return ExecutorStory.calls(effects, LinkCall.Type.UPDATE_OPERATION)
        .getFirst()
        .getUpdateOperation()
        .getStatus();
  }

  private static Offer.Operation.Builder create(Resource volume) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.CREATE)
        .setCreate(Offer.Operation.Create.newBuilder().addVolumes(volume));
  }

  private static Offer.Operation.Builder destroy(Resource volume) {
    return Offer.Operation.newBuilder()
        .setType(Offer.Operation.Type.DESTROY)
        .setDestroy(Offer.Operation.Destroy.newBuilder().addVolumes(volume));
  }

  private static TaskInfo writer() {
    return AgentStory.task("writer").toBuilder().addResources(volume(100)).build();
  }

  @Test
  void folderIsMadeEmptyBeforeTheVolumeIsWrittenDown() {
    List<AgentEffect> effects = apply(create(volume(100)));

    AgentEffect.Store store = only(effects, AgentEffect.Store.class);
    assertThat(store.before()).containsExactly(new VolumeChange(PATH, VolumeChange.Kind.MAKE));
    assertThat(store.state().total()).hasSize(3).contains(volume(100));
    assertThat(stored(effects).getState()).isEqualTo(OperationState.OPERATION_FINISHED);
  }

  @Test
  void taskSeesItsVolume() {
    stored(apply(create(volume(100))));

    ContainerLaunch launch = AgentStory.launch(story.run(AgentStory.framework(), writer()));

    assertThat(launch.volumes()).containsExactly(new VolumeMount(PATH, "data", false));
    assertThat(launch.persistentFolders()).containsExactly(PATH);
  }

  @Test
  void volumeThatIsUsedIsNotDestroyed() {
    stored(apply(create(volume(100))));
    ContainerId id = story.running(writer());

    OperationStatus refused = status(apply(destroy(volume(100))));
    story.exited(id, 0);
    List<AgentEffect> later = apply(destroy(volume(100)));

    assertThat(refused.getState()).isEqualTo(OperationState.OPERATION_FAILED);
    assertThat(refused.getMessage()).contains("is used by a task");
    AgentEffect.Store store = only(later, AgentEffect.Store.class);
    assertThat(store.before()).isEmpty();
    assertThat(store.after()).containsExactly(new VolumeChange(PATH, VolumeChange.Kind.DELETE));
    assertThat(stored(later).getState()).isEqualTo(OperationState.OPERATION_FINISHED);
  }

  @Test
  void volumeIsNeverMadeOverAnotherOne() {
    stored(apply(create(volume(100))));

    OperationStatus refused = status(apply(create(volume(100))));

    assertThat(refused.getState()).isEqualTo(OperationState.OPERATION_FAILED);
    assertThat(refused.getMessage()).contains("exists already at " + PATH);
  }

  @Test
  void volumeGrowsAndShrinks() {
    stored(apply(create(volume(100))));

    stored(
        apply(
            Offer.Operation.newBuilder()
                .setType(Offer.Operation.Type.GROW_VOLUME)
                .setGrowVolume(
                    Offer.Operation.GrowVolume.newBuilder()
                        .setVolume(volume(100))
                        .setAddition(reserved(scalar("disk", 50))))));
    OperationStatus shrunk =
        stored(
            apply(
                Offer.Operation.newBuilder()
                    .setType(Offer.Operation.Type.SHRINK_VOLUME)
                    .setShrinkVolume(
                        Offer.Operation.ShrinkVolume.newBuilder()
                            .setVolume(volume(150))
                            .setSubtract(Value.Scalar.newBuilder().setValue(30)))));

    assertThat(shrunk.getConvertedResourcesList())
        .containsExactlyInAnyOrder(volume(120), reserved(scalar("disk", 30)));
  }

  @Test
  void mountDiskKeepsWhatItHoldsUntilItIsDestroyed() {
    DiskInfo.Source.Builder source =
        DiskInfo.Source.newBuilder().setType(DiskInfo.Source.Type.MOUNT);
    source.getMountBuilder().setRoot("/mnt/one");
    Resource.Builder disk = reserved(scalar("disk", 100)).toBuilder();
    disk.getDiskBuilder().setSource(source);
    story = agent(disk.build());
    register();
    Resource.Builder volume = volume(100).toBuilder();
    volume.getDiskBuilder().setSource(source);

    List<AgentEffect> created = apply(create(volume.build()));
    stored(created);
    List<AgentEffect> destroyed = apply(destroy(volume.build()));

    assertThat(only(created, AgentEffect.Store.class).before())
        .containsExactly(new VolumeChange("/mnt/one", VolumeChange.Kind.KEEP));
    assertThat(only(destroyed, AgentEffect.Store.class).after())
        .containsExactly(new VolumeChange("/mnt/one", VolumeChange.Kind.CLEAR));
  }
}
