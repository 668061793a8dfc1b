package io.mesocosm.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "*/*",
        "application/*",
        "text/html, */*;q=0.1",
        "application/x-protobuf, application/json"
      })
  void jsonIsPreferredWhereItIsAcceptable(String header) {
    assertThat(Accept.choose(List.of(header))).contains(MediaType.JSON);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-protobuf",
        "application/json;q=0, */*",
        "application/x-protobuf;q=0.1,application/json; q=0.0"
      })
  void protobufIsChosenWhereJsonIsNot(String header) {
    assertThat(Accept.choose(List.of(header))).contains(MediaType.PROTOBUF);
  }

  @Test
  void neitherMayBeAcceptable() {
    assertThat(Accept.choose(List.of("text/html"))).isEmpty();
    assertThat(Accept.choose(List.of("*/*;q=0"))).isEmpty();
  }
}
