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
 * The calls of one subscription, which all bear its stream id (T7). One thread sends them, one
 * after the other, so that they arrive in the order of {@link #send}.
 */
final class Subscription {
  private static final System.Logger LOG = System.getLogger(Subscription.class.getName());
  private static final Duration ANSWER_MAX = Duration.ofSeconds(75);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(5);
  private static final int CALLS_WAITING_MAX = 100_000;

  private final HttpClient http;
  private final URI uri;
  private final Optional<String> streamId;
  private final FrameworkID framework;
  private final MediaType mediaType;
  private final SchedulerListener listener;
  // Any thread adds, the sending thread takes; an empty one is the end.
  private final BlockingQueue<Optional<Call>> calls = new LinkedBlockingQueue<>();
  private final Object lock = new Object();
  private boolean ended;
  private final Thread sender;

  private Subscription(
      HttpClient http,
      URI uri,
      Optional<String> streamId,
      FrameworkID framework,
      MediaType mediaType,
      SchedulerListener listener) {
    this.http = http;
    this.uri = uri;
    this.streamId = streamId;
    this.framework = framework;
    this.mediaType = mediaType;
    this.listener = listener;
    this.sender = Thread.ofVirtual().name("scheduler-calls").unstarted(this::sendAll);
  }

  static Subscription start(
      HttpClient http,
      URI uri,
      Optional<String> streamId,
      FrameworkID framework,
      MediaType mediaType,
      SchedulerListener listener) {
    Subscription subscription =
        new Subscription(http, uri, streamId, framework, mediaType, listener);
    subscription.sender.start();
    return subscription;
  }

  /** Queues a call; false if the subscription has ended, or far too many calls wait already. */
  boolean send(Call call) {
    synchronized (lock) {
      if (ended) {
        return false;
      }
      if (calls.size() < CALLS_WAITING_MAX) {
        calls.add(Optional.of(complete(call)));
        return true;
      }
    }
    LOG.log(
        WARNING,
        "{0} calls wait for the master at {1}: a {2} call is dropped",
        CALLS_WAITING_MAX,
        uri.getAuthority(),
        call.getType());
    return false;
  }

  /** UPDATE_FRAMEWORK names the framework twice, and both must be the same (C17). */
  private Call complete(Call call) {
    Call.Builder complete = call.toBuilder().setFrameworkId(framework);
    if (call.hasUpdateFramework() && !call.getUpdateFramework().getFrameworkInfo().hasId()) {
      complete.getUpdateFrameworkBuilder().getFrameworkInfoBuilder().setId(framework);
    }
    return complete.build();
  }

  /** Sends what waits, for a little while, then ends. */
  void drainAndClose() {
    end();
    try {
      if (sender.join(DRAIN_MAX)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    abandon();
  }

  /** Drops what waits: the master takes no more calls of this subscription. */
  void abandon() {
    calls.clear();
    end();
    sender.interrupt();
  }

  private void end() {
    synchronized (lock) {
      ended = true;
      calls.add(Optional.empty());
    }
  }

  private void sendAll() {
    try {
      Optional<Call> call = calls.take();
      while (call.isPresent()) {
        exchange(call.get());
        call = calls.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // abandoned
    }
  }

  private void exchange(Call call) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER_MAX)
            .header("Content-Type", mediaType.contentType())
            .header("Accept", mediaType.contentType())
            .POST(BodyPublishers.ofByteArray(mediaType.encode(call)));
    streamId.ifPresent(id -> request.header("Mesos-Stream-Id", id));
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        refused(call, response.statusCode(), response.body());
      }
    } catch (IOException e) {
      LOG.log(
          WARNING,
          "a {0} call may not have reached the master at {1}: {2}",
          call.getType(),
          uri.getAuthority(),
          e.toString());
    }
  }

  private void refused(Call call, int status, String body) {
    LOG.log(
        WARNING,
        "the master at {0} refused a {1} call with {2}: {3}",
        uri.getAuthority(),
        call.getType(),
        status,
        body.strip());
    try {
      listener.onCallRefused(call, status, body);
    } catch (RuntimeException e) {
      LOG.log(WARNING, "the listener failed on a refused " + call.getType() + " call", e);
    }
  }
}
