package io.mesocosm.http.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.access.Action;
import io.mesocosm.model.access.Principal;
import io.mesocosm.runtime.Flag;
import io.mesocosm.runtime.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityOptionsTest {
  @TempDir Path directory;

  @Test
  void nothingIsGuardedUnlessAsked() {
    SecurityOptions options = SecurityOptions.master(parse(SecurityFlags.MASTER));

    assertThat(options.credentials()).isEmpty();
    assertThat(options.authorizer().allows(Optional.empty(), Action.RUN_TASK, "root")).isTrue();
    assertThat(options.tls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.3.2.1", "localhost", "::1"})
  void loopbackNeedsNoGuard(String address) {
    SecurityOptions options = SecurityOptions.master(parse(SecurityFlags.MASTER));

    assertThat(SecurityOptions.refusalToListen(address, options)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", ""})
  void unguardedRoleMustNotListenBeyondThisMachine(String address) {
    SecurityOptions options = SecurityOptions.master(parse(SecurityFlags.MASTER));

    assertThat(SecurityOptions.refusalToListen(address, options))
        .hasValueSatisfying(refusal ->
            assertThat(refusal)
                .startsWith("listening on " + address + " would")
                .contains(
                    "--authenticate_http_readonly, --authenticate_http_readwrite,"
                        + " --authenticate_http_frameworks, --authenticate_agents, or")
                .endsWith("--insecure"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"300.0.0.1", "no.such.name.invalid"})
  void whatIsNoAddressIsNotCalledAnOpenOne(String address) {
    SecurityOptions options = SecurityOptions.master(parse(SecurityFlags.MASTER));

    assertThat(SecurityOptions.refusalToListen(address, options))
        .hasValue(address + " is no address of this machine: give one that is");
  }

  @Test
  void insecureSaysThatItIsMeant() {
    SecurityOptions options = SecurityOptions.master(parse(SecurityFlags.MASTER, "--insecure"));

    assertThat(SecurityOptions.refusalToListen("0.0.0.0", options)).isEmpty();
  }

  @Test
  void guardedRoleMayListenAnywhere() throws Exception {
    String credentials = file("credentials", "alice wonderland\n");
    SecurityOptions partly =
        SecurityOptions.master(
            parse(
                SecurityFlags.MASTER,
                "--credentials=" + credentials,
                "--authenticate_http_readwrite",
                "--authenticate_http_frameworks",
                "--authenticate_agents"));
    SecurityOptions wholly =
        SecurityOptions.master(
            parse(
                SecurityFlags.MASTER,
                "--credentials=file://" + credentials,
                "--authenticate_http_readonly",
                "--authenticate_http_readwrite",
                "--authenticate_http_frameworks",
                "--authenticate_agents"));

    assertThat(SecurityOptions.refusalToListen("0.0.0.0", partly).orElse(""))
        .contains("set --authenticate_http_readonly, or");
    assertThat(SecurityOptions.refusalToListen("0.0.0.0", wholly)).isEmpty();
    assertThat(wholly.toString()).doesNotContain("wonderland");
  }

  @Test
  void agentShowsItsOwnCredential() throws Exception {
    SecurityOptions options =
        SecurityOptions.agent(
            parse(
                SecurityFlags.AGENT,
                "--credential=" + file("c", "{\"principal\":\"agent\",\"secret\":\"s\"}")));

    ClientAccess access = options.clientAccess(Optional.empty());

    assertThat(access.headers()).containsEntry("Authorization", "Basic YWdlbnQ6cw==");
    assertThat(access).hasToString("ClientAccess[Basic ***]");
  }

  @Test
  void accessListComesFromAFileOrFromTheFlagItself() throws Exception {
    String json =
        "{\"permissive\":false,\"run_tasks\":"
            + "[{\"principals\":{\"values\":[\"a\"]},\"users\":{\"type\":\"ANY\"}}]}";

    for (String value : List.of(json, file("acls", json), "file://" + file("acls", json))) {
      SecurityOptions options =
          SecurityOptions.master(parse(SecurityFlags.MASTER, "--acls=" + value));
      assertThat(
              options.authorizer().allows(Optional.of(Principal.of("a")), Action.RUN_TASK, "root"))
          .isTrue();
      assertThat(options.authorizer().allows(Optional.empty(), Action.RUN_TASK, "root")).isFalse();
    }
  }

  @Test
  void badFilesAreNamedWithTheFlag() throws Exception {
    String bad = file("bad", "{\"run_task\":[]}");

    assertThatThrownBy(() -> parse(SecurityFlags.MASTER, "--acls=" + bad, "--credentials=/no/file"))
        .isInstanceOf(Flags.InvalidFlagsException.class)
        .hasMessageContaining("--acls=" + bad + " is not valid: expected")
        .hasMessageContaining("no action has the key 'run_task'")
        .hasMessageContaining("--credentials=/no/file is not valid: expected the path of a file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--authenticate_http_readonly",
        "--tls_verify_clients",
        "--tls_certificate=/dev/null",
        "--tls_key=/dev/null",
      })
  void halfOfWhatIsNeededIsRefused(String flag) {
    assertThatThrownBy(() -> SecurityOptions.master(parse(SecurityFlags.MASTER, flag)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(flag.split("=")[0]);
  }

  @Test
  void executorsNeedAKeyToBeAuthenticatedWith() {
    assertThatThrownBy(() ->
            SecurityOptions.agent(parse(SecurityFlags.AGENT, "--authenticate_http_executors")))
        .hasMessage("--authenticate_http_executors needs --executor_secret_key");
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private static Flags parse(List<Flag<?>> known, String... arguments) {
    return Flags.parse(known, List.of(arguments), Map.of(), List.of());
  }
}
