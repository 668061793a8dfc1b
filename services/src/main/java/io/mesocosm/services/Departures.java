package io.mesocosm.services;

import io.mesocosm.services.PodRemains.Departure;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import org.pcollections.PSortedMap;
import org.pcollections.PVector;
import org.pcollections.TreePMap;
import org.pcollections.TreePVector;

/**
 * The instances of pods that ended last, for readers. Nothing is decided by them and they are not
 * stored: whoever leads next begins without any.
 */
final class Departures {
  static final int OF_ONE_POD_MAX = 100;

  private PSortedMap<AppId, PVector<Departure>> byPod = TreePMap.empty();

  /**
   * @param ended with its tasks as they were reported last
   */
  void add(Instance ended, Instant at) {
    AppId pod = ended.id().app();
    PVector<Departure> known = byPod.getOrDefault(pod, TreePVector.empty());
    PVector<Departure> more = known.plus(new Departure(ended, at));
    byPod = byPod.plus(pod, more.size() > OF_ONE_POD_MAX ? more.minus(0) : more);
  }

  void forget(AppId pod) {
    byPod = byPod.minus(pod);
  }

  /** Oldest first; immutable. */
  PSortedMap<AppId, PVector<Departure>> byPod() {
    return byPod;
  }
}
