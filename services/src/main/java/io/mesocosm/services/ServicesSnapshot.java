package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.GroupDefinition;
import io.mesocosm.services.app.PodDefinition;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.ReadinessResult;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The state of {@link Services} at one moment, for readers on any thread. Deeply immutable; what
 * did not change since the last one is shared with it.
 *
 * @param loaded whether the stored state is in; before that nothing here says anything
 * @param connected whether the subscription stands
 * @param generation grows with every change of definitions; of this process only
 * @param revision of all that it shows; another one names another state, of other processes too
 * @param specs all apps and pods
 * @param groups those of which something is said; there are more, by the ids of what is in them
 * @param past what apps, pods and groups were
 * @param pods what is left of pods and of their instances
 * @param deployments under way, oldest first
 * @param routing which routers there are, and what they show
 */
public record ServicesSnapshot(
    boolean loaded,
    boolean connected,
    Optional<String> frameworkId,
    long generation,
    String revision,
    NavigableMap<AppId, SpecView> specs,
    NavigableMap<AppId, GroupDefinition> groups,
    Past past,
    PodRemains pods,
    List<DeploymentView> deployments,
    RoutingView routing) {

  /** Before anything is loaded. */
  public static ServicesSnapshot empty() {
    return Snapshots.EMPTY;
  }

  /** The app of that id, if there is one and it is no pod. */
  public Optional<SpecView> app(AppId id) {
    return Optional.ofNullable(specs.get(id)).filter(view -> !view.isPod());
  }

  /** The pod of that id, if there is one and it is no app. */
  public Optional<SpecView> pod(AppId id) {
    return Optional.ofNullable(specs.get(id)).filter(SpecView::isPod);
  }

  /** What the readiness checks of an app's instances have found in the deployment that runs. */
  public List<ReadinessResult> readiness(AppId id) {
    SpecView view = specs.get(id);
    return view == null ? List.of() : view.readiness();
  }

  /** All apps and pods in a group, at any depth, in order. */
  public Collection<SpecView> below(AppId group) {
    return AppId.below(specs, group).values();
  }

  /** Whether there is a group of that id: said to be one, or with something in it. */
  public boolean isGroup(AppId id) {
    return id.isRoot() || groups.containsKey(id) || !AppId.below(specs, id).isEmpty();
  }

  /**
   * One app or pod and all that belongs to it.
   *
   * @param spec its present definition
   * @param versions of all definitions kept, the present one too, oldest first
   * @param instancesById those that are ending too
   * @param waiting present if instances wait to be launched
   * @param deployments that affect it
   */
  public record SpecView(
      RunSpec spec,
      SortedSet<Instant> versions,
      SortedMap<InstanceId, InstanceView> instancesById,
      Counts counts,
      Optional<Waiting> waiting,
      Optional<TaskFailure> lastTaskFailure,
      List<DeploymentId> deployments) {
    public boolean isPod() {
      return spec instanceof PodDefinition;
    }

    /** Of an app. */
    public AppDefinition app() {
      return (AppDefinition) spec;
    }

    /** Sorted by id. */
    public Collection<InstanceView> instances() {
      return instancesById.values();
    }

    /** What readiness checks have found in the deployment that runs. */
    public List<ReadinessResult> readiness() {
      return instances().stream()
          .flatMap(instance -> instance.readinessResults().stream())
          .toList();
    }
  }

  /**
   * @param healthy of those running; zero for apps without health checks (row K5), as is {@code
   *     unhealthy}
   */
  public record Counts(int staged, int running, int healthy, int unhealthy) {}

  /**
   * @param spec the definition that it was launched with; the present one if that is lost
   * @param healthResults one a check, those without a result left out
   * @param healthy absent if there are no checks or no results
   * @param readinessResults of the deployment that runs; those without a result left out
   */
  public record InstanceView(
      Instance instance,
      RunSpec spec,
      List<HealthResult> healthResults,
      Optional<Boolean> healthy,
      List<ReadinessResult> readinessResults) {}

  /**
   * @param waitsFor how many actions of the current step have not reached their end
   */
  public record DeploymentView(Deployment deployment, int waitsFor) {}

  /**
   * The last instance of an app that ended by itself.
   *
   * @param state e.g. {@code TASK_FAILED}
   */
  public record TaskFailure(
      AppId app,
      String taskId,
      String state,
      String message,
      String host,
      String agentId,
      Instant version,
      Instant at) {}
}
