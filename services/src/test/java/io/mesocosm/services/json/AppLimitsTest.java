package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is too large is refused by name, before anything is made of it. */
class AppLimitsTest {
  private final AppReader reader = new AppReader("*");

  private static ObjectNode app() {
    return JsonNodeFactory.instance.objectNode().put("id", "/a").put("cmd", "x");
  }

  private Map<String, List<String>> problems(ObjectNode json) {
    InvalidRequestException e =
        catchThrowableOfType(InvalidRequestException.class, () -> reader.read(json));
    assertThat(e).isNotNull();
    assertThat(e.status()).isEqualTo(422);
    return e.errorsByPath();
  }

  @Test
  void aDefinitionOverAMegabyteIsRefusedWithItsSize() {
    assertThat(problems(app().put("cmd", "x".repeat(1_000_000))).getOrDefault("/", List.of()))
        .first(STRING)
        .startsWith("the definition takes 1000020 bytes of JSON, the limit is 1000000");
  }

  @Test
  void defaultsMustNotMakeItLargerThanWhatIsStored() {
    ObjectNode json = app();
    ArrayNode checks = json.putArray("healthChecks");
    for (int i = 0; i < 2_000; i++) {
      checks.addObject().put("path", "x".repeat(400));
    }
    assertThat(problems(json).getOrDefault("/", List.of()))
        .first(STRING)
        .contains("the limit is 1000000");
  }

  @Test
  void nestingThatNoDefinitionNeedsIsRefused() {
    ObjectNode json = app();
    ObjectNode inner = json;
    for (int i = 0; i < 900; i++) {
      inner = inner.putObject("labels");
    }
    assertThat(problems(json)).containsOnlyKeys("/");
  }

  @Test
  void tenThousandLabelsAreTooMany() {
    ObjectNode json = app();
    ObjectNode labels = json.putObject("labels");
    for (int i = 0; i < 10_000; i++) {
      labels.put("l" + i, "v");
    }
    assertThat(problems(json))
        .containsEntry("/labels", List.of("has 10000 entries, the limit is 2000"));
  }

  @Test
  void anIdIsNoNovel() {
    assertThat(problems(app().put("id", "/" + "a.".repeat(5_000)))).containsOnlyKeys("/id");
    assertThat(problems(app().put("id", "/" + "a/".repeat(400_000)))).containsOnlyKeys("/id");
  }

  @Test
  void nulLettersReachNoProcess() {
    assertThat(problems(app().put("cmd", "a\0b"))).containsOnlyKeys("/cmd");
    ObjectNode json = app();
    json.putObject("env").put("A", "\0").put("B\0", "");
    assertThat(problems(json)).containsOnlyKeys("/env/A", "/env");
  }

  @Test
  void expressionsThatCannotBeComparedAreRefused() {
    for (String expression : List.of("a".repeat(1_001), "(", "((a{1000}){1000}){1000}")) {
      ObjectNode json = app();
      json.putArray("constraints").addArray().add("rack").add("LIKE").add(expression);
      assertThat(problems(json)).containsOnlyKeys("/constraints(0)");
    }
  }

  @Test
  void aComplaintIsNoLongerThanItNeedsToBe() {
    assertThat(problems(app().put("killSelection", "x".repeat(500_000))).get("/killSelection"))
        .allSatisfy(
            text -> assertThat(text).startsWith("got x").endsWith("OLDEST_FIRST").hasSize(1_001));
    ObjectNode json = app();
    ArrayNode args = json.putArray("args");
    for (int i = 0; i < 100_000; i++) {
      args.add(i);
    }
    InvalidRequestException e =
        catchThrowableOfType(InvalidRequestException.class, () -> reader.read(json));
    assertThat(e.errorsByPath()).hasSize(1_000);
  }
}
