package io.mesocosm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @Test
  void theFileSaysWhatWasMeasuredAndOnWhatMachine(@TempDir Path folder) throws Exception {
    Report report = new Report("launch", new PrintWriter(new StringWriter()));
    report.json().put("launches_per_second", 20_000);

    report.write(folder.resolve("out.json"));

    JsonNode json = new ObjectMapper().readTree(folder.resolve("out.json").toFile());
    assertThat(json.get("benchmark").asText()).isEqualTo("launch");
    assertThat(json.get("launches_per_second").asInt()).isEqualTo(20_000);
    assertThat(json.get("machine").fieldNames())
        .toIterable()
        .contains("cores", "cpu", "memory", "jdk");
  }

  @Test
  void thePeersRateIsThatOfTheSecondsInWhichItWasBusy() {
    List<Peer.Sample> samples =
        List.of(
            new Peer.Sample(0, 0),
            new Peer.Sample(1000, 0),
            new Peer.Sample(1500, 2500),
            new Peer.Sample(2000, 5000),
            new Peer.Sample(3000, 9000),
            new Peer.Sample(4000, 15_000),
            new Peer.Sample(5000, 15_001));

    assertThat(Peer.busyRate(samples)).isEqualTo(5000);
  }
}
