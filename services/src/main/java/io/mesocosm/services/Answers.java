package io.mesocosm.services;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/** What requests with an {@code Idempotency-Key} were answered, for a day, oldest first. */
final class Answers {
  private static final Duration KEPT = Duration.ofDays(1);
  private static final int ANSWERS_MAX = 10_000;

  private final SequencedMap<String, GivenAnswer> givenByKey = new LinkedHashMap<>();
  // Of those being stored: the same request once more waits for the same answer.
  private final SortedMap<String, GivenAnswer> storingByKey = new TreeMap<>();
  private final SortedMap<String, List<Long>> waitingByKey = new TreeMap<>();

  Collection<GivenAnswer> all() {
    return givenByKey.values();
  }

  Optional<GivenAnswer> given(String key) {
    return Optional.ofNullable(givenByKey.get(key));
  }

  Optional<GivenAnswer> storing(String key) {
    return Optional.ofNullable(storingByKey.get(key));
  }

  void store(GivenAnswer answer) {
    storingByKey.put(answer.key(), answer);
  }

  void await(String key, long request) {
    waitingByKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(request);
  }

  /** It is stored, or will never be. Returns who waits for the same. */
  List<Long> settle(GivenAnswer answer) {
    storingByKey.remove(answer.key());
    List<Long> waiting = waitingByKey.remove(answer.key());
    return waiting == null ? List.of() : waiting;
  }

  void put(GivenAnswer answer) {
    givenByKey.putLast(answer.key(), answer);
  }

  /** Drops what is too old or too many, and tells the keys. */
  List<String> prune(Instant now) {
    List<String> dropped = new ArrayList<>();
    while (!givenByKey.isEmpty()) {
      GivenAnswer oldest = givenByKey.firstEntry().getValue();
      if (givenByKey.size() <= ANSWERS_MAX && oldest.at().plus(KEPT).isAfter(now)) {
        break;
      }
      givenByKey.pollFirstEntry();
      dropped.add(oldest.key());
    }
    return dropped;
  }
}
