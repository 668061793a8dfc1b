package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** The whole process, without a master to talk to. */
class ServicesProcessTest {
  private final MemoryStore store = new MemoryStore();
  private final BlockingQueue<Throwable> crashes = new LinkedBlockingQueue<>();
  private final ServicesOptions options =
      ServicesOptions.parse(
          List.of("--master=127.0.0.1:1", "--http_address=127.0.0.1", "--http_port=0"));

  private ServicesProcess start() {
    return ServicesProcess.start(
        options, store, InstantSource.system(), new SplittableRandom(3), crashes::add);
  }

  private static HttpResponse<String> send(
      ServicesProcess process, String method, String path, String body) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path))
              .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void whatWasAnsweredSurvivesTheProcess() throws Exception {
    try (ServicesProcess process = start()) {
      HttpResponse<String> created =
          send(process, "POST", "/v2/apps", "{'id':'/a','cmd':'x','instances':3}");
      assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
      assertThat(send(process, "GET", "/v2/apps/a", "").body()).contains("\"instances\":3");
    }
    try (ServicesProcess process = start()) {
      HttpResponse<String> app = send(process, "GET", "/v2/apps/a", "");
      assertThat(app.body()).contains("\"instances\":3");
      assertThat(send(process, "GET", "/v2/deployments", "").body()).contains("/a");
    }
    assertThat(crashes).isEmpty();
  }

  @Test
  void whatCannotBeStoredIsNotPromised() throws Exception {
    try (ServicesProcess process = start()) {
      store.failsOnce = true;
      HttpResponse<String> refused = send(process, "POST", "/v2/apps", "{'id':'/a','cmd':'x'}");

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("no quorum");
      assertThat(send(process, "GET", "/v2/apps/a", "").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aRecordThatCannotBeReadStopsTheStart() {
    store.put("/apps/a", "garbage".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(this::start).hasMessageContaining("record /apps/a is not readable");
  }
}
