package io.mesocosm.services;

import io.mesocosm.services.app.AppId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The way from one set of definitions to another, in steps (contracts/marathon-api.md §9). It names
 * definitions by their versions, so that its record stays small however much they say.
 *
 * @param version also the version of every definition that it brings
 * @param changes what it changes, sorted by id
 * @param steps one after the other; the actions of a step run side by side
 * @param currentStep the index of the step that runs; the number of steps when all are done
 */
public record Deployment(
    DeploymentId id, Instant version, List<Change> changes, List<Step> steps, int currentStep) {
  public Deployment {
    changes = List.copyOf(changes);
    steps = List.copyOf(steps);
  }

  /** What an action does to its app or pod. */
  public enum Kind {
    /** Makes it known, without instances (X1). */
    START("Start"),
    /** Starts or ends instances until there are as many as wanted (X2). */
    SCALE("Scale"),
    /** Ends all instances and forgets it (X3). */
    STOP("Stop"),
    /** Replaces instances of earlier configurations by new ones (X4, X5). */
    RESTART("Restart");

    private final String verb;

    Kind(String verb) {
      this.verb = verb;
    }
  }

  /**
   * @param app the id of an app or a pod
   */
  public record Action(Kind kind, AppId app, boolean isPod) {
    /** The original's word for it: {@code ScaleApplication}, {@code ScalePod}. */
    public String text() {
      return kind.verb + (isPod ? "Pod" : "Application");
    }
  }

  public record Step(List<Action> actions) {
    public Step {
      actions = List.copyOf(actions);
    }
  }

  /**
   * One app or pod before and after, by the versions of its definitions.
   *
   * @param original absent for a new one
   * @param target absent for one that is deleted
   */
  public record Change(
      AppId app, boolean isPod, Optional<Instant> original, Optional<Instant> target) {}

  /** Of apps and pods alike. */
  public List<AppId> affectedApps() {
    return changes.stream().map(Change::app).toList();
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
}
