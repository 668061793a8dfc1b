package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Response;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.ReadinessResult;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What routers ask and say, and what readers see of routing and readiness. */
class RoutingRoutesTest {
  private static final String WEB =
      "{'id':'web','cmd':'serve','cpus':0.1,'upgradeStrategy':{'waitForRouting':true}}";

  private final SteppedCore core = new SteppedCore().loaded();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  private record Reply(int status, JsonNode json) {
    String message() {
      return json.path("message").asText();
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
            Optional.empty(),
            _ -> {},
            _ -> Response.json(200, "{\"stream\":true}"));
    server = HttpServer.start(HttpServerOptions.of("test", "127.0.0.1", 0), api);
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private Reply send(String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    byte[] bytes = response.body();
    return new Reply(
        response.statusCode(),
        Json.parse(bytes.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : bytes));
  }

  private String started(String app) throws Exception {
    assertThat(send("POST", "/v2/apps", app).status()).isEqualTo(201);
    return core.offer("a", 4).getFirst();
  }

  @Test
  void routersAreListedWithWhatTheyShow() throws Exception {
    core.handle(new ServicesCommand.RouterAttached("edge", 1));
    String task = started(WEB);
    Reply reply = send("POST", "/v2/routing/edge", "{'shown':['" + task + "'],'removed':[]}");
    assertThat(reply.status()).isEqualTo(204);

    JsonNode router = send("GET", "/v2/routing", "").json().path("routers").path(0);

    assertThat(router.path("name").asText()).isEqualTo("edge");
    assertThat(router.path("since").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(router.path("streams").asInt()).isEqualTo(1);
    assertThat(router.has("detachedAt")).isFalse();
    assertThat(router.path("shown"))
        .singleElement()
        .satisfies(id -> assertThat(id.asText()).isEqualTo(task));
    assertThat(send("GET", "/v2/deployments", "").json()).isEmpty();
  }

  @Test
  void instancesThatDrainAreListedAndMarked() throws Exception {
    core.handle(new ServicesCommand.RouterAttached("edge", 1));
    String task = started(WEB);
    send("POST", "/v2/routing/edge", "{'shown':['" + task + "']}");
    assertThat(send("GET", "/v2/tasks", "").json().path("tasks").path(0).has("ending")).isFalse();

    send("DELETE", "/v2/apps/web/tasks/" + task, "");

    JsonNode drain = send("GET", "/v2/routing", "").json().path("draining").path(0);
    assertThat(drain.path("instanceId").asText())
        .isEqualTo(InstanceId.parse(task).orElseThrow().toString());
    assertThat(drain.path("endsBy").asText()).isEqualTo("2026-01-02T03:04:35.678Z");
    JsonNode shown = send("GET", "/v2/tasks", "").json().path("tasks").path(0);
    assertThat(shown.path("ending").asBoolean()).isTrue();
    assertThat(shown.path("state").asText()).isEqualTo("TASK_RUNNING");
  }

  @Test
  void routerThatDetachedIsShownAsSuch() throws Exception {
    core.handle(new ServicesCommand.RouterAttached("edge", 1));
    core.handle(new ServicesCommand.RouterDetached("edge", 1));

    JsonNode router = send("GET", "/v2/routing", "").json().path("routers").path(0);

    assertThat(router.path("streams").asInt()).isZero();
    assertThat(router.path("detachedAt").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
  }

  @Test
  void unknownRouterIsToldWhatToDo() throws Exception {
    Reply reply = send("POST", "/v2/routing/edge", "{'shown':[]}");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.message())
        .isEqualTo(
            "Router 'edge' is not attached: hold GET /v2/events?router=edge open, and confirm"
                + " again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{'shown':'t'}", "{'shown':[1]}", "{'removed':{}}", "{", "'edge'"})
  void confirmationsThatCannotBeReadAreRefused(String body) throws Exception {
    core.handle(new ServicesCommand.RouterAttached("edge", 1));

    assertThat(send("POST", "/v2/routing/edge", body).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Edge", "-edge", "edge-", "a.b", "%C3%A4", "edge&router=mesh"})
  void badNamesOfRoutersAreRefusedBeforeTheStreamOpens(String name) throws Exception {
    Reply reply = send("GET", "/v2/events?router=" + name, "");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith("query parameter router=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?router=edge", "?router=e", "?router=edge-1&event_type=x", ""})
  void othersGetTheirStream(String query) throws Exception {
    assertThat(send("GET", "/v2/events" + query, "").json().path("stream").asBoolean()).isTrue();
  }

  @Test
  void routersBeyondTheLimitAreRefused() throws Exception {
    for (int i = 0; i < 100; i++) {
      core.handle(new ServicesCommand.RouterAttached("edge-" + i, i));
    }

    assertThat(send("GET", "/v2/events?router=edge", "").status()).isEqualTo(503);
    assertThat(send("GET", "/v2/events?router=edge-99", "").status()).isEqualTo(200);
  }

  @Test
  void wrongMethodsAndPathsAreRefused() throws Exception {
    assertThat(send("POST", "/v2/routing", "{}").status()).isEqualTo(405);
    assertThat(send("GET", "/v2/routing/edge", "").status()).isEqualTo(405);
    assertThat(send("POST", "/v2/routing/edge/more", "{}").status()).isEqualTo(404);
  }

  @Test
  void readinessIsShownWithTheAppAndTheDeployment() throws Exception {
    String task =
        started(
            "{'id':'web','cmd':'serve','cpus':0.1,'portDefinitions':[{'name':'http-api'}],"
                + "'readinessChecks':[{'preserveLastResponse':true}]}");
    core.handle(
        new ServicesCommand.ReadinessReported(
            InstanceId.parse(task).orElseThrow(),
            "readinessCheck",
            false,
            Optional.of(new ReadinessResult.Response(503, "text/plain", "warming up"))));

    String expected =
        ("[{'name':'readinessCheck','taskId':'"
                + task
                + "','ready':false,'lastResponse':{'status':503,'contentType':'text/plain',"
                + "'body':'warming up'}}]")
            .replace('\'', '"');
    JsonNode app = send("GET", "/v2/apps/web?embed=app.readiness", "").json().path("app");
    assertThat(app.path("readinessCheckResults").toString()).isEqualTo(expected);
    JsonNode deployment = send("GET", "/v2/deployments", "").json().path(0);
    assertThat(deployment.path("currentActions").path(0).path("readinessCheckResults").toString())
        .isEqualTo(expected);
    assertThat(send("GET", "/v2/apps/web", "").json().path("app").has("readinessCheckResults"))
        .isFalse();
  }
}
