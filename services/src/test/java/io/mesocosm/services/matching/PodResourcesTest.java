package io.mesocosm.services.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.model.resource.Resource;
import io.mesocosm.model.resource.Resource.Reservation;
import io.mesocosm.model.resource.Resources;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PodVariety;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodResourcesTest {
  private static Resources offer(double each) {
    Resources offer = Resources.NONE;
    for (String name : List.of("cpus", "mem", "disk", "gpus")) {
      Resource free = Resource.unreserved(name, Scalar.of(each));
      Resource reserved =
          free.withValue(Scalar.of(1)).reserved(new Reservation("web", false, Optional.empty()));
      offer = offer.plus(Resources.of(free, reserved));
    }
    return offer;
  }

  @Test
  void everyPartGetsWhatItAsksForOutOfWhatIsOffered() {
    for (int seed = 0; seed < 200; seed++) {
      PodDefinition pod = new PodVariety(seed).pod();
      List<Refusal> refusals = new ArrayList<>();
      PodResources taken = PodResources.take(pod, offer(1000), refusals).orElseThrow();

      assertThat(refusals).isEmpty();
      assertThat(offer(1000).contains(taken.sum())).as("seed %s", seed).isTrue();
      assertThat(taken.executor().scalar("mem"))
          .isEqualTo(Scalar.of(pod.executorResources().mem()));
      assertThat(taken.sum().scalar("cpus").compareTo(taken.executor().scalar("cpus")))
          .isPositive();
      pod.containers()
          .forEach(container -> {
            Resources own = taken.of(container.name());
            assertThat(own.scalar("cpus")).isEqualTo(Scalar.of(container.cpus()));
            assertThat(own.scalar("mem")).isEqualTo(Scalar.of(container.mem()));
            assertThat(own.scalar("disk")).isEqualTo(Scalar.of(container.disk()));
            assertThat(own.scalar("gpus")).isEqualTo(Scalar.of(container.gpus()));
          });
    }
  }

  @Test
  void reservedPartsAreTakenFirst() {
    PodResources taken =
        PodResources.take(new PodVariety(1).pod(), offer(1000), new ArrayList<>()).orElseThrow();

    assertThat(taken.executor().reserved("web").scalar("mem")).isEqualTo(Scalar.of(1));
  }

  @Test
  void refusalsTellOfAllPartsTogether() {
    List<Refusal> refusals = new ArrayList<>();

    assertThat(PodResources.take(new PodVariety(1).pod(), offer(0.05), refusals)).isEmpty();
    assertThat(refusals)
        .extracting(Refusal::reason)
        .contains(Refusal.Reason.INSUFFICIENT_MEMORY, Refusal.Reason.INSUFFICIENT_DISK)
        .isSorted();
  }
}
