package io.mesocosm.services;

import io.mesocosm.services.Tally.Standing;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.matching.Placed;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** All instances that have not ended, app by app, and what they add up to. */
final class Instances {
  private static final Tally NOTHING = new Tally();

  private static final class Known {
    Instance instance;
    Optional<Standing> standing = Optional.empty();

    Known(Instance instance) {
      this.instance = instance;
    }
  }

  /** The instances of one app or pod. */
  private static final class Room {
    final SortedMap<InstanceId, Known> byId = new TreeMap<>();
    // The same, found in fewer steps; never iterated.
    final Map<InstanceId, Known> found = new HashMap<>();
    final Tally tally = new Tally();
    final Placed placed = new Placed();
    // Those that wait for their reservations.
    final SortedSet<InstanceId> scheduled = new TreeSet<>();
  }

  private final SortedMap<AppId, Room> roomByApp = new TreeMap<>();
  private final SortedMap<AppId, SortedSet<InstanceId>> changed = new TreeMap<>();
  private final Function<Instance, Standing> judgement;
  private final Consumer<Instance> becameReady;

  /**
   * @param judgement what an instance counts for, as things are
   * @param becameReady told of each instance that a deployment may now count on
   */
  Instances(Function<Instance, Standing> judgement, Consumer<Instance> becameReady) {
    this.judgement = judgement;
    this.becameReady = becameReady;
  }

  Optional<Instance> get(InstanceId id) {
    Room room = roomByApp.get(id.app());
    return room == null
        ? Optional.empty()
        : Optional.ofNullable(room.found.get(id)).map(known -> known.instance);
  }

  void put(Instance instance) {
    Room room = roomByApp.computeIfAbsent(instance.id().app(), _ -> new Room());
    Known known = room.found.get(instance.id());
    if (known == null) {
      known = new Known(instance);
      room.found.put(instance.id(), known);
      room.byId.put(instance.id(), known);
      room.placed.add(instance.placement());
    } else if (!known.instance.placement().equals(instance.placement())) {
      room.placed.remove(known.instance.placement());
      room.placed.add(instance.placement());
    }
    known.instance = instance;
    if (instance.wanted() && instance.condition() == Condition.SCHEDULED) {
      room.scheduled.add(instance.id());
    } else {
      room.scheduled.remove(instance.id());
    }
    judge(room, known);
  }

  /** Something that is not in the instance itself has changed what it counts for. */
  void judge(InstanceId id) {
    Room room = roomByApp.get(id.app());
    Known known = room == null ? null : room.found.get(id);
    if (room != null && known != null) {
      judge(room, known);
    }
  }

  private void judge(Room room, Known known) {
    Standing after = judgement.apply(known.instance);
    Optional<Standing> before = known.standing;
    if (!before.equals(Optional.of(after))) {
      known.standing = Optional.of(after);
      before.ifPresent(room.tally::subtract);
      room.tally.add(after);
      if (after.ready() && before.filter(Standing::ready).isEmpty()) {
        becameReady.accept(known.instance);
      }
    }
    changed(known.instance.id());
  }

  private void changed(InstanceId id) {
    changed.computeIfAbsent(id.app(), _ -> new TreeSet<>()).add(id);
  }

  void remove(InstanceId id) {
    Room room = roomByApp.get(id.app());
    Known removed = room == null ? null : room.found.remove(id);
    if (room == null || removed == null) {
      return;
    }
    room.byId.remove(id);
    removed.standing.ifPresent(room.tally::subtract);
    room.placed.remove(removed.instance.placement());
    room.scheduled.remove(id);
    changed(id);
    if (room.byId.isEmpty()) {
      roomByApp.remove(id.app());
    }
  }

  /** Sorted by id; a view, not to be kept while instances change. */
  Collection<Instance> of(AppId app) {
    Room room = roomByApp.get(app);
    return room == null ? List.of() : view(room.byId.values());
  }

  private static Collection<Instance> view(Collection<Known> all) {
    return new AbstractCollection<>() {
      @Override
      public Iterator<Instance> iterator() {
        Iterator<Known> next = all.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return next.hasNext();
          }

          @Override
          public Instance next() {
            return next.next().instance;
          }
        };
      }

      @Override
      public int size() {
        return all.size();
      }
    };
  }

  /** Those that wait for their reservations; a view, not to be kept while instances change. */
  SortedSet<InstanceId> scheduled(AppId app) {
    Room room = roomByApp.get(app);
    return room == null
        ? Collections.emptySortedSet()
        : Collections.unmodifiableSortedSet(room.scheduled);
  }

  Tally tally(AppId app) {
    Room room = roomByApp.get(app);
    return room == null ? NOTHING : room.tally;
  }

  /** Where the app's instances are. */
  Placed placed(AppId app) {
    Room room = roomByApp.get(app);
    return room == null ? Placed.NOWHERE : room.placed;
  }

  List<Instance> all() {
    List<Instance> all = new ArrayList<>();
    roomByApp.values().forEach(room -> all.addAll(view(room.byId.values())));
    return all;
  }

  SortedSet<AppId> apps() {
    return new TreeSet<>(roomByApp.keySet());
  }

  /** Those of an app that changed since this was last asked, ended ones too. */
  SortedSet<InstanceId> takeChanged(AppId app) {
    SortedSet<InstanceId> taken = changed.remove(app);
    return taken == null ? Collections.emptySortedSet() : taken;
  }
}
