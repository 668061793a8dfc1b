package io.mesocosm.services;

import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * What there is to tell of pods beside what they are; immutable.
 *
 * @param leaving the instances of apps and pods that were removed, until the last has ended
 * @param departed the last instances of each pod that have ended, oldest first; only those that
 *     ended while this process led
 */
public record PodRemains(
    NavigableMap<AppId, ? extends SortedMap<InstanceId, InstanceView>> leaving,
    NavigableMap<AppId, ? extends List<Departure>> departed) {
  static final PodRemains NONE = new PodRemains(TreePMap.empty(), TreePMap.empty());

  /**
   * An instance that has ended.
   *
   * @param instance with its tasks as they were reported last
   */
  public record Departure(Instance instance, Instant at) {}

  /** The pods that were removed and have instances left, in order. */
  public List<AppId> leavingPods() {
    return leaving.keySet().stream().filter(id -> !leaving(id).isEmpty()).toList();
  }

  /** The instances that a removed pod has left; empty if it is none. */
  public Collection<InstanceView> leaving(AppId pod) {
    SortedMap<InstanceId, InstanceView> left = leaving.get(pod);
    return left == null
        ? List.of()
        : left.values().stream().filter(view -> view.spec() instanceof PodDefinition).toList();
  }

  /** Latest first. */
  public List<Departure> departed(AppId pod) {
    List<Departure> all = departed.get(pod);
    return all == null ? List.of() : all.reversed();
  }
}
