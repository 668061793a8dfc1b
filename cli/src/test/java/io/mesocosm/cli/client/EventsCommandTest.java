package io.mesocosm.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.cli.client.FakeScheduler.Told;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventsCommandTest {
  private static final String STREAM =
      """
      event: event_stream_attached\r
      data: {"remoteAddress":"127.0.0.1","eventType":"event_stream_attached","timestamp":"2026-01-01T00:00:00.000Z"}\r
      \r
      \r
      event: status_update_event\r
      data: {"appId":"/web","taskId":"web.1","taskStatus":"TASK_FAILED","host":"node1","message":"exit 1\\nmore","slaveId":"s","eventType":"status_update_event","timestamp":"2026-01-01T00:00:01.000Z"}\r
      \r
      event: deployment_step_success\r
      data: {"plan":{"id":"d1"},"currentStep":{"actions":[{"action":"ScaleApplication","app":"/web"}]},"eventType":"deployment_step_success","timestamp":"2026-01-01T00:00:02.000Z"}\r
      \r
      """;

  private final FakeScheduler leader = new FakeScheduler();

  @AfterEach
  void stop() {
    leader.close();
  }

  @Test
  void everyEventIsOneLine() {
    leader.on("GET /v2/events", 200, STREAM);
    Terminal terminal = new Terminal(new EventsCommand(), leader.url());

    assertThat(terminal.run()).isEqualTo(1);
    assertThat(terminal.out().lines())
        .containsExactly(
            "2026-01-01T00:00:00.000Z  event_stream_attached  127.0.0.1",
            "2026-01-01T00:00:01.000Z  status_update_event  /web  web.1  TASK_FAILED  host=node1 "
                + " message=exit 1",
            "2026-01-01T00:00:02.000Z  deployment_step_success  deployment=d1  ScaleApplication"
                + " /web");
    assertThat(terminal.err()).contains("ended the stream");
  }

  @Test
  void typesAreAskedForAndJsonIsPassedOn() {
    leader.on("GET /v2/events", 200, STREAM);
    Terminal terminal = new Terminal(new EventsCommand(), leader.url());

    terminal.run("--type", "status_update_event", "--type=api_post_event", "--json");

    assertThat(leader.asked().getFirst().query())
        .contains("event_type=status_update_event&event_type=api_post_event");
    assertThat(terminal.out().lines()).hasSize(3).allMatch(line -> line.startsWith("{"));
  }

  @Test
  void aStandbySendsUsToItsLeader() {
    leader.on("GET /v2/events", 200, STREAM);
    try (FakeScheduler standby = new FakeScheduler()) {
      standby.on(
          "GET /v2/events",
          _ -> new Told(302, "", Map.of("Location", leader.url() + "/v2/events?event_type=a")));
      Terminal terminal = new Terminal(new EventsCommand(), standby.url());

      terminal.run("--type=a");
      assertThat(terminal.out()).contains("TASK_FAILED");
    }
  }

  @Test
  void whatIsNoStreamFailsInOneLine() {
    leader.on("GET /v2/events", 503, "{\"message\":\"no leader\"}");
    Terminal terminal = new Terminal(new EventsCommand(), leader.url());

    assertThat(terminal.run()).isEqualTo(1);
    assertThat(terminal.err().lines()).hasSize(1);
    assertThat(terminal.err()).contains("no leader");
  }
}
