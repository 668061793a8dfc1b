package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("stage", "test", "tier", "front end", "in", "x", "a,b", "1");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stage | true",
        "other | false",
        "stage==test | true",
        "stage == prod | false",
        "stage!=prod | true",
        "stage != test | false",
        "stage in (prod, test) | true",
        "stage in (prod) | false",
        "stage notin (prod) | true",
        "stage notin (prod, test) | false",
        "stage, tier | true",
        "stage==test, other | false",
        "tier==front\\ end | true",
        "a\\,b==1 | true",
        "in==x | true",
      })
  void selectsByLabels(String selector, boolean expected) {
    assertThat(LabelSelector.parse(selector).test(LABELS)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a==", "a in b", "a in (b", "a b", "==c", "a,,b"})
  void refusesWhatIsNoSelector(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("label selector '" + selector + "' is not valid");
  }
}
