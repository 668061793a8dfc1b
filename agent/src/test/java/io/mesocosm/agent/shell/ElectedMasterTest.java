package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.coordination.ZooKeeperAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElectedMasterTest {
  private static final String FULL =
      """
      {"id": "m", "ip": 16777343, "port": 5050, "pid": "master@127.0.0.1:5050",
       "hostname": "old.example", "version": "1.11.0",
       "address": {"hostname": "master.example", "ip": "10.0.0.7", "port": 5055},
       "capabilities": [{"type": "AGENT_UPDATE"}], "later": {"more": true}}
      """;

  private final List<String> told = new ArrayList<>();

  private static ElectedMaster master(boolean byName) {
    return new ElectedMaster(
        ZooKeeperAddress.parse("zk://h:2181/mesos"), Duration.ofSeconds(10), byName);
  }

  private Optional<String> located(ElectedMaster master, String json) {
    master.changed(Optional.of(json.getBytes(StandardCharsets.UTF_8)), told::add);
    return master.locate();
  }

  @Test
  void nobodyIsKnownBeforeZooKeeperHasNamedSomebody() {
    assertThat(master(false).locate()).isEmpty();
  }

  @Test
  void structuredAddressIsTakenFirst() {
    assertThat(located(master(false), FULL)).hasValue("10.0.0.7:5055");
    assertThat(told).containsExactly("10.0.0.7:5055");
  }

  @Test
  void nameIsTakenWhereCertificatesAreChecked() {
    assertThat(located(master(true), FULL)).hasValue("master.example:5055");
  }

  @Test
  void oldFieldsDoWithoutAnAddress() {
    String old =
        """
        {"id": "m", "ip": 16777343, "port": 5050, "hostname": "old.example"}
        """;

    assertThat(located(master(false), old)).hasValue("old.example:5050");
  }

  @Test
  void leaderThatIsGoneIsStillTheBestGuess() {
    ElectedMaster master = master(false);
    located(master, FULL);

    master.changed(Optional.empty(), told::add);

    assertThat(master.locate()).hasValue("10.0.0.7:5055");
    assertThat(told).hasSize(1);
  }

  @Test
  void whatCannotBeUnderstoodIsPassedOver() {
    assertThat(located(master(false), "no json")).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void flagMayNameZooKeeperOrAFileThatDoes(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("zk"), "zk://h1:2181,h2:2181/mesos\n");

    for (String master : List.of("zk://u:secret@h:2181/mesos", "file://" + file)) {
      AgentOptions options =
          AgentOptions.parse(List.of("--master=" + master, "--work_dir=" + folder));
      assertThat(options.masters()).isInstanceOf(ElectedMaster.class);
    }
  }

  @Test
  void passwordOfABadAddressIsNotRepeated(@TempDir Path folder) {
    assertThatThrownBy(() ->
            AgentOptions.parse(List.of("--master=zk://u:secret@h/mesos", "--work_dir=" + folder)))
        .hasMessageStartingWith("--master is not valid: expected zk://")
        .hasMessageNotContaining("secret");
  }
}
