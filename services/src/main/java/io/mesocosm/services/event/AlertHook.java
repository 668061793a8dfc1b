package io.mesocosm.services.event;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesocosm.services.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Posts events that a person should hear of to a URL: the JSON of the event stream, and {@code
 * text}, a sentence, which is what chat rooms show. One at a time, in order, on a virtual thread;
 * {@link #publish} never blocks. Thread-safe. An alert may come twice, when its answer was lost.
 */
public final class AlertHook implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AlertHook.class.getName());
  private static final int PAUSE_FACTOR = 4;

  /** Waits between two tries. */
  @FunctionalInterface
  interface Pause {
    void of(Duration duration) throws InterruptedException;
  }

  private final AlertTarget target;
  private final EventWriter writer;
  private final AlertPolicy policy;
  private final InstantSource clock;
  private final Pause pause;
  private final HttpClient client;
  private final Thread thread;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("alert-http-", 0).factory());
  // Whoever publishes writes, the hook's thread reads.
  private final BlockingQueue<Alert> waiting;
  // Both write, readers of metrics read.
  private final AtomicLong lost = new AtomicLong();

  /** What came of one try. */
  private sealed interface Outcome {
    record Taken() implements Outcome {}

    /** Another try would be answered the same. */
    record Refused(String why) implements Outcome {}

    record Failed(String why) implements Outcome {}
  }

  /** Begins to serve. */
  public AlertHook(AlertTarget target, EventWriter writer, InstantSource clock) {
    this(target, writer, AlertPolicy.USUAL, clock, Thread::sleep);
  }

  AlertHook(
      AlertTarget target,
      EventWriter writer,
      AlertPolicy policy,
      InstantSource clock,
      Pause pause) {
    this.target = target;
    this.writer = writer;
    this.policy = policy;
    this.clock = clock;
    this.pause = pause;
    this.waiting = new ArrayBlockingQueue<>(policy.waitingMax());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            // What is sent is for the one who was named, and for nobody he names.
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(policy.answerMax())
            .executor(threads)
            .build();
    this.thread = Thread.ofVirtual().name("alert-hook").start(this::run);
  }

  /** Sends the event if it is one to alert of. */
  public void publish(ServicesEvent event) {
    Optional<Alert> alert = Alert.of(event, clock.instant());
    if (alert.isPresent() && !waiting.offer(alert.get())) {
      lost.incrementAndGet();
      LOG.log(
          WARNING,
          "an alert is lost, because {0} others wait for {1}, the limit: {2}",
          policy.waitingMax(),
          target,
          alert.get().text());
    }
  }

  /** Alerts that nobody has taken. */
  public long lost() {
    return lost.get();
  }

  private void run() {
    try {
      while (true) {
        Alert alert = waiting.take();
        try {
          deliver(alert);
        } catch (RuntimeException e) {
          lost.incrementAndGet();
          LOG.log(WARNING, "an alert could not be sent: " + alert.text(), e);
        }
      }
    } catch (InterruptedException e) {
      LOG.log(DEBUG, "the alert hook ends", e);
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(Alert alert) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(target.uri())
            .header("Content-Type", "application/json")
            .header("User-Agent", "cosm-alert")
            .POST(BodyPublishers.ofByteArray(body(alert)))
            .build();
    Duration wait = policy.firstPause();
    for (int attempt = 1; ; attempt++) {
      switch (send(request)) {
        case Outcome.Taken() -> {
          LOG.log(DEBUG, () -> "alerted " + target + ": " + alert.text());
          return;
        }
        case Outcome.Refused(String why) -> {
          giveUp(alert, why);
          return;
        }
        case Outcome.Failed(String why) -> {
          if (attempt >= policy.triesMax()) {
            giveUp(alert, why + ", " + attempt + " times");
            return;
          }
          pause.of(wait);
          wait = wait.multipliedBy(PAUSE_FACTOR);
        }
      }
    }
  }

  private byte[] body(Alert alert) {
    EventFrame frame =
        writer.write(alert.event()).stream()
            .filter(candidate -> candidate.type().equals(alert.type()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no event is written as " + alert.type()));
    ObjectNode json = frame.json(alert.at());
    return Json.bytes(json.put("text", alert.text()));
  }

  private void giveUp(Alert alert, String why) {
    lost.incrementAndGet();
    LOG.log(
        WARNING,
        "{0} (--alert_webhook) did not take an alert: {1}; it was: {2}",
        target,
        why,
        alert.text());
  }

  private Outcome send(HttpRequest request) throws InterruptedException {
    // The answer's body is of no interest, however long: its head completes this.
    CompletableFuture<HttpResponse<InputStream>> answer =
        client.sendAsync(request, BodyHandlers.ofInputStream());
    try {
      HttpResponse<InputStream> response =
          answer.get(policy.answerMax().toMillis(), TimeUnit.MILLISECONDS);
      abandon(response.body());
      return outcome(response.statusCode());
    } catch (TimeoutException e) {
      return new Outcome.Failed("no answer within " + policy.answerMax().toMillis() + " ms");
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      String text = cause.getMessage();
      return new Outcome.Failed(text == null ? cause.getClass().getSimpleName() : text);
    } finally {
      answer.cancel(true); // of no effect on one that is there
    }
  }

  private static void abandon(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      LOG.log(DEBUG, "closing an answer that was broken already", e);
    }
  }

  private static Outcome outcome(int status) {
    String why = "it answered " + status;
    if (status >= 200 && status <= 299) {
      return new Outcome.Taken();
    }
    if (status >= 300 && status <= 399) {
      return new Outcome.Refused(why + ", and redirects are not followed: name the final address");
    }
    return status >= 500 || status == 408 || status == 429
        ? new Outcome.Failed(why)
        : new Outcome.Refused(why);
  }

  /** Ends at once; alerts that wait are lost. */
  @Override
  public void close() {
    thread.interrupt();
    client.shutdownNow();
    threads.shutdownNow();
    int left = waiting.size();
    if (left > 0) {
      LOG.log(WARNING, "{0} alerts were not sent to {1}: the scheduler ends", left, target);
    }
  }
}
