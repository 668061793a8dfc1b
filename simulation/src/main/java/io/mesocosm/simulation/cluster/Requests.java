package io.mesocosm.simulation.cluster;

import io.mesocosm.simulation.world.Host;
import io.mesocosm.simulation.world.Network;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Single requests of somebody, each on a connection of its own, each answered or not. */
final class Requests {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  private final Network network;
  private final Host host;

  Requests(Network network, Host host) {
    this.network = network;
    this.host = host;
  }

  interface Asking<A> {
    void ask(Network.End end, Consumer<A> reply);
  }

  /**
   * One request and its answer.
   *
   * @param answered called once, with nothing if there was none
   */
  <A> void exchange(Host to, Asking<A> asking, Consumer<Optional<A>> answered) {
    Once<A> once = new Once<>(answered);
    network.connect(
        host,
        to,
        near -> {
          near.onClosed(_ -> once.accept(Optional.empty()));
          near.send(() ->
              asking.ask(
                  near.peer(),
                  answer -> {
                    near.close();
                    once.accept(Optional.of(answer));
                  }));
          host.after(
              ANSWER_MAX,
              () -> {
                near.close();
                once.accept(Optional.empty());
              });
        },
        () -> once.accept(Optional.empty()));
  }

  private static final class Once<A> {
    private final Consumer<Optional<A>> to;
    private boolean done;

    Once(Consumer<Optional<A>> to) {
      this.to = to;
    }

    void accept(Optional<A> answer) {
      if (!done) {
        done = true;
        to.accept(answer);
      }
    }
  }
}
