package io.mesocosm.services;

import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.RunSpec;
import java.time.Instant;
import java.util.Optional;

/**
 * What follows when a configuration has failed too often: it is told, stored, and the deployment
 * that brings it ends, or is undone where its definition says so.
 */
final class LaunchLimits {
  private final ServicesState state;
  private final Outbox outbox;
  private final Changes changes;

  LaunchLimits(ServicesState state, Outbox outbox, Changes changes) {
    this.state = state;
    this.outbox = outbox;
    this.changes = changes;
  }

  /** Before anything else is done about the apps: nothing good is ended for what is broken. */
  void run(Instant now) {
    for (LaunchAttempts.Reached reached : state.attempts.takeReached()) {
      RunSpec spec = reached.spec();
      outbox.announce(
          new ServicesNotice.Own.LaunchLimitReached(
              spec.id(),
              spec.version(),
              reached.halt().attempts(),
              spec.launchLimit().attemptsMax(),
              reached.halt().lastFailure()));
      store();
      state.touch(spec.id());
      stop(spec.id(), now);
    }
  }

  /**
   * Ends deployments that have begun, or were loaded, with what is halted already. Returns whether
   * there was any.
   */
  boolean stopStuck(Instant now) {
    boolean any = false;
    for (AppId app : state.attempts.takeStuck()) {
      any |= stop(app, now);
    }
    return any;
  }

  /** Has the store know what is halted and what no more. */
  void store() {
    for (AppId app : state.attempts.takeChanged()) {
      state
          .attempts
          .record(app)
          .ifPresentOrElse(outbox::store, () -> outbox.remove(StoredRecord.HaltRecord.pathOf(app)));
    }
  }

  /** Ends the deployment that brings the app as it is halted, if one does. */
  private boolean stop(AppId app, Instant now) {
    Optional<Deployment> running = state.deployments.affecting(app);
    Optional<RunSpec> spec = state.specs.get(app);
    Optional<LaunchHalt> halt = spec.flatMap(state.attempts::halt);
    if (running.isEmpty() || halt.isEmpty() || state.deployments.storing(app).isPresent()) {
      // with a deployment that is being stored, this one is about to be taken the place of
      return false;
    }
    Deployment deployment = running.get();
    boolean wished = spec.orElseThrow().launchLimit().rollback();
    boolean possible = deployment.changes().stream().allMatch(this::mayGoBack);
    Optional<DeploymentId> rollback =
        wished && possible ? changes.revert(deployment, now) : Optional.empty();
    String reason =
        "halted launching "
            + app
            + ": "
            + halt.get().attempts()
            + " instances in a row failed, the last one with "
            + halt.get().lastFailure();
    if (wished && !possible) {
      reason += "; what was before has failed as often, and is not gone back to";
    }
    if (wished && possible && rollback.isEmpty()) {
      reason += "; it cannot be undone at present";
    }
    outbox.announce(
        new ServicesNotice.Own.DeploymentStopped(
            deployment.id(), deployment.version(), app, reason, rollback));
    if (rollback.isEmpty()) {
      forget(deployment, reason);
    }
    // Else it goes on, without launches, until the other is stored and takes its place.
    return true;
  }

  private void forget(Deployment deployment, String reason) {
    state.deployments.remove(deployment.id());
    deployment.affectedApps().forEach(state::touch);
    outbox.remove(StoredRecord.DeploymentRecord.pathOf(deployment.id()));
    outbox.announce(new ServicesNotice.DeploymentFailed(deployment, reason));
  }

  /**
   * Whether that could end better: else two definitions that both fail would take turns without
   * end. Going back to fewer instances of the same does.
   */
  private boolean mayGoBack(Change change) {
    Optional<RunSpec> original =
        change.original().flatMap(at -> state.specs.history().version(change.app(), at));
    if (original.flatMap(state.attempts::halt).isEmpty()) {
      return true;
    }
    RunSpec before = original.orElseThrow();
    return state
        .specs
        .get(change.app())
        .filter(target -> target.lastConfigChangeAt().equals(before.lastConfigChangeAt()))
        .filter(target -> target.instances() > before.instances())
        .isPresent();
  }
}
