package io.mesocosm.services.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row E1. */
class AcceptedTypesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "TEXT/Event-Stream;charset=utf-8",
        "application/json, text/event-stream;q=0.5",
        "text/*",
        "*/*",
        "text/html, */*;q=0.1",
        "*/*;q=0, text/*; q=0.3",
        ""
      })
  void streamsAreAllowed(String accept) {
    assertThat(AcceptedTypes.of(List.of(accept)).allowEventStream()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "text/html, application/xhtml+xml",
        "*/*, text/event-stream;q=0",
        "text/*; q=0.0, */*",
        "text/event-streams"
      })
  void streamsAreNotAllowed(String accept) {
    assertThat(AcceptedTypes.of(List.of(accept)).allowEventStream()).isFalse();
  }

  @Test
  void clientThatDoesNotSayTakesAnything() {
    assertThat(AcceptedTypes.of(List.of()).allowEventStream()).isTrue();
  }

  @Test
  void linesOfTheHeaderAddUp() {
    assertThat(
            AcceptedTypes.of(List.of("application/json", "text/event-stream")).allowEventStream())
        .isTrue();
  }
}
