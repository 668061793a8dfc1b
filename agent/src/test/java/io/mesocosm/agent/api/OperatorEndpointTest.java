package io.mesocosm.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.protocol.RecordIo;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.mesos.v1.agent.Protos.Call;
import org.apache.mesos.v1.agent.Protos.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The v1 API of an agent: calls, headers, and what a principal gets to see. */
class OperatorEndpointTest {
  private static final String JSON = "application/json";
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String RECORDS = "application/recordio";
  private static final String HEALTH = "{\"type\":\"GET_HEALTH\"}";

  private final ApiFixture api = ApiFixture.open();

  static Stream<String[]> reads() {
    return Stream.of(
        new String[] {"GET_HEALTH", "{\"healthy\":true}"},
        new String[] {"GET_VERSION", "\"version\":\"0.1.0\""},
        new String[] {"GET_FLAGS", "{\"flags\":[{\"name\":\"port\",\"value\":\"5051\"}]}"},
        new String[] {"GET_LOGGING_LEVEL", "{\"level\":0}"},
        new String[] {"GET_STATE", "\"get_tasks\":{"},
        new String[] {"GET_STATE", "\"get_executors\":{"},
        new String[] {"GET_STATE", "\"get_frameworks\":{"},
        new String[] {"GET_CONTAINERS", "\"container_id\":{\"value\":\"c-web\"}"},
        new String[] {"GET_FRAMEWORKS", "\"completed_frameworks\":[{\"framework_info\":{"},
        new String[] {"GET_EXECUTORS", "\"completed_executors\":[{\"executor_info\":{"},
        new String[] {"GET_OPERATIONS", "\"OPERATION_FINISHED\""},
        new String[] {"GET_TASKS", "\"launched_tasks\":["},
        new String[] {"GET_TASKS", "\"queued_tasks\":["},
        new String[] {"GET_TASKS", "\"terminated_tasks\":["},
        new String[] {"GET_TASKS", "\"completed_tasks\":["},
        new String[] {"GET_AGENT", "\"id\":{\"value\":\"m-S0\"}"},
        new String[] {"GET_AGENT", "\"drain_config\":{\"mark_gone\":true}"},
        new String[] {
          "GET_AGENT", "\"estimated_drain_start_time\":{\"nanoseconds\":1767225570000000000}"
        },
        new String[] {"GET_RESOURCE_PROVIDERS", "\"get_resource_providers\":{}"});
  }

  @ParameterizedTest
  @MethodSource("reads")
  void readsAreAnsweredInJson(String type, String part) {
    ApiFixture.Answer answer = api.call("{\"type\":\"" + type + "\"}");

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo(JSON);
    assertThat(answer.body())
        .startsWith("{\"type\":\"" + type + "\",\"" + type.toLowerCase(Locale.ROOT) + "\":")
        .contains(part);
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.Type.class,
      names = {
        "GET_HEALTH",
        "GET_VERSION",
        "GET_FLAGS",
        "GET_STATE",
        "GET_CONTAINERS",
        "GET_FRAMEWORKS",
        "GET_EXECUTORS",
        "GET_OPERATIONS",
        "GET_TASKS",
        "GET_AGENT"
      })
  void readsAreAnsweredInProtobuf(Call.Type type) throws Exception {
    byte[] call = Call.newBuilder().setType(type).build().toByteArray();

    ApiFixture.Answer answer =
        api.send("POST", "/slave(1)/api/v1", call, "Content-Type", PROTOBUF, "Accept", PROTOBUF);

    assertThat(answer.contentType()).isEqualTo(PROTOBUF);
    assertThat(Response.parseFrom(answer.bytes()).getType().name()).isEqualTo(type.name());
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.Type.class,
      mode = EnumSource.Mode.MATCH_ANY,
      names = {".*CONTAINER$", ".*SESSION$", ".*OUTPUT$", ".*CONFIG$", ".*GONE$", "UNKNOWN"})
  void otherCallsAreNotSupported(Call.Type type) {
    Call.Builder call = Call.newBuilder().setType(type);
    Call.getDescriptor().getFields().stream()
        .filter(field -> field.getName().equals(type.name().toLowerCase(Locale.ROOT)))
        .forEach(field -> call.setField(field, call.newBuilderForField(field).buildPartial()));

    ApiFixture.Answer answer =
        api.send("POST", "/api/v1", call.buildPartial().toByteArray(), "Content-Type", PROTOBUF);

    // Some bodies have required fields: then the call is not read at all.
    assertThat(answer.status()).as(answer.body()).isIn(501, 400);
    if (answer.status() == 501) {
      assertThat(answer.body()).startsWith(type + " is not supported by this agent: ");
    } else {
      assertThat(answer.body()).startsWith("Missing required fields");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.Type.class,
      names = {"GET_METRICS", "SET_LOGGING_LEVEL", "LIST_FILES", "READ_FILE", "WAIT_CONTAINER"})
  void callsNeedTheirBodies(Call.Type type) {
    ApiFixture.Answer answer = api.call("{\"type\":\"" + type + "\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo(
            "Failed to validate agent::Call: Expecting '"
                + type.name().toLowerCase(Locale.ROOT)
                + "' to be present");
  }

  @ParameterizedTest
  @CsvSource({
    // Content-Type, Message-Content-Type, Accept, Message-Accept, status
    "-, -, -, -, 400",
    "text/plain, -, -, -, 415",
    "application/json, application/json, -, -, 415",
    "application/recordio, -, -, -, 400",
    "application/recordio, text/plain, -, -, 415",
    "application/recordio, application/json, -, -, 415",
    "application/json, -, text/plain, -, 406",
    "application/json, -, application/json, application/json, 406",
    "application/json, -, application/recordio, -, 406",
    "application/json, -, application/recordio, text/plain, 406",
    "application/json, -, */*, -, 200",
    "application/json, -, 'application/recordio, application/json', -, 200",
    "application/json, -, 'application/x-protobuf;q=0.1', -, 200",
  })
  void headersMustFitTheCall(
      String contentType,
      String messageContentType,
      String accept,
      String messageAccept,
      int status) {
    byte[] health = HEALTH.getBytes(StandardCharsets.UTF_8);
    boolean streamed = contentType.equals(RECORDS);
    String[] names = {"Content-Type", "Message-Content-Type", "Accept", "Message-Accept"};
    String[] values = {contentType, messageContentType, accept, messageAccept};
    String[] headers =
        Stream.of(0, 1, 2, 3)
            .filter(i -> !values[i].equals("-"))
            .flatMap(i -> Stream.of(names[i], values[i]))
            .toArray(String[]::new);

    ApiFixture.Answer answer =
        api.send("POST", "/api/v1", streamed ? RecordIo.frame(health) : health, headers);

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
  }

  @Test
  void whatCannotBeReadIsRefused() {
    assertThat(api.call("{").status()).isEqualTo(400);
    assertThat(api.call("{}").body())
        .isEqualTo("Failed to validate agent::Call: Expecting 'type' to be present");
    assertThat(api.get("/api/v1").status()).isEqualTo(405);
    ApiFixture.Answer noRecord =
        api.send(
            "POST",
            "/api/v1",
            "x".getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            RECORDS,
            "Message-Content-Type",
            JSON);
    assertThat(noRecord.status()).isEqualTo(400);
  }

  @Test
  void inputOfContainersComesAsRecords() {
    String json =
        "{\"type\":\"ATTACH_CONTAINER_INPUT\",\"attach_container_input\":{\"type\":\"CONTAINER_ID\"}}";
    byte[] record = RecordIo.frame(json.getBytes(StandardCharsets.UTF_8));

    assertThat(api.call(json).status()).isEqualTo(415);
    assertThat(
            api.send(
                    "POST",
                    "/api/v1",
                    record,
                    "Content-Type",
                    RECORDS,
                    "Message-Content-Type",
                    JSON)
                .status())
        .isEqualTo(501);
  }

  @Test
  void metricsAreNamedAsToolsKnowThem() {
    ApiFixture.Answer answer = api.call("{\"type\":\"GET_METRICS\",\"get_metrics\":{}}");

    assertThat(answer.body())
        .contains("{\"name\":\"slave/cpus_total\",\"value\":6.0}")
        .contains("{\"name\":\"system/cpus_total\"");
  }

  @Test
  void logLevelIsSetForAWhile() {
    String call =
        "{\"type\":\"SET_LOGGING_LEVEL\",\"set_logging_level\":"
            + "{\"level\":%d,\"duration\":{\"nanoseconds\":60000000000}}}";

    assertThat(api.call(call.formatted(4)).status()).isEqualTo(400);
    assertThat(api.call(call.formatted(2)).status()).isEqualTo(200);
    assertThat(api.call("{\"type\":\"GET_LOGGING_LEVEL\"}").body()).contains("{\"level\":2}");
    assertThat(api.call(call.formatted(0)).status()).isEqualTo(200);
  }

  @Test
  void imagesArePrunedThoughThereAreNone() throws Exception {
    String call = "{\"type\":\"PRUNE_IMAGES\"}";

    assertThat(api.call(call).status()).isEqualTo(200);
    assertThat(api.call(call).bytes()).isEmpty();
    assertThat(ApiFixture.guarded("{\"permissive\":false}").call(call).status()).isEqualTo(403);
  }

  @Test
  void nestedContainersAreShownWhereTheyAreAskedFor() {
    String call = "{\"type\":\"GET_CONTAINERS\",\"get_containers\":{\"show_nested\":%s}}";

    assertThat(api.call(call.formatted("true")).body())
        .contains("{\"value\":\"c-inner\",\"parent\":{\"value\":\"c-pod\"}}")
        .contains("\"executor_pid\":" + ProcessHandle.current().pid());
    assertThat(api.call(call.formatted("false")).body()).doesNotContain("c-inner");
  }

  @Test
  void endedContainersAreNotShown() {
    assertThat(
            api.call("{\"type\":\"GET_CONTAINERS\",\"get_containers\":{\"show_nested\":true}}")
                .body())
        .doesNotContain("c-ended")
        .doesNotContain("c-done");
  }

  @Test
  void commandTasksAreShownWithTheExecutorThatMesosWouldMakeUp() throws Exception {
    byte[] call = Call.newBuilder().setType(Call.Type.GET_EXECUTORS).build().toByteArray();
    Response reply =
        Response.parseFrom(
            api.send("POST", "/api/v1", call, "Content-Type", PROTOBUF, "Accept", PROTOBUF)
                .bytes());

    assertThat(reply.getGetExecutors().getExecutors(0).getExecutorInfo().getName())
        .isEqualTo("name of web");
    assertThat(reply.getGetExecutors().getExecutors(0).getExecutorInfo().getCommand().getValue())
        .isEqualTo("sleep 1");
  }

  @ParameterizedTest
  @CsvSource({
    "view_frameworks, GET_FRAMEWORKS, m-0001",
    "view_frameworks, GET_EXECUTORS, pod",
    "view_frameworks, GET_TASKS, inner",
    "view_frameworks, GET_STATE, inner",
    "view_executors, GET_EXECUTORS, pod",
    "view_executors, GET_STATE, source of web",
    "view_tasks, GET_TASKS, waiting",
    "view_tasks, GET_STATE, waiting",
    "view_containers, GET_CONTAINERS, c-pod",
  })
  void whatAPrincipalMayNotViewIsLeftOut(String rule, String type, String hidden) throws Exception {
    ApiFixture guarded =
        ApiFixture.guarded(
            "{\"%s\":[{\"principals\":{\"values\":[\"root\"]},\"users\":{\"type\":\"ANY\"}},"
                    .formatted(rule)
                + "{\"principals\":{\"type\":\"ANY\"},\"users\":{\"type\":\"NONE\"}}]}");
    String call = "{\"type\":\"" + type + "\"}";

    assertThat(guarded.call(call, "As", "root").body()).contains(hidden);
    assertThat(guarded.call(call, "As", "guest").body()).doesNotContain(hidden);
    assertThat(guarded.call(call).body()).doesNotContain(hidden);
  }

  @Test
  void rulesSpeakOfUsers() throws Exception {
    ApiFixture guarded =
        ApiFixture.guarded(
            "{\"view_tasks\":[{\"principals\":{\"values\":[\"bob\"]},\"users\":{\"values\":"
                + "[\"bob\"]}},{\"principals\":{\"type\":\"ANY\"},\"users\":{\"type\":\"NONE\"}}]}");

    assertThat(guarded.call("{\"type\":\"GET_TASKS\"}", "As", "bob").body())
        .contains("\"inner\"")
        .doesNotContain("\"web\"")
        .doesNotContain("\"waiting\"");
  }

  @Test
  void reservationsOfOtherRolesAreLeftOut() throws Exception {
    ApiFixture guarded =
        ApiFixture.guarded(
            "{\"view_roles\":[{\"principals\":{\"type\":\"ANY\"},\"roles\":{\"type\":\"NONE\"}}]}");

    assertThat(api.call("{\"type\":\"GET_AGENT\"}").body()).contains("team");
    assertThat(guarded.call("{\"type\":\"GET_AGENT\"}").body()).doesNotContain("team");
    assertThat(guarded.call("{\"type\":\"GET_OPERATIONS\"}").body()).doesNotContain("team");
    assertThat(guarded.get("/state").body()).doesNotContain("team");
  }

  @ParameterizedTest
  @CsvSource({
    "GET_FLAGS, 403",
    "GET_VERSION, 200",
    "GET_HEALTH, 200",
    "GET_STATE, 200",
  })
  void guardedCallsAreRefused(String type, int status) throws Exception {
    assertThat(
            ApiFixture.guarded("{\"permissive\":false}")
                .call("{\"type\":\"" + type + "\"}")
                .status())
        .isEqualTo(status);
  }

  @Test
  void unknownResourceProviderCannotBeMarkedGone() throws Exception {
    ApiFixture.Answer answer =
        api.call(
            "{\"type\":\"MARK_RESOURCE_PROVIDER_GONE\",\"mark_resource_provider_gone\":"
                + "{\"resource_provider_id\":{\"value\":\"none\"}}}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("'none'");
  }

  @Test
  void tasksTellTheirLatestStatusUpdate() throws Exception {
    assertThat(api.call("{\"type\":\"GET_TASKS\"}").body())
        .contains("\"status_update_state\":\"TASK_RUNNING\"")
        .contains("\"status_update_uuid\":");
  }

  @Test
  void logLevelIsGuarded() throws Exception {
    assertThat(
            ApiFixture.guarded("{\"permissive\":false}")
                .call(
                    "{\"type\":\"SET_LOGGING_LEVEL\",\"set_logging_level\":"
                        + "{\"level\":1,\"duration\":{\"nanoseconds\":1}}}")
                .status())
        .isEqualTo(403);
  }
}
