package io.mesocosm.framework;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.InvalidMessageException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * One scheduler's connection to the leading master over the v1 scheduler API
 * (contracts/mesos-scheduler-api.md §1–§3): keeps a subscription alive for as long as it lives, and
 * sends calls beside it in order. After the first SUBSCRIBED it subscribes with the id that it was
 * given. Thread-safe.
 */
public final class SchedulerClient implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SchedulerClient.class.getName());
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
  private static final Duration SUBSCRIBE_MAX = Duration.ofSeconds(75);
  private static final String API = "/api/v1/scheduler";

  private final SchedulerClientOptions options;
  private final SchedulerListener listener;
  private final RandomGenerator random;
  private final HttpClient http;
  private final Thread subscriber;

  // The subscriber's thread, callers of send, framework and close, and the watch of heartbeats meet
  // under this lock.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private FrameworkInfo framework;
  private Optional<Subscription> subscription = Optional.empty();
  private boolean closed;
  private int master;

  private SchedulerClient(
      SchedulerClientOptions options, SchedulerListener listener, RandomGenerator random) {
    this.options = options;
    this.listener = listener;
    this.random = random;
    this.framework = options.framework();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_MAX)
            .build();
    this.subscriber =
        Thread.ofVirtual().name("scheduler-subscription").unstarted(this::subscribeForEver);
  }

  /** Begins to subscribe, and returns at once. */
  public static SchedulerClient start(SchedulerClientOptions options, SchedulerListener listener) {
    return start(options, listener, new java.util.SplittableRandom());
  }

  /**
   * As above.
   *
   * @param random jitters the waits between tries; used on one thread
   */
  public static SchedulerClient start(
      SchedulerClientOptions options, SchedulerListener listener, RandomGenerator random) {
    SchedulerClient client = new SchedulerClient(options, listener, random);
    client.subscriber.start();
    return client;
  }

  /** Replaces the info that the next subscription will bring; the present one is not touched. */
  public void framework(FrameworkInfo info) {
    lock.lock();
    try {
      framework = info;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends a call after those sent before, without waiting for its answer. The framework id is
   * filled in.
   *
   * @return false if there is no subscription now, and the call is dropped
   */
  public boolean send(Call call) {
    Optional<Subscription> current;
    lock.lock();
    try {
      current = subscription;
    } finally {
      lock.unlock();
    }
    if (current.isEmpty()) {
      LOG.log(DEBUG, "not subscribed: a {0} call is dropped", call.getType());
      return false;
    }
    return current.get().send(call);
  }

  /**
   * Ends the subscription; the master keeps the framework for its failover timeout. Calls already
   * sent go out first.
   */
  @Override
  public void close() {
    Optional<Subscription> current;
    lock.lock();
    try {
      closed = true;
      current = subscription;
      subscription = Optional.empty();
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    current.ifPresent(Subscription::drainAndClose);
    subscriber.interrupt();
    http.shutdown();
  }

  private void subscribeForEver() {
    long waitMaxMillis = options.retryMin().toMillis();
    while (!isClosed()) {
      boolean wasSubscribed = false;
      String reason;
      try (RecordStream stream = open()) {
        if (stream.status() == 200) {
          wasSubscribed = true;
          reason = follow(stream);
        } else {
          reason = "the master answered " + stream.status() + ": " + stream.text().strip();
        }
      } catch (IOException e) {
        reason =
            "no master at "
                + options.masters().get(master)
                + ": "
                + (e.getMessage() == null ? e.toString() : e.getMessage());
      } catch (InterruptedException e) {
        return; // close() interrupts, and nobody else
      }
      if (isClosed()) {
        return;
      }
      if (wasSubscribed) {
        waitMaxMillis = options.retryMin().toMillis();
      } else {
        master = (master + 1) % options.masters().size();
      }
      LOG.log(INFO, "scheduler {0} is not subscribed: {1}", options.framework().getName(), reason);
      listener.onDisconnected(reason);
      if (pause(1 + random.nextLong(waitMaxMillis))) {
        return;
      }
      waitMaxMillis = Math.min(options.retryMax().toMillis(), waitMaxMillis * 2);
    }
  }

  private RecordStream open() throws IOException, InterruptedException {
    FrameworkInfo info;
    lock.lock();
    try {
      info = framework;
    } finally {
      lock.unlock();
    }
    Call.Builder call =
        Call.newBuilder()
            .setType(Call.Type.SUBSCRIBE)
            .setSubscribe(
                Call.Subscribe.newBuilder()
                    .setFrameworkInfo(info)
                    .addAllSuppressedRoles(options.suppressedRoles()));
    if (info.hasId()) {
      call.setFrameworkId(info.getId());
    }
    URI uri = options.masters().get(master).resolve(API);
    String type = options.mediaType().contentType();
    return RecordStream.open(
        http, uri, type, type, options.mediaType().encode(call.build()), Map.of(), SUBSCRIBE_MAX);
  }

  /** Hands on events until the stream ends; returns why it did. */
  private String follow(RecordStream stream) throws IOException {
    try (HeartbeatWatch watch = new HeartbeatWatch(stream)) {
      while (true) {
        Optional<byte[]> record = stream.next();
        if (record.isEmpty()) {
          return "the master ended the stream";
        }
        watch.heard();
        Event event = options.mediaType().decode(record.get(), Event.newBuilder()).build();
        switch (event.getType()) {
          case SUBSCRIBED -> {
            watch.expectEvery(
                Duration.ofMillis(
                    (long) (event.getSubscribed().getHeartbeatIntervalSeconds() * 1000)));
            subscribed(stream, event.getSubscribed().getFrameworkId());
            listener.onEvent(event);
          }
          case HEARTBEAT -> LOG.log(DEBUG, "heartbeat");
          case ERROR -> {
            listener.onEvent(event);
            return "the master says: " + event.getError().getMessage();
          }
          case UNKNOWN,
              OFFERS,
              INVERSE_OFFERS,
              RESCIND,
              RESCIND_INVERSE_OFFER,
              UPDATE,
              UPDATE_OPERATION_STATUS,
              MESSAGE,
              FAILURE ->
              listener.onEvent(event);
        }
      }
    } catch (InvalidMessageException e) {
      return "the master sent what is no event: " + e.getMessage();
    } catch (IOException e) {
      return "the connection broke: " + e.getMessage();
    } finally {
      unsubscribed();
    }
  }

  private void subscribed(RecordStream stream, FrameworkID id) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      framework = framework.toBuilder().setId(id).build();
      subscription =
          Optional.of(
              new Subscription(
                  http,
                  stream.uri(),
                  stream.header("Mesos-Stream-Id").orElse(""),
                  id,
                  options.mediaType(),
                  listener));
    } finally {
      lock.unlock();
    }
  }

  private void unsubscribed() {
    Optional<Subscription> ended;
    lock.lock();
    try {
      ended = subscription;
      subscription = Optional.empty();
    } finally {
      lock.unlock();
    }
    ended.ifPresent(Subscription::abandon);
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits; true if the client was closed meanwhile. */
  private boolean pause(long millis) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
      return closed;
    } catch (InterruptedException e) {
      LOG.log(WARNING, "interrupted while waiting to subscribe again: the client ends", e);
      return true;
    } finally {
      lock.unlock();
    }
  }
}
