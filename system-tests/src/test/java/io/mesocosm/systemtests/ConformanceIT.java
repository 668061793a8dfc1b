package io.mesocosm.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table that the conformance suite wrote into docs/compatibility.md is true. */
class ConformanceIT {
  private static final String FAILED = "failed";

  @TempDir private Path folder;

  @Test
  void whatTheTableSaysOfEachRowIsSo() throws Exception {
    SortedMap<String, String> documented = documented();
    try (RoleProcesses cluster = new RoleProcesses(folder)) {
      cluster.startMaster();
      for (int agent = 1; agent <= 3; agent++) {
        cluster.startAgent(
            "--containerizers=mesos",
            "--resources=cpus:8;mem:8000;disk:20000;ports:[31000-32000]",
            "--attributes=rack:r1");
      }
      awaitAgents(cluster);

      SortedMap<String, String> found = run(cluster, List.of());
      assertThat(found.keySet()).isEqualTo(documented.keySet());
      SortedSet<String> unexpected = failed(found);
      unexpected.removeAll(failed(documented));
      // On a busy machine a row may run out of patience: what fails alone, too, has failed.
      List<String> only = new ArrayList<>();
      unexpected.forEach(row -> only.addAll(List.of("--only", row)));
      SortedSet<String> stillFailing =
          only.isEmpty() ? unexpected : failed(run(cluster, List.copyOf(only)));

      assertThat(stillFailing).as("rows that fail and once passed").isEmpty();
      SortedSet<String> mended = failed(documented);
      mended.removeAll(failed(found));
      assertThat(mended).as("rows that pass and are still called failed").isEmpty();
    }
  }

  private static SortedSet<String> failed(Map<String, String> results) {
    SortedSet<String> rows = new TreeSet<>();
    results.forEach((row, result) -> {
      if (result.equals(FAILED)) {
        rows.add(row);
      }
    });
    return rows;
  }

  /** The result of each row, by contract and row. */
  private SortedMap<String, String> run(RoleProcesses cluster, List<String> options)
      throws IOException {
    Path json = folder.resolve("conformance.json");
    List<String> command =
        new ArrayList<>(
            List.of(
                Cosm.ROOT.resolve("conformance").toString(),
                "--master",
                cluster.master(),
                "--agent",
                cluster.agent(0),
                "--json",
                json.toString()));
    command.addAll(options);
    Cosm.Outcome outcome = Cosm.run(Map.of(), command);
    assertThat(outcome.exitCode()).as(outcome.err()).isIn(0, 1);
    SortedMap<String, String> results = new TreeMap<>();
    for (JsonNode verdict : new ObjectMapper().readTree(json.toFile()).path("verdicts")) {
      results.put(verdict.path("row").asText(), verdict.path("result").asText());
      if (verdict.path("result").asText().equals(FAILED)) {
        System.Logger log = System.getLogger(ConformanceIT.class.getName());
        log.log(System.Logger.Level.INFO, verdict.toString());
      }
    }
    return results;
  }

  private static SortedMap<String, String> documented() throws IOException {
    SortedMap<String, String> results = new TreeMap<>();
    String text = Files.readString(Cosm.ROOT.resolve("docs/compatibility.md"));
    String table =
        text.substring(text.indexOf("<!-- conformance -->"), text.indexOf("<!-- /conformance -->"));
    String contract = "";
    for (String line : table.lines().toList()) {
      if (line.startsWith("### ")) {
        contract = line.substring("### ".length());
      } else if (line.startsWith("| ") && !line.startsWith("| row |")) {
        String[] cells = line.split("(?<!\\\\)\\|", -1);
        results.put(contract + "/" + cells[1].strip(), cells[3].strip());
      }
    }
    return results;
  }

  private static void awaitAgents(RoleProcesses cluster) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest slaves = HttpRequest.newBuilder(URI.create(cluster.master() + "/slaves")).build();
    LocalCluster.await(
        () -> activeAgents(client, slaves), active -> active == 3, "three agents are active");
    assertThat(cluster.said()).doesNotContain("SEVERE");
  }

  private static long activeAgents(HttpClient client, HttpRequest slaves) {
    try {
      String body = client.send(slaves, BodyHandlers.ofString()).body();
      return body.split("\"active\":true", -1).length - 1L;
    } catch (IOException e) {
      return -1; // it does not listen yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
