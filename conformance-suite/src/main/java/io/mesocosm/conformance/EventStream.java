package io.mesocosm.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A streaming answer of records. A thread of its own reads; the test's thread waits for events. The
 * lock is where the two meet.
 */
public final class EventStream implements AutoCloseable {
  /**
   * An event and when it was read.
   *
   * @param at by the suite's clock
   */
  public record Received(JsonNode event, Instant at) {}

  private final HttpResponse<InputStream> response;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Received> all = new ArrayList<>();
  private final List<JsonNode> unseen = new ArrayList<>();
  private Optional<String> end = Optional.empty();

  private EventStream(HttpResponse<InputStream> response) {
    this.response = response;
  }

  /** Sends the request; a 200 is read as records from then on, each given to {@code decoder}. */
  public static EventStream open(Http http, Request request, Function<byte[], JsonNode> decoder) {
    EventStream stream = new EventStream(http.open(request));
    if (stream.status() == 200) {
      Thread.ofVirtual().name("events").start(() -> stream.read(decoder));
    }
    return stream;
  }

  /** The status code. */
  public int status() {
    return response.statusCode();
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  /** The whole answer, for one that is no stream. */
  public Answer refusal() {
    Expect.that(status() != 200, "a refusal", "200");
    try (InputStream body = response.body()) {
      return new Answer(status(), Http.lowerCase(response.headers().map()), body.readAllBytes());
    } catch (IOException e) {
      throw new Mismatch("a refusal's body", e.toString());
    }
  }

  /** Takes the first event of this type that no wait took before; others stay for later waits. */
  public JsonNode await(String type, Duration timeout) {
    return await(type, _ -> true, timeout);
  }

  /** Takes the first event of this type and condition that no wait took before. */
  public JsonNode await(String type, Predicate<JsonNode> condition, Duration timeout) {
    return poll(type, condition, timeout)
        .orElseThrow(() ->
            new Mismatch(
                "an event "
                    + type
                    + " that the test waits for, within "
                    + timeout.toMillis()
                    + " ms",
                summary()));
  }

  /** As {@link #await}, but empty when none comes in time or the stream ends before. */
  public Optional<JsonNode> poll(String type, Predicate<JsonNode> condition, Duration timeout) {
    long nanos = timeout.toNanos();
    lock.lock();
    try {
      while (true) {
        for (JsonNode event : unseen) {
          if (event.path("type").asText().equals(type) && condition.test(event)) {
            unseen.remove(event);
            return Optional.of(event);
          }
        }
        if (nanos <= 0 || end.isPresent()) {
          return Optional.empty();
        }
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Mismatch(
          "an event " + type, "the test was ended for taking too long; " + summary());
    } finally {
      lock.unlock();
    }
  }

  /** No such event comes in this time. */
  public void expectNone(String type, Predicate<JsonNode> condition, Duration time) {
    poll(type, condition, time)
        .ifPresent(event -> {
          throw new Mismatch(
              "no event " + type + " within " + time.toMillis() + " ms", event.toString());
        });
  }

  /** Waits until the other side ends the stream. */
  public void awaitEnd(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    lock.lock();
    try {
      while (end.isEmpty()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || !changed.await(left, TimeUnit.NANOSECONDS)) {
          throw new Mismatch(
              "the end of the stream within " + timeout.toMillis() + " ms", "open; " + summary());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Mismatch("the end of the stream", "the test was ended for taking too long");
    } finally {
      lock.unlock();
    }
  }

  /** Whether the stream has ended. */
  public boolean ended() {
    lock.lock();
    try {
      return end.isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** Everything read so far, taken or not. */
  public List<Received> received() {
    lock.lock();
    try {
      return List.copyOf(all);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      finish("closed with " + e);
    }
  }

  private void read(Function<byte[], JsonNode> decoder) {
    try {
      RecordReader records = new RecordReader(response.body());
      for (Optional<byte[]> next = records.next(); next.isPresent(); next = records.next()) {
        add(decoder.apply(next.orElseThrow()));
      }
      finish("ended");
    } catch (IOException | Mismatch e) {
      finish(String.valueOf(e.getMessage()));
    }
  }

  private void add(JsonNode event) {
    lock.lock();
    try {
      all.add(new Received(event, Instant.now()));
      unseen.add(event);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void finish(String why) {
    lock.lock();
    try {
      end = end.or(() -> Optional.of(why));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private String summary() {
    lock.lock();
    try {
      List<String> types =
          all.stream().map(received -> received.event().path("type").asText()).toList();
      String last = unseen.isEmpty() ? "" : "; last untaken " + unseen.getLast();
      return "events " + types + end.map(why -> ", stream " + why).orElse("") + last;
    } finally {
      lock.unlock();
    }
  }
}
