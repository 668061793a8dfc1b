package io.mesocosm.framework;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
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
  private final RecordStream events;
  private final URI uri;
  private final FrameworkID framework;
  private final MediaType mediaType;
  private final Map<String, String> headers;
  private final SchedulerListener listener;
  // Any thread adds, the sending thread takes; an empty one is the end.
  private final BlockingQueue<Optional<Call>> calls = new LinkedBlockingQueue<>();
  private final Object lock = new Object();
  private boolean ended;
  private Optional<String> broken = Optional.empty();
  private final Thread sender;

  private Subscription(
      HttpClient http,
      RecordStream events,
      FrameworkID framework,
      MediaType mediaType,
      Map<String, String> headers,
      SchedulerListener listener) {
    this.http = http;
    this.events = events;
    this.uri = events.uri();
    this.framework = framework;
    this.mediaType = mediaType;
    this.headers = headers;
    this.listener = listener;
    this.sender = Thread.ofVirtual().name("scheduler-calls").unstarted(this::sendAll);
  }

  static Subscription start(
      HttpClient http,
      RecordStream events,
      FrameworkID framework,
      MediaType mediaType,
      Map<String, String> headers,
      SchedulerListener listener) {
    Subscription subscription =
        new Subscription(http, events, framework, mediaType, headers, listener);
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
    headers.forEach(request::header);
    events.header("Mesos-Stream-Id").ifPresent(id -> request.header("Mesos-Stream-Id", id));
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      int status = response.statusCode();
      if (status >= 300) {
        refused(call, status, response.body());
      }
      if (status >= 500 || status == 307 || status == 308) {
        breakOff(
            "the master at %s answered a %s call with %d, and may not lead any more"
                .formatted(uri.getAuthority(), call.getType(), status));
      }
    } catch (IOException e) {
      breakOff(
          "a %s call may not have reached the master at %s: %s"
              .formatted(call.getType(), uri.getAuthority(), e));
    }
  }

  /**
   * Nobody can know what the master made of a call that broke: a decline that is lost would hold
   * its offers for ever. So the subscription ends, which takes back all offers, and the next one
   * begins with what is true.
   */
  private void breakOff(String reason) {
    synchronized (lock) {
      if (ended) {
        return; // closing, and nobody waits for this
      }
      broken = Optional.of(reason);
    }
    LOG.log(WARNING, "{0}: the subscription ends and is made anew", reason);
    calls.clear();
    end();
    events.close();
  }

  /** Why the subscription ended itself, if it did. */
  Optional<String> broken() {
    synchronized (lock) {
      return broken;
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
