package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.HttpServer;
import io.mesocosm.http.HttpServerOptions;
import io.mesocosm.http.Response;
import io.mesocosm.model.resource.Scalar;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.explain.Cluster;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code /v2/queue} and explanations over HTTP (contracts/marathon-api.md B1, B2). */
class ExplainRoutesTest {
  private final SteppedCore core = new SteppedCore().loaded();
  private final HttpClient client = HttpClient.newHttpClient();
  private volatile Optional<Cluster> cluster = Optional.empty();
  private HttpServer server;

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
            _ -> Response.empty(406),
            () -> cluster);
    server = HttpServer.start(HttpServerOptions.of("test", "127.0.0.1", 0), api);
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private JsonNode send(int status, String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build();
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    JsonNode json = Json.parse(response.body());
    assertThat(response.statusCode()).as(json.toString()).isEqualTo(status);
    return json;
  }

  private JsonNode get(String path) throws Exception {
    return send(200, "GET", path, "");
  }

  @Test
  void theQueueShowsWhatStoodAgainstOffersAndTheOffersThemselves() throws Exception {
    send(201, "POST", "/v2/apps", "{'id':'big','cmd':'x','cpus':9,'mem':100000}");
    core.offer("h1", 4);
    core.offer("h1", 3);
    core.offer("h2", 10);

    JsonNode item = get("/v2/queue?embed=lastUnusedOffers").path("queue").path(0);

    assertThat(item.path("count").asInt()).isEqualTo(1);
    assertThat(item.path("role").asText()).isEqualTo("*");
    assertThat(item.path("delay").toString()).isEqualTo("{\"timeLeftSeconds\":0,\"overdue\":true}");
    assertThat(item.path("since").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(item.path("app").path("id").asText()).isEqualTo("/big");
    JsonNode summary = item.path("processedOffersSummary");
    assertThat(summary.path("processedOffersCount").asInt()).isEqualTo(3);
    assertThat(summary.path("unusedOffersCount").asInt()).isEqualTo(3);
    assertThat(summary.path("lastUnusedOfferAt").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(summary.has("lastUsedOfferAt")).isFalse();
    assertThat(reasons(summary.path("rejectSummaryLaunchAttempt")))
        .isEqualTo(
            "UnfulfilledRole 0/3, UnfulfilledConstraint 0/3, NoCorrespondingReservationFound 0/3,"
                + " AgentMaintenance 0/3, InsufficientCpus 2/3, InsufficientMemory 1/1,"
                + " InsufficientDisk 0/0, InsufficientGpus 0/0, InsufficientPorts 0/0,"
                + " DeclinedScarceResources 0/0");
    assertThat(reasons(summary.path("rejectSummaryLastOffers")))
        .contains("InsufficientCpus 1/2, InsufficientMemory 1/1");
    JsonNode unused = item.path("lastUnusedOffers").path(0);
    assertThat(unused.path("reason").toString())
        .isEqualTo("[\"InsufficientCpus\",\"InsufficientMemory\"]");
    assertThat(unused.path("timestamp").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    JsonNode offer = unused.path("offer");
    assertThat(offer.path("id").asText()).isEqualTo("O2");
    assertThat(offer.path("hostname").asText()).isEqualTo("h1");
    assertThat(offer.path("agentId").asText()).isEqualTo("S-h1");
    assertThat(offer.path("resources").toString())
        .contains("{\"name\":\"cpus\",\"role\":\"*\",\"scalar\":3.0}")
        .contains(
            "{\"name\":\"ports\",\"role\":\"*\",\"ranges\":[{\"begin\":31000,\"end\":31999}]}");
    assertThat(offer.path("attributes").isArray()).isTrue();
  }

  private static String reasons(JsonNode summary) {
    StringBuilder text = new StringBuilder();
    for (JsonNode reason : summary) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(reason.path("reason").asText())
          .append(' ')
          .append(reason.path("declined").asInt())
          .append('/')
          .append(reason.path("processed").asInt());
    }
    return text.toString();
  }

  @Test
  void offersAreListedOnlyIfAskedFor() throws Exception {
    send(201, "POST", "/v2/apps", "{'id':'big','cmd':'x','cpus':9}");
    core.offer("h1", 4);
    assertThat(get("/v2/queue").path("queue").path(0).has("lastUnusedOffers")).isFalse();
  }

  @Test
  void aPodIsListedInFullAndExplained() throws Exception {
    send(
        201,
        "POST",
        "/v2/pods",
        "{'id':'/p','containers':[{'name':'c','exec':{'command':{'shell':'x'}},"
            + "'resources':{'cpus':9,'mem':32}}]}");
    core.offer("h1", 4);

    assertThat(get("/v2/queue").path("queue").path(0).path("pod").path("containers")).hasSize(1);
    JsonNode explanation = get("/v2/pods/p::explain");
    assertThat(explanation.path("appId").asText()).isEqualTo("/p");
    assertThat(explanation.path("suggestions").path(0).path("text").asText())
        .isEqualTo(
            "with cpus 4 instead of 9.1 it would fit, all containers and the executor together");
    send(404, "GET", "/v2/pods/none::explain", "");
    send(405, "DELETE", "/v2/pods/p::explain", "");
    send(404, "GET", "/v2/apps/p/explain", "");
  }

  @Test
  void anExplanationNamesReasonsQuotaAgentsAndWhatWouldFit() throws Exception {
    send(201, "POST", "/v2/apps", "{'id':'big','cmd':'x','cpus':9,'instances':2}");
    core.offer("h1", 4);
    cluster =
        Optional.of(
            new Cluster(
                List.of(agent("h1"), agent("h2")),
                new TreeMap<>(
                    Map.of(
                        "*",
                        new Cluster.Quota(
                            new TreeMap<>(Map.of("cpus", Scalar.of(100))), new TreeMap<>())))));

    JsonNode json = get("/v2/apps/big/explain");

    assertThat(json.path("wanted").asInt()).isEqualTo(2);
    assertThat(json.path("waiting").asInt()).isEqualTo(2);
    assertThat(json.path("summary").asText())
        .isEqualTo("/big waits to launch 2: InsufficientCpus on 1 of 1 agents");
    assertThat(json.path("agents").path(0).toString())
        .isEqualTo(
            "{\"hostname\":\"h1\",\"agentId\":\"S-h1\",\"at\":\"2026-01-02T03:04:05.678Z\","
                + "\"refusals\":[{\"reason\":\"InsufficientCpus\",\"rule\":\"cpus\","
                + "\"value\":\"9\",\"limit\":\"4\",\"text\":\"needs cpus 9, offer has 4\","
                + "\"waitingMayHelp\":true,\"shortBy\":5}]}");
    assertThat(json.path("cluster").path("notOffered").toString()).isEqualTo("[\"h2\"]");
    assertThat(json.path("quota").toString())
        .isEqualTo("{\"role\":\"*\",\"text\":\"role * has cpus 0 of 100\"}");
    assertThat(json.path("suggestions").path(0).toString())
        .isEqualTo("{\"text\":\"with cpus 4 instead of 9 it would fit\",\"agents\":1}");
    assertThat(json.path("deployments").path(0).path("waitsFor").path(0).asText())
        .isEqualTo("/big: 2 of 2 instances to be launched");
  }

  private static Cluster.Agent agent(String host) {
    return new Cluster.Agent("S-" + host, host, true, new TreeMap<>(Map.of("cpus", Scalar.of(4))));
  }

  @Test
  void anAppThatRunsNeedsNoMaster() throws Exception {
    send(201, "POST", "/v2/apps", "{'id':'small','cmd':'x','cpus':0.1}");
    core.offer("h1", 4);

    JsonNode json = get("/v2/apps/small/explain");

    assertThat(json.path("waiting").asInt()).isZero();
    assertThat(json.path("summary").asText()).endsWith("and nothing is missing");
    assertThat(json.has("cluster")).isFalse();
  }
}
