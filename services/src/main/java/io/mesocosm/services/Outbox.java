package io.mesocosm.services;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Collects the effects of a command, and remembers what waits for which store. */
final class Outbox {
  private final SortedMap<Long, Deed> deedByWrite = new TreeMap<>();
  private List<ServicesEffect> effects = new ArrayList<>();
  private long lastWrite;

  void store(List<StoredRecord> records, List<String> removedPaths, Deed deed) {
    lastWrite++;
    deedByWrite.put(lastWrite, deed);
    effects.add(new ServicesEffect.Store(lastWrite, records, removedPaths));
  }

  void store(StoredRecord record) {
    store(List.of(record), List.of(), new Deed.Nothing());
  }

  void remove(String path) {
    store(List.of(), List.of(path), new Deed.Nothing());
  }

  /** What waited for the write; nothing if it was settled before. */
  Optional<Deed> settle(long write) {
    return Optional.ofNullable(deedByWrite.remove(write));
  }

  /** All that waits, in order; it is given up. */
  List<Deed> abandon() {
    List<Deed> deeds = List.copyOf(deedByWrite.values());
    deedByWrite.clear();
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
