package io.mesocosm.master;

import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What is decided for good: written down first, done and told only when that is durable. The
 * decisions of operators are taken one at a time, so that each is judged by what those before it
 * have left behind. Owned by the master's thread.
 */
final class Durable {
  private record Waiting(Consumer<Instant> stored, BiConsumer<String, Instant> failed) {}

  private final Outbox outbox;
  private final SortedMap<Long, Waiting> waiting = new TreeMap<>();
  private final Deque<Consumer<Instant>> decisions = new ArrayDeque<>();
  private boolean deciding;
  private long writes;

  Durable(Outbox outbox) {
    this.outbox = outbox;
  }

  /** Runs a decision when all earlier ones are done. It calls {@link #commit} at most once. */
  void decide(Consumer<Instant> decision, Instant now) {
    decisions.addLast(decision);
    next(now);
  }

  /**
   * Ends the decision at hand: writes it down, then does it and answers 200.
   *
   * @param record absent to remove what is stored by that name
   * @param deed what follows from it, once it is durable
   */
  void commit(
      long request,
      CallAnswer answer,
      String name,
      Optional<RegistryRecord> record,
      Consumer<Instant> deed) {
    deciding = true;
    store(
        name,
        record,
        now -> {
          deed.accept(now);
          outbox.add(new MasterEffect.Answer(request, answer));
          deciding = false;
          next(now);
        },
        (problem, _) -> {
          outbox.refuse(
              request,
              503,
              "The registry could not be written ("
                  + problem
                  + "): whether the change will take effect is unknown, ask again");
          deciding = false;
        });
  }

  /**
   * Writes down what no operator waits for.
   *
   * @param failed told why, and when; the write may have happened all the same
   */
  void store(
      String name,
      Optional<RegistryRecord> record,
      Consumer<Instant> stored,
      BiConsumer<String, Instant> failed) {
    long write = writes++;
    waiting.put(write, new Waiting(stored, failed));
    outbox.add(new MasterEffect.Store(write, name, record));
  }

  void stored(long write, Instant now) {
    Optional.ofNullable(waiting.remove(write)).ifPresent(done -> done.stored().accept(now));
  }

  void failed(long write, String problem, Instant now) {
    Optional.ofNullable(waiting.remove(write))
        .ifPresent(done -> done.failed().accept(problem, now));
    next(now);
  }

  private void next(Instant now) {
    while (!deciding && !decisions.isEmpty()) {
      decisions.removeFirst().accept(now);
    }
  }
}
