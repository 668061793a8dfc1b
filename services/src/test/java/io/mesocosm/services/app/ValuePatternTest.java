package io.mesocosm.services.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.services.app.ValuePattern.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuePatternTest {
  @Test
  void theWholeValueMustBeDescribed() {
    assertThat(ValuePattern.compare("r[12]", "r1")).isEqualTo(Outcome.MATCHES);
    assertThat(ValuePattern.compare("r[12]", "r11")).isEqualTo(Outcome.DIFFERS);
    assertThat(ValuePattern.compare("", "")).isEqualTo(Outcome.MATCHES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i)RACK-[0-9]+",
        "(?!rack-2).*",
        "(r)ack-\\d{1,3}",
        "(.)a\\1k",
        "[a-z&&[^q]]+-[\\d]{1}",
        "^rack-1$",
        "rack-1|rack-2",
        "\\p{Lower}+\\W\\p{N}",
        "ra*?c+?k??-(?:1|2)",
        "r++ack-.*+",
        "\\Qrack-1\\E",
        "\\brack\\b-1",
        "[]a]ack-1",
      })
  void javaAgrees(String expression) {
    assertThat(ValuePattern.problem(expression)).isEmpty();
    for (String value : List.of("rack-1", "rack-2", "RACK-1", "rack-1\n", "aak", "", "rack-12")) {
      assertThat(ValuePattern.compare(expression, value))
          .as(expression + " on " + value)
          .isEqualTo(Pattern.matches(expression, value) ? Outcome.MATCHES : Outcome.DIFFERS);
    }
  }

  @Test
  void javaAgreesOnWhateverCanBeWritten() {
    SplittableRandom random = new SplittableRandom(5);
    int described = 0;
    for (int i = 0; i < 20_000; i++) {
      String expression = expression(random, 4);
      StringBuilder value = new StringBuilder();
      for (int length = random.nextInt(6); length > 0; length--) {
        value.append((char) ('a' + random.nextInt(3)));
      }
      boolean matches = Pattern.matches(expression, value);
      described += matches ? 1 : 0;
      assertThat(ValuePattern.compare(expression, value.toString()))
          .as(expression + " on " + value)
          .isEqualTo(matches ? Outcome.MATCHES : Outcome.DIFFERS);
    }
    assertThat(described).as("enough of both").isBetween(1_000, 19_000);
  }

  private static String expression(SplittableRandom random, int depth) {
    if (depth == 0) {
      return List.of("a", "b", ".", "[^a]", "\\w", "", "c", "[ab]").get(random.nextInt(8));
    }
    String part = expression(random, depth - 1);
    return switch (random.nextInt(8)) {
      case 0 -> "(" + part + ")*";
      case 1 -> "(" + part + "|" + expression(random, depth - 1) + ")";
      case 2 -> "(?:" + part + "){" + random.nextInt(3) + ",3}";
      case 3 -> "(" + part + ")+?";
      case 4 -> "(" + part + ")?";
      case 5 -> "^" + part + "$";
      default -> part + expression(random, depth - 1);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+b",
        "(a|a)*b",
        "(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*b",
        "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?.{300}b",
        "(.*)*.*[^a]*(.*a){30}c",
        "(?=a)(a+)+b",
        "(?i)(a|aa)+b",
        "(a+)+\\1b",
      })
  void hostileExpressionsEndSoon(String expression) {
    assertThat(ValuePattern.problem(expression)).isEmpty();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (int length : List.of(0, 1, 30, 900)) {
            assertThat(ValuePattern.compare(expression, "a".repeat(length)))
                .isNotEqualTo(Outcome.MATCHES);
          }
        });
  }

  @Test
  void whatStaysTooMuchIsRefusedBeforehand() {
    String free = "(|)".repeat(300);
    for (String expression :
        List.of(
            "(((a{1000}){1000}){1000}){1000}",
            "(((){1000}){1000}){1000}",
            "(?=)" + free + "b",
            "(?=x)((){1000000}){1000000}",
            "(?x)(?=a)(){ 1 0 0 0 0 0 }",
            "a".repeat(1_001))) {
      assertThat(ValuePattern.problem(expression)).as(expression).isPresent();
    }
    assertThat(ValuePattern.problem(free + "b")).as("an automaton does it").isEmpty();
    assertThat(ValuePattern.compare(free + "b", "")).isEqualTo(Outcome.DIFFERS);
  }

  @Test
  void aValueThatIsANovelIsNotCompared() {
    assertThat(ValuePattern.compare(".*", "a".repeat(1_001))).isEqualTo(Outcome.GIVEN_UP);
  }
}
