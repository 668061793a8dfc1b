package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Response;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.event.ServicesEvent;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The routes over real HTTP, with the real core behind them. */
class ServicesApiTest {
  private static final String NGINX =
      """
      {"id":"nginx","cpus":0.2,"mem":20.0,"instances":1,"constraints":[["hostname","UNIQUE",""]],\
      "container":{"type":"DOCKER","docker":{"image":"nginx","network":"BRIDGE","portMappings":\
      [{"containerPort":80,"hostPort":0,"servicePort":0,"protocol":"tcp"}]}}}\
      """;

  private final SteppedCore core = new SteppedCore();
  private final List<ServicesEvent> events = new CopyOnWriteArrayList<>();
  private final List<String> abdications = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  private record Reply(int status, HttpResponse<byte[]> http) {
    JsonNode json() {
      return Json.parse(http.body());
    }

    String text() {
      return new String(http.body(), StandardCharsets.UTF_8);
    }

    String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }
  }

  @BeforeEach
  void serve() {
    ServicesApi api =
        new ServicesApi(
            core.requests(),
            new AppReader("*"),
            ServicesConfig.defaults(),
            new ServicesIdentity("marathon", "1.11.24", "http", "here", 8080, new TreeMap<>()),
            new Metrics(),
            () -> SteppedCore.NOW,
            Optional.of(() -> abdications.add("asked")),
            events::add,
            _ -> Response.text(200, "a stream"));
    server = HttpServer.start(HttpServerOptions.of("test", "127.0.0.1", 0), api);
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private Reply send(String method, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    if (!body.isEmpty() && headers.length == 0) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Reply(response.statusCode(), response);
  }

  private Reply get(String path) throws Exception {
    return send("GET", path, "");
  }

  private void create(String id) throws Exception {
    Reply reply = send("POST", "/v2/apps", "{'id':'" + id + "','cmd':'sleep 9','cpus':0.1}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
  }

  @Test
  void nginxOfTheTutorialIsCreatedVerbatim() throws Exception {
    core.loaded();

    Reply reply = send("POST", "/v2/apps", NGINX);

    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    JsonNode app = reply.json();
    assertThat(reply.header("Location")).isEqualTo("/nginx");
    assertThat(app.path("id").asText()).isEqualTo("/nginx");
    assertThat(app.path("cpus").asDouble()).isEqualTo(0.2);
    for (String count : List.of("Staged", "Running", "Healthy", "Unhealthy")) {
      assertThat(app.path("tasks" + count).isInt()).isTrue();
      assertThat(app.path("tasks" + count).asInt()).isZero();
    }
    String deployment = app.path("deployments").path(0).path("id").asText();
    assertThat(deployment).isNotEmpty();
    assertThat(reply.header("Marathon-Deployment-Id")).isEqualTo(deployment);
    assertThat(app.path("version").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(app.path("versionInfo").path("lastScalingAt").asText())
        .isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(app.path("networks").path(0).path("mode").asText()).isEqualTo("container/bridge");
    assertThat(app.path("container").path("portMappings").path(0).path("servicePort").asInt())
        .isBetween(10000, 20000);
    assertThat(app.path("constraints").toString()).isEqualTo("[[\"hostname\",\"UNIQUE\"]]");
    assertThat(reply.header("X-Marathon-Leader")).isEqualTo("http://here:8080");
    assertThat(reply.header("Cache-Control")).contains("no-store");
  }

  @Test
  void anAppThatIsThereIsNotCreatedAgain() throws Exception {
    core.loaded();
    create("a");

    Reply reply = send("POST", "/v2/apps", "{'id':'a','cmd':'x'}");

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.json().path("message").asText())
        .isEqualTo("An app with id [/a] already exists.");
  }

  @Test
  void anAppThatIsBeingDeployedIsLocked() throws Exception {
    core.loaded();
    create("a");

    Reply locked = send("PUT", "/v2/apps/a", "{'instances':2}");
    Reply forced = send("PUT", "/v2/apps/a?force=true", "{'instances':2}");

    assertThat(locked.status()).isEqualTo(409);
    assertThat(locked.json().path("message").asText())
        .isEqualTo(
            "App is locked by one or more deployments. Override with the option '?force=true'."
                + " View details at '/v2/deployments/<DEPLOYMENT_ID>'.");
    assertThat(locked.json().path("deployments").path(0).path("id").asText()).isNotEmpty();
    assertThat(forced.status()).as(forced.text()).isEqualTo(200);
    assertThat(forced.json().path("deploymentId").asText())
        .isEqualTo(forced.header("Marathon-Deployment-Id"));
    assertThat(get("/v2/apps/a").json().path("app").path("instances").asInt()).isEqualTo(2);
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    core.loaded();

    for (String path : List.of("/v2/apps/x", "/v2/apps//x/tasks", "/v2/apps/x/versions")) {
      Reply reply = get(path);
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.text()).isEqualTo("{\"message\":\"App '/x' does not exist\"}");
    }
    assertThat(send("DELETE", "/v2/apps/x", "").status()).isEqualTo(404);
    assertThat(send("PATCH", "/v2/apps/x", "{'instances':1}").status()).isEqualTo(404);
    assertThat(send("POST", "/v2/apps/x/restart", "").status()).isEqualTo(404);
    assertThat(send("DELETE", "/v2/deployments/x", "").text())
        .isEqualTo("{\"message\":\"Deployment 'x' does not exist\"}");
    assertThat(get("/v2/groups/x").text()).isEqualTo("{\"message\":\"Group '/x' does not exist\"}");
    assertThat(get("/nowhere").text()).isEqualTo("{\"message\":\"URI not found\"}");
    assertThat(get("/nowhere").status()).isEqualTo(404);
    assertThat(send("PATCH", "/v2/tasks", "").status()).isEqualTo(405);
  }

  @Test
  void whatBreaksRulesIsAnsweredWithPaths() throws Exception {
    core.loaded();

    Reply reply = send("POST", "/v2/apps", "{'id':'A','cmd':'x'}");

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.json().path("message").asText()).isEqualTo("Object is not valid");
    assertThat(reply.json().path("details").path(0).path("path").asText()).isEqualTo("/id");
    Reply unreadable = send("POST", "/v2/apps", "{'id':'a','cpus':'x'}");
    assertThat(unreadable.status()).isEqualTo(400);
    assertThat(unreadable.text())
        .isEqualTo(
            "{\"message\":\"Invalid JSON\",\"details\":[{\"path\":\"/cpus\",\"errors\":"
                + "[\"error.expected.jsnumber\"]}]}");
    assertThat(send("POST", "/v2/apps", "{").json().path("message").asText())
        .isEqualTo("Invalid JSON");
    assertThat(get("/v2/apps?label=a%20b").status()).isEqualTo(400);
    assertThat(send("DELETE", "/v2/apps/a?force=maybe", "").status()).isEqualTo(400);
  }

  @Test
  void appsAreFilteredAsAsked() throws Exception {
    core.loaded();
    create("shop/cart");
    send("POST", "/v2/apps", "{'id':'db','cmd':'POSTGRES','labels':{'tier':'back'}}");

    assertThat(get("/v2/apps").json().path("apps")).hasSize(2);
    assertThat(get("/v2/apps?id=CART").json().path("apps")).hasSize(1);
    assertThat(get("/v2/apps?cmd=postgres").json().path("apps").path(0).path("id").asText())
        .isEqualTo("/db");
    assertThat(get("/v2/apps?label=tier%3D%3Dback").json().path("apps")).hasSize(1);
    assertThat(get("/v2/apps?label=tier%3D%3Dback&id=cart").json().path("apps")).isEmpty();
    assertThat(get("/v2/apps/shop/*").json().path("*")).hasSize(1);
    JsonNode app = get("/v2/apps?embed=apps.tasks&embed=nonsense").json().path("apps").path(0);
    assertThat(app.has("tasks")).isTrue();
    assertThat(app.has("tasksRunning")).isTrue();
    assertThat(get("/v2/apps").json().path("apps").path(0).has("tasks")).isFalse();
  }

  @Test
  void tasksAreShownAndEnded() throws Exception {
    core.loaded();
    create("a");
    String id = core.offer("h1", 4).getFirst();

    JsonNode task = get("/v2/apps/a").json().path("app").path("tasks").path(0);

    assertThat(task.path("id").asText()).isEqualTo(id).startsWith("a.instance-");
    assertThat(task.path("appId").asText()).isEqualTo("/a");
    assertThat(task.path("host").asText()).isEqualTo("h1");
    assertThat(task.path("slaveId").asText()).isEqualTo("S-h1");
    assertThat(task.path("state").asText()).isEqualTo("TASK_RUNNING");
    assertThat(task.path("ports").path(0).asInt()).isBetween(31000, 31999);
    assertThat(task.path("servicePorts")).hasSize(1);
    assertThat(task.path("startedAt").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(get("/v2/apps/a").json().path("app").path("deployments")).isEmpty();
    assertThat(get("/v2/tasks?status=running").json().path("tasks")).hasSize(1);
    assertThat(get("/v2/tasks?status[]=staging".replace("[]", "%5B%5D")).json().path("tasks"))
        .isEmpty();
    assertThat(get("/v2/apps/a/tasks").json().path("tasks")).hasSize(1);
    assertThat(send("DELETE", "/v2/apps/a/tasks/" + id + "?scale=true&wipe=true", "").status())
        .isEqualTo(400);
    assertThat(send("DELETE", "/v2/apps/a/tasks/none", "").text())
        .isEqualTo("{\"message\":\"Task 'none' does not exist\"}");
    Reply killed = send("DELETE", "/v2/apps/a/tasks/" + id, "");
    assertThat(killed.json().path("task").path("id").asText()).isEqualTo(id);
  }

  @Test
  void severalTasksAreEndedById() throws Exception {
    core.loaded();
    create("a");
    String id = core.offer("h1", 4).getFirst();

    assertThat(send("POST", "/v2/tasks/delete", "{'ids':['x']}").status()).isEqualTo(400);
    assertThat(send("POST", "/v2/tasks/delete", "{'ids':[]}").json().path("tasks")).isEmpty();
    assertThat(send("POST", "/v2/tasks/delete", "{}").status()).isEqualTo(400);
    Reply scaled = send("POST", "/v2/tasks/delete?scale=true", "{'ids':['" + id + "']}");
    assertThat(scaled.json().has("deploymentId")).as(scaled.text()).isTrue();
    assertThat(get("/v2/apps/a").json().path("app").path("instances").asInt()).isZero();
  }

  @Test
  void theLastFailureIsShown() throws Exception {
    core.loaded();
    create("a");
    String id = core.offer("h1", 4).getFirst();

    core.report(id, "S-h1", TaskState.TASK_FAILED);

    JsonNode failure = get("/v2/apps/a").json().path("app").path("lastTaskFailure");
    assertThat(failure.path("taskId").asText()).isEqualTo(id);
    assertThat(failure.path("state").asText()).isEqualTo("TASK_FAILED");
    assertThat(failure.path("message").asText()).isEqualTo("says the test");
    JsonNode item = get("/v2/queue").json().path("queue").path(0);
    assertThat(item.path("delay").path("overdue").asBoolean()).isFalse();
    assertThat(item.path("delay").path("timeLeftSeconds").asInt()).isEqualTo(1);
    assertThat(send("DELETE", "/v2/queue//a/delay", "").status()).isEqualTo(204);
    assertThat(
            get("/v2/queue").json().path("queue").path(0).path("delay").path("overdue").asBoolean())
        .isTrue();
    assertThat(send("DELETE", "/v2/queue/b/delay", "").status()).isEqualTo(404);
  }

  @Test
  void theQueueSaysWhyNothingFits() throws Exception {
    core.loaded();
    send("POST", "/v2/apps", "{'id':'big','cmd':'x','cpus':64}");
    core.offer("h1", 4);

    JsonNode item = get("/v2/queue?embed=lastUnusedOffers").json().path("queue").path(0);

    assertThat(item.path("count").asInt()).isEqualTo(1);
    assertThat(item.path("role").asText()).isEqualTo("*");
    assertThat(item.path("app").path("id").asText()).isEqualTo("/big");
    JsonNode summary = item.path("processedOffersSummary");
    assertThat(summary.path("processedOffersCount").asInt()).isEqualTo(1);
    assertThat(summary.path("unusedOffersCount").asInt()).isEqualTo(1);
    assertThat(summary.path("rejectSummaryLastOffers").findValuesAsText("reason"))
        .containsExactly(
            "UnfulfilledRole",
            "UnfulfilledConstraint",
            "NoCorrespondingReservationFound",
            "AgentMaintenance",
            "InsufficientCpus",
            "InsufficientMemory",
            "InsufficientDisk",
            "InsufficientGpus",
            "InsufficientPorts",
            "DeclinedScarceResources");
    assertThat(summary.path("rejectSummaryLastOffers").path(4).path("declined").asInt())
        .isEqualTo(1);
    assertThat(item.path("lastUnusedOffers").path(0).path("reason").path(0).asText())
        .isEqualTo("InsufficientCpus");
    JsonNode explanation = get("/v2/apps/big/explain").json();
    assertThat(explanation.path("summary").asText())
        .isEqualTo("/big waits to launch 1: InsufficientCpus on 1 of 1 agents");
    assertThat(explanation.path("agents").path(0).path("hostname").asText()).isEqualTo("h1");
  }

  @Test
  void versionsAreKeptAndComeBack() throws Exception {
    core.loaded();
    create("a");
    String first = get("/v2/apps/a").json().path("app").path("version").asText();
    core.offer("h1", 4);
    send("PUT", "/v2/apps/a", "{'cmd':'sleep 10'}");

    JsonNode versions = get("/v2/apps/a/versions").json().path("versions");
    assertThat(versions).hasSize(2);
    assertThat(versions.path(1).asText()).isEqualTo(first);
    assertThat(get("/v2/apps/a/versions/" + first).json().path("cmd").asText())
        .isEqualTo("sleep 9");
    assertThat(get("/v2/apps/a/versions/2001-01-01T00:00:00.000Z").status()).isEqualTo(404);
    assertThat(get("/v2/apps/a/versions/x").status()).isEqualTo(400);
    Reply back = send("PUT", "/v2/apps/a?force=true", "{'version':'" + first + "'}");
    assertThat(back.status()).as(back.text()).isEqualTo(200);
    assertThat(get("/v2/apps/a").json().path("app").path("cmd").asText()).isEqualTo("sleep 9");
  }

  @Test
  void putMakesWhatIsMissing() throws Exception {
    core.loaded();

    assertThat(send("PUT", "/v2/apps/new", "{'cmd':'x'}").status()).isEqualTo(201);
    assertThat(send("PUT", "/v2/apps", "[{'id':'b','cmd':'x'},{'id':'c','cmd':'x'}]").status())
        .isEqualTo(200);
    assertThat(send("PATCH", "/v2/apps", "[{'id':'d','cmd':'x'}]").status()).isEqualTo(404);
    assertThat(get("/v2/apps").json().path("apps")).hasSize(3);
    assertThat(send("PUT", "/v2/apps/b?force=true&partialUpdate=false", "{'instances':3}").status())
        .isEqualTo(422);
  }

  @Test
  void deploymentsAreListedAndCancelled() throws Exception {
    core.loaded();
    create("a");

    JsonNode deployment = get("/v2/deployments").json().path(0);

    assertThat(deployment.path("affectedApps").path(0).asText()).isEqualTo("/a");
    assertThat(deployment.path("steps").path(0).path("actions").path(0).path("action").asText())
        .isEqualTo("StartApplication");
    assertThat(deployment.path("currentActions").path(0).path("app").asText()).isEqualTo("/a");
    assertThat(deployment.path("totalSteps").asInt()).isEqualTo(2);
    String id = deployment.path("id").asText();
    assertThat(send("DELETE", "/v2/deployments/" + id + "?force=true", "").status()).isEqualTo(202);
    assertThat(get("/v2/deployments").json()).isEmpty();
    Reply restart = send("POST", "/v2/apps/a/restart", "");
    assertThat(restart.status()).isEqualTo(200);
    Reply reverted =
        send("DELETE", "/v2/deployments/" + restart.header("Marathon-Deployment-Id"), "");
    assertThat(reverted.status()).as(reverted.text()).isEqualTo(200);
    assertThat(reverted.json().has("deploymentId")).isTrue();
  }

  @Test
  void groupsAreMadeOfPaths() throws Exception {
    core.loaded();
    create("shop/cart/api");
    create("shop/db");

    JsonNode root = get("/v2/groups").json();

    assertThat(root.path("id").asText()).isEqualTo("/");
    JsonNode shop = root.path("groups").path(0);
    assertThat(shop.path("id").asText()).isEqualTo("/shop");
    assertThat(shop.path("apps").path(0).path("id").asText()).isEqualTo("/shop/db");
    assertThat(shop.path("groups").path(0).path("id").asText()).isEqualTo("/shop/cart");
    assertThat(get("/v2/groups/shop").json()).isEqualTo(shop);
    assertThat(get("/v2/groups/shop/apps").json()).hasSize(2);
    assertThat(send("DELETE", "/v2/groups/shop", "").status()).isEqualTo(409);
    assertThat(send("DELETE", "/v2/groups/shop?force=true", "").status()).isEqualTo(200);
    assertThat(get("/v2/groups/shop").status()).isEqualTo(404);
  }

  @Test
  void anAppIsDeleted() throws Exception {
    core.loaded();
    create("a");

    Reply reply = send("DELETE", "/v2/apps/a", "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().has("version")).isTrue();
    assertThat(get("/v2/apps/a").status()).isEqualTo(404);
  }

  @Test
  void leadershipIsGivenUpOnRequestButNotWithABackupThatNobodyMakes() throws Exception {
    assertThat(send("DELETE", "/v2/leader?backup=file:///b", "").status()).isEqualTo(400);
    assertThat(abdications).isEmpty();

    assertThat(send("DELETE", "/v2/leader", "").text())
        .isEqualTo("{\"message\":\"Leadership abdicated\"}");
    assertThat(abdications).containsExactly("asked");
  }

  @Test
  void beforeAllIsLoadedNothingIsSaidOfApps() throws Exception {
    assertThat(get("/v2/apps").status()).isEqualTo(503);
    assertThat(get("/v2/info").status()).isEqualTo(200);
    assertThat(get("/v2/leader").text()).isEqualTo("{\"leader\":\"here:8080\"}");
    assertThat(get("/metrics").json().has("gauges")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"text/plain,200,pong", "application/json,200,\"pong\"", "image/png,204,''"})
  void pingAnswersAsAsked(String accept, int status, String body) throws Exception {
    Reply reply = send("GET", "/ping", "", "Accept", accept);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.text()).isEqualTo(body);
  }

  @Test
  void otherMediaTypesAreRefused() throws Exception {
    core.loaded();

    assertThat(send("GET", "/v2/apps", "", "Accept", "image/png").status()).isEqualTo(406);
    assertThat(send("POST", "/v2/apps", "a=b", "Content-Type", "text/plain").status())
        .isEqualTo(415);
  }
}
