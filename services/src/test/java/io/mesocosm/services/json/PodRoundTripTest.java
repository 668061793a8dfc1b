package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.PodVariety;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodRoundTripTest {
  private static final int PODS = 500;

  private final PodReader reader = new PodReader("web", Optional.empty());

  @Test
  void podsReadAsTheyAreShown() {
    for (int seed = 0; seed < PODS; seed++) {
      PodDefinition pod = new PodVariety(seed).pod();
      assertThat(reader.read(Json.parse(Json.bytes(PodWriter.write(pod)))))
          .as("seed %s", seed)
          .isEqualTo(pod);
    }
  }

  @Test
  void storedPodsKeepAllDigitsOfTheirVersions() {
    for (int seed = 0; seed < PODS; seed++) {
      PodDefinition pod = new PodVariety(seed).versioned();
      assertThat(reader.readStored(Json.parse(Json.bytes(PodWriter.writeStored(pod)))))
          .as("seed %s", seed)
          .isEqualTo(pod);
    }
  }
}
