package io.mesocosm.master;

import io.mesocosm.protocol.registry.RegistryProtos.RegistryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The registry's records that come and go by themselves, without an operator who would ask again:
 * what could not be removed is tried again until it is gone. Many writes may be under way at once;
 * those of one agent or framework are carried out in order. Owned by the master's thread.
 */
final class Records {
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Durable durable;
  private final Outbox outbox;

  /** By name, what is stored as far as is known. Only ever asked, never iterated. */
  private final Set<String> present = new LinkedHashSet<>();

  private final SortedMap<String, Integer> putsUnderWay = new TreeMap<>();

  /** Should not be there, but may be. */
  private final SortedSet<String> leftovers = new TreeSet<>();

  Records(Durable durable, Outbox outbox) {
    this.durable = durable;
    this.outbox = outbox;
  }

  /** It was found there. */
  void found(String name) {
    present.add(name);
  }

  boolean isPresent(String name) {
    return present.contains(name);
  }

  /**
   * Writes the record. When that fails it may or may not be there: if it was not there before, it
   * is removed after a while, unless it is written again.
   */
  void put(
      String name,
      RegistryRecord record,
      Consumer<Instant> stored,
      BiConsumer<String, Instant> failed) {
    putsUnderWay.merge(name, 1, Integer::sum);
    durable.store(
        name,
        Optional.of(record),
        now -> {
          putEnded(name);
          present.add(name);
          stored.accept(now);
        },
        (problem, now) -> {
          putEnded(name);
          if (!present.contains(name)) {
            leftovers.add(name);
          }
          retryLater(now);
          failed.accept(problem, now);
        });
  }

  private void putEnded(String name) {
    putsUnderWay.computeIfPresent(name, (_, puts) -> puts > 1 ? puts - 1 : null);
  }

  void delete(String name, Consumer<Instant> stored, BiConsumer<String, Instant> failed) {
    durable.store(
        name,
        Optional.empty(),
        now -> {
          present.remove(name);
          stored.accept(now);
        },
        (problem, now) -> {
          retryLater(now);
          failed.accept(problem, now);
        });
  }

  /** Nobody needs the record, if it is there; nobody waits until it is gone. */
  void discard(String name) {
    if (present.remove(name) || leftovers.remove(name)) {
      durable.store(
          name,
          Optional.empty(),
          _ -> {},
          (_, now) -> {
            leftovers.add(name);
            retryLater(now);
          });
    }
  }

  /** The timer of {@link #retryLater} fired. */
  void retry() {
    for (String name : List.copyOf(leftovers)) {
      if (present.contains(name)) {
        leftovers.remove(name);
      } else if (!putsUnderWay.containsKey(name)) {
        discard(name);
      }
    }
  }

  /** Fires {@link MasterTimer.RegistryRetry} in a while. */
  void retryLater(Instant now) {
    outbox.setTimer(new MasterTimer.RegistryRetry(), now.plus(RETRY));
  }
}
