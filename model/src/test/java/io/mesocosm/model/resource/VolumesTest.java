package io.mesocosm.model.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.resource.Resource.Reservation;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Disks, volumes and what is shared (contracts/mesos-allocation.md §8, M4, M5, Q8). */
class VolumesTest {
  private static final Resource SHARED = volume("data", "/a", true);
  private static final Resource OWN = volume("logs", "/a", false);
  private static final Resource MOUNT = disk(100, Disk.Source.mount("/mnt/1"));
  private static final Resource PATH = disk(100, Disk.Source.path("/mnt/2"));

  // M5
  @Test
  void aSharedVolumeIsHeldManyTimesAndStandsOnce() {
    Resources once = Resources.of(SHARED);
    Resources twice = once.plus(once);
    assertThat(twice.entries()).containsExactly(SHARED);
    assertThat(twice.count(SHARED)).isEqualTo(2);
    assertThat(twice).isNotEqualTo(once);
    assertThat(once.contains(twice)).isFalse();
    assertThat(twice.minus(once)).isEqualTo(once).hasSameHashCodeAs(once);
    assertThat(twice.minus(once).minus(once)).isSameAs(Resources.NONE);
    assertThat(twice.sharedOnce()).isEqualTo(once);
    assertThat(twice.scalar("disk")).isEqualTo(Scalar.of(10));
    assertThat(twice.allocatedTo("web").unallocated()).isEqualTo(twice);
    assertThat(twice).hasToString("disk(web)[data:/a]<SHARED>:10 held 2 times");
  }

  @Test
  void howAVolumeIsMountedDoesNotMakeItAnother() {
    assertThat(volume("data", "/b", true)).isEqualTo(SHARED).hasSameHashCodeAs(SHARED);
    assertThat(volume("other", "/a", true)).isNotEqualTo(SHARED);
    assertThat(Resources.of(SHARED, OWN).minus(Resources.of(volume("logs", "/b", false))))
        .isEqualTo(Resources.of(SHARED));
  }

  // D2, D5
  @Test
  void whatIsTakenAsAWholeIsNotTakenInParts() {
    for (Resource whole : List.of(MOUNT, OWN, SHARED)) {
      assertThat(whole.isDivisible()).isFalse();
      assertThat(Resources.of(whole).contains(Resources.of(whole))).isTrue();
      assertThat(Resources.of(whole).contains(Resources.of(whole.withValue(Scalar.of(1)))))
          .isFalse();
    }
    assertThat(Resources.of(PATH).contains(Resources.of(PATH.withValue(Scalar.of(1))))).isTrue();
    assertThat(Resources.of(MOUNT, MOUNT).entries()).containsExactly(MOUNT, MOUNT);
    assertThat(Resources.of(PATH, PATH).entries()).containsExactly(PATH.withValue(Scalar.of(200)));
  }

  @Test
  void rawSpaceIsDivisibleUntilItHasAnId() {
    assertThat(disk(1, source(Disk.Type.RAW, Optional.empty())).isDivisible()).isTrue();
    assertThat(disk(1, source(Disk.Type.RAW, Optional.of("x"))).isDivisible()).isFalse();
    assertThat(disk(1, source(Disk.Type.BLOCK, Optional.empty())).isDivisible()).isFalse();
  }

  // Q8
  @Test
  void limitsCutAmountsAndLeaveOutWhatIsWholeAndTooBig() {
    Resources total =
        Resources.of(
            PATH,
            MOUNT,
            Resource.unreserved("cpus", Scalar.of(4)),
            Resource.unreserved("mem", Scalar.of(64)),
            Resource.unreserved("ports", Ranges.of(1, 5)));
    SortedMap<String, Scalar> limits = new TreeMap<>();
    limits.put("disk", Scalar.of(120));
    limits.put("cpus", Scalar.of(0.5));
    limits.put("gpus", Scalar.of(1));
    assertThat(total.cappedTo(limits))
        .hasToString(
            "cpus(*):0.5; disk(*)[PATH:/mnt/2]:20; disk(*)[MOUNT:/mnt/1]:100; mem(*):64;"
                + " ports(*):[1-5]");
    limits.put("disk", Scalar.of(99));
    assertThat(total.cappedTo(limits).scalar("disk")).isEqualTo(Scalar.of(99));
    assertThat(total.cappedTo(limits).contains(Resources.of(MOUNT))).isFalse();
  }

  // V4
  @Test
  void labelsKeepReservationsApartWhateverTheirOrder() {
    Labels.Label a = new Labels.Label("a", Optional.of("1"));
    Labels.Label b = new Labels.Label("b", Optional.empty());
    assertThat(Labels.of(a, b)).isEqualTo(Labels.of(b, a)).hasSameHashCodeAs(Labels.of(b, a));
    assertThat(Labels.of(a, a)).isNotEqualTo(Labels.of(a));
    Resources sum =
        Resources.of(labelled(Labels.of(a, b)), labelled(Labels.of(b, a)), labelled(Labels.of(a)));
    assertThat(sum.entries()).hasSize(2);
    assertThat(sum.contains(Resources.of(labelled(Labels.NONE)))).isFalse();
  }

  @Test
  void onlyDisksHaveSourcesAndOnlyVolumesAreShared() {
    assertThatThrownBy(
            () -> Resource.unreserved("cpus", Scalar.of(1)).withDisk(MOUNT.disk(), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not for cpus");
    assertThatThrownBy(() -> MOUNT.withDisk(MOUNT.disk(), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only persistent volumes can be shared");
    assertThatThrownBy(() -> new Disk.Persistence("a/b", Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a/b");
  }

  private static Resource labelled(Labels labels) {
    return Resource.unreserved("cpus", Scalar.of(1))
        .reserved(new Reservation("web", true, Optional.empty(), labels));
  }

  private static Resource disk(double size, Disk.Source source) {
    return Resource.unreserved("disk", Scalar.of(size))
        .withDisk(Optional.of(Disk.of(source)), false);
  }

  private static Disk.Source source(Disk.Type type, Optional<String> id) {
    return new Disk.Source(
        type, Optional.empty(), Optional.empty(), id, Labels.NONE, Optional.empty());
  }

  private static Resource volume(String id, String path, boolean shared) {
    return Resource.unreserved("disk", Scalar.of(10))
        .reserved(new Reservation("web", false, Optional.empty()))
        .withDisk(
            Optional.of(
                Disk.volume(
                    new Disk.Persistence(id, Optional.empty()), new Disk.VolumeMount(path, false))),
            shared);
  }
}
