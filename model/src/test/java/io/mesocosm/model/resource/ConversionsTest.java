package io.mesocosm.model.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.resource.Conversions.Conversion;
import io.mesocosm.model.resource.Resource.Reservation;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** OP3 to OP8 of contracts/mesos-scheduler-api.md, as arithmetic. */
class ConversionsTest {
  private static final Reservation TEAM = new Reservation("team", true, Optional.of("alice"));
  private static final Reservation BELOW = new Reservation("team/a", true, Optional.empty());
  private static final Reservation OTHER = new Reservation("other", true, Optional.empty());
  private static final Reservation STATIC = new Reservation("team", false, Optional.empty());

  @Test
  void reservingTakesTheSameWithoutTheLastReservation() {
    Resource reserved = disk(10, TEAM);
    Conversion conversion = Conversions.reserve(Resources.of(reserved), Resources.NONE);
    assertThat(Resources.of(disk(30)).convert(conversion))
        .isEqualTo(Resources.of(disk(20), reserved));
  }

  @Test
  void refiningNarrowsWhatIsReserved() {
    Conversion conversion =
        Conversions.reserve(Resources.of(disk(10, STATIC, BELOW)), Resources.NONE);
    assertThat(conversion.consumed()).isEqualTo(Resources.of(disk(10, STATIC)));
    assertThat(Conversions.unreserve(conversion.converted()).converted())
        .isEqualTo(conversion.consumed());
  }

  // V7
  @Test
  void aReservationIsReplacedByAnother() {
    Conversion conversion =
        Conversions.reserve(Resources.of(disk(10, OTHER)), Resources.of(disk(10, TEAM, BELOW)));
    assertThat(Resources.of(disk(30, TEAM, BELOW)).convert(conversion))
        .isEqualTo(Resources.of(disk(20, TEAM, BELOW), disk(10, OTHER)));
  }

  @Test
  void aReplacementMayChangeNothingButReservations() {
    assertThatThrownBy(
            () -> Conversions.reserve(Resources.of(disk(10, OTHER)), Resources.of(disk(11, TEAM))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing but reservations");
    assertThatThrownBy(() ->
            Conversions.reserve(
                Resources.of(disk(10, OTHER)), Resources.of(disk(10, STATIC, BELOW))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("static reservation for role team");
  }

  // V1
  @Test
  void whatIsStaticallyReservedCannotBeUnreserved() {
    assertThatThrownBy(() -> Conversions.unreserve(Resources.of(disk(1, STATIC))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("disk(team):1 is not dynamically reserved");
  }

  @Test
  void aVolumeHasToBeDestroyedBeforeItIsUnreserved() {
    assertThatThrownBy(() -> Conversions.unreserve(Resources.of(volume(disk(1, TEAM), "v"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("destroy it");
  }

  @Test
  void aVolumeIsMadeOfDiskAndBecomesDiskAgain() {
    Resources before = Resources.of(disk(30, TEAM));
    Resource volume = volume(disk(10, TEAM), "v");
    Resources after = before.convert(Conversions.create(Resources.of(volume)));
    assertThat(after).isEqualTo(Resources.of(disk(20, TEAM), volume));
    assertThat(after.convert(Conversions.destroy(Resources.of(volume)))).isEqualTo(before);
  }

  @Test
  void aVolumeOnAMountTakesAllOfIt() {
    Resource mount = disk(10, TEAM).withDisk(Optional.of(Disk.of(Disk.Source.mount("/m"))), false);
    Resource volume = volume(mount, "v");
    Conversion create = Conversions.create(Resources.of(volume));
    assertThat(create.consumed()).isEqualTo(Resources.of(mount));
    assertThat(Resources.of(mount.withValue(Scalar.of(20))).contains(create.consumed())).isFalse();
    assertThat(Conversions.destroy(Resources.of(volume)).converted())
        .isEqualTo(Resources.of(mount));
    assertThatThrownBy(() -> Conversions.shrink(volume, Scalar.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("used as a whole");
  }

  @Test
  void aSharedVolumeBecomesPlainDisk() {
    Resource shared = volume(disk(10, TEAM), "v");
    shared = shared.withDisk(shared.disk(), true);
    assertThat(Conversions.destroy(Resources.of(shared)).converted())
        .isEqualTo(Resources.of(disk(10, TEAM)));
  }

  @Test
  void volumesGrowAndShrinkByDiskOfTheirOwnKind() {
    Resource volume = volume(disk(10, TEAM), "v");
    Resources before = Resources.of(volume, disk(5, TEAM));
    Resources grown = before.convert(Conversions.grow(volume, disk(3, TEAM)));
    assertThat(grown).isEqualTo(Resources.of(volume.withValue(Scalar.of(13)), disk(2, TEAM)));
    Resource bigger = volume.withValue(Scalar.of(13));
    assertThat(grown.convert(Conversions.shrink(bigger, Scalar.of(3)))).isEqualTo(before);
    assertThatThrownBy(() -> Conversions.grow(volume, disk(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be some of the disk");
    assertThatThrownBy(() -> Conversions.shrink(volume, Scalar.of(10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("less than the volume");
  }

  @Test
  void oneStepAfterAnotherNeedsOnlyWhatTheFirstDoesNotMake() {
    Resource volume = volume(disk(10, TEAM), "v");
    Conversion both =
        Conversions.reserve(Resources.of(disk(10, TEAM)), Resources.NONE)
            .then(Conversions.create(Resources.of(volume)));
    assertThat(both.consumed()).isEqualTo(Resources.of(disk(10)));
    assertThat(both.converted()).isEqualTo(Resources.of(volume));
  }

  @Test
  void whatIsNotThereCannotBeConverted() {
    Conversion conversion = Conversions.reserve(Resources.of(disk(10, TEAM)), Resources.NONE);
    assertThatThrownBy(() -> Resources.of(disk(9)).convert(conversion))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("disk(*):10");
  }

  // M8
  @Property(tries = 200)
  void noConversionChangesWhatThereIsInAll(@ForAll long seed) {
    Random random = new Random(seed);
    Resources total = Resources.of(disk(1000), disk(500, STATIC));
    SortedMap<String, Scalar> quantities = total.scalarQuantities();
    for (int i = 0; i < 50; i++) {
      List<Resource> entries = total.entries();
      Resource entry = entries.get(random.nextInt(entries.size()));
      total = total.convert(step(entry, total, "v" + i, random));
      assertThat(total.scalarQuantities()).isEqualTo(quantities);
    }
  }

  private static Conversion step(Resource entry, Resources total, String id, Random random) {
    Scalar size = (Scalar) entry.value();
    Scalar part = new Scalar(1 + random.nextLong(size.thousandths()));
    if (entry.isPersistentVolume()) {
      Resource free = entry.withDisk(Optional.empty(), false).withValue(part);
      return switch (random.nextInt(3)) {
        case 0 -> Conversions.destroy(Resources.of(entry));
        case 1 -> part.equals(size) ? Conversion.NOTHING : Conversions.shrink(entry, part);
        default ->
            total.contains(Resources.of(free)) ? Conversions.grow(entry, free) : Conversion.NOTHING;
      };
    }
    Resource some = entry.withValue(part);
    if (!entry.isReserved()) {
      return Conversions.reserve(Resources.of(some.reserved(TEAM)), Resources.NONE);
    }
    if (random.nextBoolean()) {
      return Conversions.create(Resources.of(volume(some, id)));
    }
    if (!entry.isRefined() && random.nextBoolean()) {
      return Conversions.reserve(Resources.of(some.reserved(BELOW)), Resources.NONE);
    }
    return entry.isDynamicallyReserved()
        ? Conversions.unreserve(Resources.of(some))
        : Conversion.NOTHING;
  }

  private static Resource disk(double size, Reservation... stack) {
    return new Resource("disk", Scalar.of(size), List.of(stack), Optional.empty(), false);
  }

  private static Resource volume(Resource disk, String id) {
    return disk.withDisk(
        Optional.of(
            Disk.withVolume(
                disk.disk().flatMap(Disk::source),
                new Disk.Persistence(id, Optional.empty()),
                new Disk.VolumeMount("data", false))),
        false);
  }
}
