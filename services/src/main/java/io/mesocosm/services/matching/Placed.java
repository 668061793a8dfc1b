package io.mesocosm.services.matching;

import io.mesocosm.services.app.Constraint;
import io.mesocosm.services.instance.Placement;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the instances of an app are that have not ended, counted by the values of the fields that
 * constraints have asked for. Owned by one thread.
 */
public final class Placed {
  /** No instance anywhere; not to be added to. */
  public static final Placed NOWHERE = new Placed();

  private static final class Share {
    final Placement placement;
    int count;

    Share(Placement placement) {
      this.placement = placement;
    }
  }

  // Instances of one agent differ in their ports only, which no constraint asks for. In the order
  // in which agents were first used.
  private final Map<Placement, Share> shares = new LinkedHashMap<>();
  // Filled when a field is first asked for, kept up from then on.
  private final SortedMap<String, SortedMap<String, Integer>> countsByField = new TreeMap<>();

  /** In that order. */
  public static Placed of(List<Placement> placements) {
    Placed placed = new Placed();
    placements.forEach(placed::add);
    return placed;
  }

  public void add(Placement placement) {
    Placement key = placement.withHostPorts(List.of());
    shares.computeIfAbsent(key, Share::new).count++;
    count(key, 1);
  }

  public void remove(Placement placement) {
    Placement key = placement.withHostPorts(List.of());
    Share share = shares.get(key);
    if (share == null) {
      throw new IllegalArgumentException("no instance was placed at " + placement);
    }
    share.count--;
    if (share.count == 0) {
      shares.remove(key);
    }
    count(key, -1);
  }

  private void count(Placement placement, int by) {
    countsByField.forEach((field, counts) ->
        placement
            .field(field)
            .ifPresent(value -> {
              counts.merge(value, by, Integer::sum);
              counts.remove(value, 0);
            }));
  }

  /** How many are on each value of a field; those without it are left out. */
  SortedMap<String, Integer> counts(String field) {
    if (shares.isEmpty()) {
      return Collections.emptySortedMap();
    }
    return countsByField.computeIfAbsent(
        field,
        _ -> {
          SortedMap<String, Integer> counts = new TreeMap<>();
          for (Share share : shares.values()) {
            share
                .placement
                .field(field)
                .ifPresent(value -> counts.merge(value, share.count, Integer::sum));
          }
          return counts;
        });
  }

  /** The value where the first of them was placed that has one. */
  Optional<String> first(Constraint constraint) {
    for (Share share : shares.values()) {
      Optional<String> value = share.placement.field(constraint.field());
      if (value.isPresent()) {
        return value;
      }
    }
    return Optional.empty();
  }
}
