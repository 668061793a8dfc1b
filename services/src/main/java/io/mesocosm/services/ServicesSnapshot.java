package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.HealthResult;
import io.mesocosm.services.instance.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The state of {@link Services} at one moment, for readers on any thread. Deeply immutable.
 *
 * @param loaded whether the stored state is in; before that nothing here says anything
 * @param connected whether the subscription stands
 * @param deployments under way, oldest first
 */
public record ServicesSnapshot(
    boolean loaded,
    boolean connected,
    Optional<String> frameworkId,
    SortedMap<AppId, AppView> apps,
    List<Deployment> deployments) {
  /**
   * One app and all that belongs to it.
   *
   * @param app its present definition
   * @param versions all definitions kept, the present one too, oldest first
   * @param instances sorted by id; those that are ending too
   * @param waiting present if instances wait to be launched
   * @param deployments that affect it
   */
  public record AppView(
      AppDefinition app,
      SortedMap<Instant, AppDefinition> versions,
      List<InstanceView> instances,
      Optional<Waiting> waiting,
      Optional<TaskFailure> lastTaskFailure,
      List<DeploymentId> deployments) {
    public int tasksStaged() {
      return count(Condition.PROVISIONED) + count(Condition.STAGING) + count(Condition.STARTING);
    }

    public int tasksRunning() {
      return count(Condition.RUNNING);
    }

    /** Zero for apps without health checks (row K5). */
    public int tasksHealthy() {
      return withHealth(true);
    }

    public int tasksUnhealthy() {
      return withHealth(false);
    }

    private int count(Condition condition) {
      return (int)
          instances.stream().filter(view -> view.instance().condition() == condition).count();
    }

    private int withHealth(boolean healthy) {
      return (int)
          instances.stream()
              .filter(view -> view.instance().isRunning())
              .filter(view -> view.healthy().filter(known -> known == healthy).isPresent())
              .count();
    }
  }

  /**
   * @param app the definition that it was launched with; the present one if that is lost
   * @param healthResults one a check, those without a result left out
   * @param healthy absent if there are no checks or no results
   */
  public record InstanceView(
      Instance instance,
      AppDefinition app,
      List<HealthResult> healthResults,
      Optional<Boolean> healthy) {}

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
