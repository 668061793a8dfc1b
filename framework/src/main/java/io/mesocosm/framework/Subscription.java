package io.mesocosm.framework;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.MediaType;
import io.mesocosm.protocol.RecordIo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.scheduler.Protos.Call;

/**
 * The calls of one subscription, which all bear its stream id (T7). One thread sends them, one
 * request after the other, so that they arrive in the order of {@link #send}. A master that takes
 * several calls in one request gets in the next one all that came up while it answered the last; to
 * every other they go one by one.
 */
final class Subscription {
  private static final System.Logger LOG = System.getLogger(Subscription.class.getName());
  private static final Duration ANSWER_MAX = Duration.ofSeconds(75);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(5);
  private static final int CALLS_WAITING_MAX = 100_000;

  /** A master that takes batches says so with this header, and a request that is one bears it. */
  private static final String BATCH = "Mesocosm-Batch";

  private static final String BATCH_OF_RECORDS = "records";

  /** A request stays far below what masters take, and is answered soon. */
  private static final int BATCH_CALLS_MAX = 1000;

  private static final int BATCH_BYTES_MAX = 1 << 20;

  private final HttpClient http;
  private final RecordStream events;
  private final URI uri;
  private final FrameworkID framework;
  private final MediaType mediaType;
  private final Map<String, String> headers;
  private final SchedulerListener listener;
  private final boolean takesBatches;
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
    this.takesBatches = events.header(BATCH).filter(BATCH_OF_RECORDS::equals).isPresent();
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
        if (takesBatches && !goesAlone(call.get())) {
          exchangeAll(withThoseThatWait(call.get()));
        } else {
          exchange(call.get());
        }
        call = calls.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // abandoned
    }
  }

  /**
   * Whether the master may refuse it for its own sake, or refuses what comes after it. All others
   * are refused only if they are malformed, which is found out before the first is made, or if the
   * subscription does not hold, which goes for all of them: of a batch that is refused nothing was
   * made.
   */
  private static boolean goesAlone(Call call) {
    return switch (call.getType()) {
      case UNKNOWN, SUBSCRIBE, TEARDOWN, UPDATE_FRAMEWORK -> true;
      case ACCEPT,
          DECLINE,
          ACCEPT_INVERSE_OFFERS,
          DECLINE_INVERSE_OFFERS,
          REVIVE,
          KILL,
          SHUTDOWN,
          ACKNOWLEDGE,
          ACKNOWLEDGE_OPERATION_STATUS,
          RECONCILE,
          RECONCILE_OPERATIONS,
          MESSAGE,
          REQUEST,
          SUPPRESS ->
          false;
    };
  }

  private List<Call> withThoseThatWait(Call first) {
    List<Call> batch = new ArrayList<>(List.of(first));
    long bytes = first.getSerializedSize();
    while (batch.size() < BATCH_CALLS_MAX && bytes < BATCH_BYTES_MAX) {
      Optional<Call> next = calls.peek();
      if (next == null || next.filter(call -> !goesAlone(call)).isEmpty()) {
        break;
      }
      if (calls.poll() == null) {
        break; // abandoned in between
      }
      batch.add(next.get());
      bytes += next.get().getSerializedSize();
    }
    return batch;
  }

  private void exchangeAll(List<Call> batch) throws InterruptedException {
    if (batch.size() == 1) {
      exchange(batch.getFirst());
      return;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    batch.forEach(call -> body.writeBytes(RecordIo.frame(mediaType.encode(call))));
    String what = "batch of %d calls".formatted(batch.size());
    Optional<HttpResponse<String>> response =
        answer(what, request(body.toByteArray()).header(BATCH, BATCH_OF_RECORDS));
    int status = response.map(HttpResponse::statusCode).orElse(0);
    if (saysThatAnotherLeads(status)) {
      batch.forEach(call -> refused(call, status, response.orElseThrow().body()));
      breakOff(what, status);
    } else if (status >= 300) {
      LOG.log(
          DEBUG,
          "the master at {0} refused a {1} with {2}: they go one by one",
          uri.getAuthority(),
          what,
          status);
      for (Call call : batch) {
        if (broken().isPresent()) {
          return;
        }
        exchange(call);
      }
    }
  }

  private void exchange(Call call) throws InterruptedException {
    String what = call.getType() + " call";
    Optional<HttpResponse<String>> response = answer(what, request(mediaType.encode(call)));
    int status = response.map(HttpResponse::statusCode).orElse(0);
    if (status >= 300) {
      refused(call, status, response.orElseThrow().body());
    }
    if (saysThatAnotherLeads(status)) {
      breakOff(what, status);
    }
  }

  private HttpRequest.Builder request(byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER_MAX)
            .header("Content-Type", mediaType.contentType())
            .header("Accept", mediaType.contentType())
            .POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    events.header("Mesos-Stream-Id").ifPresent(id -> request.header("Mesos-Stream-Id", id));
    return request;
  }

  /** What the master answered; without an answer the subscription ends. */
  private Optional<HttpResponse<String>> answer(String what, HttpRequest.Builder request)
      throws InterruptedException {
    try {
      return Optional.of(http.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      breakOff(
          "a %s may not have reached the master at %s: %s".formatted(what, uri.getAuthority(), e));
      return Optional.empty();
    }
  }

  private static boolean saysThatAnotherLeads(int status) {
    return status >= 500 || status == 307 || status == 308;
  }

  private void breakOff(String what, int status) {
    breakOff(
        "the master at %s answered a %s with %d, and may not lead any more"
            .formatted(uri.getAuthority(), what, status));
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
