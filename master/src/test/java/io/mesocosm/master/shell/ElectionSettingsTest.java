package io.mesocosm.master.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElectionSettingsTest {
  private static final String EMBEDDED = "--zk_embedded";
  private static final String FOLDER = "--work_dir=/tmp/unused";

  @Test
  void withoutAnAddressThereIsNoContest() {
    ElectionSettings alone = parse();

    assertThat(alone.contest()).isEmpty();
    assertThat(alone.servers()).isEqualTo(1);
    assertThat(alone.sessionTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void flagsOfMesosAreTaken() {
    ElectionSettings settings =
        parse("--zk=zk://a:1,b:2,c:3/mesos", "--quorum=2", "--zk_session_timeout=4secs");

    assertThat(settings.contest()).isPresent();
    assertThat(settings.servers()).isEqualTo(3);
    assertThat(settings.sessionTimeout()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void anEmbeddedServerAloneIsWhereItsMasterContends() {
    ElectionSettings settings = parse("--zk-embedded", FOLDER, "--zk_client_port=2999");

    assertThat(settings.zooKeeper().orElseThrow()).hasToString("zk://127.0.0.1:2999/mesos");
    assertThat(settings.embedded().orElseThrow().folder()).hasToString("/tmp/unused/zookeeper");
  }

  @Test
  void allPeersAreWhereEachContends() {
    ElectionSettings settings =
        parse(EMBEDDED, FOLDER, "--peers=m1,m2:12888:13888,[::1]:1:2:3", "--zk_self=2");

    assertThat(settings.zooKeeper().orElseThrow())
        .hasToString("zk://m1:2181,m2:2181,[::1]:3/mesos");
    EmbeddedPeers peers = settings.embedded().orElseThrow();
    assertThat(peers.self()).isEqualTo(1);
    assertThat(peers.peers())
        .containsExactly(
            new EmbeddedPeers.Peer("m1", 2888, 3888, OptionalInt.empty()),
            new EmbeddedPeers.Peer("m2", 12888, 13888, OptionalInt.empty()),
            new EmbeddedPeers.Peer("::1", 1, 2, OptionalInt.of(3)));
  }

  @Test
  void thePeerWithAnAddressOfThisMachineIsThisOne() {
    ElectionSettings settings =
        parse(EMBEDDED, FOLDER, "--peers=203.0.113.1,127.0.0.1,203.0.113.2");

    assertThat(settings.embedded().orElseThrow().self()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--peers=a,b,c | --peers is for masters with a ZooKeeper of their own: give --zk_embedded",
        "--zk_embedded | --zk_embedded needs a place for what ZooKeeper keeps: give --work_dir",
        "--zk_embedded --work_dir=/x --peers=203.0.113.1,203.0.113.2 | by its addresses, none of"
            + " --peers=203.0.113.1,203.0.113.2: say which this master is with --zk_self",
        "--zk_embedded --work_dir=/x --peers=127.0.0.1,127.0.0.1 | more than one",
        "--zk_embedded --work_dir=/x --peers=a,b --zk_self=3 | --zk_self=3 is none of --peers=a,b:"
            + " give a number from 1 to 2",
        "--zk_embedded --work_dir=/x --peers=a:1 | --peers=a:1 is not valid: expected host",
        "--zk=nothing | --zk=nothing is not valid: expected zk://",
        "--zk=file:///nowhere | --zk=file:///nowhere is not valid: expected a file that can be read",
        "--zk_session_timeout=1ms | --zk_session_timeout=1ms is too short: give 100ms or more",
        "--quorum=0 | --quorum=0 is not valid",
      })
  void whatDoesNotGoTogetherIsNamedWithItsRemedy(String flags, String message) {
    assertThatThrownBy(() -> MasterOptions.parse(List.of(flags.split(" "))))
        .hasMessageContaining(message);
  }

  private static ElectionSettings parse(String... flags) {
    return MasterOptions.parse(Stream.of(flags).toList()).election();
  }
}
