package io.mesocosm.services;

import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way from one set of definitions to another, in steps (contracts/marathon-api.md §9).
 *
 * @param version also the version of every definition that it brings
 * @param changes what it changes, sorted by app id
 * @param steps one after the other; the actions of a step run side by side
 * @param currentStep the index of the step that runs; the number of steps when all are done
 */
public record Deployment(
    DeploymentId id, Instant version, List<Change> changes, List<Step> steps, int currentStep) {
  public Deployment {
    changes = List.copyOf(changes);
    steps = List.copyOf(steps);
  }

  /** What an action does to its app; {@link #text} is the original's word for it. */
  public enum Kind {
    /** Makes the app known, without instances (X1). */
    START("StartApplication"),
    /** Starts or ends instances until there are as many as wanted (X2). */
    SCALE("ScaleApplication"),
    /** Ends all instances and forgets the app (X3). */
    STOP("StopApplication"),
    /** Replaces instances of earlier configurations by new ones (X4, X5). */
    RESTART("RestartApplication");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public record Action(Kind kind, AppId app) {}

  public record Step(List<Action> actions) {
    public Step {
      actions = List.copyOf(actions);
    }
  }

  /**
   * One app before and after.
   *
   * @param original absent for a new app
   * @param target absent for an app that is deleted
   */
  public record Change(
      AppId app, Optional<AppDefinition> original, Optional<AppDefinition> target) {}

  public List<AppId> affectedApps() {
    return changes.stream().map(Change::app).toList();
  }

  public boolean affects(AppId app) {
    return changes.stream().anyMatch(change -> change.app().equals(app));
  }

  /** What runs at present; empty when all is done. */
  public List<Action> currentActions() {
    return currentStep < steps.size() ? steps.get(currentStep).actions() : List.of();
  }

  public boolean isDone() {
    return currentStep >= steps.size();
  }

  Deployment advanced() {
    return new Deployment(id, version, changes, steps, currentStep + 1);
  }

  /** The action on an app that runs now or was the last to run, if one was reached. */
  Optional<Action> reachedAction(AppId app) {
    List<Action> reached = new ArrayList<>();
    for (int i = 0; i <= currentStep && i < steps.size(); i++) {
      steps.get(i).actions().stream()
          .filter(action -> action.app().equals(app))
          .forEach(reached::add);
    }
    return reached.isEmpty() ? Optional.empty() : Optional.of(reached.getLast());
  }

  Optional<Change> change(AppId app) {
    return changes.stream().filter(change -> change.app().equals(app)).findFirst();
  }
}
