package io.mesocosm.framework;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.mesocosm.http.RecordStream;
import io.mesocosm.protocol.InvalidMessageException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
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
  private static final int NOBODY_LEADS = 503;

  /** Nobody is known to lead: whoever comes to is told of at once. */
  private static final Duration NOBODY_KNOWN_WAIT = Duration.ofSeconds(30);

  private final SchedulerClientOptions options;
  private final SchedulerListener listener;
  private final HttpClient http;
  private final Link link = new Link("scheduler-subscription", this::subscribeForEver);
  private final MasterLocator.Watch watch;

  // These two are the subscriber's own.
  private final Backoff backoff;
  private int master;

  // The subscriber's thread and callers of send, framework and close meet under the link's lock.
  private FrameworkInfo framework;
  private Optional<Subscription> subscription = Optional.empty();
  private Optional<URI> tried = Optional.empty();

  /** When the next attempt may come. */
  private enum Pace {
    /** There was a subscription, and the master did not object to it. */
    SETTLED,
    /** A master said that nobody leads just now. */
    NOBODY_LEADS,
    NOBODY_KNOWN,
    FAILED
  }

  /**
   * How an attempt ended.
   *
   * @param answered the master is there and leads, so that the next attempt goes to it too
   */
  private record Outcome(String reason, Pace pace, boolean answered) {}

  private SchedulerClient(
      SchedulerClientOptions options, SchedulerListener listener, RandomGenerator random) {
    this.options = options;
    this.listener = listener;
    this.backoff = new Backoff(options.retryMin(), options.retryMax(), random);
    this.framework = options.framework();
    this.http = options.access().clients().connectTimeout(CONNECT_MAX).build();
    this.watch = options.locator().watch(this::leads);
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
    client.link.start();
    return client;
  }

  /**
   * Replaces the info that the next subscription will bring; the present one is not touched.
   * Without an id, the id that this client has is kept: who wants a new one starts a new client.
   */
  public void framework(FrameworkInfo info) {
    link.locked(() -> {
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
    boolean sent = link.locked(() -> subscription).map(current -> current.send(call)).orElse(false);
    if (!sent) {
      LOG.log(DEBUG, "{0} is not subscribed: a {1} call is dropped", name(), call.getType());
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
    leave().ifPresent(Subscription::drainAndClose);
    link.hangUp();
    http.shutdown();
    watch.close();
  }

  /**
   * As {@link #close}, but at once: calls that wait are never sent. For a scheduler that must not
   * act any more, because another one does in its place. Idempotent.
   */
  public void cut() {
    leave().ifPresent(Subscription::abandon);
    link.hangUp();
    http.shutdownNow();
    watch.close();
  }

  private Optional<Subscription> leave() {
    link.close();
    return link.locked(() -> {
      Optional<Subscription> last = subscription;
      subscription = Optional.empty();
      return last;
    });
  }

  /** Another master leads: what connects us to its predecessor is worth nothing any more. */
  private void leads(URI leader) {
    if (!link.locked(() -> tried).equals(Optional.of(leader))) {
      link.breakOff(stream -> !leader.getAuthority().equals(stream.uri().getAuthority()));
    }
  }

  private void subscribeForEver() {
    while (true) {
      Outcome outcome = attempt();
      if (link.isClosed()) {
        return;
      }
      LOG.log(INFO, "{0} is not subscribed: {1}", name(), outcome.reason());
      link.tell(
          name() + ", told of a disconnection,", () -> listener.onDisconnected(outcome.reason()));
      if (!outcome.answered()) {
        master++;
      }
      if (link.closedWithin(wait(outcome.pace()))) {
        return;
      }
    }
  }

  private Duration wait(Pace pace) {
    return switch (pace) {
      case SETTLED -> {
        backoff.reset();
        yield backoff.next();
      }
      case NOBODY_LEADS -> backoff.soon();
      case NOBODY_KNOWN -> NOBODY_KNOWN_WAIT;
      case FAILED -> backoff.next();
    };
  }

  private Outcome attempt() {
    try (RecordStream opened = link.open(this::nextMaster, this::subscribing)) {
      try (HeartbeatWatch silence = HeartbeatWatch.start(opened, SUBSCRIBE_MAX)) {
        if (opened.status() == 200) {
          return follow(opened, silence);
        }
        String reason =
            "the master at %s answered %d: %s"
                .formatted(opened.uri().getAuthority(), opened.status(), opened.text().strip());
        return new Outcome(
            reason, opened.status() == NOBODY_LEADS ? Pace.NOBODY_LEADS : Pace.FAILED, false);
      }
    } catch (NobodyKnownException _) {
      return new Outcome("no leading master is known", Pace.NOBODY_KNOWN, false);
    } catch (IOException e) {
      return failure(e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (InterruptedException _) {
      return new Outcome("another master leads, or this is closed", Pace.SETTLED, false);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "an attempt of " + name() + " failed", e);
      return failure(e.toString());
    } finally {
      link.forget();
    }
  }

  private static Outcome failure(String reason) {
    return new Outcome(reason, Pace.FAILED, false);
  }

  /** Under the lock, so that a change of the leader comes before or after, and is not missed. */
  private Optional<URI> nextMaster() {
    List<URI> masters = options.locator().masters();
    tried =
        masters.isEmpty()
            ? Optional.empty()
            : Optional.of(masters.get(Math.floorMod(master, masters.size())));
    return tried;
  }

  private Link.Opening subscribing(Optional<URI> leader) {
    Call.Builder call = Call.newBuilder().setType(Call.Type.SUBSCRIBE);
    call.getSubscribeBuilder()
        .setFrameworkInfo(framework)
        .addAllSuppressedRoles(options.suppressedRoles());
    if (hasId(framework)) {
      call.setFrameworkId(framework.getId());
    }
    String type = options.mediaType().contentType();
    return () ->
        RecordStream.open(
            http,
            leader.orElseThrow(NobodyKnownException::new).resolve(API),
            type,
            type,
            options.mediaType().encode(call.build()),
            options.access().headers(),
            SUBSCRIBE_MAX);
  }

  /** There is nowhere to connect to. */
  private static final class NobodyKnownException extends IOException {}

  /** Hands on events until the stream ends; returns why it did. */
  private Outcome follow(RecordStream events, HeartbeatWatch silence) {
    Pace pace = Pace.FAILED;
    try {
      while (true) {
        Optional<byte[]> record = events.next();
        if (record.isEmpty()) {
          return new Outcome(broken().orElse("the master ended the stream"), pace, true);
        }
        silence.busy();
        Event event = options.mediaType().decode(record.get(), Event.newBuilder()).build();
        switch (event.getType()) {
          case SUBSCRIBED -> {
            pace = Pace.SETTLED;
            double seconds = event.getSubscribed().getHeartbeatIntervalSeconds();
            silence.expectEvery(Duration.ofMillis(Math.round(seconds * 1000)));
            begin(events, event.getSubscribed().getFrameworkId());
            deliver(event);
          }
          case HEARTBEAT -> LOG.log(DEBUG, "heartbeat");
          case ERROR -> {
            deliver(event);
            return new Outcome(
                "the master says: " + event.getError().getMessage(), Pace.FAILED, true);
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
        silence.listening();
      }
    } catch (InvalidMessageException e) {
      return failure("the master sent what is no event: " + e.getMessage());
    } catch (IOException e) {
      String reason =
          broken().or(silence::verdict).orElse("the connection broke: " + e.getMessage());
      return new Outcome(reason, pace, silence.verdict().isEmpty());
    } finally {
      end();
    }
  }

  /** Why the subscription ended itself, if it did. */
  private Optional<String> broken() {
    return link.locked(() -> subscription).flatMap(Subscription::broken);
  }

  private void deliver(Event event) {
    link.tell(name() + ", told of a " + event.getType() + ",", () -> listener.onEvent(event));
  }

  private void begin(RecordStream events, FrameworkID id) {
    link.locked(() -> {
      framework = framework.toBuilder().setId(id).build();
      subscription.ifPresent(Subscription::abandon);
      if (!link.isClosed()) {
        subscription =
            Optional.of(
                Subscription.start(
                    http, events, id, options.mediaType(), options.access().headers(), listener));
      }
      return subscription;
    });
  }

  private void end() {
    Optional<Subscription> ended = link.locked(() -> subscription);
    link.locked(() -> subscription = Optional.empty());
    ended.ifPresent(Subscription::abandon);
  }

  private String name() {
    return "scheduler " + options.framework().getName();
  }

  private static boolean hasId(FrameworkInfo info) {
    return info.hasId() && !info.getId().getValue().isEmpty();
  }
}
