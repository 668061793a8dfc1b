package io.mesocosm.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The row Z1 of contracts/mesos-ha.md. */
class ZooKeeperAddressTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zk://h1:2181/mesos | | h1:2181 | /mesos",
        "zk://me:secret@h1:2181,h2:2182/mesos/ | me:secret | h1:2181,h2:2182 | /mesos",
        "zk://me:s:e/c@h1:1/a/b// | me:s:e/c | h1:1 | /a/b",
        "zk://h1:2181 | | h1:2181 | /",
        "zk://h1:2181/ | | h1:2181 | /",
        "zk://[::1]:2181,10.0.0.1:65535/m | | [::1]:2181,10.0.0.1:65535 | /m"
      })
  void addressesAreReadAsMesosWritesThem(
      String text, String credentials, String servers, String path) {
    ZooKeeperAddress address = ZooKeeperAddress.parse(text);
    assertThat(address.credentials().orElse(null)).isEqualTo(credentials);
    assertThat(address.servers()).isEqualTo(servers);
    assertThat(address.path()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "h1:2181",
        "zk://",
        "zk://h1/mesos",
        "zk://h1:0/mesos",
        "zk://h1:65536/mesos",
        "zk://h1:2181,/mesos",
        "zk://secret@h1:2181/mesos",
        "zk://me:secret@h1/mesos",
        "zk://h1:2181/a b",
        "http://h1:2181/mesos"
      })
  void whatIsNoAddressIsRefusedWithoutTellingThePassword(String text) {
    assertThatThrownBy(() -> ZooKeeperAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zk://[user:password@]host1:port1")
        .hasMessageNotContaining("secret");
  }

  @Test
  void pathsMustBeThoseOfRecords() {
    assertThatThrownBy(() -> ZooKeeperAddress.parse("zk://h1:2181//a"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thePasswordStaysOutOfTexts() {
    assertThat(ZooKeeperAddress.parse("zk://me:secret@h1:2181/mesos"))
        .hasToString("zk://me:***@h1:2181/mesos");
  }
}
