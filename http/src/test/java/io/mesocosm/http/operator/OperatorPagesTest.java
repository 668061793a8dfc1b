package io.mesocosm.http.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mesocosm.http.HttpException;
import io.mesocosm.http.Request;
import io.mesocosm.http.Response;
import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Authorizer;
import io.mesocosm.protocol.JsonWriter;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What masters and agents answer their operators in the same way. */
class OperatorPagesTest {
  private static final Authorizer READERS_ONLY =
      (_, action, _) -> action == Action.GET_ENDPOINT_WITH_PATH;

  private final LoggingLevel logging = new LoggingLevel(InstantSource.system());

  @AfterEach
  void logAsConfigured() {
    logging.set(0, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"show", "$", "angular.callbacks._0", "callbacks[3]"})
  void jsonpCallsTheFunction(String function) {
    Response response = Jsonp.response(request("jsonp=" + function), json());

    assertThat(body(response)).isEqualTo(function + "({});");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "alert(1);//", "1st", "a-b", ".", "<script>"})
  void jsonpThatIsNoFunctionIsRefused(String function) {
    assertThatThrownBy(() -> Jsonp.response(request("jsonp=" + function), json()))
        .isInstanceOfSatisfying(
            HttpException.class, e -> assertThat(e.response().status()).isEqualTo(400));
  }

  @Test
  void theLevelOfLogsIsReadAndSet() {
    LoggingToggle toggle = new LoggingToggle(Authorizer.PERMISSIVE, logging);

    assertThat(toggle.handle(request("level=2&duration=1mins")).status()).isEqualTo(200);
    assertThat(body(toggle.handle(request("")))).isEqualTo("2\n");
  }

  @ParameterizedTest
  @CsvSource({
    "level=1, Expecting",
    "duration=1secs, Expecting",
    "level=x&duration=1secs, level=x",
    "level=1&duration=x, duration=x",
    "level=4&duration=1secs, between 0 and 3"
  })
  void badLevelsOfLogsAreRefused(String query, String message) {
    LoggingToggle toggle = new LoggingToggle(Authorizer.PERMISSIVE, logging);

    assertThat(refusal(toggle, query)).startsWith("400 ").contains(message);
  }

  @Test
  void whoMayOnlySeeThePageMayReadTheLevelAndNotSetIt() {
    LoggingToggle toggle = new LoggingToggle(READERS_ONLY, logging);

    assertThat(toggle.handle(request("")).status()).isEqualTo(200);
    assertThat(refusal(toggle, "level=1&duration=1secs"))
        .startsWith("403 ")
        .contains("set_log_level is not allowed");
  }

  @Test
  void whoMayNotSeeThePageIsToldWhichRuleIsMissing() {
    LoggingToggle toggle = new LoggingToggle((_, _, _) -> false, logging);

    assertThat(refusal(toggle, ""))
        .startsWith("403 ")
        .contains("get_endpoints is not allowed for /logging/toggle");
  }

  private static String refusal(LoggingToggle toggle, String query) {
    HttpException refused =
        catchThrowableOfType(HttpException.class, () -> toggle.handle(request(query)));
    return refused.response().status() + " " + body(refused.response());
  }

  private static String body(Response response) {
    return new String(((Response.Whole) response).body(), UTF_8);
  }

  private static JsonWriter json() {
    return new JsonWriter().beginObject().endObject();
  }

  private static Request request(String query) {
    return new Request(
        "GET",
        "/",
        Stream.of(query.split("&"))
            .filter(part -> part.contains("="))
            .map(part -> part.split("=", 2))
            .collect(Collectors.toMap(part -> part[0], part -> List.of(part[1]))),
        new TreeMap<>(),
        Map.of(),
        new byte[0],
        new InetSocketAddress("127.0.0.1", 1));
  }
}
