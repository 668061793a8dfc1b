package io.mesocosm.services;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Collects the effects of a command, and remembers what waits for which store. */
final class Outbox {
  private final SortedMap<Long, Deed> deedByWrite = new TreeMap<>();
  // What a write removes for good, whatever becomes of its deed: nothing is put there again.
  private final SortedMap<Long, List<String>> removedByWrite = new TreeMap<>();
  // What failed writes have left behind; it goes with the next write.
  private final SortedSet<String> leftBehind = new TreeSet<>();
  private List<ServicesEffect> effects = new ArrayList<>();
  private long lastWrite;

  void store(List<StoredRecord> records, List<String> removedPaths, Deed deed) {
    lastWrite++;
    deedByWrite.put(lastWrite, deed);
    List<String> all = new ArrayList<>(leftBehind);
    leftBehind.clear();
    removedPaths.stream().filter(path -> !all.contains(path)).forEach(all::add);
    boolean forGood = deed instanceof Deed.Nothing;
    removedByWrite.put(
        lastWrite,
        forGood ? all : all.stream().filter(path -> !removedPaths.contains(path)).toList());
    effects.add(new ServicesEffect.Store(lastWrite, records, all));
  }

  void store(StoredRecord record) {
    store(List.of(record), List.of(), new Deed.Nothing());
  }

  void remove(String path) {
    store(List.of(), List.of(path), new Deed.Nothing());
  }

  /** What waited for the write; nothing if it was settled before. */
  Optional<Deed> settle(long write) {
    removedByWrite.remove(write);
    return Optional.ofNullable(deedByWrite.remove(write));
  }

  /**
   * As {@link #settle}, of a write that failed. What it was to remove is removed with the next one:
   * the record of a deployment that is done would bring its apps back after a restart.
   */
  Optional<Deed> settleFailed(long write) {
    leftBehind.addAll(removedByWrite.getOrDefault(write, List.of()));
    return settle(write);
  }

  /** All that waits, in order; it is given up. */
  List<Deed> abandon() {
    List<Deed> deeds = List.copyOf(deedByWrite.values());
    deedByWrite.clear();
    removedByWrite.clear();
    return deeds;
  }

  void send(Call call) {
    effects.add(new ServicesEffect.SendCall(call));
  }

  void answer(long request, ApiAnswer answer) {
    effects.add(new ServicesEffect.Answer(request, answer));
  }

  void announce(ServicesNotice notice) {
    effects.add(new ServicesEffect.Announce(notice));
  }

  void setTimer(ServicesTimer timer, Instant at) {
    effects.add(new ServicesEffect.SetTimer(timer, at));
  }

  void cancelTimer(ServicesTimer timer) {
    effects.add(new ServicesEffect.CancelTimer(timer));
  }

  void add(ServicesEffect effect) {
    effects.add(effect);
  }

  List<ServicesEffect> drain() {
    List<ServicesEffect> drained = List.copyOf(effects);
    effects = new ArrayList<>();
    return drained;
  }
}
