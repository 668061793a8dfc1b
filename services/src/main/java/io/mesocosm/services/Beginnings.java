package io.mesocosm.services;

import io.mesocosm.services.Deed.Asked;
import io.mesocosm.services.Deployment.Change;
import io.mesocosm.services.app.AppDefinition;
import io.mesocosm.services.app.AppId;
import io.mesocosm.services.app.HealthCheck;
import io.mesocosm.services.app.RunSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Begins deployments that are stored, and cancels those that are to be: what is wanted changes. */
final class Beginnings {
  /** Apps and pods that were deleted and can be had back with their group. */
  private static final int DELETED_MAX = 1000;

  private final ServicesState state;
  private final Outbox outbox;
  private final Endings endings;
  private final Proposals proposals;

  Beginnings(ServicesState state, Outbox outbox, Endings endings, Proposals proposals) {
    this.state = state;
    this.outbox = outbox;
    this.endings = endings;
    this.proposals = proposals;
  }

  /** All is stored: what is wanted from now on is wanted by the store too. */
  void begin(Deed.BeginDeployment deed, Instant now) {
    Deployment deployment = deed.deployment();
    Instant version = deployment.version();
    proposals.settled(deployment.id());
    deed.cancelled().forEach(id -> forget(id, "cancelled by deployment " + deployment.id()));
    SortedMap<AppId, RunSpec> targets = new TreeMap<>();
    deed.specs().forEach(spec -> targets.put(spec.id(), spec));
    for (Change change : deployment.changes()) {
      Optional<RunSpec> target = Optional.ofNullable(targets.get(change.app()));
      announceChecks(change.app(), state.specs.get(change.app()), target);
      target.ifPresentOrElse(
          spec -> state.specs.put(spec, version), () -> state.specs.delete(change.app(), version));
      state.touch(change.app());
    }
    deed.wishes().forEach(wish -> GroupWishes.apply(wish, state.specs.groups(), version));
    state.definitionsChanged();
    state.deployments.begin(deployment);
    prune(deployment);
    deployment.steps().stream()
        .flatMap(step -> step.actions().stream())
        .filter(action -> action.kind() == Deployment.Kind.RESTART)
        .forEach(action -> {
          state.backoff.reset(action.app());
          state.specs.get(action.app()).ifPresent(state.attempts::reset);
        });
    deed.named().forEach(id -> state.instances.get(id).ifPresent(is -> endings.end(is, now)));
    answer(deed);
    outbox.announce(new ServicesNotice.SpecsChanged(version, deed.specs()));
    outbox.announce(new ServicesNotice.GroupChanged(group(deed), version));
    outbox.announce(new ServicesNotice.DeploymentStarted(deployment));
  }

  private void answer(Deed.BeginDeployment deed) {
    if (deed.request().isEmpty()) {
      return;
    }
    Deployment deployment = deed.deployment();
    Asked asked = deed.request().get();
    outbox.answer(
        asked.request(),
        new ApiAnswer.Deployed(deployment.id(), deployment.version(), deed.specs()));
    asked
        .answer()
        .ifPresent(given -> {
          state.answers.put(given);
          state
              .answers
              .settle(given)
              .forEach(also -> outbox.answer(also, new ApiAnswer.Repeated(given)));
        });
  }

  /** The innermost group that everything that changed is in. */
  private static AppId group(Deed.BeginDeployment deed) {
    List<AppId> ids = new ArrayList<>(deed.deployment().affectedApps());
    if (ids.isEmpty()) {
      return deed.wishes().isEmpty() ? AppId.ROOT : deed.wishes().getFirst().id();
    }
    AppId group = ids.getFirst().parent().orElse(AppId.ROOT);
    for (AppId id : ids) {
      while (!id.isBelow(group)) {
        group = group.parent().orElse(AppId.ROOT);
      }
    }
    return group;
  }

  private void announceChecks(AppId id, Optional<RunSpec> original, Optional<RunSpec> target) {
    List<HealthCheck> before = healthChecks(original);
    List<HealthCheck> after = healthChecks(target);
    if (before.equals(after)) {
      return;
    }
    if (!before.isEmpty()) {
      outbox.announce(new ServicesNotice.HealthCheckRemoved(id));
    }
    for (HealthCheck check : after) {
      outbox.announce(
          new ServicesNotice.HealthCheckAdded(id, target.orElseThrow().version(), check));
    }
  }

  private static List<HealthCheck> healthChecks(Optional<RunSpec> spec) {
    return spec.filter(AppDefinition.class::isInstance)
        .map(AppDefinition.class::cast)
        .map(AppDefinition::healthChecks)
        .orElse(List.of());
  }

  /** Keeps no more versions than are asked for, and none that something still needs less. */
  private void prune(Deployment deployment) {
    List<String> dropped = new ArrayList<>();
    int max = state.config.versionsMax();
    for (AppId app : deployment.affectedApps()) {
      if (state.specs.history().changes(app).size() > max) {
        SortedSet<Instant> inUse = new TreeSet<>(state.deployments.versionsInUse(app));
        state.instances.of(app).forEach(instance -> inUse.add(instance.version()));
        state
            .specs
            .history()
            .prune(app, max, inUse)
            .forEach(at -> dropped.add(StoredRecord.VersionRecord.pathOf(app, at)));
      }
    }
    if (state.specs.history().deletedCount() > DELETED_MAX) {
      SortedSet<AppId> inUse = new TreeSet<>(state.instances.apps());
      inUse.addAll(state.deployments.appsInUse());
      state
          .specs
          .history()
          .forgetDeleted(DELETED_MAX, inUse)
          .forEach((app, changes) ->
              changes.forEach(at -> dropped.add(StoredRecord.VersionRecord.pathOf(app, at))));
    }
    state
        .specs
        .groups()
        .forgetDeleted(DELETED_MAX, new TreeSet<>())
        .forEach((group, changes) ->
            changes.forEach(at -> dropped.add(StoredRecord.GroupVersionRecord.pathOf(group, at))));
    if (!dropped.isEmpty()) {
      outbox.store(List.of(), dropped, new Deed.Nothing());
    }
  }

  void cancelled(Deed.CancelDeployment deed) {
    forget(deed.deployment(), "cancelled");
    outbox.answer(deed.request(), new ApiAnswer.Done());
  }

  private void forget(DeploymentId id, String reason) {
    String path = StoredRecord.DeploymentRecord.pathOf(id);
    if (outbox.isStoring(path)) {
      // It advanced while its removal was being stored, and its record is put there again.
      outbox.remove(path);
    }
    state
        .deployments
        .remove(id)
        .ifPresent(deployment -> {
          deployment.affectedApps().forEach(state::touch);
          outbox.announce(new ServicesNotice.DeploymentFailed(deployment, reason));
        });
  }
}
