package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StringMapTextTest {
  @Test
  void objectsOfStringsAreRead() {
    assertThat(StringMapText.parse("f", " { \"A\" : \"1\", \"B\":\"x \\\"y\\\" \\u0041\" } "))
        .containsEntry("A", "1")
        .containsEntry("B", "x \"y\" A")
        .hasSize(2);
    assertThat(StringMapText.parse("f", "{}")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"A\":1}", "{\"A\":\"1\",}", "[\"A\"]", "{\"A\":\"1\"} x", "{\"A\""})
  void anythingElseIsRefusedNamingTheFlag(String text) {
    assertThatThrownBy(() -> StringMapText.parse("executor_environment_variables", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--executor_environment_variables=")
        .hasMessageContaining("JSON object of strings");
  }
}
