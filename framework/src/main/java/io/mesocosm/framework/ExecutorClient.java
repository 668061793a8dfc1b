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
  private final Link link = new Link("executor-subscription", this::run);
  private final CountDownLatch end = new CountDownLatch(1);

  // The subscriber's own.
  private final Backoff backoff;
  private boolean subscribedOnce;
  private boolean shutDown;

  // The subscriber's thread, the heart's and callers meet under the link's lock.
  private final UnacknowledgedWork work = new UnacknowledgedWork();
  private Optional<ExecutorCalls> calls = Optional.empty();

  private ExecutorClient(
      ExecutorClientOptions options, ExecutorListener listener, InstantSource clock) {
    this.options = options;
    this.listener = listener;
    this.clock = clock;
    this.backoff = new Backoff(options.retryMax(), options.retryMax(), new SplittableRandom());
    this.http = options.access().clients().connectTimeout(CONNECT_MAX).build();
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
    client.link.start();
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
    link.locked(() -> {
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
    return link.locked(() -> {
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
    link.close();
    link.locked(
            () -> {
              Optional<ExecutorCalls> last = calls;
              calls = Optional.empty();
              return last;
            })
        .ifPresent(ExecutorCalls::drainAndClose);
    link.hangUp();
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
      if (link.isClosed()) {
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
      if (link.closedWithin(backoff.next())) {
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
    try (RecordStream opened =
        link.open(
            () -> call(Call.Type.SUBSCRIBE).setSubscribe(work.subscribe()).build(),
            this::subscribing)) {
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
      link.locked(() -> {
        calls.ifPresent(ExecutorCalls::abandon);
        calls = Optional.empty();
        return calls;
      });
      link.forget();
    }
  }

  private Link.Opening subscribing(Call subscribe) {
    String type = options.mediaType().contentType();
    return () ->
        RecordStream.open(
            http,
            options.agent().resolve(API),
            type,
            type,
            options.mediaType().encode(subscribe),
            options.access().headers(),
            SUBSCRIBE_MAX);
  }

  private void handle(RecordStream events, Event event) {
    switch (event.getType()) {
      case SUBSCRIBED ->
          link.locked(() -> {
            if (!link.isClosed()) {
              ExecutorCalls open = ExecutorCalls.start(http, events, options);
              work.untold().forEach(untold -> open.send(updateCall(untold)));
              calls = Optional.of(open);
            }
            return calls;
          });
      case LAUNCH -> launched(List.of(event.getLaunch().getTask()));
      case LAUNCH_GROUP -> launched(event.getLaunchGroup().getTaskGroup().getTasksList());
      case ACKNOWLEDGED ->
          link.locked(() -> {
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
    link.locked(() -> {
      work.launched(tasks);
      return work;
    });
  }

  private void beat() {
    while (!link.closedWithin(HEARTBEAT_INTERVAL)) {
      link.locked(() -> {
        calls.ifPresent(open -> open.send(call(Call.Type.HEARTBEAT).build()));
        return calls;
      });
    }
  }

  private void tell(Runnable telling) {
    link.tell("executor " + name(), telling);
  }

  private String name() {
    return options.executor().getValue();
  }
}
