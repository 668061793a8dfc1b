package io.mesocosm.services.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.ServicesCommand;
import io.mesocosm.services.json.Json;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.mesos.v1.Protos.Offer;
import org.apache.mesos.v1.Protos.Resource;
import org.apache.mesos.v1.Protos.Value;
import org.apache.mesos.v1.scheduler.Protos.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are meant to hurt: each is refused with what is wrong, where, and what the limit
 * is, and nothing of it is done.
 */
class HostileInputTest {
  /** How refusals say where the limit is. */
  private static final String LIMIT =
      "(limit is|larger than|deeper than|more than|maximum|expected)[^0-9]*[0-9]+";

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int FIFTY_MEGABYTES = 50 * 1024 * 1024;

  private CorpusServer server;
  private String before;

  @BeforeEach
  void serveOneApp() {
    server = new CorpusServer();
    server.send("POST", "/v2/apps", json("{'id':'keeper','cmd':'sleep 9','cpus':0.1}")).json(201);
    server.cancelDeployments();
    before = server.everything();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static HttpRequest.BodyPublisher text(String body) {
    return HttpRequest.BodyPublishers.ofString(body);
  }

  private void nothingWasDone() {
    assertThat(server.everything()).isEqualTo(before);
  }

  /** The errors at a path, one text. */
  private static String errorsAt(JsonNode refusal, String path) {
    for (JsonNode detail : refusal.path("details")) {
      if (detail.path("path").asText().equals(path)) {
        return detail.path("errors").toString();
      }
    }
    throw new AssertionError("no error at " + path + " in " + refusal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/apps", "/v2/groups", "/v2/pods"})
  void fiftyMegabytesAreTooMuch(String path) {
    String body =
        "{\"id\":\"/big\",\"cmd\":\"x\",\"env\":{\"A\":\"" + "a".repeat(FIFTY_MEGABYTES) + "\"}}";

    CorpusServer.Reply reply = server.send("POST", path, text(body));

    assertThat(reply.status()).as(reply.text()).isIn(400, 413, 422);
    assertThat(reply.text()).containsPattern(LIMIT).hasSizeLessThan(2_000);
    nothingWasDone();
  }

  @Test
  void fiftyMegabytesInSmallPiecesAreTooMuch() {
    ObjectNode app = (ObjectNode) json("{'id':'/big','cmd':'x'}");
    ObjectNode env = app.putObject("env");
    String kilobyte = "a".repeat(1024);
    for (int i = 0; i < FIFTY_MEGABYTES / 1024; i++) {
      env.put("NAME_" + i, kilobyte);
    }

    CorpusServer.Reply reply = server.send("POST", "/v2/apps", app);

    assertThat(reply.status()).as("status").isIn(413, 422);
    assertThat(reply.text()).containsPattern(LIMIT).hasSizeLessThan(2_000);
    nothingWasDone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels", "env"})
  void tenThousandLabelsAreTooMany(String field) {
    ObjectNode app = (ObjectNode) json("{'id':'/many','cmd':'x'}");
    ObjectNode many = app.putObject(field);
    for (int i = 0; i < 10_000; i++) {
      many.put("NAME_" + i, "value " + i);
    }

    JsonNode refusal = server.send("POST", "/v2/apps", app).json(422);

    assertThat(errorsAt(refusal, "/" + field)).contains("10000").containsPattern(LIMIT);
    nothingWasDone();
  }

  @Test
  void twoAppsThatWaitForEachOtherAreRefused() {
    server
        .send("POST", "/v2/apps", json("{'id':'/hen','cmd':'x','dependencies':['/egg']}"))
        .json(201);
    server.cancelDeployments();
    before = server.everything();

    CorpusServer.Reply reply =
        server.send("POST", "/v2/apps", json("{'id':'/egg','cmd':'x','dependencies':['/hen']}"));

    assertThat(reply.json(422).toString())
        .containsPattern("cycl|ring")
        .contains("/hen")
        .contains("/egg");
    nothingWasDone();
  }

  @Test
  void twoAppsOfOneRequestThatWaitForEachOtherAreRefused() {
    JsonNode both =
        json(
            "[{'id':'/hen','cmd':'x','dependencies':['/egg']},"
                + "{'id':'/egg','cmd':'x','dependencies':['/hen']}]");

    assertThat(server.send("PUT", "/v2/apps", both).json(422).toString())
        .containsPattern("cycl|ring")
        .contains("/hen")
        .contains("/egg");
    nothingWasDone();
  }

  @Test
  void threeGroupsThatWaitForEachOtherAreRefused() {
    JsonNode group =
        json(
            "{'id':'/ring','groups':["
                + "{'id':'a','dependencies':['/ring/b'],'apps':[{'id':'x','cmd':'x'}]},"
                + "{'id':'b','dependencies':['/ring/c'],'apps':[{'id':'x','cmd':'x'}]},"
                + "{'id':'c','dependencies':['/ring/a'],'apps':[{'id':'x','cmd':'x'}]}]}");

    assertThat(server.send("POST", "/v2/groups", group).json(422).toString())
        .containsPattern("cycl|ring")
        .contains("/ring/a")
        .contains("/ring/b")
        .contains("/ring/c");
    nothingWasDone();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        ".",
        "..",
        "/a/..",
        "/A",
        "/-a",
        "/a-",
        "/a_b",
        "/a b",
        "/a\tb",
        "/a\nb",
        "/a\u0000b",
        "/caf\u00e9",
        "/cafe\u0301",
        "/\u4e16\u754c",
        "/\uff41\uff42",
        "/a\u202eb",
        "/a\u200bb",
        "/\ud83d\ude80",
        "/a%2fb",
        "/a%00",
        "/a\\..\\b",
        "/a;b",
        "/a?b",
        "/a#b",
        "/$(id)",
        "/a'b",
        "/restart",
        "/x/tasks",
        "/x/versions"
      })
  void anIdThatIsNoneIsRefusedByItsPath(String id) {
    ObjectNode app = JsonNodeFactory.instance.objectNode().put("id", id).put("cmd", "x");

    JsonNode refusal = server.send("POST", "/v2/apps", app).json(422);

    assertThat(errorsAt(refusal, "/id")).isNotEmpty();
    nothingWasDone();
  }

  @Test
  void anIdThatNoFolderCouldBeNamedAfterIsTooLong() {
    ObjectNode app = JsonNodeFactory.instance.objectNode().put("id", "/" + "a".repeat(4_999));

    JsonNode refusal = server.send("POST", "/v2/apps", app.put("cmd", "x")).json(422);

    assertThat(errorsAt(refusal, "/id")).contains("5000").containsPattern(LIMIT);
    nothingWasDone();
  }

  @ParameterizedTest
  @CsvSource({
    "../../etc/passwd,/etc/passwd",
    "/a/../../../b,/b",
    "//a///b//,/a/b",
    "/a/./b,/a/b",
  })
  void dotsAndSlashesLeadNowhereElse(String id, String resolved) {
    ObjectNode app = JsonNodeFactory.instance.objectNode().put("id", id).put("cmd", "x");

    CorpusServer.Reply reply = server.send("POST", "/v2/apps", app);

    if (reply.status() == 201) {
      assertThat(reply.json(201).path("id").asText()).isEqualTo(resolved);
      assertThat(server.send("DELETE", "/v2/apps" + resolved).status()).isEqualTo(200);
      assertThat(server.send("GET", "/v2/apps" + resolved).status()).isEqualTo(404);
    } else {
      assertThat(errorsAt(reply.json(422), "/id")).isNotEmpty();
      nothingWasDone();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/apps/..%2f..%2fetc%2fpasswd",
        "/v2/apps/%00",
        "/v2/apps/%ff%fe",
        "/v2/apps/a%0d%0aX:%20y",
        "/v2/groups/%2e%2e/%2e%2e",
        "/v2/apps/%252e%252e/x"
      })
  void trickyPathsOfRequestsAreClientErrors(String path) {
    assertThat(server.sendApart("GET", path).status()).as(path).isIn(200, 400, 404);
    assertThat(server.sendApart("DELETE", path).status()).as(path).isBetween(400, 499);
    nothingWasDone();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+b",
        "(a|a)*b",
        "(a|aa)+b",
        "((a+)+)+b",
        "(a*)*b",
        "(.*a){25}b",
        "(a?){30}a{30}b",
        "^(([a-z])+.)+[A-Z]$",
        "(?=(a+))a*b\\1",
        "(a+)\\1+b",
        "(x+x+)+y|(a+a+)+b"
      })
  void aRegularExpressionNeverHoldsUpTheOthers(String regex) {
    for (String operator : new String[] {"LIKE", "UNLIKE"}) {
      ObjectNode app = (ObjectNode) json("{'id':'/slow','cmd':'x','cpus':0.1}");
      app.putArray("constraints").addArray().add("rack").add(operator).add(regex);

      CorpusServer.Reply reply =
          assertTimeoutPreemptively(SOON, () -> server.send("POST", "/v2/apps", app));

      if (reply.status() == 201) {
        assertTimeoutPreemptively(SOON, () -> offerRack("a".repeat(30)), "the offer with " + regex);
        assertThat(server.send("DELETE", "/v2/apps/slow").status()).isEqualTo(200);
      } else {
        assertThat(errorsAt(reply.json(422), "/constraints(0)")).contains("regular expression");
        nothingWasDone();
      }
    }
  }

  private void offerRack(String rack) {
    Offer.Builder offer = Offer.newBuilder().setHostname("h1");
    offer.getIdBuilder().setValue("O-rack");
    offer.getFrameworkIdBuilder().setValue("fw-1");
    offer.getAgentIdBuilder().setValue("S-h1");
    offer.getAllocationInfoBuilder().setRole("*");
    for (String name : new String[] {"cpus", "mem"}) {
      Resource.Builder resource =
          offer.addResourcesBuilder().setName(name).setType(Value.Type.SCALAR);
      resource.getScalarBuilder().setValue(1024);
      resource.getAllocationInfoBuilder().setRole("*");
    }
    offer
        .addAttributesBuilder()
        .setName("rack")
        .setType(Value.Type.TEXT)
        .getTextBuilder()
        .setValue(rack);
    Event.Builder event = Event.newBuilder().setType(Event.Type.OFFERS);
    event.getOffersBuilder().addOffers(offer);
    server.core().handle(new ServicesCommand.SchedulerEvent(event.build()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/apps", "/v2/groups", "/v2/pods"})
  void jsonWithoutGroundIsRefused(String path) {
    int depth = 100_000;
    String arrays =
        "{\"id\":\"/deep\",\"cmd\":\"x\",\"constraints\":"
            + "[".repeat(depth)
            + "]".repeat(depth)
            + "}";
    String objects = "{\"id\":\"d\",\"x\":".repeat(depth) + "1" + "}".repeat(depth);

    for (String body : new String[] {arrays, objects, "[".repeat(depth)}) {
      CorpusServer.Reply reply =
          assertTimeoutPreemptively(SOON, () -> server.send("POST", path, text(body)));
      JsonNode refusal = reply.json(400);
      assertThat(refusal.path("message").asText()).isEqualTo("Invalid JSON");
      assertThat(refusal.path("details").toString()).contains("depth").containsPattern("[0-9]+");
    }
    nothingWasDone();
  }

  @Test
  void groupsNestedTooDeepAreRefused() {
    int depth = 450;
    String body = "{\"id\":\"g\",\"groups\":[".repeat(depth) + "]}".repeat(depth);

    CorpusServer.Reply reply =
        assertTimeoutPreemptively(SOON, () -> server.send("POST", "/v2/groups", text(body)));

    assertThat(reply.status()).as("status").isIn(400, 422);
    assertThat(reply.text()).containsPattern(LIMIT);
    nothingWasDone();
  }

  @ParameterizedTest
  @CsvSource({
    "instances,2147483648,400",
    "instances,1e300,400",
    "instances,-1,422",
    "instances,0.5,400",
    "cpus,-1,422",
    "cpus,1e400,422",
    "mem,-0.5,422",
    "backoffFactor,0.5,422",
    "maxLaunchDelaySeconds,9e18,400",
    "taskKillGracePeriodSeconds,-5,422",
  })
  void numbersBeyondAllMeasureAreRefusedWithTheirLimits(String field, String number, int status) {
    String body = "{\"id\":\"/n\",\"cmd\":\"x\",\"" + field + "\":" + number + "}";

    CorpusServer.Reply reply =
        assertTimeoutPreemptively(SOON, () -> server.send("POST", "/v2/apps", text(body)));

    assertThat(errorsAt(reply.json(status), "/" + field)).isNotEmpty();
    nothingWasDone();
  }

  @Test
  void asManyInstancesAsThereAreNumbersHoldNothingUp() {
    JsonNode app = json("{'id':'/n','cmd':'x','cpus':0.1,'instances':2147483647}");

    CorpusServer.Reply reply =
        assertTimeoutPreemptively(SOON, () -> server.send("POST", "/v2/apps", app));

    if (reply.status() == 201) {
      assertTimeoutPreemptively(SOON, () -> server.core().offer("h1", 1));
      assertThat(server.get("/v2/apps/n").path("app").path("instances").asInt())
          .isEqualTo(Integer.MAX_VALUE);
      assertThat(server.send("DELETE", "/v2/apps/n").status()).isEqualTo(200);
    } else {
      assertThat(errorsAt(reply.json(422), "/instances")).containsPattern(LIMIT);
      nothingWasDone();
    }
  }

  @Test
  void oneBadAppOfManyLeavesAllAsTheyWere() {
    JsonNode apps =
        json("[{'id':'/fine','cmd':'x'},{'id':'/keeper','cmd':'y'},{'id':'/BAD','cmd':'x'}]");

    server.send("PUT", "/v2/apps", apps).json(422);

    nothingWasDone();
  }
}
