package io.mesocosm.framework;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import com.google.protobuf.ByteString;
import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.InvalidMessageException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.mesos.v1.Protos.TaskStatus;
import org.apache.mesos.v1.executor.Protos.Call;
import org.apache.mesos.v1.executor.Protos.Event;

/**
 * An executor's connection to its agent over the v1 executor API (contracts/mesos-executor-api.md):
 * subscribes, and again when the agent has been away, with what it has not acknowledged. Its
 * threads do not keep a process alive: {@link #awaitEnd} does. Thread-safe.
 */
public final class ExecutorClient implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ExecutorClient.class.getName());
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
  private static final Duration SUBSCRIBE_MAX = Duration.ofSeconds(75);
  private static final Duration HEARTBEAT_INTERVAL = Duration.ofMinutes(30);
  private static final String API = "/api/v1/executor";

  private final ExecutorClientOptions options;
  private final ExecutorListener listener;
  private final InstantSource clock;
  private final HttpClient http;
  private final Thread subscriber;
  private final CountDownLatch end = new CountDownLatch(1);

  // The subscriber's own.
  private final Backoff backoff;
  private boolean subscribedOnce;
  private boolean shutDown;

  // The subscriber's thread, the heart's and callers meet under this lock.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final UnacknowledgedWork work = new UnacknowledgedWork();
  private Optional<RecordStream> stream = Optional.empty();
  private Optional<ExecutorCalls> calls = Optional.empty();
  private boolean connecting;
  private boolean closed;

  private ExecutorClient(
      ExecutorClientOptions options, ExecutorListener listener, InstantSource clock) {
    this.options = options;
    this.listener = listener;
    this.clock = clock;
    this.backoff = new Backoff(options.retryMax(), options.retryMax(), new SplittableRandom());
    this.http = options.access().clients().connectTimeout(CONNECT_MAX).build();
    this.subscriber = Thread.ofVirtual().name("executor-subscription").unstarted(this::run);
  }

  /** Begins to subscribe, and returns at once. */
  public static ExecutorClient start(ExecutorClientOptions options, ExecutorListener listener) {
    return start(options, listener, InstantSource.system());
  }

  /**
   * As above.
   *
   * @param clock stamps updates
   */
  public static ExecutorClient start(
      ExecutorClientOptions options, ExecutorListener listener, InstantSource clock) {
    ExecutorClient client = new ExecutorClient(options, listener, clock);
    client.subscriber.start();
    Thread.ofVirtual().name("executor-heartbeat").start(client::beat);
    return client;
  }

  /**
   * Reports a task's state, until the agent has acknowledged it. Filled in where unset: uuid,
   * source, executor, time.
   *
   * @return as it is sent
   */
  public TaskStatus update(TaskStatus status) {
    TaskStatus complete = complete(status);
    locked(() -> {
      work.updated(complete);
      calls.ifPresent(open -> work.untold().forEach(untold -> open.send(updateCall(untold))));
      return calls;
    });
    return complete;
  }

  /**
   * Sends bytes to the scheduler, at most once.
   *
   * @return false if there is no subscription now, and the message is dropped
   */
  public boolean message(ByteString data) {
    Call call = call(Call.Type.MESSAGE).setMessage(Call.Message.newBuilder().setData(data)).build();
    return locked(() -> {
      calls.ifPresent(open -> open.send(call));
      return calls.isPresent();
    });
  }

  /** Waits until the client has ended: closed, shut down, or given up. */
  public void awaitEnd() throws InterruptedException {
    end.await();
  }

  /** Sends what waits, for at most 5 s, and ends the subscription. Idempotent. */
  @Override
  public void close() {
    Optional<ExecutorCalls> open =
        locked(() -> {
          closed = true;
          closing.signalAll();
          Optional<ExecutorCalls> last = calls;
          calls = Optional.empty();
          return last;
        });
    open.ifPresent(ExecutorCalls::drainAndClose);
    locked(
            () -> {
              if (connecting) {
                subscriber.interrupt();
              }
              return stream;
            })
        .ifPresent(RecordStream::close);
    http.shutdown();
    end.countDown();
  }

  private TaskStatus complete(TaskStatus status) {
    TaskStatus.Builder complete = status.toBuilder();
    if (!status.hasUuid() || status.getUuid().isEmpty()) {
      UUID id = UUID.randomUUID();
      ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
      bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
      complete.setUuid(ByteString.copyFrom(bytes));
    }
    if (!status.hasTimestamp()) {
      complete.setTimestamp(clock.millis() / 1000.0);
    }
    return complete
        .setSource(TaskStatus.Source.SOURCE_EXECUTOR)
        .setExecutorId(options.executor())
        .build();
  }

  private Call updateCall(TaskStatus status) {
    return call(Call.Type.UPDATE).setUpdate(UnacknowledgedWork.update(status)).build();
  }

  private Call.Builder call(Call.Type type) {
    return Call.newBuilder()
        .setType(type)
        .setFrameworkId(options.framework())
        .setExecutorId(options.executor());
  }

  private void run() {
    long lostAtNanos = System.nanoTime();
    while (true) {
      boolean before = subscribedOnce;
      Attempt attempt = attempt();
      if (locked(() -> closed)) {
        return;
      }
      if (attempt.last()) {
        close();
        return;
      }
      LOG.log(INFO, "executor {0} is not subscribed: {1}", name(), attempt.reason());
      tell(() -> listener.onDisconnected(attempt.reason()));
      if (attempt.subscribed() || !before) {
        lostAtNanos = System.nanoTime();
      }
      boolean tooLong = System.nanoTime() - lostAtNanos > options.recoveryMax().toNanos();
      if (subscribedOnce && (!options.checkpoints() || tooLong)) {
        LOG.log(INFO, "executor {0} ends: its agent is away", name());
        tell(() -> listener.onEvent(Event.newBuilder().setType(Event.Type.SHUTDOWN).build()));
        close();
        return;
      }
      if (closedWithin(backoff.next())) {
        return;
      }
    }
  }

  /**
   * How an attempt ended.
   *
   * @param last there shall be no other
   */
  private record Attempt(String reason, boolean subscribed, boolean last) {}

  private Attempt attempt() {
    boolean[] subscribed = {false};
    try (RecordStream opened = open()) {
      if (opened.status() != 200) {
        return new Attempt(
            "the agent answered " + opened.status() + ": " + opened.text().strip(), false, false);
      }
      while (true) {
        Optional<byte[]> record = opened.next();
        if (record.isEmpty()) {
          return new Attempt("the agent ended the stream", subscribed[0], shutDown);
        }
        Event event = options.mediaType().decode(record.get(), Event.newBuilder()).build();
        if (event.getType() == Event.Type.SUBSCRIBED) {
          subscribed[0] = true;
          subscribedOnce = true;
        }
        shutDown |= event.getType() == Event.Type.SHUTDOWN;
        handle(opened, event);
        if (event.getType() == Event.Type.ERROR) {
          return new Attempt("the agent says it is over", subscribed[0], true);
        }
      }
    } catch (InvalidMessageException e) {
      return new Attempt(
          "the agent sent what is no event: " + e.getMessage(), subscribed[0], false);
    } catch (IOException e) {
      return new Attempt("the connection broke: " + e.getMessage(), subscribed[0], shutDown);
    } catch (InterruptedException _) {
      return new Attempt("closed", false, false); // close() interrupts, and nobody else
    } catch (RuntimeException e) {
      LOG.log(ERROR, "an attempt of executor " + name() + " failed", e);
      return new Attempt(e.toString(), false, shutDown);
    } finally {
      locked(() -> {
        calls.ifPresent(ExecutorCalls::abandon);
        calls = Optional.empty();
        stream = Optional.empty();
        return stream;
      });
    }
  }

  private RecordStream open() throws IOException, InterruptedException {
    Call subscribe =
        locked(() -> {
          connecting = !closed;
          return call(Call.Type.SUBSCRIBE).setSubscribe(work.subscribe()).build();
        });
    String type = options.mediaType().contentType();
    Optional<RecordStream> opened = Optional.empty();
    try {
      opened =
          Optional.of(
              RecordStream.open(
                  http,
                  options.agent().resolve(API),
                  type,
                  type,
                  options.mediaType().encode(subscribe),
                  options.access().headers(),
                  SUBSCRIBE_MAX));
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

  private void handle(RecordStream events, Event event) {
    switch (event.getType()) {
      case SUBSCRIBED ->
          locked(() -> {
            if (!closed) {
              ExecutorCalls open = ExecutorCalls.start(http, events, options);
              work.untold().forEach(untold -> open.send(updateCall(untold)));
              calls = Optional.of(open);
            }
            return calls;
          });
      case LAUNCH -> launched(List.of(event.getLaunch().getTask()));
      case LAUNCH_GROUP -> launched(event.getLaunchGroup().getTaskGroup().getTasksList());
      case ACKNOWLEDGED ->
          locked(() -> {
            work.acknowledged(
                event.getAcknowledged().getTaskId(), event.getAcknowledged().getUuid());
            return work;
          });
      case HEARTBEAT -> {
        LOG.log(DEBUG, "heartbeat");
        return;
      }
      case KILL, MESSAGE, ERROR, SHUTDOWN, UNKNOWN -> {
        // The listener's matter alone.
      }
    }
    tell(() -> listener.onEvent(event));
  }

  private void launched(List<org.apache.mesos.v1.Protos.TaskInfo> tasks) {
    locked(() -> {
      work.launched(tasks);
      return work;
    });
  }

  private void beat() {
    while (!closedWithin(HEARTBEAT_INTERVAL)) {
      locked(() -> {
        calls.ifPresent(open -> open.send(call(Call.Type.HEARTBEAT).build()));
        return calls;
      });
    }
  }

  /** A listener that fails loses what it failed on, and nothing else. */
  private void tell(Runnable telling) {
    if (locked(() -> closed)) {
      return;
    }
    try {
      telling.run();
    } catch (RuntimeException e) {
      LOG.log(ERROR, "the listener of executor " + name() + " failed", e);
    }
  }

  private String name() {
    return options.executor().getValue();
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
      LOG.log(DEBUG, "interrupted while waiting: the client ends", e);
      return true;
    } finally {
      lock.unlock();
    }
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
