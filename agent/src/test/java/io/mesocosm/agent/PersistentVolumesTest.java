package io.mesocosm.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.containerizer.ContainerSpec.VolumeMount;
import java.util.List;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Resource.DiskInfo;
import org.apache.mesos.v1.Protos.Volume;
import org.junit.jupiter.api.Test;

class PersistentVolumesTest {
  private static Resource volume(String id, DiskInfo.Builder disk) {
    return AgentStory.scalar("disk", 100).toBuilder()
        .addReservations(Resource.ReservationInfo.newBuilder().setRole("org"))
        .addReservations(
            Resource.ReservationInfo.newBuilder()
                .setType(Resource.ReservationInfo.Type.DYNAMIC)
                .setRole("org/db"))
        .setDisk(
            disk.setPersistence(DiskInfo.Persistence.newBuilder().setId(id))
                .setVolume(Volume.newBuilder().setContainerPath("data").setMode(Volume.Mode.RW)))
        .build();
  }

  private static DiskInfo.Builder source(DiskInfo.Source.Type type) {
    DiskInfo.Source.Builder source = DiskInfo.Source.newBuilder().setType(type);
    source.getMountBuilder().setRoot("/mnt/one");
    source.getPathBuilder().setRoot("fast/");
    return DiskInfo.newBuilder().setSource(source);
  }

  @Test
  void rootDiskHasItsVolumesInTheWorkDirectory() {
    assertThat(PersistentVolumes.path(volume("v1", DiskInfo.newBuilder()), "/work"))
        .isEqualTo("/work/volumes/roles/org db/v1");
  }

  @Test
  void pathDiskHasThemBelowItsRootWhichMayBeRelative() {
    assertThat(PersistentVolumes.path(volume("v1", source(DiskInfo.Source.Type.PATH)), "/work"))
        .isEqualTo("/work/fast/volumes/roles/org db/v1");
  }

  @Test
  void mountDiskIsTheVolume() {
    assertThat(PersistentVolumes.path(volume("v1", source(DiskInfo.Source.Type.MOUNT)), "/work"))
        .isEqualTo("/mnt/one");
  }

  @Test
  void containerSeesTheVolumeWhereItWants() {
    assertThat(
            PersistentVolumes.mounts(
                List.of(AgentStory.scalar("cpus", 1), volume("v1", DiskInfo.newBuilder())),
                "/work"))
        .containsExactly(new VolumeMount("/work/volumes/roles/org db/v1", "data", false));
  }

  @Test
  void idThatIsNoNameOfAFolderIsRefused() {
    for (String id : List.of("", ".", "..", "a/b", "a\nb")) {
      assertThat(PersistentVolumes.problem(volume(id, DiskInfo.newBuilder()))).as(id).isPresent();
    }
    assertThat(PersistentVolumes.problem(volume("db#1.x", DiskInfo.newBuilder()))).isEmpty();
  }
}
