package io.mesocosm.services.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AppDefinitionTest {
  private static final PortDefinition PORT =
      new PortDefinition(0, Protocol.TCP, Optional.empty(), new TreeMap<>());

  private final AppDefinition app =
      AppDefinition.builder(new AppId("/a"))
          .cmd(Optional.of("sleep 1"))
          .portDefinitions(List.of(PORT, PORT))
          .build();

  @Test
  void anotherNumberOfInstancesIsNoOtherConfiguration() {
    AppDefinition scaled =
        app.withInstances(3)
            .withVersion(Instant.ofEpochMilli(5), new VersionInfo(Instant.MAX, Instant.MIN));

    assertThat(app.hasSameConfiguration(scaled)).isTrue();
    assertThat(app.isOnlyScaled(scaled)).isTrue();
    assertThat(app.isOnlyScaled(app)).isFalse();
  }

  @Test
  void anotherCommandIsAnotherConfiguration() {
    AppDefinition changed = app.toBuilder().cmd(Optional.of("sleep 2")).instances(3).build();

    assertThat(app.hasSameConfiguration(changed)).isFalse();
    assertThat(app.isOnlyScaled(changed)).isFalse();
  }

  @Test
  void servicePortsGoWhereThePortsAre() {
    assertThat(app.withServicePorts(List.of(10, 11)).portDefinitions())
        .extracting(PortDefinition::port)
        .containsExactly(10, 11);
    assertThatThrownBy(() -> app.withServicePorts(List.of(10))).hasMessage("/a has 2 ports, not 1");
  }
}
