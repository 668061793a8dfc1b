package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.coordination.ZooKeeperAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reads what masters say of themselves (contracts/mesos-ha.md Z9, Z10). */
class ElectedMasterTest {
  private final List<URI> told = new ArrayList<>();

  private List<URI> found(boolean encrypted, String json) {
    ElectedMaster master = master(encrypted);
    says(master, json);
    assertThat(told).isEqualTo(master.masters());
    return master.masters();
  }

  private static ElectedMaster master(boolean encrypted) {
    return new ElectedMaster(
        ZooKeeperAddress.parse("zk://127.0.0.1:1/mesos"), Duration.ofSeconds(10), encrypted);
  }

  private void says(ElectedMaster master, String json) {
    byte[] content = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    master.changed(Optional.of(content), told::add);
  }

  @Test
  void addressGoesBeforeOlderFields() {
    String json =
        "{'id':'m','ip':16777343,'port':1,'hostname':'old','pid':'master@9.9.9.9:9',"
            + "'address':{'hostname':'new','ip':'10.0.0.1','port':5050}}";
    assertThat(found(false, json)).containsExactly(URI.create("http://10.0.0.1:5050"));
    told.clear();
    assertThat(found(true, json)).containsExactly(URI.create("https://new:5050"));
  }

  @Test
  void olderFieldsDo() {
    assertThat(found(false, "{'id':'m','ip':16777343,'port':5050,'hostname':'old'}"))
        .containsExactly(URI.create("http://old:5050"));
    told.clear();
    assertThat(found(false, "{'id':'m','ip':16777343,'port':5050,'pid':'master@9.9.9.9:9'}"))
        .containsExactly(URI.create("http://9.9.9.9:9"));
  }

  @Test
  void lastLeaderIsKeptWhileNobodyCanBeUnderstood() {
    ElectedMaster master = master(false);
    assertThat(master.masters()).isEmpty();
    says(master, "{'id':'m','ip':1,'port':5050,'hostname':'a'}");

    says(master, "garbage");
    master.changed(Optional.empty(), told::add);

    assertThat(master.masters()).containsExactly(URI.create("http://a:5050"));
    assertThat(told).hasSize(1);
  }
}
