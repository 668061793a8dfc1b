package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.runtime.Metrics;
import io.mesocosm.services.ServicesConfig;
import io.mesocosm.services.event.ServicesEvent;
import io.mesocosm.services.event.ServicesEvent.PodAct;
import io.mesocosm.services.json.AppReader;
import io.mesocosm.services.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.mesos.v1.Protos.TaskState;
import org.junit.jupiter.api.Test;

/** The routes of pods, with the real core behind them. */
class PodRoutesTest {
  private static final String CONTAINER =
      "{'name':'c1','exec':{'command':{'shell':'sleep 9'}},'resources':{'cpus':0.1,'mem':32}";

  private final SteppedCore core = new SteppedCore().loaded();
  private final List<ServicesEvent> events = new ArrayList<>();
  private final ServicesApi api =
      new ServicesApi(
          core.requests(),
          new AppReader("*"),
          ServicesConfig.defaults(),
          new ServicesIdentity("marathon", "1.11.24", "http", "here", 8080, new TreeMap<>()),
          new Metrics(),
          () -> SteppedCore.NOW,
          Optional.empty(),
          events::add,
          _ -> Response.empty(406));

  private record Reply(int status, Map<String, String> headers, byte[] body) {
    JsonNode json() {
      return Json.parse(body);
    }

    String message() {
      return json().path("message").asText();
    }

    String deployment() {
      return headers.getOrDefault("Marathon-Deployment-Id", "");
    }
  }

  private Reply send(String method, String path, String body, String... headers) {
    Map<String, List<String>> query = new TreeMap<>();
    String[] halves = path.split("\\?", 2);
    if (halves.length > 1) {
      Arrays.stream(halves[1].split("&"))
          .map(pair -> pair.split("=", 2))
          .forEach(pair -> query.put(pair[0], List.of(pair[1])));
    }
    TreeMap<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], List.of(headers[i + 1]));
    }
    Request request =
        new Request(
            method,
            halves[0],
            query,
            all,
            Map.of(),
            body.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
            InetSocketAddress.createUnresolved("10.0.0.9", 4711));
    Response response;
    try {
      response = api.handle(request);
    } catch (HttpException e) {
      response = e.response();
    } catch (Exception e) {
      throw new AssertionError(method + " " + path, e);
    }
    return new Reply(response.status(), response.headers(), body(response));
  }

  private static byte[] body(Response response) {
    return switch (response) {
      case Response.Whole whole -> whole.body();
      case Response.Written written -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
          written.body().writeTo(out);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        yield out.toByteArray();
      }
      case Response.Stream _ -> throw new AssertionError("no route of pods streams");
    };
  }

  private Reply get(String path) {
    return send("GET", path, "");
  }

  private static String pod(String id, String more) {
    return "{'id':'"
        + id
        + "','containers':["
        + CONTAINER
        + ",'endpoints':[{'name':'web','hostPort':0}]},"
        + CONTAINER.replace("c1", "c2")
        + "}]"
        + more
        + "}";
  }

  private static String scaled(String id, int instances) {
    return pod(id, ",'scaling':{'kind':'fixed','instances':" + instances + "}");
  }

  private void create(String id) {
    Reply reply = send("POST", "/v2/pods", pod(id, ""));
    assertThat(reply.status()).as(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo(201);
  }

  private List<String> run(String id) {
    create(id);
    return core.offer("h1", 8);
  }

  @Test
  void clientsCanFindOutThatThereArePods() {
    Reply reply = send("HEAD", "/v2/pods", "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
  }

  @Test
  void aPodIsCreatedAndShown() {
    Reply created = send("POST", "/v2/pods", pod("/shop/pod", ""));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.headers()).containsEntry("Location", "/shop/pod");
    assertThat(created.deployment()).isNotEmpty();
    assertThat(created.json().path("version").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(get("/v2/pods/shop/pod").json()).isEqualTo(created.json());
    assertThat(get("/v2/pods//shop/pod").json()).isEqualTo(created.json());
    assertThat(get("/v2/pods").json()).containsExactly(created.json());
    assertThat(get("/v2/groups/shop").json().path("pods")).containsExactly(created.json());
    assertThat(get("/v2/queue").json().at("/queue/0/pod")).isEqualTo(created.json());
    assertThat(get("/v2/apps").json().path("apps")).isEmpty();
    JsonNode deployment = get("/v2/deployments").json().path(0);
    assertThat(deployment.path("id").asText()).isEqualTo(created.deployment());
    assertThat(deployment.path("affectedPods")).extracting(JsonNode::asText).contains("/shop/pod");
    assertThat(deployment.at("/steps/0/actions/0/action").asText()).isEqualTo("StartPod");
    assertThat(deployment.at("/steps/0/actions/0/pod").asText()).isEqualTo("/shop/pod");
  }

  @Test
  void aPodThatExistsIsNotCreatedAgain() {
    create("/p");

    Reply again = send("POST", "/v2/pods", pod("/p", ""));

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.message()).isEqualTo("A pod with id [/p] already exists.");
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(send("POST", "/v2/pods", "{'id':'/p','containers':[]}").status()).isEqualTo(422);
    assertThat(send("POST", "/v2/pods", "[]").status()).isEqualTo(400);
    assertThat(send("PATCH", "/v2/pods/p", "{}").status()).isEqualTo(405);
    assertThat(get("/v2/pods/p::tasks").status()).isEqualTo(404);
  }

  @Test
  void whatDoesNotExistIsNotFound() {
    for (String path : List.of("", "::status", "::versions", "::versions/2026-01-02T03:04:05Z")) {
      Reply reply = get("/v2/pods/x" + path);
      assertThat(reply.status()).as(path).isEqualTo(404);
      assertThat(reply.message()).isEqualTo("Pod '/x' does not exist");
    }
    assertThat(send("DELETE", "/v2/pods/x", "").message()).isEqualTo("Pod '/x' does not exist");
    assertThat(send("DELETE", "/v2/pods/x::instances", "[]").status()).isEqualTo(404);
  }

  @Test
  void appsAndPodsShareIdsAndAreNotMistakenForEachOther() {
    create("/p");
    String app = "{'id':'/a','cmd':'sleep 9','cpus':0.1}";
    assertThat(send("POST", "/v2/apps", app).status()).isEqualTo(201);

    assertThat(get("/v2/apps/p").message()).isEqualTo("App '/p' does not exist");
    assertThat(send("DELETE", "/v2/apps/p", "").message()).isEqualTo("App '/p' does not exist");
    assertThat(send("PUT", "/v2/apps/p", "{'cmd':'x'}").status()).isEqualTo(409);
    assertThat(get("/v2/pods/a").message()).isEqualTo("Pod '/a' does not exist");
    assertThat(send("DELETE", "/v2/pods/a?force=true", "").status()).isEqualTo(404);
    assertThat(send("DELETE", "/v2/pods/a", "", "Idempotency-Key", "1").status()).isEqualTo(404);
    assertThat(send("PUT", "/v2/pods/a?force=true", pod("/a", "")).message())
        .isEqualTo("An app with id [/a] already exists.");
    assertThat(send("POST", "/v2/pods", pod("/a", "")).status()).isEqualTo(409);
  }

  @Test
  void aPodIsChangedWhenNothingStandsAgainstIt() {
    create("/p");

    assertThat(send("PUT", "/v2/pods/p", scaled("/p", 2)).status()).isEqualTo(409);
    Reply forced = send("PUT", "/v2/pods/p?force=true", scaled("p", 2));

    assertThat(forced.status()).isEqualTo(200);
    assertThat(forced.deployment()).isNotEmpty();
    assertThat(forced.json().at("/scaling/instances").asInt()).isEqualTo(2);
    assertThat(get("/v2/pods/p").json()).isEqualTo(forced.json());
    assertThat(get("/v2/deployments").json().at("/0/steps/0/actions/0/action").asText())
        .isEqualTo("ScalePod");
  }

  @Test
  void theBodyMayNotNameAnotherPod() {
    Reply reply = send("PUT", "/v2/pods/p", pod("/q", ""));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).contains("/q").contains("/p");
  }

  @Test
  void whatIsPutAndMissingIsMade() {
    Reply reply = send("PUT", "/v2/pods/p", pod("/p", "").replace("'id':'/p',", ""));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(get("/v2/pods/p").status()).isEqualTo(200);
  }

  @Test
  void allVersionsAreKept() {
    create("/p");
    String second =
        send("PUT", "/v2/pods/p?force=true", scaled("/p", 2)).json().path("version").asText();

    JsonNode versions = get("/v2/pods/p::versions").json();

    assertThat(versions)
        .extracting(JsonNode::asText)
        .containsExactly(second, "2026-01-02T03:04:05.678Z");
    assertThat(
            get("/v2/pods/p::versions/2026-01-02T03:04:05.678Z")
                .json()
                .at("/scaling/instances")
                .asInt())
        .isEqualTo(1);
    assertThat(get("/v2/pods/p::versions/2020-01-02T03:04:05.678Z").status()).isEqualTo(404);
    assertThat(get("/v2/pods/p::versions/soon").status()).isEqualTo(400);
  }

  @Test
  void aGroupThatEnforcesItsRoleGivesItToItsPods() {
    assertThat(send("PUT", "/v2/groups", "{'id':'/dev','enforceRole':true}").status())
        .isEqualTo(200);

    create("/dev/p");

    assertThat(get("/v2/pods/dev/p").json().path("role").asText()).isEqualTo("dev");
    assertThat(send("POST", "/v2/pods", pod("/dev/q", ",'role':'*'")).status()).isEqualTo(422);
  }

  @Test
  void aDryRunChangesNothing() {
    Reply reply = send("POST", "/v2/pods?dryRun=true", pod("/p", ""));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().at("/definitions/0/id").asText()).isEqualTo("/p");
    assertThat(get("/v2/pods").json()).isEmpty();
    assertThat(events).isEmpty();
  }

  @Test
  void whatIsAskedTwiceUnderOneKeyIsDoneOnce() {
    Reply first = send("POST", "/v2/pods", pod("/p", ""), "Idempotency-Key", "k1");
    Reply again = send("POST", "/v2/pods", pod("/p", ""), "Idempotency-Key", "k1");

    assertThat(again.status()).isEqualTo(201);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.deployment()).isEqualTo(first.deployment());

    String path = "/v2/pods/p?force=true";
    Reply deleted = send("DELETE", path, "", "Idempotency-Key", "k2");
    Reply deletedAgain = send("DELETE", path, "", "Idempotency-Key", "k2");
    assertThat(deletedAgain.status()).isEqualTo(202);
    assertThat(deletedAgain.deployment()).isEqualTo(deleted.deployment());
  }

  @Test
  void requestsAreTold() {
    create("/p");
    send("PUT", "/v2/pods/p?force=true", scaled("/p", 2));
    send("DELETE", "/v2/pods/p?force=true", "");

    assertThat(events)
        .containsExactly(
            new ServicesEvent.PodPosted(PodAct.CREATED, "10.0.0.9", "/v2/pods"),
            new ServicesEvent.PodPosted(PodAct.UPDATED, "10.0.0.9", "/v2/pods/p"),
            new ServicesEvent.PodPosted(PodAct.DELETED, "10.0.0.9", "/v2/pods/p"));
  }

  @Test
  void aPodWhoseInstancesRunIsStable() {
    create("/p");
    assertThat(get("/v2/pods/p::status").json().path("status").asText()).isEqualTo("DEGRADED");

    List<String> tasks = core.offer("h1", 8);

    JsonNode status = get("/v2/pods/p::status").json();
    assertThat(status.path("status").asText()).isEqualTo("STABLE");
    assertThat(status.path("spec")).isEqualTo(get("/v2/pods/p").json());
    JsonNode instance = status.at("/instances/0");
    assertThat(instance.path("status").asText()).isEqualTo("STABLE");
    assertThat(instance.path("agentHostname").asText()).isEqualTo("h1");
    assertThat(instance.path("containers"))
        .extracting(container -> container.path("containerId").asText())
        .containsExactlyElementsOf(tasks);
    assertThat(instance.at("/containers/0/endpoints/0/allocatedHostPort").asInt())
        .isBetween(31000, 31999);
    assertThat(get("/v2/pods/::status").json()).containsExactly(status);
    assertThat(get("/v2/pods::status").json()).containsExactly(status);
    assertThat(get("/v2/tasks").json().path("tasks")).isEmpty();
  }

  @Test
  void instancesAreEndedByTheirIds() {
    List<String> tasks = run("/p");
    String id = get("/v2/pods/p::status").json().at("/instances/0/id").asText();

    Reply killed = send("DELETE", "/v2/pods/p::instances/" + id, "");

    assertThat(killed.status()).isEqualTo(200);
    assertThat(killed.json().path("id").asText()).isEqualTo(id);
    JsonNode dying = get("/v2/pods/p::status").json();
    assertThat(dying.path("status").asText()).isEqualTo("DEGRADED");
    assertThat(dying.at("/instances/0/status").asText()).isEqualTo("TERMINAL");

    tasks.forEach(task -> core.report(task, "S-h1", TaskState.TASK_KILLED));
    core.offer("h1", 8);
    JsonNode after = get("/v2/pods/p::status").json();
    assertThat(after.path("status").asText()).isEqualTo("STABLE");
    assertThat(after.at("/terminationHistory/0/instanceID").asText()).isEqualTo(id);
    assertThat(after.at("/terminationHistory/0/containers"))
        .hasSize(2)
        .allMatch(one -> one.path("lastKnownState").asText().equals("TASK_KILLED"));
  }

  @Test
  void severalInstancesAreEndedTogether() {
    run("/p");
    String id = get("/v2/pods/p::status").json().at("/instances/0/id").asText();

    assertThat(send("DELETE", "/v2/pods/p::instances", "[]").json()).isEmpty();
    assertThat(send("DELETE", "/v2/pods/p::instances", "['x']").json()).isEmpty();
    assertThat(send("DELETE", "/v2/pods/p::instances", "{}").status()).isEqualTo(400);
    assertThat(send("DELETE", "/v2/pods/p::instances/x", "").status()).isEqualTo(404);
    assertThat(get("/v2/pods/p::status").json().path("status").asText()).isEqualTo("STABLE");
    assertThat(send("DELETE", "/v2/pods/p::instances", "['" + id + "']").json()).hasSize(1);
  }

  @Test
  void aRemovedPodIsTerminalUntilItsInstancesHaveEnded() {
    List<String> tasks = run("/p");

    Reply deleted = send("DELETE", "/v2/pods/p", "");

    assertThat(deleted.status()).isEqualTo(202);
    assertThat(deleted.deployment()).isNotEmpty();
    assertThat(get("/v2/pods/p").status()).isEqualTo(404);
    JsonNode status = get("/v2/pods/p::status").json();
    assertThat(status.path("status").asText()).isEqualTo("TERMINAL");
    assertThat(status.path("instances")).hasSize(1);
    assertThat(get("/v2/pods/::status").json()).hasSize(1);

    tasks.forEach(task -> core.report(task, "S-h1", TaskState.TASK_KILLED));
    assertThat(get("/v2/pods/p::status").status()).isEqualTo(404);
    assertThat(get("/v2/deployments").json()).isEmpty();
  }
}
