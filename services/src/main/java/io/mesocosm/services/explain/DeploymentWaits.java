package io.mesocosm.services.explain;

import io.mesocosm.services.Deployment;
import io.mesocosm.services.Deployment.Action;
import io.mesocosm.services.DeploymentId;
import io.mesocosm.services.ServicesSnapshot;
import io.mesocosm.services.ServicesSnapshot.DeploymentView;
import io.mesocosm.services.ServicesSnapshot.InstanceView;
import io.mesocosm.services.ServicesSnapshot.SpecView;
import io.mesocosm.services.explain.Explanation.DeploymentWait;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How far deployments have come, and what the step that runs still waits for. */
final class DeploymentWaits {
  private static final int TEXTS_MAX = 20;

  /** Instances of one app that are told of one by one. */
  private static final int INSTANCES_MAX = 5;

  private final ServicesSnapshot snapshot;
  private final InstanceDoubts doubts;

  DeploymentWaits(ServicesSnapshot snapshot, InstanceDoubts doubts) {
    this.snapshot = snapshot;
    this.doubts = doubts;
  }

  List<DeploymentWait> of(List<DeploymentId> ids) {
    List<DeploymentWait> waits = new ArrayList<>();
    for (DeploymentView view : snapshot.deployments()) {
      Deployment deployment = view.deployment();
      if (ids.contains(deployment.id())) {
        int steps = deployment.steps().size();
        waits.add(
            new DeploymentWait(
                deployment.id().value(),
                Math.min(deployment.currentStep() + 1, steps),
                steps,
                waitsFor(deployment)));
      }
    }
    return waits;
  }

  private List<String> waitsFor(Deployment deployment) {
    List<String> texts = new ArrayList<>();
    int actions = 0;
    for (Action action : deployment.currentActions()) {
      if (texts.size() >= TEXTS_MAX) {
        int left = deployment.currentActions().size() - actions;
        texts.add("perhaps " + left + " more apps or pods of the step");
        return texts;
      }
      actions++;
      Optional<SpecView> view = Optional.ofNullable(snapshot.specs().get(action.app()));
      switch (action.kind()) {
        case START -> {
          // done as soon as it is known
        }
        case STOP -> texts.add(action.app() + ": all its instances to end");
        case SCALE, RESTART -> view.ifPresent(is -> texts.addAll(waitsFor(action, is)));
      }
    }
    return texts;
  }

  private List<String> waitsFor(Action action, SpecView view) {
    List<String> texts = new ArrayList<>();
    String id = action.app().toString();
    view.waiting()
        .ifPresent(waiting ->
            texts.add(
                id
                    + ": "
                    + waiting.count()
                    + " of "
                    + view.spec().instances()
                    + (waiting.haltedBecause().isPresent()
                        ? " instances, which are not launched any more"
                        : " instances to be launched")));
    int old = 0;
    int doubtful = 0;
    for (InstanceView instance : view.instances()) {
      boolean wanted = instance.instance().wanted();
      if (wanted
          && action.kind() == Deployment.Kind.RESTART
          && !instance.instance().configVersion().equals(view.spec().lastConfigChangeAt())) {
        old++;
        continue;
      }
      List<String> why = doubts.all(instance);
      if (!why.isEmpty()) {
        doubtful++;
        if (doubtful <= INSTANCES_MAX) {
          texts.add("instance " + instance.instance().id() + " " + String.join(", and ", why));
        }
      }
    }
    if (doubtful > INSTANCES_MAX) {
      texts.add(id + ": " + (doubtful - INSTANCES_MAX) + " more instances");
    }
    if (old > 0) {
      texts.add(id + ": " + old + " instances of what it was before to be replaced");
    }
    return texts;
  }
}
