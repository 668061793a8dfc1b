package io.mesocosm.services;

import io.mesocosm.services.ServicesSnapshot.DeploymentView;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * Renders the state for readers; only what changed is rendered again, and the rest is shared with
 * the snapshot before.
 */
final class Snapshots {
  static final ServicesSnapshot EMPTY =
      new ServicesSnapshot(
          false,
          false,
          Optional.empty(),
          0,
          "",
          TreePMap.empty(),
          TreePMap.empty(),
          new Past(TreePMap.empty(), TreePMap.empty()),
          PodRemains.NONE,
          List.of(),
          new RoutingView(TreePMap.empty(), TreePMap.empty()));

  private final ServicesState state;
  private long changes;
  private PSortedMap<AppId, SpecView> views = TreePMap.empty();
  // Of deleted ones too, until their last instance has ended.
  private PSortedMap<AppId, PSortedMap<InstanceId, InstanceView>> instances = TreePMap.empty();
  // Those of deleted ones.
  private PSortedMap<AppId, PSortedMap<InstanceId, InstanceView>> leaving = TreePMap.empty();

  Snapshots(ServicesState state) {
    this.state = state;
  }

  ServicesSnapshot take(boolean loaded, boolean connected, Optional<String> frameworkId) {
    List<AppId> unseen = state.takeUnseen();
    changes += unseen.size();
    for (AppId id : unseen) {
      Optional<RunSpec> spec = state.specs.get(id);
      renderInstances(id, spec);
      views = spec.map(is -> views.plus(id, view(is))).orElseGet(() -> views.minus(id));
      PSortedMap<InstanceId, InstanceView> left = instances.get(id);
      leaving = spec.isPresent() || left == null ? leaving.minus(id) : leaving.plus(id, left);
    }
    return new ServicesSnapshot(
        loaded,
        connected,
        frameworkId,
        state.generation(),
        state.loadedAt().toEpochMilli() + "-" + state.generation() + "-" + changes,
        views,
        state.specs.groups().present(),
        new Past(state.specs.history().kept(), state.specs.groups().kept()),
        new PodRemains(leaving, state.departures.byPod()),
        state.deployments.running().stream()
            .map(running -> new DeploymentView(running, state.deployments.openCount(running.id())))
            .toList(),
        state.routing.view());
  }

  private void renderInstances(AppId id, Optional<RunSpec> present) {
    PSortedMap<InstanceId, InstanceView> rendered = instances.getOrDefault(id, TreePMap.empty());
    for (InstanceId changed : state.instances.takeChanged(id)) {
      Optional<Instance> instance = state.instances.get(changed);
      Optional<RunSpec> spec = instance.flatMap(state.specs::definition).or(() -> present);
      rendered =
          instance.isPresent() && spec.isPresent()
              ? rendered.plus(changed, view(instance.get(), spec.get()))
              : rendered.minus(changed);
    }
    instances = rendered.isEmpty() ? instances.minus(id) : instances.plus(id, rendered);
  }

  private InstanceView view(Instance instance, RunSpec spec) {
    return new InstanceView(
        instance,
        spec,
        state.health.results(instance.id()),
        state.health.isHealthy(instance, spec),
        state.readiness.results(instance.id()));
  }

  private SpecView view(RunSpec spec) {
    AppId id = spec.id();
    SortedSet<Instant> versions = new TreeSet<>(state.specs.versions(id).keySet());
    return new SpecView(
        spec,
        Collections.unmodifiableSortedSet(versions),
        instances.getOrDefault(id, TreePMap.empty()),
        state.instances.tally(id).counts(),
        state.queue.waiting(id),
        state.specs.lastFailure(id),
        state.deployments.affecting(id).map(Deployment::id).stream().toList());
  }
}
