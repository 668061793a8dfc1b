package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each document of the corpus lives the life of a document: it is posted, read, put back as it was
 * answered, upgraded, run and deleted.
 */
class CorpusTest {
  private static final List<String> HOSTS = List.of("h1", "h2", "h3");

  @TestFactory
  Stream<DynamicTest> everyDocumentIsCreatedReadPutBackUpgradedRunAndDeleted()
      throws IOException, URISyntaxException {
    return CorpusDocument.all().stream()
        .map(document ->
            DynamicTest.dynamicTest(
                document.file() + ": " + document.title(), () -> live(document)));
  }

  @Test
  void theCorpusIsLargeAndOfAllKinds() throws IOException, URISyntaxException {
    List<CorpusDocument> all = CorpusDocument.all();

    assertThat(all).hasSizeGreaterThanOrEqualTo(70);
    for (CorpusDocument.Kind kind : CorpusDocument.Kind.values()) {
      assertThat(all).filteredOn(document -> document.kind() == kind).hasSizeGreaterThan(10);
    }
    assertThat(all).allSatisfy(document -> assertThat(document.features()).isNotEmpty());
  }

  private static void live(CorpusDocument document) {
    try (CorpusServer server = new CorpusServer()) {
      CorpusServer.Reply created =
          server.send("POST", document.kind().collection(), document.document());
      created.json(201);
      assertThat(created.deployment()).as("header Marathon-Deployment-Id").isNotEmpty();
      check(server, document, document.expect());

      server.cancelDeployments();
      putBackChangesNothing(server, document);

      CorpusServer.Reply upgraded = server.send("PUT", document.path(), document.upgrade());
      upgraded.json(200);
      assertThat(upgraded.deployment()).as("header Marathon-Deployment-Id").isNotEmpty();
      check(server, document, document.expectUpgraded());

      Map<String, String> hostsByTask = run(server);
      int deleted = server.send("DELETE", document.path() + document.kind().forced()).status();
      assertThat(deleted).isBetween(200, 202);
      hostsByTask.forEach(
          (task, host) -> server.core().report(task, "S-" + host, TaskState.TASK_KILLED));
      nothingIsLeft(server, document);
    }
  }

  private static JsonNode read(CorpusServer server, CorpusDocument document) {
    JsonNode read = server.get(document.path());
    return document.kind() == CorpusDocument.Kind.APP ? read.path("app") : read;
  }

  private static void putBackChangesNothing(CorpusServer server, CorpusDocument document) {
    JsonNode before = settled(read(server, document), document);
    ObjectNode sent = before.deepCopy();
    if (document.kind() == CorpusDocument.Kind.APP) {
      sent.remove("version"); // which would mean a rollback to it
    }

    server.send("PUT", document.path(), sent).json(200);

    assertThat(server.get("/v2/deployments"))
        .as("deployments after what was read was put")
        .isEmpty();
    assertThat(settled(read(server, document), document)).isEqualTo(before);
  }

  /** Without what comes and goes while nothing changes: deployments, and the versions of groups. */
  private static JsonNode settled(JsonNode read, CorpusDocument document) {
    ObjectNode copy = read.deepCopy();
    copy.remove("deployments");
    if (document.kind() == CorpusDocument.Kind.GROUP) {
      removeVersions(copy);
    }
    return copy;
  }

  private static void removeVersions(ObjectNode group) {
    group.remove("version");
    group.path("groups").forEach(inner -> removeVersions((ObjectNode) inner));
    group.path("apps").forEach(app -> ((ObjectNode) app).remove("deployments"));
  }

  /** Offers more than enough on some agents, and returns the host of each task. */
  private static Map<String, String> run(CorpusServer server) {
    Map<String, String> hostsByTask = new LinkedHashMap<>();
    for (String host : HOSTS) {
      server.core().offer(host, 16).forEach(task -> hostsByTask.put(task, host));
    }
    return hostsByTask;
  }

  private static void nothingIsLeft(CorpusServer server, CorpusDocument document) {
    assertThat(server.send("GET", document.path()).status()).isEqualTo(404);
    assertThat(server.get("/v2/apps").path("apps")).isEmpty();
    assertThat(server.get("/v2/tasks").path("tasks")).isEmpty();
    assertThat(server.get("/v2/queue").path("queue")).isEmpty();
    assertThat(server.get("/v2/deployments")).isEmpty();
    if (document.kind() == CorpusDocument.Kind.POD) {
      assertThat(server.get("/v2/pods")).isEmpty();
    }
  }

  private static void check(CorpusServer server, CorpusDocument document, JsonNode expectations) {
    JsonNode whole = read(server, document);
    for (Map.Entry<String, JsonNode> entry : expectations.properties()) {
      String where = entry.getKey();
      int hash = where.indexOf('#');
      JsonNode of =
          hash < 0 ? whole : server.get("/v2/apps" + where.substring(0, hash)).path("app");
      Expectation.check(where, of.at(where.substring(hash + 1)), entry.getValue());
    }
  }

  /** What a value must be: another value, or a rule as {@code {"between": [1, 2]}}. */
  private static final class Expectation {
    static void check(String where, JsonNode seen, JsonNode wanted) {
      if (wanted.has("absent")) {
        assertThat(seen.isMissingNode()).as(where + " is absent, got " + seen).isTrue();
      } else if (wanted.has("empty")) {
        assertThat(seen).as(where).isEmpty();
      } else if (wanted.has("size")) {
        assertThat(seen.isMissingNode()).as(where + " is missing").isFalse();
        assertThat(seen).as(where).hasSize(wanted.path("size").asInt());
      } else if (wanted.has("between")) {
        assertThat(seen.asInt())
            .as(where)
            .isBetween(
                wanted.path("between").path(0).asInt(), wanted.path("between").path(1).asInt());
      } else {
        boolean same = wanted.equals(Expectation::numbersByValue, seen);
        assertThat(same).as(where + ": got " + seen + ", expected " + wanted).isTrue();
      }
    }

    /** 1 and 1.0 are one number. */
    private static int numbersByValue(JsonNode one, JsonNode other) {
      if (one.isNumber() && other.isNumber()) {
        return Double.compare(one.doubleValue(), other.doubleValue());
      }
      return one.equals(other) ? 0 : 1;
    }
  }
}
