package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may use the services API, and what this process shows its master. */
@Timeout(30)
class ServicesAccessTest {
  @TempDir Path directory;

  @Test
  void apiWantsTheCredentialOfTheFlag() throws Exception {
    ServicesOptions options = options("--http_credentials=alice:wonder:land", "--http_port=0");
    try (ServicesProcess process =
        ServicesProcess.start(
            options,
            new MemoryStore(),
            InstantSource.system(),
            new SplittableRandom(3),
            failure -> assertThat(failure).isNull())) {
      HttpResponse<String> stranger = get(process, "/v2/apps", "");
      assertThat(stranger.statusCode()).isEqualTo(401);
      assertThat(stranger.headers().firstValue("WWW-Authenticate"))
          .contains("Basic realm=\"Mesosphere\"");
      assertThat(stranger.body()).startsWith("{\"message\":");
      assertThat(get(process, "/v2/apps", "Basic YWxpY2U6d3Jvbmc=").statusCode()).isEqualTo(401);
      assertThat(get(process, "/v2/apps", "Basic YWxpY2U6d29uZGVyOmxhbmQ=").statusCode())
          .isEqualTo(200);
      assertThat(get(process, "/ping", "").statusCode()).isEqualTo(200);
      assertThat(get(process, "/config", "Basic YWxpY2U6d29uZGVyOmxhbmQ=").body())
          .contains("alice:***")
          .doesNotContain("wonder:land");
    }
  }

  @Test
  void unguardedApiMustNotListenBeyondThisMachine() {
    assertThat(options("--http_address=0.0.0.0").refusalToListen())
        .hasValueSatisfying(refusal -> assertThat(refusal).contains("--http_credentials"));
    assertThat(options("--http_address=0.0.0.0", "--insecure").refusalToListen()).isEmpty();
    assertThat(options("--http_address=0.0.0.0", "--http_credentials=a:b").refusalToListen())
        .isEmpty();
    assertThat(options().refusalToListen()).isEmpty();
  }

  @Test
  void principalAndSecretAreShownToTheMaster() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "wonderland\n");

    ServicesOptions options =
        options(
            "--mesos_authentication",
            "--mesos_authentication_principal=marathon",
            "--mesos_authentication_secret_file=" + secret);

    assertThat(options.masterAccess(Optional.empty()).headers())
        .containsEntry("Authorization", "Basic bWFyYXRob246d29uZGVybGFuZA==");
    assertThat(options.config().principal()).contains("marathon");
    assertThat(options.toString()).doesNotContain("wonderland");
  }

  @Test
  void halfACredentialIsRefused() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "wonderland\n");

    assertThatThrownBy(() -> options("--mesos_authentication"))
        .hasMessageContaining("--mesos_authentication_principal");
    assertThatThrownBy(() -> options("--mesos_authentication_secret_file=" + secret))
        .hasMessageContaining("--mesos_authentication_principal");
    assertThatThrownBy(() -> options("--http_credentials=alice"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--http_credentials")
        .hasMessageNotContaining("alice");
  }

  private static ServicesOptions options(String... more) {
    return ServicesOptions.parse(
        Stream.concat(
                Stream.of("--master=127.0.0.1:1", "--http_address=127.0.0.1"), Stream.of(more))
            .toList());
  }

  private static HttpResponse<String> get(
      ServicesProcess process, String path, String authorization) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
