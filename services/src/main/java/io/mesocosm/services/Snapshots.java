package io.mesocosm.services;

import io.mesocosm.services.ServicesSnapshot.AppView;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Instance;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Renders the state for readers; only apps that changed are rendered again. */
final class Snapshots {
  private final ServicesState state;
  private SortedMap<AppId, AppView> views = Collections.emptySortedMap();

  Snapshots(ServicesState state) {
    this.state = state;
  }

  ServicesSnapshot take(boolean loaded, boolean connected, Optional<String> frameworkId) {
    List<AppId> unseen = state.takeUnseen();
    if (!unseen.isEmpty()) {
      SortedMap<AppId, AppView> next = new TreeMap<>(views);
      for (AppId id : unseen) {
        next.remove(id);
        state.apps.get(id).ifPresent(app -> next.put(id, view(app)));
      }
      views = Collections.unmodifiableSortedMap(next);
    }
    return new ServicesSnapshot(loaded, connected, frameworkId, views, state.deployments.running());
  }

  private AppView view(AppDefinition app) {
    List<InstanceView> instances = new ArrayList<>();
    for (Instance instance : state.instances.of(app.id())) {
      AppDefinition launched = state.apps.definition(instance).orElse(app);
      instances.add(
          new InstanceView(
              instance,
              launched,
              state.health.results(instance.id()),
              state.health.isHealthy(instance, launched)));
    }
    return new AppView(
        app,
        Collections.unmodifiableSortedMap(new TreeMap<>(state.apps.versions(app.id()))),
        List.copyOf(instances),
        state.queue.waiting(app.id()),
        state.apps.lastFailure(app.id()),
        state.deployments.idsAffecting(app.id()));
  }
}
