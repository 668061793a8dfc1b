package io.mesocosm.simulation.cluster;

import io.mesocosm.master.CallAnswer;
import io.mesocosm.master.StreamId;
import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One try to subscribe to the leading master, and the subscription that comes of it: a stream of
 * events, and calls beside it, one after the other, each on a connection of its own. What agents
 * and schedulers have in common.
 *
 * @param <C> calls
 * @param <E> events
 */
final class Uplink<C, E> {
  /** What becomes of it. */
  interface Listener<E> {
    void opened();

    void event(E event);

    /** It is over, and says nothing more. Not after {@link Uplink#end}. */
    void failed(String reason);
  }

  /** How the calls look to a master. */
  interface Door<C, E> {
    void subscribe(MasterHost master, Network.End end, C call, Subscriber<E> subscriber);

    void call(
        MasterHost master, Network.End end, StreamId stream, C call, Consumer<CallAnswer> reply);
  }

  private final World world;
  private final Host host;
  private final Door<C, E> door;
  private final Duration answerMax;
  private final boolean refusalEnds;
  private final Listener<E> listener;
  private final Deque<C> waiting = new ArrayDeque<>();
  private Optional<MasterHost> master = Optional.empty();
  private Optional<Network.End> end = Optional.empty();
  private Optional<StreamId> stream = Optional.empty();
  private boolean calling;
  private boolean over;

  /**
   * @param answerMax how long any answer may take
   * @param refusalEnds whether a call that is refused ends the subscription
   */
  Uplink(
      World world,
      Host host,
      Door<C, E> door,
      Duration answerMax,
      boolean refusalEnds,
      Listener<E> listener) {
    this.world = world;
    this.host = host;
    this.door = door;
    this.answerMax = answerMax;
    this.refusalEnds = refusalEnds;
    this.listener = listener;
  }

  /**
   * @param leader as far as is known here
   */
  void begin(Optional<MasterHost> leader, C subscribe) {
    if (leader.isEmpty()) {
      host.after(Duration.ofMillis(1), () -> fail("no leading master is known"));
      return;
    }
    MasterHost to = leader.get();
    master = leader;
    world
        .network()
        .connect(
            host,
            to.host(),
            near -> {
              end = Optional.of(near);
              near.onClosed(this::fail);
              near.send(() -> door.subscribe(to, near.peer(), subscribe, new Stream()));
              host.after(answerMax, this::requireStream);
            },
            () -> fail("no route to " + to.host().name()));
    world
        .network()
        .replay(host, to.host(), far -> door.subscribe(to, far, subscribe, Unheard.subscriber()));
  }

  private void requireStream() {
    if (stream.isEmpty()) {
      fail("SUBSCRIBE is not answered");
    }
  }

  private final class Stream implements Subscriber<E> {
    @Override
    public void opened(StreamId id, long epoch) {
      if (!over) {
        stream = Optional.of(id);
        world.invariants().subscribed(host.name(), epoch);
        listener.opened();
      }
    }

    @Override
    public void event(E event) {
      if (!over) {
        listener.event(event);
      }
    }

    @Override
    public void refused(String reason) {
      fail(reason);
    }
  }

  /** Sends a call after those before it. Lost if the subscription ends first. */
  void send(C call) {
    if (!over) {
      waiting.add(call);
      next();
    }
  }

  private void next() {
    if (calling || over || waiting.isEmpty() || stream.isEmpty()) {
      return;
    }
    calling = true;
    C call = waiting.remove();
    Exchange exchange = new Exchange(call);
    MasterHost to = master.orElseThrow();
    world.network().connect(host, to.host(), exchange::begin, () -> exchange.lost("no route"));
  }

  /** A call that may still arrive when it was given up. */
  private final class Exchange {
    private final C call;
    private boolean done;

    Exchange(C call) {
      this.call = call;
    }

    void begin(Network.End near) {
      near.onClosed(this::lost);
      StreamId id = stream.orElseThrow();
      MasterHost to = master.orElseThrow();
      near.send(() -> door.call(to, near.peer(), id, call, answer -> answered(near, answer)));
      host.after(
          answerMax,
          () -> {
            if (!done) {
              near.close();
              lost("a call is not answered");
            }
          });
    }

    private void answered(Network.End near, CallAnswer answer) {
      near.close();
      if (done) {
        return;
      }
      if (answer instanceof CallAnswer.Refused(int status, String text)) {
        world.note(() -> host.name() + ": a call is refused: " + status + " " + text);
        if (refusalEnds || status == 503) {
          lost(status + " " + text);
          return;
        }
      }
      done = true;
      calling = false;
      next();
    }

    private void lost(String reason) {
      if (!done) {
        done = true;
        calling = false;
        fail(reason);
      }
    }
  }

  private void fail(String reason) {
    if (!over) {
      end();
      listener.failed(reason);
    }
  }

  /** Ends it without a word to the listener. */
  void end() {
    over = true;
    waiting.clear();
    end.ifPresent(Network.End::close);
  }

  boolean isOver() {
    return over;
  }

  /** The far side of a connection that its client knows nothing of. */
  private static final class Unheard {
    private Unheard() {}

    static <E> Subscriber<E> subscriber() {
      return new Subscriber<>() {
        @Override
        public void opened(StreamId stream, long epoch) {
          // nobody is there
        }

        @Override
        public void event(E event) {
          // nobody is there
        }

        @Override
        public void refused(String reason) {
          // nobody is there
        }
      };
    }
  }
}
