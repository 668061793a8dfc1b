package io.mesocosm.framework;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.InvalidMessageException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * One scheduler's connection to the leading master over the v1 scheduler API
 * (contracts/mesos-scheduler-api.md §1–§3): keeps a subscription alive for as long as it lives, and
 * sends calls beside it in order. A call that may not have arrived ends the subscription, so that
 * what the master and the scheduler believe is put right by the next one. After the first
 * SUBSCRIBED it subscribes with the id that it was given. Thread-safe.
 */
public final class SchedulerClient implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SchedulerClient.class.getName());
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  /** For the head of the answer, and then for the first event (S27). */
  private static final Duration SUBSCRIBE_MAX = Duration.ofSeconds(75);

  private static final String API = "/api/v1/scheduler";

  private final SchedulerClientOptions options;
  private final SchedulerListener listener;
  private final HttpClient http;
  private final Thread subscriber;

  // These two are the subscriber's own.
  private final Backoff backoff;
  private int master;

  // The subscriber's thread and callers of send, framework and close meet under this lock.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private FrameworkInfo framework;
  private Optional<RecordStream> stream = Optional.empty();
  private Optional<Subscription> subscription = Optional.empty();
  private boolean connecting;
  private boolean closed;

  /**
   * How an attempt ended.
   *
   * @param settled there was a subscription and the master did not object to it, so that the next
   *     attempt may come soon
   * @param answered the master is there and leads, so that the next attempt goes to it too
   */
  private record Outcome(String reason, boolean settled, boolean answered) {}

  private SchedulerClient(
      SchedulerClientOptions options, SchedulerListener listener, RandomGenerator random) {
    this.options = options;
    this.listener = listener;
    this.backoff = new Backoff(options.retryMin(), options.retryMax(), random);
    this.framework = options.framework();
    this.http = options.access().clients().connectTimeout(CONNECT_MAX).build();
    this.subscriber =
        Thread.ofVirtual().name("scheduler-subscription").unstarted(this::subscribeForEver);
  }

  /** Begins to subscribe, and returns at once. */
  public static SchedulerClient start(SchedulerClientOptions options, SchedulerListener listener) {
    return start(options, listener, new SplittableRandom());
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

  /**
   * Replaces the info that the next subscription will bring; the present one is not touched.
   * Without an id, the id that this client has is kept: who wants a new one starts a new client.
   */
  public void framework(FrameworkInfo info) {
    locked(() -> {
      framework =
          hasId(info) || !hasId(framework)
              ? info
              : info.toBuilder().setId(framework.getId()).build();
      return framework;
    });
  }

  /**
   * Sends a call after those sent before, without waiting for its answer; {@link SchedulerCalls}
   * makes them. The framework id is filled in.
   *
   * @return false if there is no subscription now, and the call is dropped
   */
  public boolean send(Call call) {
    boolean sent = locked(() -> subscription).map(current -> current.send(call)).orElse(false);
    if (!sent) {
      LOG.log(
          DEBUG,
          "scheduler {0} is not subscribed: a {1} call is dropped",
          options.framework().getName(),
          call.getType());
    }
    return sent;
  }

  /**
   * Ends the subscription; the master keeps the framework for its failover timeout. Calls already
   * sent go out first, for at most 5 s. An event that is being delivered may outlast this.
   * Idempotent.
   */
  @Override
  public void close() {
    Optional<Subscription> current =
        locked(() -> {
          closed = true;
          closing.signalAll();
          Optional<Subscription> last = subscription;
          subscription = Optional.empty();
          return last;
        });
    current.ifPresent(Subscription::drainAndClose);
    locked(
            () -> {
              if (connecting) {
                subscriber.interrupt();
              }
              return stream;
            })
        .ifPresent(RecordStream::close);
    http.shutdown();
  }

  private void subscribeForEver() {
    while (true) {
      Outcome outcome = attempt();
      if (locked(() -> closed)) {
        return;
      }
      LOG.log(
          INFO,
          "scheduler {0} is not subscribed: {1}",
          options.framework().getName(),
          outcome.reason());
      tell("its disconnection", () -> listener.onDisconnected(outcome.reason()));
      if (!outcome.answered()) {
        master = (master + 1) % options.masters().size();
      }
      if (outcome.settled()) {
        backoff.reset();
      }
      if (closedWithin(backoff.next())) {
        return;
      }
    }
  }

  private Outcome attempt() {
    try (RecordStream opened = open()) {
      try (HeartbeatWatch watch = HeartbeatWatch.start(opened, SUBSCRIBE_MAX)) {
        if (opened.status() == 200) {
          return follow(opened, watch);
        }
        return failure(
            "the master at %s answered %d: %s"
                .formatted(opened.uri().getAuthority(), opened.status(), opened.text().strip()));
      }
    } catch (IOException e) {
      return failure(e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (InterruptedException _) {
      return failure("closed"); // close() interrupts, and nobody else
    } catch (RuntimeException e) {
      LOG.log(ERROR, "an attempt of scheduler " + options.framework().getName() + " failed", e);
      return failure(e.toString());
    } finally {
      locked(() -> stream = Optional.empty());
    }
  }

  private static Outcome failure(String reason) {
    return new Outcome(reason, false, false);
  }

  private RecordStream open() throws IOException, InterruptedException {
    FrameworkInfo info =
        locked(() -> {
          connecting = !closed;
          return framework;
        });
    Call.Builder call = Call.newBuilder().setType(Call.Type.SUBSCRIBE);
    call.getSubscribeBuilder()
        .setFrameworkInfo(info)
        .addAllSuppressedRoles(options.suppressedRoles());
    if (hasId(info)) {
      call.setFrameworkId(info.getId());
    }
    URI uri = options.masters().get(master).resolve(API);
    String type = options.mediaType().contentType();
    byte[] body = options.mediaType().encode(call.build());
    Optional<RecordStream> opened = Optional.empty();
    try {
      opened =
          Optional.of(
              RecordStream.open(
                  http, uri, type, type, body, options.access().headers(), SUBSCRIBE_MAX));
      return opened.get();
    } finally {
      Optional<RecordStream> known = opened;
      boolean late =
          locked(() -> {
            connecting = false;
            stream = known;
            return closed;
          });
      if (late) {
        known.ifPresent(RecordStream::close);
      }
    }
  }

  /** Hands on events until the stream ends; returns why it did. */
  private Outcome follow(RecordStream events, HeartbeatWatch watch) {
    boolean subscribed = false;
    try {
      while (true) {
        Optional<byte[]> record = events.next();
        if (record.isEmpty()) {
          return new Outcome(broken().orElse("the master ended the stream"), subscribed, true);
        }
        watch.busy();
        Event event = options.mediaType().decode(record.get(), Event.newBuilder()).build();
        switch (event.getType()) {
          case SUBSCRIBED -> {
            subscribed = true;
            double seconds = event.getSubscribed().getHeartbeatIntervalSeconds();
            watch.expectEvery(Duration.ofMillis(Math.round(seconds * 1000)));
            begin(events, event.getSubscribed().getFrameworkId());
            deliver(event);
          }
          case HEARTBEAT -> LOG.log(DEBUG, "heartbeat");
          case ERROR -> {
            deliver(event);
            return new Outcome("the master says: " + event.getError().getMessage(), false, true);
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
              deliver(event);
        }
        watch.listening();
      }
    } catch (InvalidMessageException e) {
      return failure("the master sent what is no event: " + e.getMessage());
    } catch (IOException e) {
      String reason = broken().or(watch::verdict).orElse("the connection broke: " + e.getMessage());
      return new Outcome(reason, subscribed, watch.verdict().isEmpty());
    } finally {
      end();
    }
  }

  /** Why the subscription ended itself, if it did. */
  private Optional<String> broken() {
    return locked(() -> subscription).flatMap(Subscription::broken);
  }

  private void deliver(Event event) {
    tell("a " + event.getType() + " event", () -> listener.onEvent(event));
  }

  /** A listener that fails loses what it failed on, and nothing else. */
  private void tell(String what, Runnable telling) {
    if (locked(() -> closed)) {
      return;
    }
    try {
      telling.run();
    } catch (RuntimeException e) {
      LOG.log(
          ERROR,
          "the listener of scheduler " + options.framework().getName() + " failed on " + what,
          e);
    }
  }

  private void begin(RecordStream events, FrameworkID id) {
    locked(() -> {
      framework = framework.toBuilder().setId(id).build();
      subscription.ifPresent(Subscription::abandon);
      if (!closed) {
        subscription =
            Optional.of(
                Subscription.start(
                    http, events, id, options.mediaType(), options.access().headers(), listener));
      }
      return subscription;
    });
  }

  private void end() {
    Optional<Subscription> ended = locked(() -> subscription);
    locked(() -> subscription = Optional.empty());
    ended.ifPresent(Subscription::abandon);
  }

  /** Waits; true if the client was closed before or meanwhile. */
  private boolean closedWithin(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
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

  private static boolean hasId(FrameworkInfo info) {
    return info.hasId() && !info.getId().getValue().isEmpty();
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
