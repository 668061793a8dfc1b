package io.mesocosm.simulation.cluster;

import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.StreamId;
import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import io.mesocosm.simulation.world.SimulatedElection;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.mesos.v1.Protos.FrameworkID;
import org.apache.mesos.v1.Protos.FrameworkInfo;
import org.apache.mesos.v1.scheduler.Protos.Call;
import org.apache.mesos.v1.scheduler.Protos.Event;

/**
 * A scheduler's subscription, kept alive: what SchedulerClient is in production, with the same
 * time-outs and the same back-off.
 */
final class SchedulerLink {
  private static final Duration SUBSCRIBE_MAX = Duration.ofSeconds(75);
  private static final long RETRY_MIN_MILLIS = 250;
  private static final long RETRY_MAX_MILLIS = 10_000;
  private static final int HEARTBEATS_MISSED_MAX = 5;

  private static final Uplink.Door<Call, Event> DOOR =
      new Uplink.Door<>() {
        @Override
        public void subscribe(
            MasterHost master, Network.End end, Call call, Subscriber<Event> subscriber) {
          master.subscribeScheduler(end, call, subscriber);
        }

        @Override
        public void call(
            MasterHost master,
            Network.End end,
            StreamId stream,
            Call call,
            Consumer<CallAnswer> reply) {
          master.callByScheduler(end, stream, call, reply);
        }
      };

  /** The scheduler. */
  interface Listener {
    void event(Event event);

    void disconnected(String reason);
  }

  private final World world;
  private final Host host;
  private final Masters masters;
  private final RandomGenerator random;
  private final Listener listener;
  private final SimulatedElection<RegistryRecord>.Watch watch;
  private FrameworkInfo framework = FrameworkInfo.getDefaultInstance();
  private Optional<Attempt> current = Optional.empty();
  private long retryMillis = RETRY_MIN_MILLIS;
  private boolean ended;

  SchedulerLink(World world, Host host, Masters masters, Listener listener) {
    this.world = world;
    this.host = host;
    this.masters = masters;
    this.random = world.simulation().newRandom();
    this.listener = listener;
    this.watch = masters.election().watch(host, _ -> {});
  }

  void subscribe(FrameworkInfo info) {
    framework = info;
    attempt();
  }

  void send(Call call) {
    Call.Builder complete = call.toBuilder().setFrameworkId(framework.getId());
    if (call.hasUpdateFramework()) {
      FrameworkInfo said = call.getUpdateFramework().getFrameworkInfo();
      framework = said.toBuilder().setId(framework.getId()).build();
      complete.getUpdateFrameworkBuilder().setFrameworkInfo(framework);
    }
    current
        .filter(attempt -> attempt.subscribed)
        .ifPresent(attempt -> attempt.uplink.send(complete.build()));
  }

  /** For good, and without a word. */
  void end() {
    ended = true;
    watch.end();
    current.ifPresent(attempt -> attempt.uplink.end());
  }

  private void attempt() {
    if (!ended) {
      Attempt attempt = new Attempt();
      current = Optional.of(attempt);
      attempt.begin();
    }
  }

  private final class Attempt implements Uplink.Listener<Event> {
    private final Uplink<Call, Event> uplink =
        new Uplink<>(world, host, DOOR, SUBSCRIBE_MAX, false, this);
    private Instant lastHeard = world.simulation().now();
    private Duration silenceMax = SUBSCRIBE_MAX;
    private boolean subscribed;

    void begin() {
      Call.Builder call = Call.newBuilder().setType(Call.Type.SUBSCRIBE);
      call.getSubscribeBuilder().setFrameworkInfo(framework);
      if (framework.hasId()) {
        call.setFrameworkId(framework.getId());
      }
      uplink.begin(watch.leader().flatMap(masters::named), call.build());
      listen();
    }

    private void listen() {
      if (uplink.isOver()) {
        return;
      }
      Duration left = Duration.between(world.simulation().now(), lastHeard.plus(silenceMax));
      if (left.isPositive()) {
        host.after(left, this::listen);
      } else {
        uplink.end();
        over("nothing was heard for " + silenceMax.toSeconds() + " s", subscribed);
      }
    }

    @Override
    public void opened() {
      lastHeard = world.simulation().now();
    }

    @Override
    public void event(Event event) {
      lastHeard = world.simulation().now();
      switch (event.getType()) {
        case HEARTBEAT -> {
          // heard is all that it says
        }
        case SUBSCRIBED -> {
          subscribed = true;
          FrameworkID id = event.getSubscribed().getFrameworkId();
          framework = framework.toBuilder().setId(id).build();
          silenceMax =
              Duration.ofSeconds(
                  HEARTBEATS_MISSED_MAX
                      * Math.round(event.getSubscribed().getHeartbeatIntervalSeconds()));
          listener.event(event);
        }
        case ERROR -> {
          listener.event(event);
          uplink.end();
          over("the master says: " + event.getError().getMessage(), false);
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
            listener.event(event);
      }
    }

    @Override
    public void failed(String reason) {
      over(reason, subscribed);
    }

    /**
     * @param settled there was a subscription, so that the next attempt may come soon
     */
    private void over(String reason, boolean settled) {
      subscribed = false;
      if (ended) {
        return;
      }
      host.after(
          Duration.ZERO,
          () -> {
            if (!ended) {
              listener.disconnected(reason);
            }
          });
      retryMillis = settled ? RETRY_MIN_MILLIS : retryMillis;
      host.after(Duration.ofMillis(1 + random.nextLong(retryMillis)), SchedulerLink.this::attempt);
      retryMillis = Math.min(RETRY_MAX_MILLIS, retryMillis * 2);
    }
  }
}
