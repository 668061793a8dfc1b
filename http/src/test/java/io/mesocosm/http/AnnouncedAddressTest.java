package io.mesocosm.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncedAddressTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.3", "192.0.2.7"})
  void anAddressIsAnnouncedAsItIs(String ip) {
    assertThat(AnnouncedAddress.of(ip).getHostAddress()).isEqualTo(ip);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "0"})
  void forAllAddressesOneIsAnnounced(String ip) {
    assertThat(AnnouncedAddress.standsForAll(ip)).isTrue();
    assertThat(AnnouncedAddress.of(ip).isAnyLocalAddress()).isFalse();
  }

  @Test
  void whatIsNoAddressIsRefused() {
    assertThatThrownBy(() -> AnnouncedAddress.of("300.0.0.1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("300.0.0.1 is no address of this machine: give one that is");
  }
}
