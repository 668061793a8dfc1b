package io.mesocosm.services.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.AppId;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodTaskIdTest {
  private static final String UUID = "01234567-89ab-4def-8123-456789abcdef";
  private static final InstanceId INSTANCE = new InstanceId(new AppId("/a/b.c"), UUID);

  @Test
  void idsNameContainerAndAttempt() {
    PodTaskId id = PodTaskId.parse("a_b.c.instance-" + UUID + ".side-car.3").orElseThrow();

    assertThat(id).isEqualTo(new PodTaskId(INSTANCE, "side-car", OptionalInt.of(3)));
    assertThat(id).hasToString("a_b.c.instance-" + UUID + ".side-car.3");
  }

  @Test
  void oldIdsHaveNoAttempt() {
    String text = "a_b.c.instance-" + UUID + ".web";

    assertThat(PodTaskId.parse(text))
        .contains(new PodTaskId(INSTANCE, "web", OptionalInt.empty()))
        .map(PodTaskId::toString)
        .contains(text);
  }

  @Test
  void containersMayBeNamedByDigits() {
    assertThat(PodTaskId.parse("a_b.c.instance-" + UUID + ".1"))
        .contains(new PodTaskId(INSTANCE, "1", OptionalInt.empty()));
    assertThat(PodTaskId.parse("a_b.c.instance-" + UUID + ".1.2"))
        .contains(new PodTaskId(INSTANCE, "1", OptionalInt.of(2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.instance-" + UUID,
        "a.instance-" + UUID + "._app.1",
        "a.instance-" + UUID + ".web.x",
        "a.instance-" + UUID + ".web.1.2",
        "a.instance-" + UUID + ".-web.1",
        "a.instance-01234567.web.1",
        "a." + UUID + ".web.1",
      })
  void otherIdsAreNone(String text) {
    assertThat(PodTaskId.parse(text)).isEmpty();
  }
}
