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

/** A scheduler in an election that the test decides (contracts/marathon-api.md A3). */
@Timeout(30)
class ElectionTest {
  private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> crashes = new LinkedBlockingQueue<>();
  private final BlockingQueue<ElectionListener> members = new LinkedBlockingQueue<>();
  private final BlockingQueue<ElectionListener> left = new LinkedBlockingQueue<>();
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
              public void changed(String line) {
                changes.add(line);
              }

              @Override
              public void crashed(Throwable cause) {
                crashes.add(cause);
              }
            },
            (words, listener) -> {
              content.complete(words);
              members.add(listener);
              return () -> left.add(listener);
            });
  }

  /** The next time that it enters. */
  private ElectionListener member() throws InterruptedException {
    ElectionListener next = members.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("a candidacy within 20 s").isNotNull();
    return next;
  }

  private String change() throws InterruptedException {
    String line = changes.poll(20, TimeUnit.SECONDS);
    assertThat(line).as("a change within 20 s").isNotNull();
    return line;
  }

  @AfterEach
  void stop() {
    process.close();
    http.close();
    assertThat(crashes).isEmpty();
  }

  private CompletableFuture<HttpResponse<String>> get(String path) {
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private int post(String path, String body) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  @Test
  void memberIsKnownByItsHostAndPort() throws Exception {
    assertThat(new String(content.get(), StandardCharsets.UTF_8))
        .isEqualTo("me.example:" + process.port());
  }

  @Test
  void whileNobodyLeadsRequestsWaitAndAreThenABadGateway() throws Exception {
    member().leaderChanged(Optional.empty());
    long began = System.nanoTime();

    HttpResponse<String> answer = get("/v2/apps").get(20, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).startsWith("{\"message\":\"no scheduler leads just now: ");
    assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2400));
  }

  @Test
  void requestThatWaitsForTheElectionIsAnsweredByItsWinner() throws Exception {
    ElectionListener member = member();
    member.leaderChanged(Optional.of(content.get()));
    CompletableFuture<HttpResponse<String>> waiting = get("/v2/leader");

    member.elected(new MemoryStore());

    assertThat(waiting.get(20, TimeUnit.SECONDS).body())
        .isEqualTo("{\"leader\":\"me.example:" + process.port() + "\"}");
  }

  @Test
  void whoHasLostSaysSoAndIsACandidateAgain() throws Exception {
    ElectionListener first = member();
    first.elected(new MemoryStore());
    assertThat(change()).isEqualTo("leads");

    first.lost("the session is over");

    assertThat(change()).isEqualTo("has lost the leadership (the session is over): standing by");
    assertThat(left.poll(20, TimeUnit.SECONDS)).isSameAs(first);
    ElectionListener second = member();
    HttpResponse<String> meanwhile = get("/v2/apps").get(20, TimeUnit.SECONDS);
    assertThat(meanwhile.statusCode()).isEqualTo(502);
    assertThat(meanwhile.body()).contains("has lost the leadership (the session is over)");
    second.leaderChanged(Optional.of("other.example:1".getBytes(StandardCharsets.UTF_8)));
    assertThat(change()).isEqualTo("follows http://other.example:1");
  }

  @Test
  void whoLeadsAgainKnowsWhatTheStoreHoldsAndNothingElse() throws Exception {
    ElectionListener first = member();
    MemoryStore before = new MemoryStore();
    first.elected(before);
    assertThat(post("/v2/apps", "{\"id\":\"/mine\",\"cmd\":\"x\",\"instances\":0}")).isEqualTo(201);
    first.lost("the session is over");

    // Another has led in between, and removed it.
    member().elected(new MemoryStore());

    assertThat(get("/v2/apps").get(20, TimeUnit.SECONDS).body()).isEqualTo("{\"apps\":[]}");
    assertThat(before.get("/apps/mine")).isPresent();
  }

  @Test
  void whatAnEndedCandidacyIsToldIsOfNoEffect() throws Exception {
    ElectionListener first = member();
    first.elected(new MemoryStore());
    first.lost("the session is over");
    member().elected(new MemoryStore());
    assertThat(List.of(change(), change(), change())).endsWith("leads");

    first.lost("once more");
    first.leaderChanged(Optional.empty());
    first.elected(new MemoryStore());

    assertThat(get("/v2/leader").get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(changes).isEmpty();
  }

  @Test
  void whoCannotReadItsStateLetsOthersTryAndTriesAgain() throws Exception {
    ElectionListener first = member();
    MemoryStore torn = new MemoryStore();
    torn.put("/apps/a", "garbage".getBytes(StandardCharsets.UTF_8));

    first.elected(torn);

    assertThat(change()).startsWith("was elected and cannot lead").contains("/apps/a");
    assertThat(left.poll(20, TimeUnit.SECONDS)).isSameAs(first);
    member().elected(new MemoryStore());
    assertThat(change()).isEqualTo("leads");
  }

  @Test
  void whoAbdicatesIsACandidateAgain() throws Exception {
    ElectionListener first = member();
    first.elected(new MemoryStore());
    assertThat(change()).isEqualTo("leads");

    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + "/v2/leader"))
                .DELETE()
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(change()).contains("DELETE /v2/leader");
    assertThat(left.poll(20, TimeUnit.SECONDS)).isSameAs(first);
    assertThat(member()).isNotSameAs(first);
  }

  @Test
  void processThatIsClosedIsNoCandidateAnyMore() throws Exception {
    ElectionListener first = member();
    first.elected(new MemoryStore());

    process.close();
    first.lost("it left");

    assertThat(left).containsExactly(first);
    assertThat(members).isEmpty();
  }

  @Test
  void leaderThatIsPassedItsOwnRequestsSeesTheLoop() throws Exception {
    // It is told that somebody leads, and that is where it listens itself.
    member()
        .leaderChanged(
            Optional.of(("127.0.0.1:" + process.port()).getBytes(StandardCharsets.UTF_8)));

    HttpResponse<String> answer = get("/v2/apps").get(20, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("a loop");
  }
}
