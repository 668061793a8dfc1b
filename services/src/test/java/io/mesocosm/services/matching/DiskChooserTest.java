package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Disk.Source;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.app.Volume;
import io.mesocosm.services.app.Volume.DiskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DiskChooserTest {
  private static final Resource ROOT = Resource.unreserved("disk", Scalar.of(1000));

  private final List<Refusal> refusals = new ArrayList<>();

  private static Resource on(Source source, long size) {
    return Resource.unreserved("disk", Scalar.of(size))
        .withDisk(Optional.of(Disk.of(source)), false);
  }

  private static Volume.Persistent volume(
      String path, DiskType type, long size, OptionalLong sizeMax, Constraint... constraints) {
    return new Volume.Persistent(
        path, Volume.Mode.RW, type, size, sizeMax, Optional.empty(), List.of(constraints));
  }

  private List<String> chosen(Resources free, Volume.Persistent... volumes) {
    return DiskChooser.choose(List.of(volumes), free, refusals).stream()
        .map(choice -> choice.volume().containerPath() + " on " + choice.disk())
        .toList();
  }

  @Test
  void aRootVolumeTakesWhatItNeedsOfTheAgentsDisk() {
    Resources free = Resources.of(ROOT, on(Source.path("/mnt/p"), 5000));
    assertThat(chosen(free, volume("a", DiskType.ROOT, 100, OptionalLong.empty())))
        .containsExactly("a on disk(*):100");
    assertThat(
            chosen(
                free,
                volume("a", DiskType.ROOT, 600, OptionalLong.empty()),
                volume("b", DiskType.ROOT, 600, OptionalLong.empty())))
        .hasSize(1);
    assertThat(refusals)
        .extracting(Refusal::text)
        .containsExactly("needs root disk 600 for volume b, offer has 400");
  }

  @Test
  void aMountVolumeTakesTheSmallestDiskThatFitsAsAWhole() {
    Resources free =
        Resources.of(
            ROOT,
            on(Source.mount("/mnt/a"), 500),
            on(Source.mount("/mnt/b"), 300),
            on(Source.mount("/mnt/c"), 50));
    assertThat(chosen(free, volume("a", DiskType.MOUNT, 100, OptionalLong.empty())))
        .containsExactly("a on disk(*)[MOUNT:/mnt/b]:300");
    assertThat(
            chosen(
                free,
                volume("large", DiskType.MOUNT, 100, OptionalLong.empty()),
                volume("small", DiskType.MOUNT, 100, OptionalLong.of(300))))
        .containsExactly(
            "small on disk(*)[MOUNT:/mnt/b]:300", "large on disk(*)[MOUNT:/mnt/a]:500");
    assertThat(chosen(free, volume("a", DiskType.MOUNT, 100, OptionalLong.of(200)))).isEmpty();
    assertThat(refusals.getLast().text())
        .isEqualTo("needs mount disk 100 to 200 for volume a, offer has 500, 300, 50");
  }

  @Test
  void constraintsAreOnThePathOfTheDisk() {
    Resources free =
        Resources.of(on(Source.path("/ssd/one"), 5000), on(Source.path("/hdd/one"), 500));
    assertThat(
            chosen(
                free,
                volume(
                    "a",
                    DiskType.PATH,
                    100,
                    OptionalLong.empty(),
                    new Constraint("path", Constraint.Operator.LIKE, Optional.of("/ssd/.*")))))
        .containsExactly("a on disk(*)[PATH:/ssd/one]:100");
    assertThat(
            chosen(
                free,
                volume(
                    "a",
                    DiskType.PATH,
                    100,
                    OptionalLong.empty(),
                    new Constraint("path", Constraint.Operator.UNLIKE, Optional.of("/hdd/.*")))))
        .containsExactly("a on disk(*)[PATH:/ssd/one]:100");
  }

  @Test
  void whatIsAVolumeAlreadyIsNoDisk() {
    Resource taken =
        ROOT.reserved(new Resource.Reservation("data", true, Optional.empty()))
            .withDisk(
                Optional.of(
                    Disk.volume(
                        new Disk.Persistence("v", Optional.empty()),
                        new Disk.VolumeMount("data", false))),
                false);
    assertThat(chosen(Resources.of(taken), volume("a", DiskType.ROOT, 100, OptionalLong.empty())))
        .isEmpty();
    assertThat(refusals.getFirst().text()).endsWith("offer has none that is unreserved");
  }
}
