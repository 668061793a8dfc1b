package io.mesocosm.framework;

import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.RecordStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.mesos.v1.executor.Protos.Call;

/**
 * The calls of one subscription of an executor, sent one after the other by a thread of its own. A
 * call that breaks ends the subscription: the next one brings what the agent has not acknowledged.
 */
final class ExecutorCalls {
  private static final System.Logger LOG = System.getLogger(ExecutorCalls.class.getName());
  private static final Duration ANSWER_MAX = Duration.ofSeconds(75);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(5);

  private final HttpClient http;
  private final RecordStream events;
  private final ExecutorClientOptions options;
  // Any thread adds, the sending thread takes; a call of type UNKNOWN is the end.
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final Thread sender;

  private ExecutorCalls(HttpClient http, RecordStream events, ExecutorClientOptions options) {
    this.http = http;
    this.events = events;
    this.options = options;
    this.sender = Thread.ofVirtual().name("executor-calls").unstarted(this::sendAll);
  }

  static ExecutorCalls start(HttpClient http, RecordStream events, ExecutorClientOptions options) {
    ExecutorCalls calls = new ExecutorCalls(http, events, options);
    calls.sender.start();
    return calls;
  }

  void send(Call call) {
    calls.add(call);
  }

  /** Sends what waits, for a little while, then ends. */
  void drainAndClose() {
    calls.add(Call.newBuilder().setType(Call.Type.UNKNOWN).buildPartial());
    try {
      if (sender.join(DRAIN_MAX)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    abandon();
  }

  void abandon() {
    calls.clear();
    sender.interrupt();
  }

  private void sendAll() {
    try {
      Call call = calls.take();
      while (call.getType() != Call.Type.UNKNOWN) {
        exchange(call);
        call = calls.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // abandoned
    }
  }

  private void exchange(Call call) throws InterruptedException {
    String type = options.mediaType().contentType();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(events.uri())
            .timeout(ANSWER_MAX)
            .header("Content-Type", type)
            .header("Accept", type)
            .POST(BodyPublishers.ofByteArray(options.mediaType().encode(call)));
    options.access().headers().forEach(request::header);
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() >= 500) {
        breakOff(call, "answered " + response.statusCode() + " " + response.body().strip());
      } else if (response.statusCode() >= 300) {
        LOG.log(
            WARNING,
            "the agent refused a {0} call with {1}: {2}",
            call.getType(),
            response.statusCode(),
            response.body().strip());
      }
    } catch (IOException e) {
      breakOff(call, e.toString());
    }
  }

  private void breakOff(Call call, String reason) {
    LOG.log(
        WARNING,
        "a {0} call may not have reached the agent at {1}, so the subscription ends: {2}",
        call.getType(),
        events.uri().getAuthority(),
        reason);
    calls.clear();
    events.close();
  }
}
