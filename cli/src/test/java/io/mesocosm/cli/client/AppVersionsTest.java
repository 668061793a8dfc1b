package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppVersionsTest {
  private static final String FIRST = "2026-01-01T00:00:00.000Z";
  private static final String SECOND = "2026-01-02T00:00:00.000Z";

  private final FakeScheduler scheduler = new FakeScheduler();
  private final Terminal terminal = new Terminal(new AppCommand(), scheduler.url());

  @BeforeEach
  void start() {
    scheduler.on(
        "GET /v2/apps/web", 200, "{\"app\":{\"id\":\"/web\",\"version\":\"" + SECOND + "\"}}");
    scheduler.on(
        "GET /v2/apps/web/versions", 200, "{\"versions\":[\"" + SECOND + "\",\"" + FIRST + "\"]}");
    scheduler.on("PUT /v2/apps/web", 200, "{\"deploymentId\":\"d\"}");
  }

  @AfterEach
  void stop() {
    scheduler.close();
  }

  @Test
  void versionsAreListedNewestFirstWithThePresentOneMarked() {
    assertThat(terminal.run("versions", "web")).isZero();
    assertThat(terminal.out().lines()).containsExactly("VERSION", SECOND + "   present", FIRST);
  }

  @Test
  void rollbackWithoutAVersionGoesToTheOneBefore() {
    assertThat(terminal.run("rollback", "web")).isZero();
    assertThat(scheduler.asked().getLast().json())
        .isEqualTo(Api.parse("{\"version\":\"" + FIRST + "\"}"));
  }

  @Test
  void rollbackGoesToTheVersionThatIsNamed() {
    assertThat(terminal.run("rollback", "web", SECOND, "--force")).isZero();
    assertThat(scheduler.asked().getLast().line()).isEqualTo("PUT /v2/apps/web?force=true");
    assertThat(scheduler.asked().getLast().json().path("version").asText()).isEqualTo(SECOND);
  }

  @Test
  void aVersionThatIsNotKeptChangesNothing() {
    assertThat(terminal.run("rollback", "web", "2020-01-01T00:00:00.000Z")).isEqualTo(1);
    assertThat(terminal.err()).contains("cosm app versions /web lists those it has");
    assertThat(scheduler.writes()).isEmpty();
  }

  @Test
  void withNothingBeforeThereIsNothingToGoBackTo() {
    scheduler.on("GET /v2/apps/web/versions", 200, "{\"versions\":[\"" + SECOND + "\"]}");

    assertThat(terminal.run("rollback", "web")).isEqualTo(1);
    assertThat(terminal.err()).contains("/web has no version before the present one");
  }
}
