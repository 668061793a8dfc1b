package io.mesocosm.agent.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentOptionsTest {
  @Test
  void addressOfTheAgentsOwnEnvironmentIsPassedOn() {
    assertThat(
            AgentOptions.executorEnvironment(
                Map.of("LIBPROCESS_IP", "10.1.2.3", "SECRET", "stays"), "{\"LANG\": \"C\"}"))
        .containsExactly(Map.entry("LANG", "C"), Map.entry("LIBPROCESS_IP", "10.1.2.3"));
  }

  @Test
  void flagIsStrongerThanTheAgentsOwnEnvironment() {
    assertThat(
            AgentOptions.executorEnvironment(
                Map.of("LIBPROCESS_IP", "10.1.2.3"), "{\"LIBPROCESS_IP\": \"10.9.9.9\"}"))
        .containsExactly(Map.entry("LIBPROCESS_IP", "10.9.9.9"));
  }

  @Test
  void nothingElseIsPassedOn() {
    assertThat(AgentOptions.executorEnvironment(Map.of("LIBPROCESS_IP", "", "HOME", "/root"), ""))
        .isEmpty();
  }

  @Test
  void dockerIsUsedAsTheFlagsSay() {
    AgentOptions options =
        AgentOptions.parse(
            List.of(
                "--master=127.0.0.1:1",
                "--work_dir=/tmp/w",
                "--docker_socket=/tmp/d.sock",
                "--sandbox_directory=/sandbox",
                "--no-docker_kill_orphans"));

    assertThat(options.docker().socket().toString()).isEqualTo("unix:///tmp/d.sock");
    assertThat(options.docker().workFolder()).hasToString("/tmp/w");
    assertThat(options.docker().sandboxFolder()).isEqualTo("/sandbox");
    assertThat(options.docker().keepsOrphans()).isTrue();
  }
}
