package io.mesocosm.framework;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.protocol.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * The calls of one subscription, which all bear its stream id. One thread sends them, one after the
 * other, so that they arrive in the order of {@link #send}.
 */
final class Subscription {
  private static final System.Logger LOG = System.getLogger(Subscription.class.getName());
  private static final Duration ANSWER_MAX = Duration.ofSeconds(75);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(5);
  private static final int CALLS_WAITING_MAX = 100_000;

  private final HttpClient http;
  private final URI uri;
  private final String streamId;
  private final FrameworkID framework;
  private final MediaType mediaType;
  private final SchedulerListener listener;
  // Any thread adds, the sending thread takes; an empty one is the end.
  private final BlockingQueue<Optional<Call>> calls = new LinkedBlockingQueue<>(CALLS_WAITING_MAX);
  private final Thread sender;

  Subscription(
      HttpClient http,
      URI uri,
      String streamId,
      FrameworkID framework,
      MediaType mediaType,
      SchedulerListener listener) {
    this.http = http;
    this.uri = uri;
    this.streamId = streamId;
    this.framework = framework;
    this.mediaType = mediaType;
    this.listener = listener;
    this.sender = Thread.ofVirtual().name("scheduler-calls").start(this::sendAll);
  }

  boolean send(Call call) {
    boolean hasRoom = calls.offer(Optional.of(call.toBuilder().setFrameworkId(framework).build()));
    if (!hasRoom) {
      LOG.log(
          WARNING,
          CALLS_WAITING_MAX
              + " calls wait for the master: a "
              + call.getType()
              + " call is dropped");
    }
    return hasRoom;
  }

  /** Sends what waits, for a little while, then ends. */
  void drainAndClose() {
    try {
      if (calls.offer(Optional.empty()) && sender.join(DRAIN_MAX)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    abandon();
  }

  /** Drops what waits: the master does not take calls of this subscription any more. */
  void abandon() {
    calls.clear();
    sender.interrupt();
  }

  private void sendAll() {
    try {
      while (true) {
        Optional<Call> call = calls.take();
        if (call.isEmpty()) {
          return;
        }
        exchange(call.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // abandoned
    }
  }

  private void exchange(Call call) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER_MAX)
            .header("Content-Type", mediaType.contentType())
            .header("Accept", mediaType.contentType())
            .header("Mesos-Stream-Id", streamId)
            .POST(BodyPublishers.ofByteArray(mediaType.encode(call)))
            .build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        LOG.log(
            WARNING,
            "the master refused a "
                + call.getType()
                + " call with "
                + response.statusCode()
                + ": "
                + response.body().strip());
        listener.onCallRefused(call, response.statusCode(), response.body());
      }
    } catch (IOException e) {
      LOG.log(WARNING, "a " + call.getType() + " call did not reach the master: " + e.getMessage());
    }
  }
}
