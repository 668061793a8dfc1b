package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.services.api.CorpusServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DryRunsAndRepeatsTest {
  private static final String APP = "{\"id\":\"/shop/web\",\"cmd\":\"serve\",\"cpus\":0.1}";

  private final CorpusServer server = new CorpusServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private Reply keyed(String method, String path, String body, String key) {
    return server.send(method, path, body, "Idempotency-Key", key);
  }

  private Reply sent(String method, String path, String body) {
    return server.send(method, path, body, "X-Test", "plain");
  }

  /** Runs, and no deployment is left. */
  private String running() {
    sent("POST", "/v2/apps", APP).json(201);
    String task = server.core().offer("a", 4).getFirst();
    assertThat(server.get("/v2/deployments")).isEmpty();
    return task;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "PUT    | /v2/apps//shop/web?dryRun=true         | {\"cmd\":\"other\"}   | RestartApplication",
        "PATCH  | /v2/apps//shop/web?dryRun=true         | {\"instances\":3}    | ScaleApplication",
        "POST   | /v2/apps//shop/web/restart?dryRun=true | ``                   | RestartApplication",
        "DELETE | /v2/apps//shop/web?dryRun=true         | ``                   | StopApplication",
        "PUT    | /v2/groups//shop?dryRun=true           | {\"scaleBy\":2}      | ScaleApplication",
        "PUT    | /v2/groups//shop?dryRun=true           | {\"apps\":[]}        | StopApplication",
        "DELETE | /v2/groups//shop?dryRun=true           | ``                   | StopApplication"
      })
  void aDryRunAnswersTheStepsAndChangesNothing(
      String method, String path, String body, String action) {
    running();
    String before = server.everything();

    JsonNode plan = sent(method, path, body).json(200);

    assertThat(plan.at("/steps/0/actions/0/action").asText()).isEqualTo(action);
    assertThat(server.everything()).isEqualTo(before);
  }

  @Test
  void aDryRunOfACreationAnswersTheDefinitionAsItWouldBeStored() {
    JsonNode plan = sent("POST", "/v2/apps?dryRun=true", APP).json(200);

    assertThat(plan.at("/steps/0/actions/0/action").asText()).isEqualTo("StartApplication");
    assertThat(plan.at("/steps/1/actions/0/action").asText()).isEqualTo("ScaleApplication");
    assertThat(plan.at("/definitions/0/id").asText()).isEqualTo("/shop/web");
    assertThat(plan.at("/definitions/0/mem").asDouble()).isEqualTo(128);
    assertThat(server.get("/v2/apps").path("apps")).isEmpty();
  }

  @Test
  void aDryRunOfAGroupsRoleAnswersItsPlanAndLeavesTheGroup() {
    running();
    String before = server.everything();

    JsonNode plan =
        sent("PATCH", "/v2/groups//shop?dryRun=true", "{\"enforceRole\":true}").json(200);

    assertThat(plan.path("steps").isArray()).isTrue();
    assertThat(server.everything()).isEqualTo(before);
  }

  @Test
  void aDryRunOfAKillNamesTheTasksAndKillsNone() {
    String task = running();

    JsonNode killed = sent("DELETE", "/v2/apps//shop/web/tasks?dryRun=true", "").json(200);

    assertThat(killed.at("/tasks/0/id").asText()).isEqualTo(task);
    JsonNode tasks = server.get("/v2/tasks").path("tasks");
    assertThat(tasks).hasSize(1);
    assertThat(tasks.path(0).has("ending")).isFalse();
  }

  @Test
  void aDryRunOfACancellationLeavesTheDeployment() {
    Reply created = sent("POST", "/v2/apps", APP);
    String path = "/v2/deployments/" + created.deployment();

    JsonNode plan = sent("DELETE", path + "?dryRun=true", "").json(200);
    sent("DELETE", path + "?dryRun=true&force=true", "").json(200);

    assertThat(plan.at("/steps/0/actions/0/action").asText()).isEqualTo("StopApplication");
    assertThat(server.get("/v2/deployments")).hasSize(1);
  }

  @Test
  void aRequestThatIsRepeatedUnderItsKeyIsAnsweredAsTheFirstAndDoneOnce() {
    Reply first = keyed("POST", "/v2/apps", APP, "k-1");
    Reply again = keyed("POST", "/v2/apps", APP, "k-1");

    assertThat(again.json(201)).isEqualTo(first.json(201));
    assertThat(again.deployment()).isEqualTo(first.deployment());
    assertThat(server.get("/v2/deployments")).hasSize(1);

    Reply update = keyed("PUT", "/v2/apps//shop/web?force=true", "{\"instances\":2}", "k-2");
    Reply repeat = keyed("PUT", "/v2/apps//shop/web?force=true", "{\"instances\":2}", "k-2");
    assertThat(repeat.json(200)).isEqualTo(update.json(200));
    assertThat(server.get("/v2/apps//shop/web/versions").path("versions")).hasSize(2);
  }

  @Test
  void aKeyIsForOneRequestOnly() {
    keyed("POST", "/v2/apps", APP, "k-1").json(201);

    Reply other = keyed("POST", "/v2/apps", APP.replace("web", "db"), "k-1");

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.text()).contains("Idempotency-Key");
    assertThat(server.get("/v2/apps").path("apps")).hasSize(1);
    assertThat(keyed("POST", "/v2/apps", APP, "x".repeat(256)).status()).isEqualTo(400);
  }

  @Test
  void whatWasRefusedIsTriedAgainUnderItsKey() {
    running();
    assertThat(keyed("POST", "/v2/apps", APP, "k-1").status()).isEqualTo(409);
    sent("DELETE", "/v2/apps//shop/web", "").json(200);
    server.cancelDeployments();

    assertThat(keyed("POST", "/v2/apps", APP, "k-1").status()).isEqualTo(201);
  }

  @Test
  void aListIsReadPageByPageAndNotAtAllIfNothingChanged() {
    for (String id : new String[] {"a", "b", "c"}) {
      sent("POST", "/v2/apps", APP.replace("/shop/web", "/" + id)).json(201);
    }
    assertThat(server.get("/v2/apps?limit=2").path("apps")).hasSize(2);
    assertThat(server.get("/v2/apps?limit=2&after=/b").at("/apps/0/id").asText()).isEqualTo("/c");
    assertThat(server.send("GET", "/v2/apps?limit=0").status()).isEqualTo(400);

    String tag = server.header("/v2/apps", "ETag");
    assertThat(server.send("GET", "/v2/apps", "", "If-None-Match", tag).status()).isEqualTo(304);
    sent("DELETE", "/v2/apps//c", "").json(200);
    assertThat(server.send("GET", "/v2/apps", "", "If-None-Match", tag).status()).isEqualTo(200);
    assertThat(server.header("/v2/apps?limit=1", "Link"))
        .isEqualTo("</v2/apps?limit=1&after=%2Fa>; rel=\"next\"");
  }
}
