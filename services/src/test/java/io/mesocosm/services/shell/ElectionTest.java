package io.mesocosm.services.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesocosm.coordination.ElectionListener;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A scheduler in an election that the test decides (contracts/marathon-api.md A3, A4). */
@Timeout(30)
class ElectionTest {
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  private final CompletableFuture<ElectionListener> member = new CompletableFuture<>();
  private final CompletableFuture<byte[]> content = new CompletableFuture<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private ServicesProcess process;

  @BeforeEach
  void contend() {
    process =
        ServicesProcess.contend(
            ServicesOptions.parse(
                List.of("--master=127.0.0.1:1", "--http_port=0", "--hostname=me.example")),
            InstantSource.system(),
            new SplittableRandom(3),
            new ServicesListener() {
              @Override
              public void ended(String line) {
                ends.add(line);
              }

              @Override
              public void crashed(Throwable cause) {
                ends.add("crashed: " + cause);
              }
            },
            (words, listener) -> {
              content.complete(words);
              member.complete(listener);
              return () -> {};
            });
  }

  @AfterEach
  void stop() {
    process.close();
    http.close();
  }

  private CompletableFuture<HttpResponse<String>> get(String path) {
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void memberIsKnownByItsHostAndPort() throws Exception {
    assertThat(new String(content.get(), StandardCharsets.UTF_8))
        .isEqualTo("me.example:" + process.port());
  }

  @Test
  void whileNobodyLeadsRequestsWaitAndAreThenABadGateway() throws Exception {
    member.get().leaderChanged(Optional.empty());
    long began = System.nanoTime();

    HttpResponse<String> answer = get("/v2/apps").get(20, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).startsWith("{\"message\":\"no scheduler leads just now: ");
    assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2400));
  }

  @Test
  void requestThatWaitsForTheElectionIsAnsweredByItsWinner() throws Exception {
    member.get().leaderChanged(Optional.of(content.get()));
    CompletableFuture<HttpResponse<String>> waiting = get("/v2/leader");

    member.get().elected(new MemoryStore());

    assertThat(waiting.get(20, TimeUnit.SECONDS).body())
        .isEqualTo("{\"leader\":\"me.example:" + process.port() + "\"}");
  }

  @Test
  void whoHasLostAnswersNothingAndDoesNotFollow() throws Exception {
    member.get().elected(new MemoryStore());

    member.get().lost("the session is over");
    member.get().leaderChanged(Optional.of("other:1".getBytes(StandardCharsets.UTF_8)));

    assertThat(ends.poll(10, TimeUnit.SECONDS))
        .isEqualTo(
            "the leadership was lost (the session is over): exiting so that the supervisor"
                + " restarts this scheduler as a standby");
    assertThat(get("/v2/apps").get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
  }

  @Test
  void leaderThatIsPassedItsOwnRequestsSeesTheLoop() throws Exception {
    // It is told that somebody leads, and that is where it listens itself.
    member
        .get()
        .leaderChanged(
            Optional.of(("127.0.0.1:" + process.port()).getBytes(StandardCharsets.UTF_8)));

    HttpResponse<String> answer = get("/v2/apps").get(20, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("a loop");
  }
}
