package io.mesocosm.services;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.mesos.v1.scheduler.Protos.Call;

/** Collects the effects of a command, and remembers what waits for which store. */
final class Outbox {
  private final SortedMap<Long, Deed> deedByWrite = new TreeMap<>();
  private final SortedMap<Long, List<String>> pathsByWrite = new TreeMap<>();
  // Of the writes that are under way: writes are carried out in order, so the last one counts.
  private final SortedMap<String, Long> lastWriteByPath = new TreeMap<>();
  // What lies there is unknown: a write of it failed, in whole, in part, or in its answer only.
  private final SortedSet<String> unknownPaths = new TreeSet<>();
  private List<ServicesEffect> effects = new ArrayList<>();
  private long lastWrite;
  private boolean repairDue;
  // They say that nothing was done, which is so only when the store has forgotten it, too.
  private final List<ServicesEffect.Answer> answersWhenRepaired = new ArrayList<>();

  void store(List<StoredRecord> records, List<String> removedPaths, Deed deed) {
    lastWrite++;
    deedByWrite.put(lastWrite, deed);
    List<String> paths = new ArrayList<>(removedPaths);
    records.forEach(record -> paths.add(record.path()));
    pathsByWrite.put(lastWrite, paths);
    paths.forEach(path -> lastWriteByPath.put(path, lastWrite));
    // This write decides what lies there; should it fail as well, they are back.
    paths.forEach(unknownPaths::remove);
    effects.add(new ServicesEffect.Store(lastWrite, records, removedPaths));
    repairDue = true;
  }

  void store(StoredRecord record) {
    store(List.of(record), List.of(), new Deed.Nothing());
  }

  void remove(String path) {
    store(List.of(), List.of(path), new Deed.Nothing());
  }

  /** Whether a write of what lies at the path is under way. */
  boolean isStoring(String path) {
    return lastWriteByPath.containsKey(path);
  }

  /** Whether what lies at the path is known, and no write of it is under way. */
  boolean isCertain(String path) {
    return !isStoring(path) && !unknownPaths.contains(path);
  }

  /** All that the write, which is under way, puts and removes. */
  List<String> pathsOf(long write) {
    return pathsByWrite.getOrDefault(write, List.of());
  }

  /** Whether a deployment that the request asked for is being stored. */
  boolean isAwaited(long request) {
    return deedByWrite.values().stream()
        .anyMatch(deed ->
            deed instanceof Deed.BeginDeployment begin
                && begin.request().filter(asked -> asked.request() == request).isPresent());
  }

  /** What waited for the write; nothing if it was settled before. */
  Optional<Deed> settle(long write) {
    pathsByWrite
        .getOrDefault(write, List.of())
        .forEach(path -> lastWriteByPath.remove(path, write));
    pathsByWrite.remove(write);
    return Optional.ofNullable(deedByWrite.remove(write));
  }

  /**
   * As {@link #settle}, of a write that failed. It may have happened all the same: all that it was
   * to write and to remove is written anew by a {@link #repair}, where no later write does so.
   */
  Optional<Deed> settleFailed(long write) {
    pathsByWrite.getOrDefault(write, List.of()).stream()
        .filter(path -> Objects.equals(lastWriteByPath.get(path), write))
        .forEach(unknownPaths::add);
    return settle(write);
  }

  /** What lies at the paths is not known: the next {@link #repair} settles it. */
  void doubt(Collection<String> paths) {
    paths.stream().filter(path -> !isStoring(path)).forEach(unknownPaths::add);
  }

  /** Asks for a repair without waiting for another write, which may be long in coming. */
  void repairSoon() {
    repairDue = true;
  }

  /** Answers when what the store holds at all doubtful paths is known again. */
  void answerWhenRepaired(long request, ApiAnswer answer) {
    answersWhenRepaired.add(new ServicesEffect.Answer(request, answer));
  }

  boolean isAnswerWaiting() {
    return !answersWhenRepaired.isEmpty();
  }

  /**
   * Has the store hold what it should, where failed writes have left that in doubt. To be called
   * when a command was handled; does nothing if it caused no write and no {@link #repairSoon}, as a
   * store that is out of order would be asked without end.
   *
   * @param records all that the store should hold, by path
   */
  void repair(Supplier<Map<String, StoredRecord>> records) {
    boolean due = repairDue;
    repairDue = false;
    if (!due) {
      return;
    }
    if (unknownPaths.isEmpty() && answersWhenRepaired.isEmpty()) {
      return;
    }
    Map<String, StoredRecord> wanted = records.get();
    List<StoredRecord> put = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    for (String path : unknownPaths) {
      Optional.ofNullable(wanted.get(path)).ifPresentOrElse(put::add, () -> removed.add(path));
    }
    store(put, removed, new Deed.TellFailures(List.copyOf(answersWhenRepaired)));
    answersWhenRepaired.clear();
    repairDue = false;
  }

  /** All that waits, in order; it is given up. */
  List<Deed> abandon() {
    List<Deed> deeds = new ArrayList<>(deedByWrite.values());
    deedByWrite.clear();
    pathsByWrite.clear();
    lastWriteByPath.clear();
    unknownPaths.clear();
    if (!answersWhenRepaired.isEmpty()) {
      deeds.add(new Deed.TellFailures(List.copyOf(answersWhenRepaired)));
      answersWhenRepaired.clear();
    }
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
