package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All instances that have not ended, app by app. */
final class Instances {
  private final SortedMap<AppId, SortedMap<InstanceId, Instance>> byApp = new TreeMap<>();

  Optional<Instance> get(InstanceId id) {
    SortedMap<InstanceId, Instance> ofApp = byApp.get(id.app());
    return ofApp == null ? Optional.empty() : Optional.ofNullable(ofApp.get(id));
  }

  void put(Instance instance) {
    byApp.computeIfAbsent(instance.id().app(), _ -> new TreeMap<>()).put(instance.id(), instance);
  }

  void remove(InstanceId id) {
    SortedMap<InstanceId, Instance> ofApp = byApp.get(id.app());
    if (ofApp != null) {
      ofApp.remove(id);
      if (ofApp.isEmpty()) {
        byApp.remove(id.app());
      }
    }
  }

  /** Sorted by id; a copy. */
  List<Instance> of(AppId app) {
    SortedMap<InstanceId, Instance> ofApp = byApp.get(app);
    return ofApp == null ? List.of() : List.copyOf(ofApp.values());
  }

  /** In the order in which they were placed. */
  List<Instance> placed(AppId app) {
    return of(app).stream()
        .sorted(Comparator.comparing(Instance::stagedAt).thenComparing(Instance::id))
        .toList();
  }

  List<Instance> all() {
    List<Instance> all = new ArrayList<>();
    byApp.values().forEach(ofApp -> all.addAll(ofApp.values()));
    return all;
  }

  SortedSet<AppId> apps() {
    return new TreeSet<>(byApp.keySet());
  }
}
