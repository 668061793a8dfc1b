package io.mesocosm.master.shell;

import io.mesocosm.coordination.Contest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A master that contends, and what it has told. */
final class Contestant implements MasterListener, AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CompletableFuture<Void> leads = new CompletableFuture<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final MasterProcess process;

  private Contestant(Optional<Contest> contest, List<String> flags) {
    List<String> all =
        new ArrayList<>(List.of("--port=0", "--ip=127.0.0.1", "--hostname=127.0.0.1"));
    all.addAll(flags);
    MasterOptions options = MasterOptions.parse(all);
    this.process =
        MasterProcess.start(
            options,
            InstantSource.system(),
            new Random(),
            this,
            contest.or(() -> options.election().contest()));
  }

  static Contestant in(Contest contest, String... flags) {
    return new Contestant(Optional.of(contest), List.of(flags));
  }

  static Contestant with(String... flags) {
    return new Contestant(Optional.empty(), Stream.of(flags).toList());
  }

  MasterProcess process() {
    return process;
  }

  Contestant awaitLeading() throws Exception {
    await(leads);
    return this;
  }

  /** This, once it leads. */
  CompletableFuture<Contestant> leading() {
    return leads.thenApply(_ -> this);
  }

  String awaitEnd() throws Exception {
    return await(end);
  }

  boolean hasEnded() {
    return end.isDone();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + process.port() + path);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path)).timeout(PATIENCE).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  @Override
  public void leads() {
    leads.complete(null);
  }

  @Override
  public void ended(String line) {
    end.complete(line);
  }

  @Override
  public void crashed(Throwable cause) {
    leads.completeExceptionally(cause);
    end.completeExceptionally(cause);
  }

  private static <T> T await(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends in good order, before its test does. */
  void leave() {
    process.close();
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }
}
