package io.mesocosm.simulation.invariant;

import io.mesocosm.services.Deployment;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.DeploymentView;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.app.RunSpec;
import io.mesocosm.services.instance.Condition;
import io.mesocosm.services.instance.Instance;
import io.mesocosm.services.instance.InstanceId;
import io.mesocosm.services.instance.InstanceTask;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * While a deployment replaces the instances of an app, old ones that do their work are ended only
 * as new ones have come up in their place, and no more exist than may: only those count whose
 * containers have really run.
 */
final class InBounds extends Invariant {
  private final Set<String> started = new HashSet<>();

  InBounds() {
    super("deployments keep within their bounds");
  }

  @Override
  public void containerStarted(String host, String task) {
    started.add(task);
  }

  @Override
  public void servicesActed(ServicesSnapshot before, ServicesSnapshot after, boolean named) {
    for (DeploymentView view : after.deployments()) {
      Deployment deployment = view.deployment();
      for (int i = 0; i <= deployment.currentStep() && i < deployment.steps().size(); i++) {
        for (Deployment.Action action : deployment.steps().get(i).actions()) {
          SpecView is = after.specs().get(action.app());
          SpecView was = before.specs().get(action.app());
          boolean replaced = action.kind() == Deployment.Kind.RESTART;
          if (replaced && is != null && was != null && isOther(is, was)) {
            check(is, was, named);
          }
        }
      }
    }
  }

  private void check(SpecView is, SpecView was, boolean named) {
    RunSpec spec = is.spec();
    int upMin = (int) Math.ceil(spec.instances() * spec.upgradeStrategy().minimumHealthCapacity());
    int most =
        (int) Math.floor(spec.instances() * (1 + spec.upgradeStrategy().maximumOverCapacity()));
    int existingMax = Math.max(most, upMin + 1);
    Set<InstanceId> before = new HashSet<>(was.instancesById().keySet());
    boolean grown = is.instancesById().keySet().stream().anyMatch(id -> !before.contains(id));
    long existing = instances(is).stream().filter(InBounds::exists).count();
    if (grown && existing > existingMax) {
      violated(spec.id() + " has " + existing + " instances, and may have " + existingMax);
    }
    if (!named && isOldOneEnded(is, was)) {
      long up = instances(is).stream().filter(this::isUp).count();
      if (up < upMin) {
        violated(
            spec.id() + " has " + up + " instances up after one was ended, and needs " + upMin);
      }
    }
  }

  private boolean isOldOneEnded(SpecView is, SpecView was) {
    SortedMap<InstanceId, InstanceView> now = is.instancesById();
    return instances(was).stream()
        .filter(this::isUp)
        .filter(instance -> !instance.configVersion().equals(is.spec().lastConfigChangeAt()))
        .anyMatch(instance ->
            Optional.ofNullable(now.get(instance.id()))
                .map(InstanceView::instance)
                .filter(it -> it.isRunning() && !it.wanted() && isSound(it))
                .isPresent());
  }

  /** A pod ends with the first of its containers that fails. */
  private static boolean isSound(Instance instance) {
    return instance.tasks().stream().noneMatch(task -> task.condition().isTerminal());
  }

  private static Collection<Instance> instances(SpecView view) {
    return view.instances().stream().map(InstanceView::instance).toList();
  }

  private static boolean exists(Instance instance) {
    return instance.condition() != Condition.UNREACHABLE_INACTIVE;
  }

  private boolean isUp(Instance instance) {
    return instance.isActive()
        && instance.isRunning()
        && instance.tasks().stream().map(InstanceTask::taskId).allMatch(started::contains);
  }

  /** What did not change is shared, which is quicker to see than that it is equal. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isOther(SpecView is, SpecView was) {
    return is != was;
  }
}
