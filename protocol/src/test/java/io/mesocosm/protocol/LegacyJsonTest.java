package io.mesocosm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Disk;
import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The two objects of contracts/mesos-operator-api.md §6. */
class LegacyJsonTest {
  @Test
  void theFourKnownScalarsAreAlwaysThere() {
    assertThat(resources(Resources.NONE))
        .isEqualTo("{\"cpus\":0.0,\"gpus\":0.0,\"mem\":0.0,\"disk\":0.0}");
  }

  @Test
  void amountsAreSummedOverRolesAndRevocableOnesStandApart() {
    Resources resources =
        ResourceText.parse(
                "cpus:0.1;cpus(a):0.2;bandwidth:7;ports:[31000-31005,31010];disks:{b,a}", "*")
            .plus(
                Resources.of(
                    new Resource("cpus", Scalar.of(2), List.of(), Optional.empty(), true)));
    assertThat(resources(resources))
        .isEqualTo(
            "{\"cpus\":0.3,\"gpus\":0.0,\"mem\":0.0,\"disk\":0.0,\"bandwidth\":7.0,\"cpus_revocable\":2.0,"
                + "\"ports\":\"[31000-31005, 31010-31010]\",\"disks\":\"{a, b}\"}");
  }

  // M7
  @Test
  void aSharedVolumeThatIsHeldTwiceCountsOnce() {
    Resources volume =
        Resources.of(
            Resource.unreserved("disk", Scalar.of(5))
                .reserved(new Resource.Reservation("a", false, Optional.empty()))
                .withDisk(
                    Optional.of(
                        Disk.volume(
                            new Disk.Persistence("v", Optional.empty()),
                            new Disk.VolumeMount("data", false))),
                    true));
    assertThat(resources(volume.plus(volume)))
        .isEqualTo("{\"cpus\":0.0,\"gpus\":0.0,\"mem\":0.0,\"disk\":5.0}");
  }

  @Test
  void attributesAreNumbersOrTextAndTheFirstOfANameCounts() {
    JsonWriter writer = new JsonWriter();
    LegacyJson.attributes(writer, AttributeText.parse("rack:r1;level:3;span:[1-5];rack:r2"));
    assertThat(writer).hasToString("{\"level\":3.0,\"rack\":\"r1\",\"span\":\"[1-5]\"}");
  }

  private static String resources(Resources resources) {
    JsonWriter writer = new JsonWriter();
    LegacyJson.resources(writer, resources);
    return writer.toString();
  }
}
